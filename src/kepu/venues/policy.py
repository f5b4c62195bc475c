"""The rulebooks of this room: what a registration has to hold, and the clocks of facilities to come."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import Field

from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told
from kepu.venues.states import VenueKind

REGISTRATION, FACILITIES = "venues.registration", "venues.facilities"
FREE_OPENING = "venues.free_opening"
SQUARE_METRES = pgettext_lazy("unit", "m²")
KM = pgettext_lazy("unit", "km")
PERCENT = pgettext_lazy("unit", "%")
PER_10K = pgettext_lazy("unit", "m² per 10,000 residents")
Kilometres = Annotated[float, Field(gt=0, le=200)]
DAYS_A_YEAR = pgettext_lazy("unit", "days a year")

Fact = Literal[
    "about", "phone", "full_time", "safety_checked_on", "address", "accessibility", "open_days",
    "weekdays", "opens_at", "closes_at", "floor_area", "hall_area", "halls",
]  # fmt: skip


class Article(Rules):
    """A rule that Kepu carries out, with the words of the rule beside it."""

    text: Annotated[str, Told(_("Words of the rule"))] = Field(min_length=1)


class Complete(Article):
    always: Annotated[list[Fact], Told(_("Asked of every venue"))]
    with_a_door: Annotated[list[Fact], Told(_("Asked where people come in"))]
    with_halls: Annotated[list[Fact], Told(_("Asked where there are halls"))]


class Museum(Article):
    hall_area: Annotated[int, Told(_("Area of halls, at least"), SQUARE_METRES)] = Field(ge=0)


class Base(Article):
    open_days: Annotated[int, Told(_("Open, at least"), DAYS_A_YEAR)] = Field(ge=0, le=366)
    youth_free_days: Annotated[int, Told(_("Free for minors, at least"), DAYS_A_YEAR)] = Field(
        ge=0, le=366
    )
    scenic_grade: Annotated[int, Told(_("Grade of a scenic area (A), at least"))] = Field(
        ge=1, le=5
    )
    guides: Annotated[int, Told(_("Guides of a scenic area, at least"))] = Field(ge=0)


class Counting(Article):
    within_days: Annotated[int, Told(_("Visits told within"), _("days"))] = Field(ge=0)


class Yearly(Article):
    month: Annotated[int, Told(_("Figures of a year due by: month of the next"))] = Field(
        ge=1, le=12
    )
    day: Annotated[int, Told(_("Figures of a year due by: day of that month"))] = Field(ge=1, le=28)
    remind_days: Annotated[int, Told(_("Managers reminded before"), _("days"))] = Field(
        ge=0, le=180
    )


# What holds where a version was issued before there was a yearly confirmation.
BEFORE = Yearly(
    text="上一年度的数据于次年三月二十八日前填报。（示例）", month=3, day=28, remind_days=60
)


class Registration(Rules):
    """What a venue has to show before it is confirmed (S020)."""

    complete: Annotated[Complete, Told(_("Completeness"))]
    museum: Annotated[Museum, Told(_("Science museums"))]
    base: Annotated[Base, Told(_("Municipal bases"))]
    counting: Annotated[Counting, Told(_("Counting visits"))]
    yearly: Annotated[Yearly, Told(_("Yearly confirmation"))] = BEFORE


class Milestones(Article):
    remind_days: Annotated[int, Told(_("The unit is reminded before"), _("days"))] = Field(
        ge=0, le=180
    )
    escalate_days: Annotated[int, Told(_("One level up is told after"), _("days"))] = Field(
        ge=1, le=365
    )


class Siting(Article):
    reach_km: Annotated[float, Told(_("A venue reaches, where its kind is not named"), KM)] = Field(
        gt=0, le=200
    )
    reach: Annotated[dict[VenueKind, Kilometres], Told(_("A venue of this kind reaches"), KM)]
    alike_km: Annotated[float, Told(_("Pointed out: one of the same kind within"), KM)] = Field(
        ge=0, le=200
    )

    def of(self, kind: str) -> float:
        """How far a venue of a kind reaches, in km."""
        return self.reach.get(VenueKind(kind), self.reach_km) if kind else self.reach_km


class AreaBand(Rules):
    """Floor area of science museums for so many residents, by the construction standard."""

    from_residents: Annotated[int, Told(_("From so many residents"))] = Field(ge=0)
    least: Annotated[float, Told(_("At least"), PER_10K)] = Field(gt=0)
    most: Annotated[float, Told(_("At most"), PER_10K)] = Field(gt=0)


class RoomBand(Rules):
    """The part that exhibition and education rooms have of a science museum of this size."""

    above: Annotated[int, Told(_("Floor area over"), SQUARE_METRES)] = Field(ge=0)
    least: Annotated[float, Told(_("At least"), PERCENT)] = Field(ge=0, le=100)
    most: Annotated[float, Told(_("At most"), PERCENT)] = Field(ge=0, le=100)


class FloorArea(Article):
    bands: Annotated[list[AreaBand], Told(_("By the number of residents"))]
    rooms: Annotated[list[RoomBand], Told(_("Exhibition and education rooms, by floor area"))] = []
    extra_percent: Annotated[float, Told(_("More than the most, by up to"), PERCENT)] = Field(
        default=0, ge=0, le=100
    )

    def rooms_of(self, floor_area: int) -> RoomBand | None:
        """What the standard gives to exhibition and education; None where no size is said."""
        fitting = [one for one in self.rooms if one.above < floor_area]
        return max(fitting, key=lambda one: one.above, default=None)

    def band(self, residents: int) -> AreaBand | None:
        """The band of a place; None where the standard has none for so few residents."""
        fitting = [one for one in self.bands if one.from_residents <= residents]
        return max(fitting, key=lambda one: one.from_residents, default=None)


class Facilities(Rules):
    """The clocks of projects that are under way, and how far venues reach (S012, S013, S017)."""

    milestones: Annotated[Milestones, Told(_("Milestones of projects"))]
    siting: Annotated[Siting, Told(_("Siting"))]
    floor_area: Annotated[FloorArea, Told(_("Floor area of science museums"))]


class FreeOpening(Article):
    """The conditions under which a venue is subsidised for opening free of charge (S022)."""

    kinds: Annotated[list[VenueKind], Told(_("Kinds of venues"))] = Field(min_length=1)
    hall_area: Annotated[int, Told(_("Area of halls, at least"), SQUARE_METRES)] = Field(ge=0)
    open_days: Annotated[int, Told(_("Open, at least"), DAYS_A_YEAR)] = Field(ge=0, le=366)


KINDS = (
    Kind(
        REGISTRATION, _("registration of venues"), Registration, "kepu.venues", "registration.yaml"
    ),
    Kind(FACILITIES, _("facilities to come"), Facilities, "kepu.venues", "facilities.yaml"),
    Kind(FREE_OPENING, _("free opening"), FreeOpening, "kepu.venues", "free_opening.yaml"),
)


def registration(now: datetime) -> Registration:
    """The rules of registration in force at `now`."""
    rules = rulebooks.in_force(REGISTRATION, now).rules
    assert isinstance(rules, Registration)  # noqa: S101 (the registry's promise, for the reader)
    return rules


def version(now: datetime, key: str = REGISTRATION) -> int:
    return rulebooks.in_force(key, now).version


def facilities(now: datetime) -> Facilities:
    """The clocks of facilities to come in force at `now`."""
    rules = rulebooks.in_force(FACILITIES, now).rules
    assert isinstance(rules, Facilities)  # noqa: S101 (the registry's promise, for the reader)
    return rules


def free_opening(now: datetime) -> FreeOpening:
    """The conditions of free opening in force at `now`."""
    rules = rulebooks.in_force(FREE_OPENING, now).rules
    assert isinstance(rules, FreeOpening)  # noqa: S101 (the registry's promise, for the reader)
    return rules
