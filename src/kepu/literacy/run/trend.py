"""Years side by side: what was published before, what this run says, and the target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from kepu.literacy.run import sureness
from kepu.literacy.run.chains import Chain, Moves, Step, chain
from kepu.literacy.run.estimating import CITY, Figure
from kepu.literacy.run.items import Question
from kepu.literacy.run.modes import Mixed
from kepu.literacy.run.plan import HOMES, MIXED, Linking, Plan, Trend
from kepu_engines.core.checks import present, require
from kepu_engines.survey import equating
from kepu_engines.survey import trend as cuts
from kepu_engines.survey.command.tables import Table, read
from kepu_engines.survey.design import Reals
from kepu_engines.survey.equating import Curve, curve, equated
from kepu_engines.survey.irt.linking import Link, anchors, link
from kepu_engines.survey.trend import Change, Reach, Year, change, reach


@dataclass(frozen=True)
class Anchor:
    """An item that was asked before: its slope and difficulty then."""

    item: str
    slope: float
    difficulty: float


Cell = tuple[str, str]  # of a table of figures: a group and its category
CITYS: Cell = (CITY, CITY)
Shown = Callable[[str, str], Figure | Mixed | None]


@dataclass(frozen=True)
class Asked(Anchor):
    """An item by which an earlier share was scored."""

    dimension: str


@dataclass(frozen=True)
class Earlier:
    """What the plan's trend reads: published years of each cell, the items that link to them, all items
    of the form by which they were scored, where those are known, the links by which they came there, and
    how sure that year was of its items (`sureness`), where it said so.
    """

    years: dict[Cell, tuple[Year, ...]]
    anchors: tuple[Anchor, ...]
    form: tuple[Asked, ...] = ()
    chain: Chain = field(default_factory=Chain)
    sure: dict[tuple[str, str], Reals] = field(default_factory=dict)


@dataclass(frozen=True)
class Joined:
    """A share of this year as it stands beside the earlier ones.

    Attributes
    ----------
    year : Year
        On their scale, without the error of the links, which is `linking`.
    linking : float
    moves : Moves
        How the share moves with each link that it came by.
    before : float
        What else links of earlier years add: part of `linking`.
    """

    year: Year
    linking: float
    moves: Moves = field(default_factory=dict)
    before: float = 0.0


@dataclass(frozen=True)
class Join:
    """How this year's shares come to the earlier years' scale.

    Attributes
    ----------
    link : Link, or None
        From this year's scale to the earlier one; None where no common items were named.
    whole : float
        This year's share of everybody, as this year's form has it.
    year : int
        This year.
    through : int, or None
        The linked year whose items are the common ones.
    chain : Chain
        Links of earlier years.
    before : float
        What they add to the error of the city's share, where the chain does not tell it.
    own, earlier : Curve, or None
        Of this year's form and of the earlier one; None where the earlier one is not known.
    """

    link: Link | None
    whole: float
    year: int = 0
    through: int | None = None
    chain: Chain = field(default_factory=Chain)
    before: float = 0.0
    own: Curve | None = None
    earlier: Curve | None = None

    def joined(self, year: Year) -> Joined:
        """This year's share of all people or of a group: told again by the earlier form where that is
        known, else as it is.

        `before` is the city's: each share takes of it what this year's link moves it beside the city's, for
        an error of a link moves a share by its own people's density at the cut.
        """
        if self.link is None:
            return Joined(year, 0.0)
        moved, own = self._moved(self.link, year)
        step = self._step(self.link)
        moves = self.chain.moves(step, own)
        before = self.before
        if before and self._city > 0:
            before *= self._own(self.link, own) / self._city
        added = np.sqrt(self.chain.covariance(moves, moves, step) + before**2)
        return Joined(moved, float(added), moves, before)

    def added(self, found: Joined, earlier: Sequence[Year], wholes: Mapping[int, float]) -> Reals:
        """Covariance that links give the shares of earlier years in turn and of this year, which is last.

        `wholes` are shares of everybody by year. An earlier year whose link is not known has an error of
        its own; the year through which this one came has `before` in common with it.
        """
        if self.link is None:
            return np.diag([*(one.linking**2 for one in earlier), 0.0])
        step = self._step(self.link)
        every = [*(self._then(one, wholes.get(one.year)) for one in earlier), found.moves]
        table = np.array([[self.chain.covariance(a, b, step) for b in every] for a in every])
        table[-1, -1] += found.before**2
        for at, one in enumerate(earlier):
            if not every[at]:
                table[at, at] = one.linking**2
                if one.year == self.through:
                    table[at, -1] = table[-1, at] = found.before * one.linking
        return table

    def _then(self, year: Year, whole: float | None) -> Moves:
        """How the share of an earlier year moves with the links that it came by."""
        step = self.chain.steps.get(year.year)
        if step is None:
            return {}
        if self.earlier is None:
            return self.chain.moves(step, cuts.moving(step.slope, year.share, whole))
        own = equating.moving(year.share, self.earlier, step.slope, step.shift)
        return self.chain.moves(step, own)

    def _moved(self, link: Link, year: Year) -> tuple[Year, Reals]:
        """The share as it stands beside earlier ones, and how it moves with slope and shift."""
        if self.own is None or self.earlier is None:
            return year, cuts.moving(link.slope, year.share, self.whole)
        found = equated(year.share, self.own, self.earlier, link)
        se = None if year.se is None else year.se * found.rate
        return replace(year, share=found.share, se=se), found.moves

    def _step(self, link: Link) -> Step:
        return Step(self.year, link.slope, link.shift, self.through, link.covariance)

    @cached_property
    def _city(self) -> float:
        """What this year's link alone adds to the city's share."""
        if self.link is None:
            return 0.0
        city = Year(self.year, self.whole, None, "", "")
        return self._own(self.link, self._moved(self.link, city)[1])

    @staticmethod
    def _own(link: Link, moves: Reals) -> float:
        return float(np.sqrt(moves @ link.covariance @ moves))


@dataclass(frozen=True)
class Past:
    """This year's share of the city or a group, beside those before it.

    Attributes
    ----------
    cell : (table, category)
    now : Year
        On the earlier years' scale, where there is a link.
    changes : tuple of (Year, Change)
        Each earlier year, and this one less it; the latest last.
    linking : float
        What links add to the standard error of this year's share on the earlier scale; 0 without one.
    apart : tuple of float
        What they add to that of each difference: what both years have in common cancels.
    raw : float, or None
        This year's share by its own form, where `now` is told by the earlier one.
    links : (years, years) float64, or None
        Covariance that links give the shares of the earlier years and this one.
    """

    cell: Cell
    now: Year
    changes: tuple[tuple[Year, Change], ...]
    linking: float
    apart: tuple[float, ...] = ()
    raw: float | None = None
    links: Reals | None = None

    @property
    def linked(self) -> Year:
        """This year's share as it stands beside the earlier ones: with the error of linking."""
        return self.now.linked(self.linking)


