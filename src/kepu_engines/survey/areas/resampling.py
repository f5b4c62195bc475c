"""Mean squared errors for which there is no formula: the fitted model makes cities, each estimated anew.

Source
------
González-Manteiga, Lombardía, Molina, Morales & Santamaría (2008), Analytic and bootstrap
approximations of prediction errors under a multivariate Fay-Herriot model; Molina & Rao (2010),
Small area estimation of poverty indicators, for the unit-level model.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.core.seeds import generator
from kepu_engines.survey.areas.area_level import Areas, Method, fay_herriot
from kepu_engines.survey.areas.benchmarking import Way, benchmarked
from kepu_engines.survey.areas.unit_level import UnitModel, battese_harter_fuller
from kepu_engines.survey.design import Reals

FEWEST = 50


@dataclass(frozen=True)
class Simulation:
    """How many cities are drawn, from which seed, and who is told how far it is."""

    draws: int = 400
    seed: int = 1
    progress: Progress = silent

    def __post_init__(self) -> None:
        """Refuse draws so few that their mean says nothing."""
        require(self.draws >= FEWEST, f"{self.draws} draws are too few: at least {FEWEST}")

    def each(self, what: str) -> Iterator[np.random.Generator]:
        """The source of random numbers, once for each draw."""
        chance = generator(self.seed)
        for draw in range(self.draws):
            self.progress(what, draw, self.draws)
            yield chance


@dataclass(frozen=True)
class Benchmark:
    """How figures were made and brought to the city's: arguments of `fay_herriot` and `benchmarked`.

    `city_se` is the standard error of a city figure from elsewhere, independent of the areas'
    estimates. None: the city's figure is the mean of their direct estimates over people, so that its
    error is theirs.
    """

    city_se: float | None = None
    way: Way = "error"
    method: Method = "adjusted"

    def __post_init__(self) -> None:
        """Refuse an error below 0."""
        require(self.city_se is None or self.city_se >= 0, "the city's error must be >= 0")


def benchmarked_mse(
    figures: Areas,
    se: ArrayLike,
    x: ArrayLike,
    people: ArrayLike,
    how: Benchmark | None = None,
    simulation: Simulation | None = None,
) -> Reals:
    """Mean squared errors of figures that were brought to the city's.

    To `figures.mse` is added what benchmarking adds in cities drawn from the model; so the formula's
    exactness is kept, and only a difference is simulated.

    Parameters
    ----------
    figures : Areas
        What `fay_herriot` found.
    se, x : (m,), (m, k) float
        Given to it; a `se` of NaN stands where nobody was asked.
    people : (m,) float
        Inhabitants, > 0.
    how : Benchmark, optional
    simulation : Simulation, optional

    Returns
    -------
    (m,) float

    Raises
    ------
    EngineError
        If shapes differ or a number is impossible.
    """
    error, number = np.asarray(se, np.float64), reals(people, "people", low=0)
    covariates = np.asarray(x, np.float64)
    require(
        error.shape == number.shape == figures.value.shape,
        "figures, se and people differ in length",
    )
    how, simulation = how or Benchmark(), simulation or Simulation()
    made_of_them = how.city_se is None
    require(
        not made_of_them or not np.isnan(error).any(),
        "a city figure made of the areas needs a direct estimate of each",
    )
    share, m = number / number.sum(), error.size
    middle, added = covariates @ figures.beta, np.zeros(m)
    for chance in simulation.each("benchmarked errors"):
        truth = middle + np.sqrt(figures.variance) * chance.standard_normal(m)
        direct = truth + error * chance.standard_normal(m)
        again = fay_herriot(direct, error, covariates, how.method)
        noise = (how.city_se or 0.0) * float(chance.standard_normal())
        city = float(share @ (direct if made_of_them else truth)) + noise
        shown = benchmarked(again.value, again.mse, number, city, how.way)
        added += ((shown - truth) ** 2 - (again.value - truth) ** 2) / simulation.draws
    if made_of_them:
        added = np.maximum(added, 0)  # the best predictor is not bettered by what it was made of
    found: Reals = np.maximum(figures.mse + added, 0)
    return found


def share_above_mse(
    model: UnitModel,
    cut: float,
    sample: tuple[ArrayLike, ArrayLike],
    people: tuple[ArrayLike, ArrayLike, ArrayLike | None],
    simulation: Simulation | None = None,
) -> Reals:
    """Mean squared errors of `model.share_above`, for areas much larger than their samples.

    Parameters
    ----------
    model : UnitModel
        What `battese_harter_fuller` found, by REML.
    cut : float
        As given to `share_above`.
    sample : (n, k) float and (n,) int
        Covariates and area of the respondents it was fitted to.
    people : (N, k) float, (N,) int, and (N,) float or None
        Covariates and area of those who live there and how many each row stands for, as given to
        `share_above`.
    simulation : Simulation, optional

    Returns
    -------
    (m,) float
        NaN where nobody is told of.

    Raises
    ------
    EngineError
        If shapes differ or a number is impossible.
    """
    x, area = np.asarray(sample[0], np.float64), _areas(sample[1], model)
    require(len(x) == len(area), "the sample needs an area for each row")
    simulation, m = simulation or Simulation(), len(model.effect)
    squares = np.zeros(m)
    for chance in simulation.each("errors of shares"):
        effect = np.sqrt(model.between) * chance.standard_normal(m)
        noise = np.sqrt(model.within) * chance.standard_normal(len(area))
        again = battese_harter_fuller(x @ model.beta + effect[area] + noise, area, x, m)
        # of a city drawn from the model the effects are known for sure
        city = replace(model, effect=effect, pull=np.ones(m))
        truth = city.share_above(cut, *people)
        squares += (again.share_above(cut, *people) - truth) ** 2
    return squares / simulation.draws


def _areas(area: ArrayLike, model: UnitModel) -> NDArray[np.int32]:
    return integers(area, "area", low=0, high=len(model.effect) - 1)
