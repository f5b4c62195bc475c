"""Why not? Estimates: asking for one, stopping one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Division
from kepu.literacy import schemas
from kepu.literacy.models import Estimate, Fieldwork, Run
from kepu.literacy.queries import estimates as queries
from kepu.literacy.states import ESTIMATE, FieldworkState

LEVEL = "literate"  # whose share is the first figure of a fieldwork
LARGEST_SENT = 64 * 2**20  # octets of a ZIP


def why_not_ask(place: Division) -> str | None:
    """One at a time: each takes all that the machine has."""
    found = queries.at_work(place)
    if found is None:
        return None
    return _("“%(title)s” is being computed; wait for it, or cancel it") % {"title": found.title}


def why_not_of_fieldwork(of: Fieldwork) -> str | None:
    """Figures are of a survey that is over, and the first is that of a level called literate."""
    if of.state != FieldworkState.CLOSED:
        return _("interviews still come in: close the fieldwork first")
    if LEVEL not in schemas.framework_of(of.rules_version).levels:
        return _(
            "the framework of this fieldwork has no level “%(level)s”: take its files away, name the level "
            "in plan.yaml, and hand them in as a ZIP"
        ) % {"level": LEVEL}
    return None


def why_not_take(size: int) -> str | None:
    """What is sent has a bound."""
    if size <= LARGEST_SENT:
        return None
    return _("at most %(size)s MB are taken at once") % {"size": LARGEST_SENT // 2**20}


def why_not_move(of: Estimate, verb: str) -> str | None:
    return ESTIMATE.why_not(of.state, verb)


def why_not_end_at(run: Run, of: Estimate) -> str | None:
    """The same plan gives the same run, which one place keeps."""
    if within(run.path, of.path):
        return None
    return _("another place has kept the run of this very plan and these files")
