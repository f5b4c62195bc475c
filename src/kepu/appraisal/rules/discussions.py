"""Why not? When scores are talked over, who says something there, and who changes what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kepu.appraisal.models import Application, Discussion, Review
from kepu.appraisal.programme.schema import Criterion, Programme
from kepu.appraisal.queries import discussions as queries
from kepu.appraisal.rules.reviewing import why_not_score
from kepu.appraisal.states import ApplicationState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

TALKED_OVER = (ApplicationState.IN_REVIEW, ApplicationState.REVIEWED)
FEWEST = 2


def why_not_open(application: Application, programme: Programme, reason: str) -> str | None:
    """Once, when all have handed in and nothing is proposed yet, and with words."""
    if application.state not in TALKED_OVER:
        return _(
            "scores are talked over while the application is reviewed, and before it is proposed"
        )
    if queries.of_application(application):
        return _("the scores of this application were talked over already")
    needed = max(programme.reviewing.each if programme.reviewing else 0, FEWEST)
    if queries.unfinished(application) or queries.taking_part(application).count() < needed:
        return _("not every reviewer has handed in yet")
    return None if reason.strip() else _("please say what should be talked over")


def why_not_take_part(by: User, review: Review) -> str | None:
    """Nobody speaks or changes points in another's name."""
    return None if by.pk == review.expert.person_id else _("only the reviewer may do this")


def why_not_going_on(of: Discussion) -> str | None:
    if of.closed_at is not None:
        return _("this discussion is closed")
    if of.application.state not in TALKED_OVER:
        return _("this application is not with the reviewers any more; nothing you wrote is lost")
    return None


def why_not_say(of: Discussion, text: str) -> str | None:
    """Words, while it goes on."""
    return why_not_going_on(of) or (None if text.strip() else _("please write something"))


def why_not_change(
    of: Discussion, criterion: Criterion | None, before: int, hundredths: int, reason: str
) -> str | None:
    """Other points than before, within the rubric, and with a reason that the others read."""
    if refusal := why_not_going_on(of) or why_not_score(criterion, hundredths):
        return refusal
    if hundredths == before:
        return _("these are the points you gave")
    return None if reason.strip() else _("please say why you change them")


def why_not_close(of: Discussion) -> str | None:
    return _("this discussion is closed") if of.closed_at is not None else None
