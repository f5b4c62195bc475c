"""Reads of terms: what is owed of a year and how it stands, what was done to a title, who may say so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils.translation import gettext as _

from kepu.appraisal import policy
from kepu.appraisal.models import Appeal, Title, TitleStep, YearReport
from kepu.appraisal.programme.schema import Programme, Subject, Term
from kepu.appraisal.states import (
    BEGUN,
    LEVELLED,
    STANDING,
    WEIGHTY,
    GrievanceState,
    ReportState,
    TitleState,
)
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import workdays
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues import queries as venues

MONTHS_OF_THE_YEAR_AFTER = 6  # a day until then is the due day of the year before
FIGURES = {
    Subject.PERSON: ("works", "activities", "reached"),
    Subject.WORK: ("editions", "reached"),
}
PLACE_FIGURES = ("open_days", "activities", "reached", "full_time", "part_time")


def due_day(term: Term, year: int) -> date | None:
    """The day by which the report of `year` is due; one in the first half-year is of the year after."""
    if not term.report_due:
        return None
    month, day = (int(part) for part in term.report_due.split("-"))
    return date(year + (month <= MONTHS_OF_THE_YEAR_AFTER), month, day)


def owed(title: Title, term: Term, year: int) -> date | None:
    """The due day of the report that a title owes of `year`, or None.

    Of the year in which it was given nothing is owed, nor what would be due after its last day.
    """
    due = due_day(term, year)
    if due is None or title.since.year >= year or (title.until is not None and due > title.until):
        return None
    return due


def figures_asked(programme: Programme) -> tuple[str, ...]:
    """Keys of the figures that the holder gives beside the text."""
    return FIGURES.get(programme.subject, PLACE_FIGURES)


def counted(report: YearReport) -> dict[str, int]:
    """What Kepu knows of the year itself, and nobody types: visits of the venue and days counted."""
    venue = report.title.venue_id
    if venue is None:
        return {}
    visits, days = venues.visits_in(venue, report.year)
    return {"visits": visits, "days_counted": days}


def report(report_id: int) -> YearReport:
    """A report with its title. Raises Outside."""
    rows = YearReport.objects.select_related("title__application__call", "title__person")
    found = rows.filter(pk=report_id).first()
    if found is None:
        raise Outside(_("there is no such report"))
    return found


def reports(title: Title) -> QuerySet[YearReport]:
    """The title's reports, the latest first. One query."""
    return title.reports.order_by("-year")


def last_weighty(title: Title) -> TitleStep | None:
    """The last step that weighs on the title. One query."""
    return title.steps.filter(verb__in=WEIGHTY).last()


def levelled(title: Title) -> TitleStep:
    """The step that gave the level which holds now; its certificate bears this step's number."""
    step = title.steps.filter(verb__in=LEVELLED).last()
    assert step is not None  # noqa: S101 (a title begins with one)
    return step


def begun(title: Title) -> TitleStep:
    """The step by which the title was given."""
    return title.steps.get(verb__in=BEGUN)


def level_before(title: Title, step: TitleStep) -> str:
    """The level that held before a step. One query."""
    before = title.steps.filter(verb__in=LEVELLED, pk__lt=step.pk).last()
    return before.grade if before else title.grade


def open_appeal(title: Title) -> Appeal | None:
    return title.appeals.filter(state=GrievanceState.OPEN).first()


def is_late(report: YearReport, now: datetime) -> bool:
    """Whether it was due before today and is not handed in."""
    return report.state in (ReportState.DUE, ReportState.RETURNED) and report.due_on < clock.day(
        now
    )


def days_late(report: YearReport, now: datetime) -> int:
    """Working days since the due day."""
    return workdays.workdays_between(report.due_on, clock.day(now))


# --- what the worker looks for ---------------------------------------------------------------------


def years_owed(now: datetime) -> range:
    """Years of which a standing title may owe a report, to the present one. One query."""
    standing = Title.objects.filter(state__in=STANDING)
    first = standing.order_by("granted_at").values_list("granted_at", flat=True).first()
    this = clock.day(now).year
    return range(min(clock.day(first).year, this) if first else this, this + 1)


def may_owe(year: int) -> QuerySet[Title]:
    """Standing titles given before a year that have no report of it yet."""
    has = Title.objects.filter(reports__year=year).values("pk")
    return Title.objects.filter(state__in=STANDING, since__year__lt=year).exclude(pk__in=has)


def untold(now: datetime) -> QuerySet[YearReport]:
    """Reports that are due and whose holder was not told yet."""
    rows = YearReport.objects.filter(state=ReportState.DUE, told_at=None)
    return rows.filter(title__state__in=STANDING).select_related("title__application__call")


def late(now: datetime) -> QuerySet[YearReport]:
    """Reports that are late, of titles that are in good standing."""
    return YearReport.objects.filter(
        state__in=(ReportState.DUE, ReportState.RETURNED),
        due_on__lt=clock.day(now),
        title__state=TitleState.ACTIVE,
    ).select_related("title")


def over(now: datetime) -> QuerySet[Title]:
    """Standing titles whose last day has passed."""
    return Title.objects.filter(state__in=STANDING, until__lt=clock.day(now))


