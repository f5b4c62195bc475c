"""Years before a fieldwork, as its plan reads them: published shares, items in common, the earlier form.

Everything comes from runs that were published of the same place. A run without a link stands on the scale
of its own people; one that was linked stands on that of the run it was linked to in the end, its base. So
the series has one base, and each later year is told by the base's questions.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kepu.literacy.models import Fieldwork, Run
from kepu.literacy.queries import runs as queries
from kepu.literacy.queries import targets

HEADS = ("year", "estimate", "se", "framework", "modes", "scale", "linking", "table", "cell")
LEVEL = queries.SERIES
LINKS = ("year", "through", "slope", "shift", "var_slope", "covariance", "var_shift")
SURE, PAIRS = "item_covariance.csv", ("item", "other", "aa", "ab", "ba", "bb")
LEAST = 3  # items in common; fewer tell no error of a link
NO_LINK = """\
# 与以前公布的各期没有三道以上共有的题，量表不能等值：序列在今年中断，不推算达到目标的概率。
# Fewer than three items were asked in a published year too, so its scale cannot be linked: the series
# breaks here, and nothing is told of how probable the target is.
"""

Cells = Sequence[Any]


@dataclass(frozen=True)
class Curve:
    """An item of a published run on the scale of its series."""

    item: str
    dimension: str
    slope: float
    difficulty: float


@dataclass(frozen=True)
class Link:
    """What leads to the earlier scale: items in common, all items of the base's form, and the year of the
    common items where that came to the scale by a link of its own.

    `links` are those of the years on that scale, a row each; `error` is what they add to the city's share
    where they are not all known; `sure` is how sure the year of the common items was of them.
    """

    scale: str
    common: tuple[Curve, ...]
    form: tuple[Curve, ...]
    through: int | None
    links: tuple[Cells, ...]
    error: float
    sure: tuple[Cells, ...] = ()


@dataclass(frozen=True)
class Before:
    """Published years before a fieldwork, and the link to them, if there is one."""

    years: tuple[Cells, ...]
    link: Link | None
    target: dict[str, Any] | None

    @property
    def plan(self) -> str:
        """The part of the plan that reads the files."""
        told: dict[str, Any] = {"file": "earlier.csv"}
        if self.target:
            told["target"] = self.target
        if self.link:
            form = {"form": "form.csv"} if self.link.form else {}
            told["linking"] = {"file": "common.csv", **form, "scale": self.link.scale}
            told["linking"] |= {"covariance": SURE} if self.link.sure else {}
            told["linking"] |= {"through": self.link.through} if self.link.through else {}
            told["linking"] |= {"links": "links.csv"} if self.link.links else {}
            told["linking"] |= {"error": round(self.link.error, 8)} if self.link.error else {}
        return ("" if self.link else NO_LINK) + f"trend: {json.dumps(told)}\n"

    def files(self) -> Iterator[tuple[str, Cells, Iterator[Cells]]]:
        """Names, heads and rows of the files."""
        yield "earlier.csv", HEADS, iter(self.years)
        if self.link:
            rows = ((one.item, one.slope, one.difficulty) for one in self.link.common)
            yield "common.csv", ("item", "a", "b"), rows
        if self.link and self.link.form:
            every = ((one.item, one.dimension, one.slope, one.difficulty) for one in self.link.form)
            yield "form.csv", ("item", "dimension", "a", "b"), every
        if self.link and self.link.links:
            yield "links.csv", LINKS, iter(self.link.links)
        if self.link and self.link.sure:
            yield SURE, PAIRS, iter(self.link.sure)


def before(
    of: Fieldwork,
    year: int,
    *,
    items: Collection[str],
    tables: Collection[str],
    synthetic: bool | None,
) -> Before | None:
    """What stands published before `year` of the place of a fieldwork; None where nothing does.

    Real people are never put beside invented ones, nor answers beside themselves; where it is not said
    which they are, they stand beside real ones, if there are any. `items` are the codes asked now, `tables`
    the groups of the plan that may have a past.
    """
    every = queries.published().filter(path=of.path, year__lt=year, level=LEVEL)
    every = every.exclude(estimates__fieldwork=of)
    if synthetic is None:
        synthetic = not every.filter(synthetic=False).exists()
    found = every.filter(synthetic=synthetic)
    standing = list({run.year: run for run in queries.by_year(found)}.values())
    years = tuple(_years(standing, year, tables))
    if not any(row[-2:] == ("", "") for row in years):
        return None
    return Before(years, _link(standing, items), _target(of, year))


def _years(standing: Sequence[Run], now: int, tables: Collection[str]) -> Iterator[Cells]:
    """A row for each year of the city, and of each group that is known of it.

    Of years that were told beside another run's alone, the error holds that of their links.
    """
    told = {run.year: queries.own_year(run) for run in standing}
    series = [run for run in standing if run.record.get("trend")]
    for row in queries.years_of(series[-1]) if series else []:
        told.setdefault(row["year"], {**row, "linking": None})
    for year in sorted(told):
        if year < now:
            yield from _row(told[year], "", "")
    for run in standing:
        for row in _groups(run):
            if row["table"] in tables and row["cell"]:
                yield from _row(row, row["table"], row["cell"])


def _groups(run: Run) -> Iterator[dict[str, Any]]:
    """Groups of a run in its own year: on the scale of the series, where the run is linked."""
    own = queries.own_year(run)
    kind = {name: own[name] for name in ("year", "framework", "modes", "scale")} if own else {}
    if queries.linked(run):
        rows = run.record["trend"].get("groups") or []
        yield from (kind | row for row in rows if row["year"] == run.year)
    elif own:
        measure = f"{run.level} or above"
        yield from (kind | row for row in run.figures if row["measure"] == measure)


def _row(row: dict[str, Any], table: str, cell: str) -> Iterator[Cells]:
    """As the file has it; nothing where the share was withheld, or is that of nobody or of everybody."""
    share, se, linking = row.get("estimate"), row.get("se") or 0.0, row.get("linking") or 0.0
    if share is None or not 0 < share < 1:
        return
    own = math.sqrt(max(se**2 - linking**2, 0.0))  # a linked year's error holds that of its links
    se, linking = (own, linking) if own else (se, 0.0)
    kind = (row["framework"], row["modes"], row["scale"])
    yield (row["year"], share, se or "", *kind, linking or "", table, cell)


def _link(standing: Sequence[Run], items: Collection[str]) -> Link | None:
    """To the scale of the latest year to which enough items lead; of the years on that scale by those
    that share most items, the base before others: it needs no link of its own.
    """
    for latest in reversed(standing):
        scale = queries.own_year(latest).get("scale", "")
        same = [run for run in standing if queries.own_year(run).get("scale", "") == scale]
        found = [(run, _curves(run, items)) for run in same]
        source, common = max(found, key=lambda one: (len(one[1]), -one[0].year))
        if len(common) < LEAST:
            continue
        base = next(
            (run for run in same if str(run.year) == scale and not queries.linked(run)), None
        )
        form = _curves(base) if base else ()
        through = source.year if source is not base and queries.linked(source) else None
        links = _links(same)
        known = through is None or through in {row[0] for row in links}
        error = 0.0 if known else queries.own_year(source).get("linking") or 0.0
        sure = _sure(source, {one.item for one in common})
        return Link(scale, common, form, through, links, error, sure)
    return None


def _links(same: Sequence[Run]) -> tuple[Cells, ...]:
    """Of the years on a scale, those whose link and all that it rests on are known, in their order."""
    found: dict[int, Cells] = {}
    for run in (one for one in same if queries.linked(one)):
        told = run.record["trend"].get("link") or {}
        spread, through = told.get("covariance"), told.get("through")
        if spread and (through is None or through in found):
            numbers = (told["slope"], told["shift"], *spread[0], spread[1][1])
            found[run.year] = (run.year, "" if through is None else through, *numbers)
    return tuple(found.values())


def _curves(run: Run, items: Collection[str] | None = None) -> tuple[Curve, ...]:
    """Items of a run on the scale of its series, some or all; none where that scale is not known."""
    slope, shift = 1.0, 0.0
    if queries.linked(run):
        link = run.record["trend"].get("link")
        if not link:
            return ()
        slope, shift = link["slope"], link["shift"]
    found = []
    for row in queries.table(run, "items.csv"):
        a, b = float(row["slope"]), float(row["difficulty"])
        if items is None or (row["name"] in items and a > 0):
            found.append(Curve(row["name"], row["dimension"], a / slope, b * slope + shift))
    return tuple(found)


def _sure(run: Run, items: Collection[str]) -> tuple[Cells, ...]:
    """How sure a run was of some items, on the scale of its series; nothing where it did not say."""
    slope = run.record["trend"]["link"]["slope"] if queries.linked(run) else 1.0
    scale = {"aa": 1 / slope**2, "ab": 1.0, "ba": 1.0, "bb": slope**2}
    return tuple(
        (row["item"], row["other"], *(float(row[name]) * by for name, by in scale.items()))
        for row in queries.table(run, SURE)
        if row["item"] in items and row["other"] in items
    )


def _target(of: Fieldwork, year: int) -> dict[str, Any] | None:
    """The next target of the place."""
    aim = targets.listed().filter(path=of.path, year__gte=year).first()
    return {"year": aim.year, "share": float(aim.share) / 100} if aim else None
