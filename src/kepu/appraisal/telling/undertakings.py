"""What both sides of an undertaking are told: proposed, answered, ended, a year handed in and reviewed."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from kepu.appraisal.models import DutyYear, Undertaking
from kepu.kernel import clock
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

PROPOSED = Text(
    "appraisal.undertaking_proposed",
    Words("科普责任书待确认", "{unit}提出“{title}”的科普责任书，请确认或退回。"),
    Words("Kepu duties are proposed", "{unit} proposes duties for {title}. Please answer."),
)
AGREED = Text(
    "appraisal.undertaking_agreed",
    Words("科普责任书已生效", "{unit}已确认“{title}”的科普责任书。"),
    Words("Your kepu duties are agreed", "{unit} has agreed to the duties of {title}."),
)
DECLINED = Text(
    "appraisal.undertaking_declined",
    Words("科普责任书未获确认", "{unit}未确认“{title}”的科普责任书。原因：{reason}"),
    Words("Your kepu duties were declined", "{unit} has declined those of {title}: {reason}"),
)
ENDED = Text(
    "appraisal.undertaking_ended",
    Words("科普责任书已终止", "“{title}”的科普责任书已终止。原因：{reason}"),
    Words("Kepu duties have ended", "The duties of {title} have ended. Reason: {reason}"),
)
HANDED_IN = Text(
    "appraisal.duties_handed_in",
    Words("年度科普责任待评议", "{unit}提交了“{title}”{year}年的科普责任履行情况，请评议。"),
    Words("A year of kepu duties waits", "{unit} handed in {year} of {title}. Please review it."),
)
REVIEWED = Text(
    "appraisal.duties_reviewed",
    Words("年度科普责任已评议", "“{title}”{year}年的科普责任已评议，见页面。"),
    Words("Your year of duties was reviewed", "{year} of {title} was reviewed; see its page."),
)
DUE = Text(
    "appraisal.duties_due",
    Words("年度科普责任待提交", "请在{day}前提交“{title}”{year}年的科普责任履行情况。"),
    Words("A year of kepu duties is due", "Please hand in {year} of {title} by {day}."),
)
LATE = Text(
    "appraisal.duties_late",
    Words("年度科普责任已逾期", "“{title}”{year}年的科普责任履行情况应在{day}前提交，请尽快补交。"),
    Words("A year of duties is late", "{year} of {title} was due by {day}. Please hand it in."),
)
MISSED = Text(
    "appraisal.duties_missed",
    Words("年度科普责任未提交", "{unit}未按期提交“{title}”{year}年的科普责任履行情况。"),
    Words("A year of duties was not told", "{unit} has not handed in {year} of {title}."),
)
TEXTS = (PROPOSED, AGREED, DECLINED, ENDED, HANDED_IN, REVIEWED, DUE, LATE, MISSED)


def proposed(one: Undertaking, *, now: datetime) -> None:
    _tell(one, one.reviewer_id, PROPOSED, now, unit=one.organisation.name)


def agreed(one: Undertaking, *, now: datetime) -> None:
    _tell(one, one.organisation_id, AGREED, now, unit=one.reviewer.name)


def declined(one: Undertaking, *, now: datetime) -> None:
    _tell(one, one.organisation_id, DECLINED, now, unit=one.reviewer.name, reason=one.reason)


def ended(one: Undertaking, *, now: datetime) -> None:
    """Both sides hear it."""
    for side in (one.organisation_id, one.reviewer_id):
        _tell(one, side, ENDED, now, reason=one.reason)


def year_handed_in(of: DutyYear, *, now: datetime) -> None:
    one = of.undertaking
    _tell(one, one.reviewer_id, HANDED_IN, now, unit=one.organisation.name, year=of.year)


def year_reviewed(of: DutyYear, *, now: datetime) -> None:
    one = of.undertaking
    _tell(one, one.organisation_id, REVIEWED, now, year=of.year)


def year_due(one: Undertaking, year: int, due_at: datetime, *, now: datetime) -> None:
    _tell(one, one.organisation_id, DUE, now, year=year, day=clock.day(due_at).isoformat())


def year_late(one: Undertaking, year: int, due_at: datetime, *, now: datetime) -> None:
    """Both sides hear it."""
    _tell(one, one.organisation_id, LATE, now, year=year, day=clock.day(due_at).isoformat())
    _tell(one, one.reviewer_id, MISSED, now, unit=one.organisation.name, year=year)


def _tell(one: Undertaking, to: int, text: Text, now: datetime, **said: object) -> None:
    link = reverse("undertaking", args=[one.pk])
    for person in roles.officers_of(to, Verb.APPRAISAL_APPLY, now=now):
        notices.notify(person, text.key, {"title": one.title, **said}, now=now, link=link)
