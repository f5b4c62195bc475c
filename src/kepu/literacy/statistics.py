"""The rulebook of the yearly kepu statistics: sections, indicators, and how figures are held together."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Self

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told
from kepu.literacy.schemas import Titled

Values = Mapping[str, Decimal]  # figures of a return, by indicator
Key = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]


def _english() -> bool:
    return (get_language() or "").startswith("en")


class Unit(Rules):
    """In what something is counted."""

    zh: Annotated[str, Told(_("Chinese name"))] = Field(min_length=1, max_length=20)
    en: Annotated[str, Told(_("English name"))] = Field(min_length=1, max_length=30)

    @property
    def title(self) -> str:
        return self.en if _english() else self.zh

    def in_words(self) -> str:
        return self.title


class Indicator(Titled):
    """One line of the form. Units fill the `asked` ones; others are computed, or come from elsewhere."""

    unit: Annotated[str, Told(_("Counted in"))]
    means_zh: Annotated[str, Told(_("Definition in Chinese"))] = Field("", max_length=200)
    means_en: Annotated[str, Told(_("Definition in English"))] = Field("", max_length=200)
    sources: Annotated[tuple[str, ...], Told(_("Where its values were published"))] = ()
    places: Annotated[int, Told(_("Decimal places"))] = Field(0, ge=0, le=2)
    asked: Annotated[bool, Told(_("Filled by units"))] = True
    sum_of: Annotated[tuple[str, ...], Told(_("The sum of"))] = ()

    @property
    def means(self) -> str:
        return self.means_en if _english() else self.means_zh

    @property
    def verified(self) -> bool:
        """Whether figures of it were published under this name; its definition may still differ."""
        return bool(self.sources)

    def in_words(self) -> str:
        return f"{self.title} · {self.means}" if self.means else self.title


class Section(Titled):
    """A part of the form, and a step in filling it."""

    indicators: Annotated[dict[Key, Indicator], Told(_("Indicators"))]


class Check(Rules):
    """Something that must hold between figures, in a sentence; `hard` stops handing in."""

    zh: Annotated[str, Told(_("Chinese sentence"))] = Field(min_length=1, max_length=120)
    en: Annotated[str, Told(_("English sentence"))] = Field(min_length=1, max_length=200)
    hard: Annotated[bool, Told(_("Stops handing in"))] = True

    @property
    def sentence(self) -> str:
        return self.en if _english() else self.zh

    def in_words(self) -> str:
        return self.sentence

    @property
    @abstractmethod
    def keys(self) -> tuple[str, ...]:
        """The indicators it is about."""

    @abstractmethod
    def broken(self, values: Values) -> bool:
        """Whether it does not hold; every one of its figures is there."""


class Parts(Check):
    """The left figures together are at most so many times the right ones together."""

    left: Annotated[tuple[str, ...], Told(_("Counted inside"))] = Field(min_length=1)
    right: Annotated[tuple[str, ...], Told(_("What it is inside of"))] = Field(min_length=1)
    times: Annotated[float, Told(_("Times that"))] = Field(1, gt=0)

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.left, *self.right)

    def broken(self, values: Values) -> bool:
        inside, whole = (
            sum((values[key] for key in side), Decimal()) for side in (self.left, self.right)
        )
        return inside > whole * Decimal(str(self.times))


class Range(Check):
    """A figure has a highest value."""

    of: Annotated[str, Told(_("Indicator"))]
    high: Annotated[float, Told(_("Highest value"))] = Field(ge=0)

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.of,)

    def broken(self, values: Values) -> bool:
        return values[self.of] > Decimal(str(self.high))


class Together(Check):
    """Where one figure is more than nothing, so is another."""

    of: Annotated[str, Told(_("Indicator"))]
    needs: Annotated[str, Told(_("Which needs"))]

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.of, self.needs)

    def broken(self, values: Values) -> bool:
        return values[self.of] > 0 and not values[self.needs]


class Change(Rules):
    """How far a figure may go from last year's before it is explained."""

    share: Annotated[float, Told(_("As a share of last year's figure"))] = Field(gt=0, le=10)
    least: Annotated[float, Told(_("And by at least so much"))] = Field(ge=0)


class Cells(Rules):
    """On how many units a public figure rests at least, cited by a version."""

    version: Annotated[str, Told(_("Cited as"))] = Field(min_length=1, max_length=40)
    units: Annotated[int, Told(_("Units that gave a figure"))] = Field(ge=1, le=20)