@dataclass(frozen=True)
class Series:
    """The city's share and those of groups, year by year.

    Attributes
    ----------
    city : Past
    groups : tuple of Past
        Those of which earlier years were named, and which are not withheld now.
    join : Join
        From this year's scale to the earlier one.
    target : Reach, or None
        None where there is no target, or nothing can be told of it.
    """

    city: Past
    groups: tuple[Past, ...]
    join: Join
    target: Reach | None

    @property
    def link(self) -> Link | None:
        """From this year's scale to the earlier one; None where no common items were named."""
        return self.join.link


def earlier(
    plan: Plan,
    file: Path,
    linking: Path | None,
    form: Path | None = None,
    links: Path | None = None,
    covariance: Path | None = None,
) -> Earlier:
    """Read published years, common items (`item, a, b`), the earlier form (and `dimension`), and links.

    Years are `year, estimate, se, framework, modes`; where groups have a past too, `table, cell`, both
    empty for the city; where years stand on several scales, `scale`; where links brought them there,
    `linking`, what those add to the error apart from `se`.

    Raises
    ------
    EngineError
        If a year of a cell comes twice or is not before the plan's, or a number is impossible.
    """
    table = read(file, ["year", "estimate", "se", "framework", "modes"], others=True)
    found: dict[Cell, dict[int, Year]] = {}
    for row in range(len(table)):
        year, cell = _year(plan, table, row), _cell(plan, table, row)
        held = found.setdefault(cell, {})
        twice = f"{table.where(row, 'year')}: {year.year} comes twice"
        require(year.year not in held, twice if cell == CITYS else f"{twice} of {cell[1]}")
        held[year.year] = year
    require(CITYS in found, f"{table.file} has no year of the city")
    years = {cell: tuple(held[year] for year in sorted(held)) for cell, held in found.items()}
    common, asked = _anchors(linking) if linking else (), _form(plan, form) if form else ()
    sure = sureness.read(covariance) if covariance else {}
    return Earlier(years, common, asked, chain(links) if links else Chain(), sure)


