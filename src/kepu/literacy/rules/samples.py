"""Why not? Samples."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kepu.literacy.models import Sample
from kepu.literacy.states import SAMPLE

MOST_INTERVIEWS = 500_000
FEWEST_COMMUNITIES = 2  # of a district: one alone tells nothing of its own error


def why_not_ask(sample: Sample) -> str | None:
    """A design that can be asked: enough people, some of them together, an honest guess."""
    if not 100 <= sample.interviews <= MOST_INTERVIEWS:
        return _("a survey has 100 to 500,000 interviews")
    if not 2 <= sample.together <= 200:
        return _("between 2 and 200 interviews in a community")
    if not 0 < sample.share < 1:
        return _("the expected share lies between 0 and 1")
    if not 0.2 <= sample.deff <= 20:
        return _("the design effect lies between 0.2 and 20")
    if not 0.01 <= sample.response <= 1:
        return _("the share who answer lies between 0.01 and 1")
    return None


def why_not_move(sample: Sample, verb: str) -> str | None:
    return SAMPLE.why_not(sample.state, verb)
