"""A target beside what was measured: the pace it asks for, and how probable it is to be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kepu.kernel.divisions.frame import path_of
from kepu.literacy.models import Run, Target
from kepu.literacy.queries import runs

if TYPE_CHECKING:
    from kepu_engines.survey.trend import Reach, Year

MOST_RUNS = 50


@dataclass(frozen=True)
class Measured:
    """A published share of the place in a year, with its interval."""

    year: Year
    low: float | None
    high: float | None
    synthetic: bool


@dataclass(frozen=True)
class Standing:
    """A target, where one should be in a year, and what was measured last.

    `passed_over` is true of a district that no published survey knows, though they know districts: it is
    younger than their samples.
    """

    target: Target
    on: int
    measured: tuple[Measured, ...]
    reach: Reach | None
    passed_over: bool = False

    @property
    def last(self) -> Measured | None:
        return self.measured[-1] if self.measured else None

    @property
    def unlinked(self) -> tuple[int, int] | None:
        """The last two years measured, where nothing but the scale parts them."""
        if len(self.measured) < 2:
            return None
        before, now = (one.year for one in self.measured[-2:])
        same = replace(before, scale=now.scale)
        return (before.year, now.year) if before.kind != now.kind == same.kind else None

    def pace(self, year: int) -> float:
        """The share of a year on a straight line from the base to the target, in per cent."""
        aim = self.target
        gone = min(max(year, aim.base_year), aim.year) - aim.base_year
        rise = float(aim.share - aim.base_share) * gone / (aim.year - aim.base_year)
        return float(aim.base_share) + rise


def standings(targets: Iterable[Target], on: int) -> list[Standing]:
    """Each target beside the published runs of its city. One query."""
    runs_known = known()
    return [standing(one, runs_known, on) for one in targets]


def known() -> list[Run]:
    """Published runs, the latest first, for many targets."""
    return list(runs.published()[:MOST_RUNS])


def standing(target: Target, among: Sequence[Run], on: int) -> Standing:
    """One target beside published runs of the share that it is of."""
    among = [run for run in among if run.level == runs.SERIES]  # another test has another share
    real = [run for run in among if not run.synthetic]  # never in one line with invented ones
    measured = tuple(_measured(target.path, real)) or tuple(_measured(target.path, among))
    chance = _reach(target, measured, among) if measured else None
    around = [run for run in among if run.districts and target.path.startswith(run.path)]
    passed_over = not measured and any(run.path != target.path for run in around)
    return Standing(target, on, measured, chance, passed_over)


def _reach(target: Target, measured: Sequence[Measured], among: Sequence[Run]) -> Reach | None:
    """By what the last run says that links give the years in common; else each year's error is its own."""
    import numpy as np

    from kepu_engines.survey.trend import reach  # scipy comes with it, and not with the server

    aim, years = float(target.share) / 100, [one.year for one in measured]
    told = _links(target.path, measured, among)
    if told is None:
        return reach(years[-1], years[:-1], aim, target.year)
    links = np.array(told)
    own = [
        replace(one, se=(one.se and max(one.se**2 - added, 0.0) ** 0.5) or None)
        for one, added in zip(years, np.diag(links), strict=True)
    ]
    return reach(own[-1], own[:-1], aim, target.year, links)


def _links(
    path: str, measured: Sequence[Measured], among: Sequence[Run]
) -> list[list[float]] | None:
    """Covariance that links give a city's years, where the run of the last keeps it of these figures."""
    last = measured[-1]
    same = (run for run in runs.by_year(among) if run.path == path and run.year == last.year.year)
    kept = [run for run in same if run.synthetic == last.synthetic]
    trend = (kept[-1].record.get("trend") or {}) if kept else {}
    table, rows = trend.get("links"), trend.get("years") or []
    place = {(row["year"], row["estimate"]): at for at, row in enumerate(rows)}
    at = [place.get((one.year.year, one.year.share)) for one in measured]
    if not table or None in at:
        return None
    return [
        [table[one][other] for other in at if other is not None] for one in at if one is not None
    ]


def _measured(path: str, among: Sequence[Run]) -> Iterator[Measured]:
    """What was published of a place, year by year; of several runs of a year the one that stands.

    A plan that links its own year to those before says on which scale they stand, of districts too.
    """
    found: dict[int, Measured] = {}
    for run in (one for one in runs.by_year(among) if path.startswith(one.path)):
        for one in _of_city(run) if run.path == path else _of_district(run, path):
            if one.year.year == run.year:
                found[run.year] = one
            else:
                found.setdefault(one.year.year, one)
        for row in runs.years_of(run) if runs.linked(run) else []:
            if known := found.get(row["year"]):
                found[row["year"]] = replace(known, year=replace(known.year, scale=row["scale"]))
    yield from (found[year] for year in sorted(found))


def _of_city(run: Run) -> Iterator[Measured]:
    """The series of the run's plan, with the error of linking; else its own first figure."""
    rows = runs.years_of(run)
    if not any(row["year"] == run.year for row in rows):
        rows = [*rows, runs.own_year(run)]
    for row in rows:
        yield from _row(row, row.get("estimate"), row.get("se"), run)


def _of_district(run: Run, path: str) -> Iterator[Measured]:
    """The small-area figure of a district, by the earlier years' questions where the run is linked."""
    joined = {row["code"]: row for row in (run.record.get("trend") or {}).get("districts") or []}
    for row in run.districts:
        if path_of(str(row["code"])) == path:
            told = {
                "year": run.year, "framework": run.framework, "modes": runs.HOMES,
                "scale": str(run.year), "estimate": row["model"], "se": row["model_se"],
                "low": row["model_low"], "high": row["model_high"],
            } | joined.get(row["code"], {})  # fmt: skip
            yield from _row(told, told["estimate"], told["se"], run)


def _row(
    row: dict[str, Any], share: float | None, se: float | None, run: Run
) -> Iterator[Measured]:
    """A measured year; nothing where nobody or everybody was found, for that tells no error."""
    from kepu_engines.survey.trend import Year

    if share is None or not 0 < share < 1:
        return
    words = row["framework"], row["modes"], row["scale"]
    year = Year(int(row["year"]), share, se or None, *words)
    yield Measured(year, row.get("low"), row.get("high"), run.synthetic)