class Funds(Rules):
    """Which funds are counted per head, and which must grow."""

    per_head: Annotated[str, Told(_("Funds per head"))]
    growth: Annotated[str, Told(_("Funds that must grow"))]
    rule_zh: Annotated[str, Told(_("Growth rule in Chinese"))] = Field(min_length=1, max_length=120)
    rule_en: Annotated[str, Told(_("Growth rule in English"))] = Field(min_length=1, max_length=200)

    @property
    def rule(self) -> str:
        return self.rule_en if _english() else self.rule_zh


class Statistics(Rules):
    """The yearly form as data."""

    name: Annotated[str, Told(_("Name of the form"))] = Field(min_length=1, max_length=40)
    deadline: Annotated[int, Told(_("Units are given"), _("working days"))] = Field(ge=1, le=120)
    remind: Annotated[int, Told(_("They are reminded before the end by"), _("working days"))] = (
        Field(ge=1, le=30)
    )
    remind_last: Annotated[int, Told(_("And for the last time by"), _("working days"))] = Field(
        1, ge=0, le=29
    )
    cells: Annotated[Cells, Told(_("Small cells"))]
    change: Annotated[Change, Told(_("Change against last year"))]
    funds: Annotated[Funds, Told(_("Funds"))]
    sources: Annotated[dict[str, str], Told(_("Sources"))]
    units: Annotated[dict[Key, Unit], Told(_("Units of counting"))]
    sections: Annotated[dict[Key, Section], Told(_("Sections"))]
    parts: Annotated[dict[Key, Parts], Told(_("At most as much as"))]
    ranges: Annotated[dict[Key, Range], Told(_("Highest values"))]
    together: Annotated[dict[Key, Together], Told(_("Given together"))]

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Every indicator, in the order of the form."""
        return {key: one for part in self.sections.values() for key, one in part.indicators.items()}

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """What units fill."""
        return tuple(key for key, one in self.indicators.items() if one.asked)

    @cached_property
    def computed(self) -> dict[str, tuple[str, ...]]:
        """What is the sum of other figures."""
        return {key: one.sum_of for key, one in self.indicators.items() if one.sum_of}

    @cached_property
    def counted(self) -> tuple[str, ...]:
        """What figures of a place are made of: the asked ones and their sums, in the order of the form."""
        return tuple(key for key, one in self.indicators.items() if one.asked or one.sum_of)

    @cached_property
    def steps(self) -> dict[str, Section]:
        """The sections that have something to be filled."""
        return {
            key: part
            for key, part in self.sections.items()
            if any(one.asked for one in part.indicators.values())
        }

    def checks(self) -> Iterator[tuple[str, Check]]:
        """Every cross-check inside one return, by a key that explanations refer to."""
        for name, group in (("parts", self.parts), ("range", self.ranges)):
            yield from ((f"{name}.{key}", one) for key, one in group.items())
        yield from ((f"together.{key}", one) for key, one in self.together.items())

    def unit_of(self, key: str) -> str:
        return self.units[self.indicators[key].unit].title

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        several = [key for part in self.sections.values() for key in part.indicators]
        if len(several) != len(set(several)):
            raise ValueError("an indicator stands in one section only")
        known = set(several)
        wanted = {key for _name, one in self.checks() for key in one.keys}
        wanted |= {key for keys in self.computed.values() for key in keys}
        wanted |= {self.funds.per_head, self.funds.growth}
        if wanted - known:
            raise ValueError(f"there is no indicator called {min(wanted - known)}")
        if lost := {one.unit for one in self.indicators.values()} - set(self.units):
            raise ValueError(f"there is no unit called {min(lost)}")
        cited = {code for one in self.indicators.values() for code in one.sources}
        if cited - set(self.sources):
            raise ValueError(f"there is no source called {min(cited - set(self.sources))}")
        if not self.asked:
            raise ValueError("a form has something to fill")
        return self


STATISTICS = "literacy.statistics"
KIND = Kind(STATISTICS, _("kepu statistics"), Statistics, "kepu.literacy", "statistics.yaml")


def in_force(now: datetime) -> tuple[int, Statistics]:
    """The form in force, and its version."""
    found = rulebooks.in_force(STATISTICS, now)
    return found.version, found.rules


def of_version(version: int) -> Statistics:
    """The form that a round was opened with."""
    rules: Statistics = rulebooks.version(STATISTICS, version).rules
    return rules
