"""The rulebook of the capacity index: which indicators, in which groups, weighed and joined how."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from typing import Annotated, Self

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told
from kepu.literacy.schemas import Titled
from kepu.literacy.states import Joining, Normalising, Weighing
from kepu.literacy.statistics import Key, Statistics

RESIDENTS = "residents"
HEADS = 10_000  # a figure per head is told of so many residents
CONTRADICTION = 0.1  # Saaty's limit on the consistency ratio
MOST_GROUPS = 10  # more cannot be judged pair by pair


class Counted(Rules):
    """An indicator of the index: over the residents, over another indicator, or as it is."""

    over: Annotated[str, Told(_("Divided by"))] = RESIDENTS
    falling: Annotated[bool, Told(_("Less is better"))] = False

    def in_words(self) -> str:
        beside = {RESIDENTS: _("per 10,000 residents"), "": _("as it is")}
        over = beside.get(self.over) or _("per %(indicator)s") % {"indicator": self.over}
        return f"{over} · {_('less is better')}" if self.falling else str(over)


class Group(Titled):
    """Indicators that tell of one side of the capacity."""

    indicators: Annotated[dict[Key, Counted], Told(_("Indicators"))] = Field(min_length=1)


class Region(Titled):
    """Districts between and within which inequality is told apart; one without any holds the rest."""

    districts: Annotated[tuple[str, ...], Told(_("Districts"))] = ()


class Capacity(Rules):
    """The scheme of the index as data. Without groups there is none."""

    name: Annotated[str, Told(_("Name of the scheme"))] = Field(min_length=1, max_length=60)
    normalising: Annotated[Normalising, Told(_("How indicators are made comparable"))]
    weighing: Annotated[Weighing, Told(_("How they are weighed"))]
    joining: Annotated[Joining, Told(_("How they are joined"))]
    # How many times more important the outer group is than the inner one; each pair once.
    judgements: Annotated[dict[Key, dict[Key, float]], Told(_("Judgements of groups, by pairs"))]
    fewest: Annotated[int, Told(_("Districts to be compared, at least"))] = Field(ge=2, le=100)
    known: Annotated[
        float, Told(_("An indicator counts where at least this share of districts has it"))
    ] = Field(gt=0, le=1)
    seed: Annotated[int, Told(_("Seed of the weights that are drawn"))] = Field(ge=0, le=10**9)
    firmness: Annotated[float, Told(_("How near drawn weights stay to these"))] = Field(
        ge=5, le=1e4
    )
    groups: Annotated[dict[Key, Group], Told(_("Groups of indicators"))] = Field(
        max_length=MOST_GROUPS
    )
    regions: Annotated[dict[Key, Region], Told(_("Regions of the city"))]

    @property
    def indicators(self) -> dict[str, Counted]:
        """Every indicator, in the order of the scheme."""
        return {key: one for part in self.groups.values() for key, one in part.indicators.items()}

    def group_of(self, key: str) -> str:
        """The group that an indicator stands in."""
        return next(name for name, part in self.groups.items() if key in part.indicators)

    def region_of(self, path: str) -> str:
        """The region that a district belongs to; empty where it is named in none."""
        rest = next((key for key, one in self.regions.items() if not one.districts), "")
        named = (key for key, one in self.regions.items() if path in one.districts)
        return next(named, rest)

    def matrix(self) -> list[list[float]]:
        """The judgements as a table of groups by groups, the mirror reciprocal."""
        names = list(self.groups)
        return [[self._judged(one, other) for other in names] for one in names]

    def _judged(self, one: str, other: str) -> float:
        if one == other:
            return 1.0
        said = self.judgements.get(one, {}).get(other)
        return said if said is not None else 1 / self.judgements[other][one]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        several = [key for part in self.groups.values() for key in part.indicators]
        if len(several) != len(set(several)):
            raise ValueError(_("an indicator stands in one group only"))
        if self.joining == Joining.GEOMETRIC and self.normalising != Normalising.CITY:
            raise ValueError(_("a geometric mean needs figures over those of the city"))
        if self.weighing == Weighing.ENTROPY and self.normalising == Normalising.Z:
            raise ValueError(_("entropy needs figures from 0 to 1, or over those of the city"))
        if sum(not one.districts for one in self.regions.values()) > 1:
            raise ValueError(_("only one region can hold the rest"))
        self._judge()
        return self

    def _judge(self) -> None:
        """Each pair of groups is judged once, and the judgements go together."""
        said = [frozenset((one, other)) for one, row in self.judgements.items() for other in row]
        pairs = {frozenset(pair) for pair in combinations(self.groups, 2)}
        wanted = pairs if self.weighing == Weighing.AHP else set()
        if len(said) != len(set(said)) or set(said) != wanted:
            raise ValueError(_("judge each pair of groups once, and only for AHP"))
        values = [value for row in self.judgements.values() for value in row.values()]
        if any(not 1 / 9 - 1e-6 <= value <= 9 for value in values):
            raise ValueError(_("a judgement lies between 1/9 and 9"))
        if self.weighing == Weighing.AHP and self.groups:
            self._agree()

    def _agree(self) -> None:
        from kepu_engines.survey.capacity import ahp  # only when a scheme is read

        ratio = ahp(self.matrix()).ratio
        if ratio > CONTRADICTION:
            words = _("the judgements contradict one another: ratio %(ratio)s, over %(most)s")
            raise ValueError(words % {"ratio": f"{ratio:.3f}", "most": CONTRADICTION})


CAPACITY = "literacy.capacity"
KIND = Kind(CAPACITY, _("capacity index"), Capacity, "kepu.literacy", "capacity.yaml")


def in_force(now: datetime) -> tuple[int, Capacity]:
    """The scheme in force, and its version."""
    found = rulebooks.in_force(CAPACITY, now)
    return found.version, found.rules


def of_version(version: int) -> Capacity:
    """The scheme that an index was worked out by."""
    rules: Capacity = rulebooks.version(CAPACITY, version).rules
    return rules


def unknown_to(scheme: Capacity, form: Statistics) -> list[str]:
    """Indicators of the scheme that a year's form does not count."""
    asked = [*scheme.indicators, *(one.over for one in scheme.indicators.values())]
    return [key for key in asked if key not in form.counted and key not in ("", RESIDENTS)]
