"""What Kepu's own records have of a person or a unit between two days: figures, and how each was counted.

Nobody types them. Each room is asked by its queries at the moment of the counting; of what this room
holds, only deeds that were finished and signed count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.models import Inspector, MeetingMember, Review, Title
from kepu.appraisal.queries import titles
from kepu.appraisal.states import HELD, ReviewState
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.people.queries import hours, staff, training
from kepu.people.queries.hours import Given
from kepu.venues import queries as venues

Figure = dict[str, Any]  # key and value; a title says which; staff says of which year


@dataclass(frozen=True)
class Kind:
    """What a figure is called, and how it was counted."""

    label: Promise
    how: Promise


KINDS = {
    "hours": Kind(
        lazy("Hours of service, confirmed by both sides"),
        lazy("services begun in the period, to the minute, after corrections"),
    ),
    "services": Kind(
        lazy("Services that count"),
        lazy("services begun in the period whose hours both sides confirmed"),
    ),
    "people": Kind(
        lazy("People who served in its name"), lazy("each counted once, by those services")
    ),
    "orders": Kind(
        lazy("Orders of residents served"), lazy("each counted once, by those services")
    ),
    "training": Kind(
        lazy("Hours of training taken"),
        lazy("courses passed, and other training that officers entered"),
    ),
    "reviews": Kind(
        lazy("Expert reviews handed in"), lazy("handed in during the period, each counted once")
    ),
    "meetings": Kind(
        lazy("Panel meetings attended"), lazy("records of meetings signed in the period")
    ),
    "inspections": Kind(
        lazy("Field inspections made"), lazy("reports of inspections signed in the period")
    ),
    "days": Kind(
        lazy("Days open by the counts"),
        lazy("days of the period on which a venue of the unit counted its visits, venue by venue"),
    ),
    "visits": Kind(lazy("Visits counted day by day"), lazy("the sum of those counts")),
    "full": Kind(
        lazy("Full-time kepu workers"), lazy("stated by the unit, for the last year of the period")
    ),
    "part": Kind(
        lazy("Part-time kepu workers"), lazy("stated by the unit, for the last year of the period")
    ),
    "title": Kind(
        lazy("Title of kepu"), lazy("on the public register, valid on a day of the period")
    ),
}


def of_person(person: User, since: date, until: date) -> list[Figure]:
    """What a person did. Ten queries, and one for the rules of each title."""
    given = hours.given_by_person(person, since=since, until=until)
    found = [
        *_given(given),
        _one("training", round(training.minutes_in(person, since, until) / 60, 1)),
        *_as_expert(person, since, until),
    ]
    return [one for one in found if one["value"]] + _titles(Q(person=person), since, until)


def of_unit(unit: Organisation, since: date, until: date) -> list[Figure]:
    """What was done in the name of a unit, and at its venues."""
    given = hours.given_by_unit(unit.pk, since=since, until=until)
    counted = venues.counted_for(unit.pk, since=since, until=until)
    found = [
        *_given(given), _one("people", given.people),
        _one("days", counted.days), _one("visits", counted.visits),
        *_staff(unit.pk, until.year),
    ]  # fmt: skip
    return [one for one in found if one["value"]] + _titles(Q(organisation=unit), since, until)


def _one(key: str, value: float) -> Figure:
    return {"key": key, "value": value}


def _given(given: Given) -> list[Figure]:
    return [
        _one("hours", round(given.minutes / 60, 1)),
        _one("services", given.services),
        _one("orders", given.orders),
    ]


def _as_expert(person: User, since: date, until: date) -> list[Figure]:
    """Only how many: which applications somebody judged is nobody's business."""
    begin, end = _moments(since, until)
    done = Review.objects.filter(expert__person=person, state=ReviewState.DONE)
    sat = MeetingMember.objects.filter(expert__person=person)
    went = Inspector.objects.filter(person=person)
    return [
        _one("reviews", done.filter(done_at__gte=begin, done_at__lt=end).count()),
        _one("meetings", sat.filter(signed_at__gte=begin, signed_at__lt=end).count()),
        _one("inspections", went.filter(signed_at__gte=begin, signed_at__lt=end).count()),
    ]


def _moments(since: date, until: date) -> tuple[datetime, datetime]:
    """The first moment of the first day in Beijing, and the first after the last."""
    begin = datetime.combine(since, time(), clock.BEIJING)
    return begin, datetime.combine(until + timedelta(days=1), time(), clock.BEIJING)


def _staff(unit_id: int, year: int) -> list[Figure]:
    stated = staff.indicators_of(unit_id, year)
    return [
        {**_one("full", stated.get("staff_full", 0)), "year": year},
        {**_one("part", stated.get("staff_part", 0)), "year": year},
    ]


def _titles(whose: Q, since: date, until: date) -> list[Figure]:
    """Titles that hold now and held on some day of the period, each by its number."""
    held = Title.objects.filter(whose, state__in=HELD, since__lte=until)
    held = held.filter(Q(until__isnull=True) | Q(until__gte=since)).order_by("since", "pk")
    return [
        {"key": "title", "value": one.number, "of": _named(one)}
        for one in held.select_related("application__call")
    ]


def _named(title: Title) -> str:
    """In the language of the paper, whoever reads: the figures are compared later."""
    programme = titles.programme_of(title)
    level = titles.level(programme, title.grade)
    return f"{programme.title} · {level.title}" if level else programme.title


@dataclass(frozen=True)
class Line:
    """A figure as it is read: what it is, how much, and how it was counted."""

    label: str
    value: str
    how: str


def lines(figures: list[Figure]) -> list[Line]:
    """Each figure in words, in the language of the reader."""
    return [_line(one, KINDS[one["key"]]) for one in figures if one["key"] in KINDS]


def _line(one: Figure, kind: Kind) -> Line:
    if one["key"] == "title":
        return Line(str(one["of"]), str(one["value"]), str(kind.how))
    label = f"{kind.label} ({one['year']})" if "year" in one else str(kind.label)
    return Line(label, f"{one['value']:,}", str(kind.how))
