"""Why not? Reports of a year, spot checks, warnings and what weighs more, appeals."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.appraisal.models import Appeal, Title, TitleStep, YearReport
from kepu.appraisal.queries import terms
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.rules.titles import why_not_decide_as
from kepu.appraisal.states import OBJECTION, REPORT, STANDING, TITLE, TitleState
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import workdays
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.rules.oneself import why_not_decide_about

DECIDED = ("suspend", "reinstate", "downgrade", "revoke")  # by a signed paper
SHORTEST = 20  # characters of a report


# --- who ------------------------------------------------------------------------------------------


def why_not_check_as(by: User | None, title: Title, now: datetime) -> str | None:
    """Reports are checked by who keeps the programme's calls or decides; nobody checks his own."""
    seat = queries.seat(title)
    may = roles.reaches(by, (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE), now).values()
    if by is None or not any(one.covers(seat) for one in may):
        return _("only the secretary or an officer who decides about titles may do this")
    return _own(by, title, now)


def why_not_visit_as(by: User | None, title: Title, now: datetime) -> str | None:
    """Spot checks are made by who checks reports, or by the officer of the district."""
    if by is not None and roles.holds(by, Verb.APPRAISAL_RECOMMEND, now=now, path=title.path):
        return _own(by, title, now)
    return why_not_check_as(by, title, now)


def _own(by: User, title: Title, now: datetime) -> str | None:
    if title.person is not None:
        return why_not_decide_about(by, title.person)
    if title.organisation_id and queries.keeps(by, title, now):
        return _("nobody decides about a title of his own unit; another officer does")
    return None


def why_not_answer_as(by: User | None, title: Title, appeal: Appeal, now: datetime) -> str | None:
    """An appeal is answered by who decides, and by somebody else than who decided."""
    if refusal := why_not_decide_as(by, title, now):
        return refusal
    step = appeal.against
    if by is not None and step is not None and step.by_id == by.pk:
        return _("an appeal is answered by another officer than the one who decided")
    return None


# --- reports --------------------------------------------------------------------------------------


def why_not_hand_in(report: YearReport, text: str, seen: int, now: datetime) -> str | None:
    """Of a title that stands, once its year is over or its due day near, with words in it."""
    if report.title.state not in STANDING:
        return _("this title holds no more; no report of it is owed")
    if refusal := REPORT.why_not(report.state, "hand_in") or _unseen(report.version, seen):
        return refusal
    if len(text.strip()) < SHORTEST:
        return _("please say in some sentences what was done in the year")
    return None


def why_not_check(
    report: YearReport, verb: str, reason: str, seen: int, now: datetime
) -> str | None:
    """A report that was handed in passes, is returned or fails; one that never came can only fail."""
    if verb not in ("pass", "send_back", "fail"):
        return _("there is no such decision")
    if refusal := REPORT.why_not(report.state, verb) or _unseen(report.version, seen):
        return refusal
    if verb == "fail" and report.due_on >= clock.day(now) and report.handed_in_at is None:
        return _("this report is not due yet")
    if verb != "pass" and not reason.strip():
        return _("please give a reason")
    return None


def _unseen(version: int, seen: int) -> str | None:
    if version != seen:
        return _("somebody changed this meanwhile; look at it again")
    return None


# --- what is done to a title ----------------------------------------------------------------------


def why_not_visit(title: Title, day_given: object, text: str, now: datetime) -> str | None:
    """A spot check of a title that stands, on a day that has come, with what was seen."""
    if title.state not in STANDING:
        return _("this title holds no more")
    if not text.strip():
        return _("please say what was seen")
    if not isinstance(day_given, type(title.since)) or not title.since <= day_given <= clock.day(
        now
    ):
        return _("the day of a spot check lies within the title's time, and not after today")
    return None


def why_not_warn(title: Title, reason: str, seen: int) -> str | None:
    """A title in good standing, seen as it is, with a reason."""
    if refusal := TITLE.why_not(title.state, "warn") or _unseen(title.version, seen):
        return refusal
    return None if reason.strip() else _("please give a reason")


def why_not_end_warning(title: Title, reason: str, seen: int) -> str | None:
    """What was put right is said in words."""
    if refusal := TITLE.why_not(title.state, "rectified") or _unseen(title.version, seen):
        return refusal
    return None if reason.strip() else _("please say what was put right")


def why_not_take(title: Title, verb: str) -> str | None:
    """What an officer may decide by a signed paper: the rest needs an appeal."""
    if verb not in DECIDED:
        return _("there is no such decision")
    if refusal := TITLE.why_not(title.state, verb):
        return refusal
    if verb == "reinstate" and title.state != TitleState.SUSPENDED:
        return _("this comes back by an appeal that is upheld, or when it was put right")
    if verb == "downgrade" and not lower_levels(title):
        return _("there is no lower level")
    return None


def why_not_decide(
    title: Title, verb: str, reason: str, reference: str, grade: str, seen: int
) -> str | None:
    """Signed: a reason and the number of the paper; a downgrade names a lower level."""
    if refusal := why_not_take(title, verb) or _unseen(title.version, seen):
        return refusal
    if not reason.strip():
        return _("please give a reason")
    if not reference.strip():
        return _("please give the number of the signed decision")
    if verb == "downgrade" and grade not in lower_levels(title):
        return _("please choose a lower level")
    return None


def lower_levels(title: Title) -> dict[str, str]:
    """Levels below the title's own: names by key, the highest first."""
    programme = queries.programme_of(title)
    below = programme.levels[queries.rank(programme, title.grade) + 1 :]
    return {one.key: str(one) for one in below}


# --- appeals --------------------------------------------------------------------------------------


def why_not_appeal(title: Title, text: str, now: datetime) -> str | None:
    """Against the last decision that weighs, while it still does, within the programme's working days."""
    if refusal := why_not_ask_again(title, now):
        return refusal
    return None if text.strip() else _("please say what you hold against the decision")


def why_not_ask_again(title: Title, now: datetime) -> str | None:
    """Whether there is something to appeal against now."""
    step = terms.last_weighty(title)
    if step is None or undoing(title, step) is None:
        return _("there is no decision to appeal against")
    days = queries.programme_of(title).clocks.appeal
    if now > workdays.add_workdays(step.at, days):
        return _("an appeal is made within %(days)s working days; they have passed") % {
            "days": days
        }
    if step.appeals.exists():
        return _("you have appealed against this decision already")
    return None


def undoing(title: Title, step: TitleStep) -> str | None:
    """The verb that undoes a step; None where it was undone, or another followed upon it."""
    last = title.steps.last()
    if last is None or last.pk != step.pk:
        return None
    return "restore" if step.verb == "downgrade" else "reinstate"


def why_not_answer(appeal: Appeal, upheld: bool, reply: str, reference: str) -> str | None:
    """An answer has words; one that undoes a decision has the number of a signed paper."""
    if refusal := OBJECTION.why_not(appeal.state, "uphold" if upheld else "reject"):
        return refusal
    if not reply.strip():
        return _("please answer in words")
    if upheld and not reference.strip():
        return _("please give the number of the signed decision")
    return None
