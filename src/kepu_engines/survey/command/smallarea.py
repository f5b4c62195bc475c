"""The command `kepu survey smallarea DIRECT.csv --area D --value Y --se S --covariate X`."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.areas.area_level import Areas, fay_herriot
from kepu_engines.survey.areas.benchmarking import benchmarked
from kepu_engines.survey.areas.ranks import ranks
from kepu_engines.survey.areas.resampling import (
    Benchmark,
    Simulation,
    benchmarked_mse,
    benchmarked_share_mse,
    benchmarked_unit_mse,
    share_above_mse,
)
from kepu_engines.survey.areas.share_level import share_areas
from kepu_engines.survey.areas.unit_level import battese_harter_fuller
from kepu_engines.survey.command.answers import Answer, about, checked_out, run
from kepu_engines.survey.command.persons import ID, Persons
from kepu_engines.survey.command.tables import Table, header_of, read
from kepu_engines.survey.design import Reals

Make = Callable[..., argparse.ArgumentParser]
DIRECT = "direct"


@dataclass(frozen=True)
class Figures:
    """What a model says of every area, with the columns that a table shows of it."""

    names: list[str]
    value: Reals
    se: Reals
    low: Reals
    high: Reals
    direct: Reals
    pull: Reals
    people: Reals
    notes: tuple[str, ...]
    benchmarked_mse: Callable[[Benchmark, Simulation], Reals]


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey smallarea",
        description="Strengthen figures of areas on few respondents, with ranks; prints CSV.",
    )
    found.add_argument("data", type=Path, help=DATA)
    found.add_argument(
        "--model", default="fay-herriot", choices=["fay-herriot", "share", "bhf"], help=MODEL
    )
    found.add_argument("--area", required=True, metavar="D", help="column of areas")
    found.add_argument(
        "--value", required=True, metavar="Y", help="column of figures; of answers for bhf"
    )
    found.add_argument("--id", help=f"bhf: {ID}")
    found.add_argument("--se", metavar="S", help="column of standard errors, for fay-herriot")
    found.add_argument("--size", metavar="N", help="column of effective respondents, for share")
    found.add_argument("--covariate", action="append", metavar="X", help=COVARIATE)
    found.add_argument(
        "--method", choices=["adjusted", "reml", "ml"], help="adjusted unless named; for bhf reml"
    )
    found.add_argument("--population", type=Path, metavar="FILE", help=POPULATION)
    found.add_argument(
        "--above", type=float, metavar="CUT", help="bhf: share of people with CUT or more"
    )
    found.add_argument(
        "--people", metavar="P", help="column of inhabitants, for --city and --population"
    )
    found.add_argument("--city", metavar="V", help=CITY)
    found.add_argument("--city-se", type=float, default=0.0, metavar="S", help="its standard error")
    found.add_argument(
        "--way",
        default="error",
        choices=["error", "ratio"],
        help="what gives way to the city's figure",
    )
    found.add_argument("--level", type=float, default=0.95, help="level of the intervals")
    found.add_argument("--draws", type=int, default=400, help="of simulated errors")
    found.add_argument("--seed", type=int, default=1, help="the same seed draws the same")
    found.add_argument("--out", type=Path, metavar="FILE", help="CSV or Parquet to write to")
    return found


DATA = "CSV or Parquet: a row for each area; for bhf a row for each person asked"
MODEL = "from figures and their errors, from shares and their sizes, or from persons"
COVARIATE = "column of what is known of every area, once for each; the intercept is added"
POPULATION = "bhf: CSV or Parquet of all areas with the covariates of who lives there"
CITY = "figure that the areas shall add up to; or direct, the mean of their own figures"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read figures or persons, model them, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("smallarea", lambda: strengthened(asked, progress))


def strengthened(asked: argparse.Namespace, progress: Progress = silent) -> Answer:
    """Figure, error, interval and place of every area; brought to the city's where asked for.

    Raises
    ------
    EngineError
        If a file cannot be understood or the model not be fitted.
    """
    out = checked_out(asked.out)
    require(0 < asked.level < 1, f"the level must lie between 0 and 1, not {asked.level:g}")
    require(asked.city is None or asked.people is not None, "--city needs --people")
    found = _of_persons(asked, progress) if asked.model == "bhf" else _of_areas(asked)
    with about(asked.data.name):
        columns = _columns(found, asked, progress)
        return Answer(columns, notes=found.notes, out=out, words=(asked.area,))


def _of_areas(asked: argparse.Namespace) -> Figures:
    """The area-level model, of figures or of shares."""
    word = "size" if asked.model == "share" else "se"
    beside = getattr(asked, word)
    require(beside is not None, f"--model {asked.model} needs --{word}")
    names = [asked.area, asked.value, beside, *(asked.covariate or [])]
    names += [asked.people] if asked.people else []
    table = read(asked.data, list(dict.fromkeys(names)))
    table.each_once(asked.area)
    with about(table.file):
        direct, of = table.numbers(asked.value), _beside(table, beside, asked.value)
        x = _covariates(table, asked.covariate)
        people = table.above(asked.people) if asked.people else np.ones(len(table))
        method: Any = asked.method or "adjusted"
        if asked.model == "share":
            _refuse_no_share(table, asked.value, direct)
            fitted = share_areas(direct, of, x, method)
            areas, value, se = fitted.angles, fitted.value, fitted.se
            low, high = fitted.interval(asked.level)
            mse = partial(benchmarked_share_mse, fitted, of, x, people)
        else:
            areas = fay_herriot(direct, of, x, method)
            value, se = areas.value, areas.se
            low, high = areas.interval(asked.level)
            mse = partial(benchmarked_mse, areas, of, x, people)
    names = table.cells[asked.area]
    notes = _notes(asked, areas)
    return Figures(names, value, se, low, high, direct, areas.direct, people, notes, mse)


def _beside(table: Table, column: str, value: str) -> Reals:
    """Errors or sizes: above 0 where there is a figure."""
    found, asked = table.numbers(column), ~np.isnan(table.numbers(value))
    wrong = asked & ~(found > 0)
    row = int(wrong.argmax())
    place = table.where(row, column)
    require(not wrong[row], f"{place}: it must be above 0 where there is a figure")
    return np.where(asked, found, np.nan)


def _refuse_no_share(table: Table, column: str, share: Reals) -> None:
    wrong = (share < 0) | (share > 1)
    row = int(wrong.argmax())
    require(not wrong[row], f"{table.where(row, column)}: {share[row]:g} is no share in [0, 1]")


def _covariates(table: Table, columns: list[str] | None) -> NDArray[np.float64]:
    """A column of ones, and what is known; none missing."""
    known = [table.filled(name) for name in columns or []]
    return np.column_stack([np.ones(len(table)), *known])


def _notes(asked: argparse.Namespace, areas: Areas) -> tuple[str, ...]:
    names = ["intercept", *(asked.covariate or [])]
    error = np.sqrt(np.diag(areas.beta_covariance))
    told = [f"{n} {b:.6g} (se {s:.3g})" for n, b, s in zip(names, areas.beta, error, strict=True)]
    scale = " of arcsin sqrt share" if asked.model == "share" else ""
    return (
        f"variance between areas{scale}: {areas.variance:.6g}",
        f"coefficients: {', '.join(told)}",
    )


def _of_persons(asked: argparse.Namespace, progress: Progress) -> Figures:
    """The unit-level model: means of those who live in each area, or shares above a cut."""
    require(asked.population is not None, "--model bhf needs --population")
    require(asked.method != "adjusted", "--model bhf knows reml and ml only")
    known = asked.covariate or []
    columns = list(dict.fromkeys([asked.area, asked.value, *known]))
    persons = Persons.of(asked.id, header_of(asked.data), columns)
    table = read(asked.data, list(dict.fromkeys([*columns, *persons.columns])))
    persons.refuse_doubles(lambda: [table])
    more = [asked.people] if asked.people else []
    told = read(asked.population, list(dict.fromkeys([asked.area, *known, *more])))
    with about(told.file):
        home, names = told.domains(asked.area)
        gap = int((home < 0).argmax())
        require(home[gap] >= 0, f"{told.where(gap, asked.area)}: the area is missing")
        x_told = _covariates(told, known)
        people = told.above(asked.people) if asked.people else np.ones(len(told))
    with about(table.file):
        area, x = _area_of(table, asked.area, names, told.file), _covariates(table, known)
        y = table.filled(asked.value)
        model = battese_harter_fuller(y, area, x, len(names), asked.method or "reml")
    held = np.bincount(home, people, len(names)).astype(np.float64)
    n = np.bincount(area, minlength=len(names))
    with np.errstate(invalid="ignore", divide="ignore"):
        hit = y if asked.above is None else y >= asked.above
        direct = np.bincount(area, hit, len(names)) / n
    means = np.column_stack(
        [np.bincount(home, people * one, len(names)) / held for one in x_told.T]
    )
    areas = model.means(means)
    lives = (x_told, home, people)
    value, mse = areas.value, areas.mse
    if asked.above is not None:
        value = model.share_above(asked.above, *lives)
        simulation = Simulation(asked.draws, asked.seed, progress)
        mse = share_above_mse(model, asked.above, (x, area), lives, simulation)
    half = float(ndtri((1 + asked.level) / 2)) * np.sqrt(mse)
    low, high = value - half, value + half
    if asked.above is not None:
        low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    within = f"variance within areas: {model.within:.6g}"
    notes = (*persons.notes, *_notes(asked, areas), within)
    again = partial(benchmarked_unit_mse, model, asked.above, (x, area), lives)
    se = np.sqrt(mse)
    return Figures(names, value, se, low, high, direct, model.pull, held, notes, again)


def _area_of(table: Table, column: str, names: list[str], population: str) -> NDArray[np.int32]:
    """Number of each person's area among those of the population."""
    place = {name: at for at, name in enumerate(names)}
    found = np.array([place.get(word, -1) for word in table.cells[column]], np.int32)
    row = int((found < 0).argmax())
    where = table.where(row, column)
    require(found[row] >= 0, f"{where}: {table.cells[column][row]!r} is no area of {population}")
    return found


