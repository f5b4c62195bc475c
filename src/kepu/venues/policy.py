"""The rulebook of this room: what a registration has to hold, and within how many days visits are told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import Field

from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told

REGISTRATION = "venues.registration"
SQUARE_METRES = pgettext_lazy("unit", "m²")
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


KIND = Kind(
    REGISTRATION, _("registration of venues"), Registration, "kepu.venues", "registration.yaml"
)


def registration(now: datetime) -> Registration:
    """The rules of registration in force at `now`."""
    rules = rulebooks.in_force(REGISTRATION, now).rules
    assert isinstance(rules, Registration)  # noqa: S101 (the registry's promise, for the reader)
    return rules


def version(now: datetime) -> int:
    return rulebooks.in_force(REGISTRATION, now).version
