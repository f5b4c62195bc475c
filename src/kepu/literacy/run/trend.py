"""Years side by side: what was published before, what this run says, and the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kepu.literacy.run.estimating import Figure
from kepu.literacy.run.items import Form, Question
from kepu.literacy.run.modes import Mixed
from kepu.literacy.run.plan import HOMES, MIXED, Linking, Plan, Trend
from kepu_engines.core.checks import present, require
from kepu_engines.survey.command.tables import Table, read
from kepu_engines.survey.design import Reals
from kepu_engines.survey.irt.linking import Link, anchors, link
from kepu_engines.survey.trend import Change, Reach, Year, change, linking_error, reach


@dataclass(frozen=True)
class Anchor:
    """An item that was asked before: its slope and difficulty then."""

    item: str
    slope: float
    difficulty: float


@dataclass(frozen=True)
class Earlier:
    """What the plan's trend reads: published years, and the items that link to them."""

    years: tuple[Year, ...]
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True)
class Series:
    """This year's share beside those before it.

    Attributes
    ----------
    now : Year
    changes : tuple of (Year, Change)
        Each earlier year, and this one less it; the latest last.
    link : Link, or None
        From this year's scale to the earlier one; None where no common items were named.
    linking : float
        What the link adds to the standard error of a difference, and of this year's share on the
        earlier scale; 0 without one.
    target : Reach, or None
        None where there is no target, or nothing can be told of it.
    """

    now: Year
    changes: tuple[tuple[Year, Change], ...]
    link: Link | None
    linking: float
    target: Reach | None


def earlier(plan: Plan, file: Path, linking: Path | None) -> Earlier:
    """Read published years (`year, estimate, se, framework, modes`) and common items (`item, a, b`).

    Raises
    ------
    EngineError
        If a year comes twice or is not before the plan's, or a number is impossible.
    """
    table = read(file, ["year", "estimate", "se", "framework", "modes"])
    table.each_once("year")
    years = [_year(plan, table, row) for row in range(len(table))]
    require(bool(years), f"{table.file} has no year")
    return Earlier(
        tuple(sorted(years, key=lambda one: one.year)), _anchors(linking) if linking else ()
    )


def _year(plan: Plan, table: Table, row: int) -> Year:
    number, share, se = (float(table.numbers(name)[row]) for name in ("year", "estimate", "se"))
    place = table.where(row, "year")
    require(number == round(number) if np.isfinite(number) else False, f"{place}: no year is here")
    require(number < plan.year, f"{place}: {number:.0f} is not before {plan.year}")
    require(bool(np.isfinite(share)), f"{table.where(row, 'estimate')}: the number is missing")
    words = (table.cells[name][row] for name in ("framework", "modes"))
    return Year(int(number), share, se if np.isfinite(se) else None, *words)


def _anchors(file: Path) -> tuple[Anchor, ...]:
    table = read(file, ["item", "a", "b"])
    table.each_once("item")
    slopes, hard = table.full("a"), table.full("b")
    return tuple(
        Anchor(name, float(slopes[row]), float(hard[row]))
        for row, name in enumerate(table.cells["item"])
    )


def series(
    plan: Plan,
    read: Earlier,
    first: Figure | Mixed,
    questions: Sequence[Question],
) -> Series | None:
    """This run's share beside the earlier ones; nothing where it is withheld."""
    asked = present(plan.trend, "the plan has no trend")
    if first.estimate is None or first.se is None:
        return None
    modes = MIXED if asked.figure == "combined" else HOMES
    now = Year(plan.year, first.estimate, first.se, plan.framework, modes)
    found = _link(asked.linking, read, questions) if asked.linking else None
    added = linking_error(found, now.share) if found else 0.0
    level = plan.publish.level
    changes = tuple((one, change(now, one, added, level)) for one in read.years)
    return Series(now, changes, found, added, _target(asked, now, read, added))


def _target(asked: Trend, now: Year, read: Earlier, linking: float) -> Reach | None:
    if asked.target is None:
        return None
    return reach(now, read.years, asked.target.share, asked.target.year, linking)


def _link(rule: Linking, read: Earlier, questions: Sequence[Question]) -> Link:
    """From this year's scale to the earlier one, by the items that both have."""
    held = {one.name: one for one in questions}
    unknown = [one.item for one in read.anchors if one.item not in held]
    require(not unknown, f"{rule.file}: {', '.join(unknown)} is no item of this year's form")
    new = [held[one.item] for one in read.anchors]
    common = anchors(
        [one.slope for one in read.anchors],
        [one.difficulty for one in read.anchors],
        [present(one.slope, f"{one.name} has no slope") for one in new],
        [present(one.difficulty, f"{one.name} has no difficulty") for one in new],
    )
    return link(common, rule.method, new=_spread(new, questions))


def _spread(new: Sequence[Question], questions: Sequence[Question]) -> Reals | None:
    """Covariance of the common items' slopes and difficulties, from this year's sample."""
    if not isinstance(questions, Form):
        return None
    place = {one.name: at for at, one in enumerate(questions)}
    at = [2 * place[one.name] + side for one in new for side in (0, 1)]
    found: Reals = questions.together[np.ix_(at, at)]
    return found


def shown(found: Series) -> Year:
    """This year's share as it stands beside the earlier ones: with the error of linking."""
    return found.now.linked(found.linking)
