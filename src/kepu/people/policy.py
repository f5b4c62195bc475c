"""The rulebooks of this room: what they may say, and short ways to ask them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import Field, model_validator

from kepu.kernel.divisions.states import Level
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told, register
from kepu.people.states import Tier

HOURS = pgettext_lazy("unit", "hours")  # not the hours somebody served
TEAMS = pgettext_lazy("unit", "teams")

MANAGEMENT = "people.management"
STARS = "people.stars"
CAMPAIGNS = "people.campaigns"
EXPERTS = "people.experts"


class Article(Rules):
    """A rule that Kepu carries out, with the words of the rule beside it."""

    text: Annotated[str, Told(_("Words of the rule"))] = Field(min_length=1)


class Registration(Article):
    guardian_under: Annotated[int, Told(_("A guardian agrees below the age of"), _("years"))] = (
        Field(ge=14, le=18)
    )  # the law's 14 cannot be lowered by a city
    youngest: Annotated[int, Told(_("Youngest age"), _("years"))] = Field(ge=0, le=18)


class Joining(Article):
    most_teams: Annotated[int, Told(_("Teams at one time, at most"), TEAMS)] = Field(ge=1, le=50)


class NoShow(Article):
    excused_before_hours: Annotated[int, Told(_("Excused when told before"), HOURS)] = Field(ge=0)
    most_in_a_year: Annotated[int, Told(_("Suspended after, in a year"), _("times"))] = Field(ge=1)
    malicious_in_a_year: Annotated[
        int, Told(_("Suspended after, in bad faith in a year"), _("times"))
    ] = Field(ge=1)
    window_days: Annotated[int, Told(_("Unexcused absences are counted over"), _("days"))] = Field(
        ge=1, default=180
    )
    not_suggested_after: Annotated[int, Told(_("Not suggested any more after"), _("times"))] = (
        Field(ge=1, default=3)
    )
    team_limit: Annotated[int, Told(_("A team carries fewer orders after"), _("times"))] = Field(
        ge=1, default=6
    )


class Hours(Article):
    most_in_a_day: Annotated[float, Told(_("Service a day, at most"), HOURS)] = Field(gt=0, le=24)
    claim_within_days: Annotated[int, Told(_("Reported within"), _("days"))] = Field(ge=1)


class Points(Article):
    per_hour: Annotated[float, Told(_("For an hour of service"), _("points"))] = Field(ge=0)


class Certificates(Article):
    issuer: Annotated[str, Told(_("Issued by"))] = Field(min_length=1, max_length=60)
    fewest_minutes: Annotated[int, Told(_("Length, at least"), _("minutes"))] = Field(ge=1)


class Models(Article):
    notice_workdays: Annotated[int, Told(_("On public notice"), _("working days"))] = Field(ge=1)


class Trained(Article):
    fewest_minutes: Annotated[int, Told(_("Length, at least"), _("minutes"))] = Field(
        ge=0
    )  # in the record, before one joins a team


class Tiers(Article):
    homes: Annotated[
        dict[Tier, list[Level]], Told(_("Where each tier is at home"))
    ]  # where a team of each tier is at home

    @model_validator(mode="after")
    def _names_every_tier(self) -> Self:
        if missing := [tier.value for tier in Tier if not self.homes.get(tier)]:
            raise ValueError(f"no level is named for the tier {missing[0]}")
        return self


class Management(Rules):
    """Management rules of S&T volunteering (S080)."""

    registration: Annotated[Registration, Told(_("Registering"))]
    joining: Annotated[Joining, Told(_("Joining teams"))]
    no_show: Annotated[NoShow, Told(_("Not coming"))]
    hours: Annotated[Hours, Told(_("Hours"))]
    points: Annotated[Points, Told(_("Points"))]
    certificates: Annotated[Certificates, Told(_("Certificates"))]
    models: Annotated[Models, Told(_("Models"))]
    # Articles that a city may leave out; versions from before they were known have none.
    training: Annotated[Trained | None, Told(_("Training"))] = None
    tiers: Annotated[Tiers | None, Told(_("Tiers of teams"))] = None


class Star(Rules):
    star: Annotated[int, Told(_("Star"))] = Field(ge=1, le=9)
    hours: Annotated[float, Told(_("Hours"), HOURS)] = Field(gt=0)
    recognised_by: Annotated[
        Literal["district", "prefecture", "province"], Told(_("Recognised by"))
    ]

    def in_words(self) -> str:
        """Such as: from 100 hours, recognised by the district."""
        level = Level(self.recognised_by).label
        return _("from %(hours)s hours, recognised by: %(level)s") % {
            "hours": f"{self.hours:g}",
            "level": level,
        }


class Stars(Rules):
    """The scale of stars, lowest first."""

    stars: Annotated[list[Star], Told(_("Star levels"))] = Field(min_length=1)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if any(
            low.hours >= high.hours or low.star + 1 != high.star
            for low, high in pairwise(self.stars)
        ):
            raise ValueError(
                "stars are listed one by one, each with more hours than the one before"
            )
        if self.stars[0].star != 1:
            raise ValueError("the first star is star 1")
        return self

    def reached(self, minutes: int) -> int:
        """The star that so many minutes earn; 0 is none yet."""
        return max((star.star for star in self.stars if minutes >= star.hours * 60), default=0)

    def following(self, minutes: int) -> Star | None:
        """The next star to earn, or None at the top."""
        return next((star for star in self.stars if minutes < star.hours * 60), None)


class Counting(Article):
    """What one campaign counts."""

    title: Annotated[str, Told(_("Title"))] = Field(min_length=1)
    skills: Annotated[list[str], Told(_("Topics"))] = []  # empty: every topic
    fewest_minutes: Annotated[int, Told(_("Length, at least"), _("minutes"))] = Field(
        ge=0, default=0
    )
    only_teams: Annotated[bool, Told(_("Only with a team"))] = False


class Campaigns(Rules):
    campaigns: Annotated[dict[str, Counting], Told(_("Campaigns"))]


class Confirming(Article):
    """How often an expert confirms record and bonds, and how long a late one may still be chosen."""

    every_months: Annotated[int, Told(_("Confirmed every"), _("months"))] = Field(ge=1, le=60)
    remind_days: Annotated[int, Told(_("Reminded before"), _("days"))] = Field(ge=0, le=365)
    grace_days: Annotated[int, Told(_("Chosen for so long after"), _("days"))] = Field(ge=0, le=365)

    def until(self, day: date) -> date:
        """The last day for which a confirmation of `day` is good."""
        months = day.year * 12 + day.month - 1 + self.every_months
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))

    def oldest(self, on: date) -> date:
        """Who confirmed until then or later may be chosen on that day."""
        return on - timedelta(days=self.grace_days)


class Counted(Article):
    """Figures of kepu workers that analysts may read."""

    units: Annotated[int, Told(_("A figure rests on at least"), _("units"))] = Field(ge=1, le=50)


class Experts(Rules):
    """Rules of the registers of experts and kepu workers (S113, S115)."""

    consent: Annotated[Article, Told(_("Consent"))]
    confirming: Annotated[Confirming, Told(_("Yearly confirmation"))]
    workers: Annotated[Counted, Told(_("Figures of kepu workers"))]


def register_all() -> None:
    """Called when Django is ready."""
    package = "kepu.people"
    register(
        Kind(
            MANAGEMENT, _("S&T volunteer management rules"), Management, package, "management.yaml"
        )
    )
    register(Kind(STARS, _("star levels of volunteers"), Stars, package, "stars.yaml"))
    register(
        Kind(CAMPAIGNS, _("counting rules of campaigns"), Campaigns, package, "campaigns.yaml")
    )
    register(Kind(EXPERTS, _("rules of the expert register"), Experts, package, "experts.yaml"))


def management(now: datetime) -> Management:
    """The management rules in force at `now`."""
    rules = rulebooks.in_force(MANAGEMENT, now).rules
    assert isinstance(rules, Management)  # noqa: S101 (the registry's promise, for the reader)
    return rules


def management_version(now: datetime) -> int:
    return rulebooks.in_force(MANAGEMENT, now).version


def stars(now: datetime) -> Stars:
    """The star scale in force at `now`."""
    rules = rulebooks.in_force(STARS, now).rules
    assert isinstance(rules, Stars)  # noqa: S101
    return rules


def stars_version(now: datetime) -> int:
    return rulebooks.in_force(STARS, now).version


def experts(now: datetime) -> Experts:
    """The rules of the expert register in force at `now`."""
    rules = rulebooks.in_force(EXPERTS, now).rules
    assert isinstance(rules, Experts)  # noqa: S101
    return rules


def experts_version(now: datetime) -> int:
    return rulebooks.in_force(EXPERTS, now).version


def campaigns_version(now: datetime) -> int:
    return rulebooks.in_force(CAMPAIGNS, now).version


def countings(now: datetime) -> list[tuple[str, Counting]]:
    """What campaigns may count under the version in force at `now`, by key."""
    return sorted(rulebooks.in_force(CAMPAIGNS, now).rules.campaigns.items())


def counting(key: str, version: int) -> Counting | None:
    """What a campaign of this key counts under that version."""
    found: Counting | None = rulebooks.version(CAMPAIGNS, version).rules.campaigns.get(key)
    return found
