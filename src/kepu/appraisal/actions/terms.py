"""What is owed and done in a title's term by people: reports, spot checks, decisions, appeals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.appraisal.actions.steps import step
from kepu.appraisal.models import Appeal, SpotCheck, Title, YearReport
from kepu.appraisal.models.applications import seal
from kepu.appraisal.queries import terms
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.rules import terms as rules
from kepu.appraisal.rules.titles import why_not_decide_as, why_not_keep
from kepu.appraisal.states import OBJECTION, REPORT
from kepu.appraisal.telling import titles as telling
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock import workdays
from kepu.kernel.errors import Outside, authorize, require


@transaction.atomic
def hand_in(
    report_id: int, *, text: str, figures: Mapping[str, int], seen: int, by: User, now: datetime
) -> YearReport:
    """Hand in the report of a year; what Kepu counted itself is put beside it, as it stands now.

    `figures` are whole numbers by key, `seen` the version that `by` looked at. Raises NotAllowed for
    who does not hold the title, RuleBroken if it holds no more, was handed in, or has no words.
    """
    report = _locked(report_id)
    authorize(why_not_keep(by, report.title, now))
    require(rules.why_not_hand_in(report, text, seen, now))

    asked = terms.figures_asked(queries.programme_of(report.title))
    report.text = text.strip()
    report.figures = {key: figures[key] for key in asked if key in figures} | terms.counted(report)
    report.handed_in_at, report.reason = now, ""
    _move_report(report, "hand_in", by=by, now=now)
    telling.report_handed_in(report, now=now)
    return report


@transaction.atomic
def check(
    report_id: int, verb: str, *, reason: str, seen: int, by: User, now: datetime
) -> YearReport:
    """Pass a report, return it or fail it (`pass`, `send_back`, `fail`); the holder hears why."""
    report = _locked(report_id)
    authorize(rules.why_not_check_as(by, report.title, now))
    if verb == "fail":
        authorize(why_not_decide_as(by, report.title, now))
    require(rules.why_not_check(report, verb, reason, seen, now))

    report.reason, report.checked_by, report.checked_at = reason.strip(), by, now
    _move_report(report, verb, by=by, now=now)
    telling.report_checked(report, verb, now=now)
    return report


@transaction.atomic
def record_visit(
    title_id: int, *, day: date, passed: bool, text: str, by: User, now: datetime
) -> SpotCheck:
    """Write down a spot check and what it found; what follows from it, a person decides."""
    title = queries.locked(title_id)
    authorize(rules.why_not_visit_as(by, title, now))
    require(rules.why_not_visit(title, day, text, now))

    made = SpotCheck.objects.create(
        title=title, day=day, passed=passed, text=text.strip(), by=by, at=now
    )
    audit.record(by, "appraisal.check_title", title, now=now, passed=passed)
    return made


@transaction.atomic
def warn(title_id: int, *, reason: str, seen: int, by: User, now: datetime) -> Title:
    """Warn the holder, who has the programme's working days to put it right."""
    title = queries.locked(title_id)
    authorize(why_not_decide_as(by, title, now))
    require(rules.why_not_warn(title, reason, seen))

    term = queries.programme_of(title).term
    title.rectify_by = workdays.add_workdays(now, term.rectify)
    return _told(step(title, "warn", by=by, now=now, reason=reason), "warn", reason, now)


@transaction.atomic
def end_warning(title_id: int, *, reason: str, seen: int, by: User, now: datetime) -> Title:
    """Say that it was put right; the title is in good standing again."""
    title = queries.locked(title_id)
    authorize(rules.why_not_check_as(by, title, now))
    require(rules.why_not_end_warning(title, reason, seen))

    title.rectify_by = None
    return _told(step(title, "rectified", by=by, now=now, reason=reason), "rectified", reason, now)


@transaction.atomic
def decide(
    title_id: int, verb: str, *, reason: str, reference: str, seen: int, by: User, now: datetime,
    grade: str = "",
) -> Title:  # fmt: skip
    """Suspend, reinstate, downgrade (to `grade`) or revoke, by the signed paper `reference`.

    A venue whose registration is bound to the title takes no booking from the same second. Raises
    NotAllowed for who does not decide here, RuleBroken without reason, number or what was seen.
    """
    title = queries.locked(title_id)
    authorize(why_not_decide_as(by, title, now))
    require(rules.why_not_decide(title, verb, reason, reference, grade, seen))

    title.rectify_by = None
    title.grade = grade if verb == "downgrade" else title.grade
    step(title, verb, by=by, now=now, reason=reason, reference=reference)
    return _told(title, verb, reason, now)


@transaction.atomic
def appeal(title_id: int, *, text: str, by: User, now: datetime) -> Appeal:
    """Appeal against the last decision that weighs on the title; what was decided holds meanwhile."""
    title = queries.locked(title_id)
    authorize(why_not_keep(by, title, now))
    require(rules.why_not_appeal(title, text, now))

    days = queries.programme_of(title).clocks.appeal
    made = Appeal.objects.create(
        title=title,
        against=terms.last_weighty(title),
        sealed_text=seal({"text": text.strip()}, by),
        raised_by=by,
        raised_at=now,
        due_at=workdays.add_workdays(now, days),
    )
    audit.record(by, "appraisal.appeal_title", title, now=now, appeal=made.pk)
    telling.appealed(made, title, now=now)
    return made


@transaction.atomic
def answer(
    appeal_id: int, *, upheld: bool, reply: str, reference: str, by: User, now: datetime
) -> Appeal:
    """Answer an appeal. Upheld, it undoes what was decided, if nothing followed upon that since."""
    found = Appeal.objects.filter(pk=appeal_id, against__isnull=False).first()
    if found is None or found.title_id is None:
        raise Outside(_("there is no such appeal"))
    title = queries.locked(found.title_id)
    made = Appeal.objects.select_related("against", "raised_by").get(pk=appeal_id)
    authorize(rules.why_not_answer_as(by, title, made, now))
    require(rules.why_not_answer(made, upheld, reply, reference))

    made.state = OBJECTION.after(made.state, "uphold" if upheld else "reject")
    made.reply, made.answered_by, made.answered_at = reply.strip(), by, now
    made.save(update_fields=["state", "reply", "answered_by", "answered_at"])
    audit.record(by, "appraisal.answer_title_appeal", title, now=now, upheld=upheld)
    if upheld:
        _undo(title, made, reference=reference, by=by, now=now)
    telling.answered(made, title, now=now)
    return made


def _undo(title: Title, appeal: Appeal, *, reference: str, by: User, now: datetime) -> None:
    against = appeal.against
    verb = rules.undoing(title, against) if against else None
    if against is None or verb is None:
        return
    if verb == "restore":
        title.grade = terms.level_before(title, against)
    title.rectify_by = None
    step(title, verb, by=by, now=now, reason=appeal.reply[:600], reference=reference)


def _told(title: Title, verb: str, reason: str, now: datetime) -> Title:
    telling.decided(title, verb, reason.strip(), now=now)
    return title


def _move_report(report: YearReport, verb: str, *, by: User, now: datetime) -> None:
    report.state = REPORT.after(report.state, verb)
    report.version += 1
    report.save()
    audit.record(by, f"appraisal.{verb}_report", report.title, now=now, year=report.year)


def _locked(report_id: int) -> YearReport:
    """The report with its title, both nobody else's: the title first, as everywhere."""
    found = terms.report(report_id)
    title = queries.locked(found.title_id)
    report: YearReport = YearReport.objects.select_for_update().get(pk=report_id)
    report.title = title
    return report
