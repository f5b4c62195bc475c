"""Why not? Objections to a candidate on public notice."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import User
from kepu.people.models import Nomination, Objection
from kepu.people.queries import objections as queries
from kepu.people.rules.campaigns import why_not_review_as
from kepu.people.rules.hours import why_not_silent
from kepu.people.states import OBJECTION, NominationState


def why_not_object_as(by: User, now: datetime) -> str | None:
    """Adults object; somebody whose day of birth is not known counts as one."""
    born = accounts.born(by)
    if born is not None and accounts.age(born, now) < accounts.OF_AGE:
        return _("only adults may object; a guardian can do so")
    return None


def why_not_object_to(nomination: Nomination, by: User, now: datetime) -> str | None:
    """During the public notice, and once."""
    if nomination.state != NominationState.NOTICE or nomination.notice_until is None:
        return _("this nomination is not on public notice")
    if now >= nomination.notice_until:
        return _("objections were taken until %(day)s") % {
            "day": clock.day(nomination.notice_until).isoformat()
        }
    if queries.own(nomination, by) is not None:
        return _("you have objected to this nomination already")
    return None


def why_not_object(nomination: Nomination, by: User, reason: str, now: datetime) -> str | None:
    """In time, once, and for a stated reason."""
    return why_not_object_to(nomination, by, now) or why_not_silent(reason)


def why_not_answer_as(by: User, objection: Objection, now: datetime) -> str | None:
    """Who may review the nomination answers, except an objection of one's own."""
    if by.pk == objection.person_id:
        return _("who objected does not answer the objection")
    return why_not_review_as(by, objection.nomination, now)


def why_not_answer(objection: Objection, verb: str, answer: str) -> str | None:
    """Once, and in words."""
    return OBJECTION.why_not(objection.state, verb) or why_not_silent(answer)