def ending(now: datetime) -> QuerySet[Title]:
    """Held titles with a term whose holder was not told of the renewal yet."""
    return Title.objects.filter(
        state__in=(TitleState.ACTIVE, TitleState.WARNED),
        until__gte=clock.day(now),
        renewal_told_at=None,
    )


# --- the board -------------------------------------------------------------------------------------


def officer_reach(person: User | None, now: datetime) -> roles.Reach:
    """Everywhere the person keeps, decides about or recommends: the board shows titles there."""
    verbs = (Verb.APPRAISAL_DECIDE, Verb.APPRAISAL_KEEP, Verb.APPRAISAL_RECOMMEND)
    found = roles.reaches(person, verbs, now).values()
    paths = sorted({path for one in found for path in one.paths})
    return roles.Reach(tuple(paths), shut=next((one.shut for one in found if one.shut), ()))


def board(
    reach: roles.Reach, programme: str, year: int, now: datetime, *, scope: str = ""
) -> QuerySet[Any]:
    """Standing titles of a programme with how each stands in a year (`standing`), one query.

    `standing` is the most pressing that is true (`_standing`); `report` and `due_on` are those of the year.
    """
    of_year = YearReport.objects.filter(title=OuterRef("pk"), year=year)
    found = Title.objects.filter(reach.limit(), programme=programme, state__in=STANDING)
    found = found.filter(since__year__lte=year)
    found = found.filter(path__within=scope) if scope else found
    found = found.annotate(
        report=Subquery(of_year.values("pk")[:1]),
        report_state=Subquery(of_year.values("state")[:1]),
        due_on=Subquery(of_year.values("due_on")[:1], output_field=DateField()),
    )
    return found.annotate(standing=_standing(programme, now)).select_related(
        "venue", "organisation", "person", "division_now"
    )


def out_of_time(now: datetime) -> QuerySet[Title]:
    """Warned titles that were to be put right by now, and of which no officer was told so."""
    untold = Q(rectify_told_at__isnull=True) | Q(rectify_told_at__lt=F("rectify_by"))
    return Title.objects.filter(untold, state=TitleState.WARNED, rectify_by__lte=now)


def _standing(programme: str, now: datetime) -> Case:
    today = clock.day(now)
    term = _term(programme, now)
    near, renewable = (today + timedelta(days=days) for days in (term.at_risk, term.renew))
    waits = Q(report_state__in=(ReportState.DUE, ReportState.RETURNED))
    return Case(
        When(state=TitleState.SUSPENDED, then=Value("suspended")),
        # What the holder handed in is read before anything else is decided.
        When(report_state=ReportState.HANDED_IN, then=Value("check")),
        When(state=TitleState.WARNED, rectify_by__lt=now, then=Value("rectify_over")),
        When(state=TitleState.WARNED, then=Value("rectify")),
        When(report_state=ReportState.FAILED, then=Value("failed")),
        When(waits & Q(due_on__lt=today), then=Value("late")),
        When(report_state=ReportState.RETURNED, then=Value("returned")),
        When(waits & Q(due_on__lte=near), then=Value("at_risk")),
        When(state=TitleState.ACTIVE, until__lte=renewable, then=Value("renewal")),
        When(report_state=ReportState.DUE, then=Value("due")),
        When(report_state=ReportState.PASSED, then=Value("passed")),
        default=Value("clear"),
        output_field=CharField(),
    )


def _term(programme: str, now: datetime) -> Term:
    """The programme's term as it holds today; of one that is gone nothing is at risk beforehand."""
    try:
        return policy.in_force(programme, now).programme.term
    except Outside:
        return Term(at_risk=0)


@dataclass(frozen=True)
class Standing:
    """How many titles of a district stand how: counts by `standing`."""

    path: str
    name: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def by_district(found: QuerySet[Any]) -> list[Standing]:
    """Figures of the board by district, in the order of their paths. Two queries and one for names."""
    counts: dict[str, Counter[str]] = {}
    rows = found.order_by().values_list("path", "standing")
    districts: dict[str, str] = {}
    for path, standing in rows:
        if path not in districts:
            districts[path] = divisions.district_path(path) or path
        counts.setdefault(districts[path], Counter())[standing] += 1
    names = divisions.full_names(set(counts))
    return [Standing(path, names[path], dict(counts[path])) for path in sorted(counts)]


def pressing_year(programme: str, now: datetime) -> int:
    """The year to look at first: the earliest of which a report waits that is late or nearly due.

    In January that is the year before, where reports are due after its end. At most two queries.
    """
    today = clock.day(now)
    waiting = YearReport.objects.filter(
        title__programme=programme,
        title__state__in=STANDING,
        state__in=(ReportState.DUE, ReportState.RETURNED, ReportState.HANDED_IN),
        due_on__lte=today + timedelta(days=_term(programme, now).at_risk),
    )
    return waiting.order_by("year").values_list("year", flat=True).first() or today.year


def years(programme: str) -> list[int]:
    """Years that titles of the programme owe reports of, the latest first. One query."""
    found = YearReport.objects.filter(title__programme=programme)
    return list(found.order_by("-year").values_list("year", flat=True).distinct())
