"""A target beside what was measured: the pace it asks for, and how probable it is to be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kepu.kernel.divisions.frame import path_of
from kepu.literacy.models import Run, Target
from kepu.literacy.queries import runs

if TYPE_CHECKING:
    from kepu_engines.survey.trend import Reach, Year

MOST_RUNS = 50
HOMES = "home"  # how people were asked, where the run's plan says nothing else


@dataclass(frozen=True)
class Measured:
    """A published share of the place in a year, with its interval."""

    year: Year
    low: float | None
    high: float | None
    synthetic: bool


@dataclass(frozen=True)
class Standing:
    """A target, where one should be in a year, and what was measured last."""

    target: Target
    on: int
    measured: tuple[Measured, ...]
    reach: Reach | None

    @property
    def last(self) -> Measured | None:
        return self.measured[-1] if self.measured else None

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
    """One target beside published runs."""
    from kepu_engines.survey.trend import reach  # scipy comes with it, and not with the server

    measured = tuple(_measured(target.path, among))
    years = [one.year for one in measured]
    chance = reach(years[-1], years[:-1], float(target.share) / 100, target.year) if years else None
    return Standing(target, on, measured, chance)


def _measured(path: str, among: Sequence[Run]) -> Iterator[Measured]:
    """What was published of a place, year by year; of several runs of a year the last published."""
    found: dict[int, Measured] = {}
    order = sorted(among, key=lambda one: (one.year, one.published_at, one.pk))
    for run in (one for one in order if path.startswith(one.path)):
        rows = _of_city(run) if run.path == path else _of_district(run, path)
        for one in rows:
            if one.year.year == run.year:
                found[run.year] = one
            else:
                found.setdefault(one.year.year, one)
    yield from (found[year] for year in sorted(found))


def _of_city(run: Run) -> Iterator[Measured]:
    """The series of the run's plan, with the error of linking; else its own first figure."""
    rows = (run.record.get("trend") or {}).get("years") or []
    if not any(row["year"] == run.year for row in rows):
        own = runs.headline(run)
        rows = [*rows, own | {"year": run.year, "framework": run.framework, "modes": HOMES}]
    for row in rows:
        yield from _row(row, row.get("estimate"), row.get("se"), run)


def _of_district(run: Run, path: str) -> Iterator[Measured]:
    """The small-area figure of a district."""
    for row in run.districts:
        if path_of(str(row["code"])) == path:
            told = {
                "year": run.year, "framework": run.framework, "modes": HOMES,
                "low": row["model_low"], "high": row["model_high"],
            }  # fmt: skip
            yield from _row(told, row["model"], row["model_se"], run)


def _row(
    row: dict[str, Any], share: float | None, se: float | None, run: Run
) -> Iterator[Measured]:
    """A measured year; nothing where nobody or everybody was found, for that tells no error."""
    from kepu_engines.survey.trend import Year

    if share is None or not 0 < share < 1:
        return
    year = Year(int(row["year"]), share, se or None, row["framework"], row["modes"])
    yield Measured(year, row.get("low"), row.get("high"), run.synthetic)