def _cell(plan: Plan, table: Table, row: int) -> Cell:
    """Whose the year is."""
    named = [table.cells[name][row] if name in table.cells else "" for name in ("table", "cell")]
    if not any(named):
        return CITYS
    known = [*plan.groups, *plan.sets]
    sentence = f"{named[0] or 'nothing'} is none of the plan's groups and sets"
    require(named[0] in known, f"{table.where(row, 'table')}: {sentence}")
    require(bool(named[1]), f"{table.where(row, 'cell')}: which of {named[0]} is missing")
    return named[0], named[1]


def _year(plan: Plan, table: Table, row: int) -> Year:
    number, share, se = (float(table.numbers(name)[row]) for name in ("year", "estimate", "se"))
    place = table.where(row, "year")
    require(number == round(number) if np.isfinite(number) else False, f"{place}: no year is here")
    require(number < plan.year, f"{place}: {number:.0f} is not before {plan.year}")
    require(bool(np.isfinite(share)), f"{table.where(row, 'estimate')}: the number is missing")
    framework, modes = (table.cells[name][row] for name in ("framework", "modes"))
    scale = table.cells["scale"][row] if "scale" in table.cells else ""
    added = float(table.numbers("linking")[row]) if "linking" in table.cells else np.nan
    known = se if np.isfinite(se) else None
    return Year(int(number), share, known, framework, modes, scale, float(np.nan_to_num(added)))


def _anchors(file: Path) -> tuple[Anchor, ...]:
    table = read(file, ["item", "a", "b"])
    table.each_once("item")
    slopes, hard = table.full("a"), table.full("b")
    return tuple(
        Anchor(name, float(slopes[row]), float(hard[row]))
        for row, name in enumerate(table.cells["item"])
    )


def _form(plan: Plan, file: Path) -> tuple[Asked, ...]:
    table = read(file, ["item", "dimension", "a", "b"])
    table.each_once("item")
    slopes, hard = table.full("a"), table.full("b")
    found = []
    for row, (name, dimension) in enumerate(
        zip(table.cells["item"], table.cells["dimension"], strict=True)
    ):
        sentence = f"{dimension!r} is none of {', '.join(plan.rule.points)}"
        require(dimension in plan.rule.points, f"{table.where(row, 'dimension')}: {sentence}")
        found.append(Asked(name, float(slopes[row]), float(hard[row]), dimension))
    return tuple(found)


def series(
    plan: Plan, read: Earlier, shown: Shown, questions: Sequence[Question], spread: Reals
) -> Series | None:
    """This run's shares beside the earlier ones; nothing where the city's is withheld.

    `shown` is asked for the figure of a cell that goes on with the series; `spread` is the covariance
    of the questions' slopes and difficulties, in turn.
    """
    asked = present(plan.trend, "the plan has no trend")
    now = {cell: year for cell in read.years if (year := _now(plan, asked, shown(*cell)))}
    if CITYS not in now:
        return None
    join = _join(plan, asked, read, questions, spread, now[CITYS].share)
    pasts = {cell: _past(plan, cell, read, join, now[cell]) for cell in now}
    city, reached = pasts.pop(CITYS)
    return Series(city, tuple(past for past, _reached in pasts.values()), join, reached)


