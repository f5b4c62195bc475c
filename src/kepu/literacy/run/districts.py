"""Districts by the model of small areas, brought to the city's figure, with places that have intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kepu.literacy.run.estimating import AREA, CITY, Figure, Found
from kepu.literacy.run.reading import Area, Read
from kepu_engines.core.checks import present, require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.areas.benchmarking import benchmarked
from kepu_engines.survey.areas.ranks import Ranks, ranks
from kepu_engines.survey.areas.resampling import Simulation, benchmarked_share_mse
from kepu_engines.survey.areas.share_level import ShareAreas, share_areas
from kepu_engines.survey.design import Reals
from kepu_engines.survey.estimates import Estimates

# Columns of the table of districts.
DISTRICTS = (
    "code", "name", "people", "n", "direct", "direct_se", "direct_low", "direct_high", "withheld",
    "model", "model_se", "model_low", "model_high", "place", "place_low", "place_high",
)  # fmt: skip
CITIES = 400  # drawn from the model, to see what being brought to the city's figure costs


@dataclass(frozen=True)
class District:
    """A district's direct figure, where there is one, beside that of the model, and its place.

    `se` and the interval know that the figures were brought to the city's.
    """

    area: Area
    direct: Figure | None
    model: float
    se: float
    low: float
    high: float
    place: int
    place_low: int
    place_high: int


@dataclass(frozen=True)
class Model:
    """What the model of small areas found.

    Attributes
    ----------
    districts : tuple of District
        The highest figure first.
    deff : float
        Design effect of all areas together, by which respondents were counted.
    variance : float
        Between areas, of the angles arcsin sqrt share, given what is known of them.
    moved : float
        By how much the mean of the figures was moved to meet the city's.
    cost : float
        What that adds to the standard error of a district's figure, in the mean.
    """

    districts: tuple[District, ...]
    deff: float
    variance: float
    moved: float
    cost: float

    def record(self) -> dict[str, float]:
        """What is said of the model in a few numbers."""
        names = ("deff", "variance", "moved", "cost")
        return {name: getattr(self, name) for name in names}


def model(read: Read, found: Found, progress: Progress = silent) -> Model:
    """Fit the areas of the plan; a direct figure too small to be printed still teaches the model."""
    told = present(found.areas, "the plan names no areas")
    places = {code: place for place, code in enumerate(found.cells)}
    unknown = sorted(set(places) - {area.code for area in read.areas})
    require(not unknown, f"{', '.join(unknown)}: these areas have no row in the file of areas")
    first = found.one(CITY, CITY, f"{read.plan.level} or above")
    few = "the city's own figure rests on too few people to be printed"
    city = present(first.estimate, few)
    deff = _together(told, first.deff or 1.0)
    where = np.array([places.get(area.code, -1) for area in read.areas])
    asked = where >= 0
    share = np.where(asked, told.value[where], np.nan)
    size = np.where(asked, told.n[where] / deff, np.nan)
    known = np.array([(1.0, *area.known) for area in read.areas])
    fitted = share_areas(share, size, known)
    people = np.array([area.people for area in read.areas])
    value = benchmarked(fitted.value, fitted.se**2, people, city)
    again = Simulation(CITIES, read.plan.seed, progress)
    se = np.sqrt(benchmarked_share_mse(fitted, size, known, people, None, again))
    limits = _limits(fitted, value, se, read.plan.publish.level)
    order = ranks(
        value,
        se,
        read.plan.publish.level,
        jointly=read.plan.publish.places == "jointly",
        seed=read.plan.seed,
    )
    districts = _districts(read, found, (value, se, *limits), order)
    moved = float(people @ (value - fitted.value) / people.sum())
    cost = float((se - fitted.se).mean())
    return Model(districts, deff, float(fitted.angles.variance), moved, cost)


def _limits(fitted: ShareAreas, value: Reals, se: Reals, level: float) -> tuple[Reals, Reals]:
    """The model's limits, as lopsided as they are, about the figure that is shown and with its error."""
    wider = se / fitted.se
    low, high = (value + (limit - fitted.value) * wider for limit in fitted.interval(level))
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def _together(told: Estimates, whole: float) -> float:
    """Design effect of all areas: each one's own is hardly known; the `whole` city's where none's is.

    Never below 1.
    """
    known = np.isfinite(told.deff) & (told.deff > 0)
    if not known.any():
        return max(1.0, whole)
    return max(1.0, float(np.average(told.deff[known], weights=told.n[known])))


def _districts(
    read: Read, found: Found, columns: tuple[Reals, ...], order: Ranks
) -> tuple[District, ...]:
    direct = {one.cell: one for one in found.figures if one.table == AREA}
    value, se, low, high = columns
    rows = [
        District(
            area=area,
            direct=direct.get(area.code),
            model=float(value[place]),
            se=float(se[place]),
            low=float(low[place]),
            high=float(high[place]),
            place=int(order.place[place]),
            place_low=int(order.low[place]),
            place_high=int(order.high[place]),
        )
        for place, area in enumerate(read.areas)
    ]
    return tuple(sorted(rows, key=lambda one: (one.place, one.area.code)))
