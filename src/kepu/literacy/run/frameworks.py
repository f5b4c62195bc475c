"""By which framework answers are scored: one that is known by its name, or one that a plan writes out."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kepu_engines.survey.literacy import (
    CAST_2024,
    JIZHUN,
    JIZHUN_BENCHMARKS,
    JIZHUN_ITEMS,
    Framework,
)

KNOWN = {one.version: one for one in (CAST_2024, JIZHUN)}
# What goes with a name beside points and cuts: how many items a form has, and who says so.
MORE: dict[str, dict[str, Any]] = {
    JIZHUN.version: {
        "items": JIZHUN_ITEMS,
        "source": "中国公民科学素质基准测试，据科普中国 2021 年文（kepuchina.cn 69401）",
    }
}
TITLES = {
    "benchmark": {
        "zh": f"科学素质基准（{JIZHUN_BENCHMARKS} 条）",
        "en": f"{JIZHUN_BENCHMARKS} benchmarks",
    },
    "passed": {"zh": "达到科学素质基准", "en": "Passed the benchmark test"},
}

# What becomes a name in the script for R: a word that is one there too, so that it runs nothing else.
Word = Annotated[str, Field(max_length=40, pattern=r"^[\p{L}][\p{L}\p{N}_]*$")]
LevelName = Annotated[Word, Field(max_length=20)]  # a level: as long as the city keeps of a run
Title = Annotated[str, Field(max_length=60)]


class Named(BaseModel):
    """What a framework names, in Chinese and English where somebody wrote that down."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: Title = ""
    en: Title = ""


class Dimension(Named):
    """A part of the score."""

    points: Annotated[float, Field(gt=0)]


class Level(Named):
    """A level, and the lowest score that reaches it."""

    cut: Annotated[float, Field(gt=0)]


class Scored(BaseModel):
    """A framework as a plan names it or writes it out; `source` says where it stands.

    Older frameworks have other dimensions, points and cuts, and stay apart by their names: a series of
    years breaks where the name changes. `items` is how many a form has, where the framework says so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Annotated[str, Field(min_length=1, max_length=40)]
    dimensions: dict[Word, Dimension]
    levels: dict[LevelName, Level]
    source: Title = ""
    items: Annotated[int, Field(ge=1, le=500)] | None = None

    @model_validator(mode="before")
    @classmethod
    def one_name_will_do(cls, given: Any) -> Any:
        """`framework: cast-2024` is short for what was published under that name."""
        if not isinstance(given, str):
            return given
        rule = KNOWN.get(given)
        if rule is None:
            known = ", ".join(KNOWN)
            raise ValueError(
                f"{given} is none of {known}; write out name, dimensions with points and levels with cuts"
            )
        return {
            "name": rule.version,
            "dimensions": {
                name: {"points": points, **TITLES.get(name, {})}
                for name, points in rule.points.items()
            },
            "levels": {
                name: {"cut": cut, **TITLES.get(name, {})} for name, cut in rule.cuts.items()
            },
            **MORE.get(given, {}),
        }

    @model_validator(mode="after")
    def is_what_it_is_called(self) -> Scored:
        """Points and cuts go together, and nothing else goes by the name of what was published."""
        same = self.items == MORE.get(self.name, {}).get("items", self.items)
        if self.rule != KNOWN.get(self.name, self.rule) or not same:
            raise ValueError(
                f"these are not the points and cuts of {self.name}: give the framework a name of its own"
            )
        return self

    @cached_property
    def rule(self) -> Framework:
        """Points and cuts."""
        return Framework(
            self.name,
            {name: one.points for name, one in self.dimensions.items()},
            {name: one.cut for name, one in self.levels.items()},
        )

    def titles(self, language: str) -> dict[str, str]:
        """What dimensions and levels are called, where it is written."""
        every = [*self.dimensions.items(), *self.levels.items()]
        return {name: title for name, one in every if (title := getattr(one, language))}


def form_of(name: str) -> dict[str, int]:
    """How many items a form has of a framework that is known, where it says so."""
    return {key: value for key, value in MORE.get(name, {}).items() if key == "items"}


def scored_otherwise(framework: dict[str, Any]) -> bool:
    """Whether other points or cuts were published under the name of a framework that is written out."""
    known = KNOWN.get(framework["name"])
    points = {name: one["points"] for name, one in framework["dimensions"].items()}
    cuts = {name: one["cut"] for name, one in framework["levels"].items()}
    return known is not None and (points, cuts) != (known.points, known.cuts)
