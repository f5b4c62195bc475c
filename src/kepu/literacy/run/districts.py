"""Districts by the model of small areas, brought to the city's figure, with places that have intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kepu.literacy.run.estimating import AREA, CITY, Figure, Found
from kepu.literacy.run.reading import Area, Read
from kepu_engines.core.checks import present, require
from kepu_engines.survey.areas.benchmarking import benchmarked
from kepu_engines.survey.areas.ranks import Ranks, ranks
from kepu_engines.survey.areas.share_level import share_areas
from kepu_engines.survey.design import Reals
from kepu_engines.survey.estimates import Estimates


@dataclass(frozen=True)
class District:
    """A district's direct figure, where there is one, beside that of the model, and its place.

    `se` is the model's; that the figures were brought to the city's is not in it.
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
    """

    districts: tuple[District, ...]
    deff: float
    variance: float
    moved: float


def model(read: Read, found: Found) -> Model:
    """Fit the areas of the plan; a direct figure too small to be printed still teaches the model."""
    told = present(found.areas, "the plan names no areas")
    places = {code: place for place, code in enumerate(found.cells)}
    unknown = sorted(set(places) - {area.code for area in read.areas})
    require(not unknown, f"{', '.join(unknown)}: these areas have no row in the file of areas")
    deff = _together(told)
    where = np.array([places.get(area.code, -1) for area in read.areas])
    asked = where >= 0
    share = np.where(asked, told.value[where], np.nan)
    size = np.where(asked, told.n[where] / deff, 1.0)
    fitted = share_areas(share, size, np.array([(1.0, *area.known) for area in read.areas]))
    people = np.array([area.people for area in read.areas])
    first = found.one(CITY, CITY, f"{read.plan.level} or above")
    few = "the city's own figure rests on too few people to be printed"
    city = present(first.estimate, few)
    value = benchmarked(fitted.value, fitted.se**2, people, city)
    low, high = fitted.interval(read.plan.publish.level)
    moved = value - fitted.value
    limits = np.clip(low + moved, 0, 1), np.clip(high + moved, 0, 1)
    order = ranks(
        value,
        fitted.se,
        read.plan.publish.level,
        jointly=read.plan.publish.places == "jointly",
        seed=read.plan.seed,
    )
    districts = _districts(read, found, (value, fitted.se, *limits), order)
    mean = float(people @ moved / people.sum())
    return Model(districts, deff, float(fitted.angles.variance), mean)


def _together(told: Estimates) -> float:
    """Design effect of all areas: each one's own is hardly known. Never below 1."""
    known = np.isfinite(told.deff) & (told.deff > 0)
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