def _join(
    plan: Plan, asked: Trend, read: Earlier, questions: Sequence[Question], spread: Reals,
    whole: float,
) -> Join:  # fmt: skip
    if asked.linking is None:
        return Join(None, whole)
    rule, found = asked.linking, _link(asked.linking, read, questions, spread)
    known = not rule.error or rule.through not in read.chain.steps
    require(known, f"{rule.links} tells the link of {rule.through}: leave trend.linking.error out")
    join = Join(found, whole, plan.year, rule.through, read.chain, rule.error)
    if not read.form:
        return join
    own = [Asked(*_curve_of(one), one.dimension) for one in questions]
    return replace(join, own=_reaching(plan, own), earlier=_reaching(plan, read.form))


def _reaching(plan: Plan, form: Sequence[Asked]) -> Curve:
    """Chance to reach the plan's level by a form."""
    columns = zip(*((one.dimension, one.slope, one.difficulty) for one in form), strict=True)
    return curve(plan.rule, plan.level, *columns)


def _curve_of(one: Question) -> tuple[str, float, float]:
    slope = present(one.slope, f"{one.name} has no slope")
    return one.name, slope, present(one.difficulty, f"{one.name} has no difficulty")


def _now(plan: Plan, trend: Trend, figure: Figure | Mixed | None) -> Year | None:
    """This year's figure of a cell; nothing where it is withheld, nor where nobody or everybody was
    found to be literate: a sample tells no error of that.
    """
    if figure is None or figure.estimate is None or not figure.se or figure.estimate >= 1:
        return None
    modes = MIXED if trend.figure == "combined" else HOMES
    return Year(plan.year, figure.estimate, figure.se, plan.framework.name, modes, _scale(plan))


def _scale(plan: Plan) -> str:
    """That of the years which a link leads to; without one, a scale of this year alone."""
    rule = plan.trend.linking if plan.trend else None
    return rule.scale if rule else str(plan.year)


def _past(
    plan: Plan, cell: Cell, read: Earlier, join: Join, own: Year
) -> tuple[Past, Reach | None]:
    """A share beside those before it, and whether the target is reached, which is the city's."""
    found, years, level = join.joined(own), read.years[cell], plan.publish.level
    added = join.added(found, years, {one.year: one.share for one in read.years[CITYS]})
    between = added[-1, -1] + np.diag(added)[:-1] - 2 * added[-1, :-1]
    apart = tuple(float(one) for one in np.sqrt(np.maximum(between, 0)))
    changes = tuple(
        (one, change(found.year, one, error, level))
        for one, error in zip(years, apart, strict=True)
    )
    raw = own.share if join.earlier else None
    target = plan.trend.target if plan.trend else None
    told = reach(found.year, years, target.share, target.year, added) if target else None
    return Past(cell, found.year, changes, found.linking, apart, raw, added), told


def _link(rule: Linking, read: Earlier, questions: Sequence[Question], spread: Reals) -> Link:
    """From this year's scale to the earlier one, by the items that both have; one that tells nobody apart
    this year is passed over.
    """
    held = {one.name: one for one in questions}
    unknown = [one.item for one in read.anchors if one.item not in held]
    require(not unknown, f"{rule.file}: {', '.join(unknown)} is no item of this year's form")
    new = [_curve_of(held[one.item]) for one in read.anchors]
    telling = [at for at, (_name, slope, _difficulty) in enumerate(new) if slope > 0]
    kept, new = [read.anchors[at] for at in telling], [new[at] for at in telling]
    common = anchors(
        [one.slope for one in kept],
        [one.difficulty for one in kept],
        [slope for _name, slope, _difficulty in new],
        [difficulty for _name, _slope, difficulty in new],
    )
    place = {one.name: at for at, one in enumerate(questions)}
    at = [2 * place[one.item] + side for one in kept for side in (0, 1)]
    names = [one.item for one in kept]
    old = sureness.of(read.sure, names, str(rule.covariance)) if read.sure else None
    return link(common, rule.method, old=old, new=spread[np.ix_(at, at)])