def _city(asked: argparse.Namespace, found: Figures) -> float:
    """The figure that the areas shall add up to."""
    if asked.city != DIRECT:
        try:
            return float(asked.city)
        except ValueError:
            require(False, f"--city must be a number or {DIRECT}, not {asked.city!r}")
    require(not np.isnan(found.direct).any(), "--city direct needs a figure of every area's own")
    return float(found.people @ found.direct / found.people.sum())


def _columns(found: Figures, asked: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """The table, with places by the figures that the model gives."""
    places = ranks(found.value, found.se, asked.level, seed=asked.seed)
    columns: dict[str, Any] = {
        asked.area: found.names,
        "direct": found.direct,
        "estimate": found.value,
        "se": found.se,
        "low": found.low,
        "high": found.high,
        "pull": found.pull,
    }
    if asked.city:
        city = _city(asked, found)
        shown = benchmarked(found.value, found.se**2, found.people, city, asked.way)
        city_se = None if asked.city == DIRECT else asked.city_se
        how = Benchmark(city_se, asked.way, asked.method or "adjusted")
        mse = found.benchmarked_mse(how, Simulation(asked.draws, asked.seed, progress))
        columns |= {"benchmarked": shown, "benchmarked_se": np.sqrt(mse)}
    columns |= {"place": places.place, "best": places.low, "worst": places.high}
    plain = columns.items()
    return {name: one if isinstance(one, list) else one.tolist() for name, one in plain}
