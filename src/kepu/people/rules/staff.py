"""Why not? Kepu workers of a unit: figures, and names where the person agrees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Worker
from kepu.people.models.staff import FULL_PARTS, LEVELS
from kepu.people.rules.oneself import why_not_decide_about_ward
from kepu.people.states import WORKER, WorkerState

FIRST_YEAR = 2010
READING = (Verb.RETURN_CHECK, Verb.EXPERT_ADMIT, Verb.FIGURES_READ)
SEEING_ALL = (Verb.RETURN_CHECK, Verb.EXPERT_ADMIT)


def why_not_keep_staff(by: User, unit: int, now: datetime) -> str | None:
    """Whoever fills the statistical return of the unit keeps its list of kepu workers too."""
    if roles.holds(by, Verb.RETURN_FILE, now=now, organisation_id=unit):
        return None
    return _("only who fills returns for this unit may do this")


def why_not_state(year: int, counts: Mapping[str, int], now: datetime) -> str | None:
    """A year that has begun; parts are not more than the whole."""
    if not FIRST_YEAR <= year <= clock.day(now).year:
        return _("choose a year from %(first)s to this year") % {"first": FIRST_YEAR}
    if any(value < 0 for value in counts.values()):
        return _("numbers of people are not below nothing")
    if any(counts[part] > counts["full"] for part in FULL_PARTS):
        return _("a part of the full-time staff cannot be more than all of them")
    if counts["part_guide"] > counts["part"]:
        return _("guides among the part-time staff cannot be more than all of them")
    if counts["part_months"] > 12 * counts["part"]:
        return _("part-time staff put in at most twelve months each")
    if sum(counts[level] for level in LEVELS) > counts["full"] + counts["part"]:
        return _("titles cannot be more than full-time and part-time staff together")
    return None


def why_not_name(by: User, person: User, unit: int, now: datetime) -> str | None:
    """Once at a unit, and never a child in one's own care: the person must be asked by somebody else."""
    living = (WorkerState.ASKED, WorkerState.AGREED)
    if Worker.objects.filter(person=person, organisation=unit, state__in=living).exists():
        return _("this person is on the list already, or has been asked")
    return why_not_decide_about_ward(by, person)


def why_not_answer(by: User, worker: Worker) -> str | None:
    """The person alone agrees or does not."""
    return None if by.pk == worker.person_id else _("only the person may answer this")


def why_not_take_off(worker: Worker) -> str | None:
    return WORKER.why_not(worker.state, "remove")


def why_not_read_figures(person: User | None, now: datetime) -> str | None:
    """Officers who check returns or keep the register of experts, and analysts."""
    if person is not None and any(roles.holds(person, verb, now=now) for verb in READING):
        return None
    return _("only officers and analysts read figures of kepu workers")
