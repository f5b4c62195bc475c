"""What time does to titles: reports fall due, the late are warned, terms end. No more than that."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kepu.appraisal.actions.steps import step
from kepu.appraisal.models import Title, YearReport
from kepu.appraisal.queries import terms
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.rules import terms as rules
from kepu.appraisal.states import TitleState
from kepu.appraisal.telling import titles as telling
from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock import workdays

BATCH = 200  # titles in one transaction


def run_terms(now: datetime) -> None:
    """All that a day brings, a few titles in each transaction, so that nobody waits for it."""
    for work in (open_reports, tell_due, warn_late, tell_out_of_time, expire, tell_renewals):
        while work(now=now) == BATCH:
            pass


@transaction.atomic
def open_reports(*, now: datetime) -> int:
    """Open the reports that titles owe; the holder may fill this year's all year long.

    Those of years gone by, too, which nobody opened while Kepu stood still; but none that was due
    before the title was given.
    """
    made = 0
    for year in terms.years_owed(now):
        for title in terms.may_owe(year).order_by("pk"):
            due = terms.owed(title, queries.programme_of(title).term, year)
            if due is None or due < clock.day(title.granted_at):
                continue
            YearReport.objects.create(title=title, year=year, due_on=due)
            audit.record(None, "appraisal.open_report", title, now=now, year=year)
            made += 1
            if made == BATCH:
                return made
    return made


@transaction.atomic
def tell_due(*, now: datetime) -> int:
    """Tell holders of reports that are at risk, once."""
    told = 0
    for report in terms.untold(now).order_by("due_on", "pk"):
        ahead = timedelta(days=queries.programme_of(report.title).term.at_risk)
        if report.due_on - ahead > clock.day(now):
            continue
        report.told_at = now
        report.save(update_fields=["told_at"])
        audit.record(None, "appraisal.tell_title", report.title, now=now, year=report.year)
        telling.report_due(report, now=now)
        told += 1
        if told == BATCH:
            break
    return told


@transaction.atomic
def warn_late(*, now: datetime) -> int:
    """Warn titles whose report is later than the programme allows: the farthest that Kepu goes.

    Never while a decision about the title may still be appealed against: a warning would stand between.
    """
    warned = 0
    for report in terms.late(now).order_by("due_on", "pk"):
        term = queries.programme_of(report.title).term
        if term.warn_after is None or terms.days_late(report, now) <= term.warn_after:
            continue
        title = queries.locked(report.title_id)
        if title.state != TitleState.ACTIVE or _in_dispute(title, now):
            continue
        title.rectify_by = workdays.add_workdays(now, term.rectify)
        reason = _late_words(report)
        step(title, "warn", by=None, now=now, reason=reason)
        telling.decided(title, "warn", reason, now=now)
        warned += 1
        if warned == BATCH:
            break
    return warned


def _in_dispute(title: Title, now: datetime) -> bool:
    return terms.open_appeal(title) is not None or rules.why_not_ask_again(title, now) is None


def _late_words(report: YearReport) -> str:
    """The reason as it is kept, in the language of the city."""
    with translation.override(settings.LANGUAGE_CODE):
        said = {"year": report.year, "day": report.due_on.isoformat()}
        return _("the report of %(year)s was due on %(day)s and has not come") % said


@transaction.atomic
def tell_out_of_time(*, now: datetime) -> int:
    """Tell who decides, once, that the time to put a title right is over; what follows they decide."""
    found = list(terms.out_of_time(now).order_by("rectify_by", "pk")[:BATCH])
    for title in found:
        Title.objects.filter(pk=title.pk).update(rectify_told_at=now)
        audit.record(None, "appraisal.tell_title", title, now=now)
        telling.rectify_over(title, now=now)
    return len(found)


@transaction.atomic
def expire(*, now: datetime) -> int:
    """End titles whose last day has passed."""
    ended = 0
    for found in terms.over(now).order_by("until", "pk")[:BATCH]:
        title = queries.locked(found.pk)
        title.rectify_by = None
        step(title, "expire", by=None, now=now)
        telling.ended(title, now=now)
        ended += 1
    return ended


@transaction.atomic
def tell_renewals(*, now: datetime) -> int:
    """Tell holders once that their title may be renewed."""
    told = 0
    for title in terms.ending(now).order_by("until", "pk"):
        assert title.until is not None  # noqa: S101 (it ends)
        opens = title.until - timedelta(days=queries.programme_of(title).term.renew)
        if opens > clock.day(now):
            continue
        Title.objects.filter(pk=title.pk).update(renewal_told_at=now)
        audit.record(None, "appraisal.tell_title", title, now=now)
        telling.renewal_opens(title, now=now)
        told += 1
        if told == BATCH:
            break
    return told
