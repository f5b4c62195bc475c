"""Mean squared errors for which there is no formula: the fitted model makes cities, each estimated anew.

Source
------
González-Manteiga, Lombardía, Molina, Morales & Santamaría (2008), Analytic and bootstrap
approximations of prediction errors under a multivariate Fay-Herriot model; Molina & Rao (2010),
Small area estimation of poverty indicators, for the unit-level model.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.core.seeds import generator
from kepu_engines.survey.areas.area_level import Areas, Method, fay_herriot
from kepu_engines.survey.areas.benchmarking import Way, benchmarked
from kepu_engines.survey.areas.share_level import ShareAreas, share_areas
from kepu_engines.survey.areas.unit_level import UnitModel, battese_harter_fuller
from kepu_engines.survey.design import Reals

FEWEST = 50

# Covariates and area of respondents; covariates and area of rows of people, and how many each is.
Sample = tuple[ArrayLike, ArrayLike]
People = tuple[ArrayLike, ArrayLike, ArrayLike | None]


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
    estimates. None: the city's figure is the mean over people of the direct estimates there are, so
    that its error is theirs; that areas where nobody was asked may lie off it is counted too.
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
    how, m = how or Benchmark(), error.size
    middle = covariates @ figures.beta

    def again(chance: np.random.Generator) -> City:
        truth = middle + np.sqrt(figures.variance) * chance.standard_normal(m)
        direct = truth + error * chance.standard_normal(m)
        found = fay_herriot(direct, error, covariates, how.method)
        return City(truth, direct, found.value, found.mse)

    return _benchmarked(figures.mse, number, how, simulation, again)


def benchmarked_share_mse(
    figures: ShareAreas,
    size: ArrayLike,
    x: ArrayLike,
    people: ArrayLike,
    how: Benchmark | None = None,
    simulation: Simulation | None = None,
) -> Reals:
    """The same for shares: `figures` is what `share_areas` found, `size` and `x` were given to it.

    A `size` of NaN stands where nobody was asked.

    Parameters
    ----------
    figures : ShareAreas
    size : (m,) float
        Effective respondents; NaN where nobody was asked.
    x : (m, k) float
    people : (m,) float
        Inhabitants, > 0.
    how, simulation
        As for `benchmarked_mse`.

    Returns
    -------
    (m,) float
        In squared shares.

    Raises
    ------
    EngineError
        If shapes differ or a number is impossible.
    """
    asked, number = np.asarray(size, np.float64), reals(people, "people", low=0)
    covariates = np.asarray(x, np.float64)
    same = asked.shape == number.shape == figures.value.shape
    require(same, "figures, size and people differ in length")
    how, m, angles = how or Benchmark(), asked.size, figures.angles
    middle = covariates @ angles.beta

    def again(chance: np.random.Generator) -> City:
        angle = middle + np.sqrt(angles.variance) * chance.standard_normal(m)
        counted = angle + 0.5 / np.sqrt(asked) * chance.standard_normal(m)
        truth, direct = (np.sin(np.clip(one, 0, np.pi / 2)) ** 2 for one in (angle, counted))
        found = share_areas(direct, asked, covariates, how.method)
        return City(truth, direct, found.value, found.se**2)

    return _benchmarked(figures.se**2, number, how, simulation, again)


def benchmarked_unit_mse(
    model: UnitModel,
    cut: float | None,
    sample: Sample,
    people: People,
    how: Benchmark | None = None,
    simulation: Simulation | None = None,
) -> Reals:
    """The same for the unit-level model: of means, or with a cut of shares over it.

    Parameters are those of `share_above_mse`; a city figure made of the areas is the mean over people
    of what was counted in each.
    """
    cities = _cities(model, cut, sample, people)
    plain = model.means(_means(model, people)).mse
    if cut is not None:
        plain = share_above_mse(model, cut, sample, people, simulation)
    held = _held(model, people)

    def again(chance: np.random.Generator) -> City:
        return replace(cities(chance), mse=plain)

    return _benchmarked(plain, held, how or Benchmark(), simulation, again)


@dataclass(frozen=True)
class City:
    """A city drawn from a model: what is true of its areas, what was counted, what was estimated."""

    truth: Reals
    direct: Reals
    value: Reals
    mse: Reals


def _benchmarked(
    plain: Reals,
    people: Reals,
    how: Benchmark,
    simulation: Simulation | None,
    again: Callable[[np.random.Generator], City],
) -> Reals:
    """To the plain errors is added what benchmarking adds in cities drawn anew."""
    simulation = simulation or Simulation()
    made_of_them = how.city_se is None
    share, added = people / people.sum(), np.zeros(people.size)
    for chance in simulation.each("benchmarked errors"):
        drawn = again(chance)
        noise = (how.city_se or 0.0) * float(chance.standard_normal())
        whole = _mean(drawn.direct, share) if made_of_them else float(share @ drawn.truth) + noise
        shown = benchmarked(drawn.value, drawn.mse, people, whole, how.way)
        more = (shown - drawn.truth) ** 2 - (drawn.value - drawn.truth) ** 2
        added += more / simulation.draws
    if made_of_them:
        added = np.maximum(added, 0)  # the best predictor is not bettered by what it was made of
    found: Reals = np.maximum(plain + added, 0)
    return found


def _mean(direct: Reals, share: Reals) -> float:
    """The city's figure as those areas tell it in which somebody was asked."""
    known = np.isfinite(direct)
    return float(share[known] @ direct[known] / share[known].sum())


def share_above_mse(
    model: UnitModel,
    cut: float,
    sample: Sample,
    people: People,
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
    cities, simulation = _cities(model, cut, sample, people), simulation or Simulation()
    squares = np.zeros(len(model.effect))
    for chance in simulation.each("errors of shares"):
        drawn = cities(chance)
        squares += (drawn.value - drawn.truth) ** 2
    return squares / simulation.draws


def _cities(
    model: UnitModel, cut: float | None, sample: Sample, people: People
) -> Callable[[np.random.Generator], City]:
    """Draws effects and respondents anew and estimates again; the errors are left to others."""
    x, m = np.asarray(sample[0], np.float64), len(model.effect)
    area = integers(sample[1], "area", low=0, high=m - 1)
    require(len(x) == len(area), "the sample needs an area for each row")
    asked, means = np.bincount(area, minlength=m), _means(model, people)

    def again(chance: np.random.Generator) -> City:
        effect = np.sqrt(model.between) * chance.standard_normal(m)
        noise = np.sqrt(model.within) * chance.standard_normal(len(area))
        y = x @ model.beta + effect[area] + noise
        found = battese_harter_fuller(y, area, x, m)
        # of a city drawn from the model the effects are known for sure
        city = replace(model, effect=effect, pull=np.ones(m))
        with np.errstate(invalid="ignore"):
            direct = np.bincount(area, y if cut is None else y >= cut, m) / asked
        if cut is None:
            truth, value = means @ model.beta + effect, found.means(means).value
        else:
            truth, value = (one.share_above(cut, *people) for one in (city, found))
        return City(truth, direct, value, np.zeros(m))

    return again


def _held(model: UnitModel, people: People) -> Reals:
    """People of each area."""
    x, area, number = people
    counts = np.ones(len(np.asarray(area))) if number is None else reals(number, "people", low=0)
    home = integers(area, "area", low=0, high=len(model.effect) - 1)
    require(
        len(home) == len(counts) == len(np.asarray(x)), "people must have a number for each row"
    )
    return np.bincount(home, counts, len(model.effect)).astype(np.float64)


def _means(model: UnitModel, people: People) -> NDArray[np.float64]:
    """Mean covariates of those who live in each area."""
    x, area, number = np.asarray(people[0], np.float64), np.asarray(people[1]), people[2]
    counts = np.ones(len(x)) if number is None else np.asarray(number, np.float64)
    held, m = _held(model, people), len(model.effect)
    with np.errstate(invalid="ignore"):
        columns = [np.bincount(area, counts * column, m) / held for column in x.T]
    return np.column_stack(columns)
