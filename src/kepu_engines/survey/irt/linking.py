"""Putting the items of one year on the scale of another, with the error that brings.

A link says theta_old = slope * theta_new + shift; then a_old = a_new / slope and
b_old = slope * b_new + shift. A chance of guessing is the same on both scales.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit

from kepu_engines.core.checks import reals, require
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt.responses import Floats

NODES = np.linspace(-4, 4, 41)
DENSITY = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()
# Of a parameter, for how a link moves with it.
STEP = 1e-4


@dataclass(frozen=True)
class Anchors:
    """Items asked in both years.

    Attributes
    ----------
    a_old, a_new : (j,) float64
        Slopes.
    b_old, b_new : (j, k) float64
        Difficulties: one for right and wrong, else one for each step of a graded item, rising;
        NaN where an item has fewer.
    c_old, c_new : (j,) float64
        Chances of guessing right; 0 where nobody guesses.
    """

    a_old: Floats
    b_old: Floats
    a_new: Floats
    b_new: Floats
    c_old: Floats
    c_new: Floats


@dataclass(frozen=True)
class Link:
    """A link, and what is not known of it.

    Attributes
    ----------
    slope, shift : float
    covariance : (2, 2) float64
        Of slope and shift: over the choice of anchors and, where theirs were given, the sampling
        of persons too.
    sampling : (2, 2) float64
        The part of it that comes from the anchors' own standard errors; 0 where none were given.
    """

    slope: float
    shift: float
    covariance: Floats
    sampling: Floats = field(default_factory=lambda: np.zeros((2, 2)))

    def error(self, theta: float) -> float:
        """Standard error that linking adds to an ability `theta` of the new scale."""
        at = np.array([theta, 1.0])
        return float(np.sqrt(at @ self.covariance @ at))


def anchors(
    a_old: ArrayLike,
    b_old: ArrayLike,
    a_new: ArrayLike,
    b_new: ArrayLike,
    c_old: ArrayLike | None = None,
    c_new: ArrayLike | None = None,
) -> Anchors:
    """Check anchor items: at least three, slopes > 0.

    Parameters
    ----------
    a_old, a_new : (j,) float
        Slopes, > 0.
    b_old, b_new : (j,) or (j, k) float
        Difficulties; of graded items a row each, rising, filled up with NaN.
    c_old, c_new : (j,) float, optional
        Chances of guessing right, in [0, 1); 0 when left out.

    Raises
    ------
    EngineError
        If lengths differ, there are fewer than three, a slope is not positive, all difficulties of
        a year are the same, or an item has other steps in one year than in the other.
    """
    slopes = [reals(v, "anchor parameters") for v in (a_old, a_new)]
    levels = [_levels(v) for v in (b_old, b_new)]
    many = len(slopes[0])
    guesses = [np.zeros(many) if v is None else _guesses(v) for v in (c_old, c_new)]
    require(
        len({len(v) for v in (*slopes, *levels, *guesses)}) == 1,
        "The anchor lists differ in length.",
    )
    require(many >= 3, "A link with an error needs at least three anchor items.")
    require(all(bool((v > 0).all()) for v in slopes), "Anchor slopes must be above 0.")
    require(
        levels[0].shape == levels[1].shape
        and bool((np.isnan(levels[0]) == np.isnan(levels[1])).all()),
        "An anchor item has more steps in one year than in the other: leave it out.",
    )
    require(
        all(float(np.nanmax(v) - np.nanmin(v)) > 0 for v in levels),
        "All anchor items of a year have the same difficulty, so it has no spread to link by.",
    )
    return Anchors(slopes[0], levels[0], slopes[1], levels[1], *guesses)


def _levels(given: ArrayLike) -> Floats:
    """Difficulties as a table; the first of each item must be there, and steps must rise."""
    table = np.asarray(given, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    reals(table[:, 0], "anchor parameters")
    require(not np.isinf(table).any(), "anchor parameters must be finite.")
    falls = np.diff(table, axis=1) <= 0
    require(
        not falls.any(), "The difficulties of a graded anchor item must rise from step to step."
    )
    return table


def _guesses(given: ArrayLike) -> Floats:
    chance = reals(given, "chances of guessing", low=0, high=1)
    require(bool((chance < 1).all()), "A chance of guessing must be below 1.")
    return chance


def link(
    items: Anchors,
    method: str = "stocking-lord",
    old: ArrayLike | None = None,
    new: ArrayLike | None = None,
) -> Link:
    """Link two years by "mean-sigma", "haebara" or "stocking-lord".

    The jackknife over anchor items says what the choice of items adds: the error that does not
    shrink with more persons. With `old` and `new` the sampling of persons is added by the delta
    method; what the jackknife saw of it already, since it makes anchors differ, is taken off first.

    Parameters
    ----------
    items : Anchors
    method : str
        Graded items: mean-sigma takes all steps, Haebara the chance of each answer, Stocking and
        Lord the expected sum of answers.
    old, new : (p, p) float, optional
        Covariance of slope, difficulties and, if any guesses, chance of guessing of the anchors,
        item after item, as `Errors.together` gives it.

    Returns
    -------
    Link

    Raises
    ------
    EngineError
        If the method is unknown, a curve method does not converge, or a covariance has another size.

    Source
    ------
    Marco (1977), Journal of Educational Measurement 14, 139-160. Haebara (1980), Japanese
    Psychological Research 22, 144-149. Stocking & Lord (1983), Applied Psychological
    Measurement 7, 201-210. Kolen & Brennan (2014), Test Equating, chapter 6 (curves are
    compared on the old scale, graded items). Baker (1992), Applied Psychological Measurement 16,
    87-96, for graded curves. Ogasawara (2001), Psychometrika 66, 421-436, for sampling errors by the
    delta method; Haberman, Lee & Qian (2009), Jackknifing Techniques for Evaluation of Equating
    Accuracy, for the choice of anchors.
    """
    require(
        method in METHODS, f"No way to link is called {method}; known are {', '.join(METHODS)}."
    )
    find = METHODS[method]
    whole = find(items)
    many = len(items.a_old)
    parts = np.array([find(_without(items, item)) for item in range(many)])
    centred = parts - parts.mean(axis=0)
    choice = (many - 1) / many * centred.T @ centred
    sampling = np.zeros((2, 2))
    if old is not None or new is not None:
        sampling, seen = _sampled(items, find, old, new)
        choice = positive(choice - seen)
    return Link(float(whole[0]), float(whole[1]), choice + sampling, sampling)


def _sampled(
    items: Anchors, find: Callable[[Anchors], Floats], old: ArrayLike | None, new: ArrayLike | None
) -> tuple[Floats, Floats]:
    """Covariance from the sampling of persons, and what the jackknife over items saw of it.

    Errors that items have each for itself make them differ, errors that they share do not: of
    covariances between two items the jackknife sees 1 / (j - 1), with the other sign.
    """
    whole, seen = np.zeros((2, 2)), np.zeros((2, 2))
    for year, given in (("old", old), ("new", new)):
        if given is None:
            continue
        covariance = np.asarray(given, dtype=np.float64)
        slopes, owner = _slopes(items, find, year)
        require(
            covariance.shape == (len(owner), len(owner)),
            f"The covariance of the {year} anchors must be {len(owner)} x {len(owner)}.",
        )
        own = owner[:, None] == owner
        whole += slopes @ covariance @ slopes.T
        apart = np.where(own, covariance, -covariance / (len(items.a_old) - 1))
        seen += slopes @ apart @ slopes.T
    return whole, seen


def _slopes(
    items: Anchors, find: Callable[[Anchors], Floats], year: str
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """How the link moves with each parameter of a year's anchors, (2, p), and whose each is."""
    names = [f"a_{year}", f"b_{year}", f"c_{year}"]
    guesses = bool((items.c_old > 0).any() or (items.c_new > 0).any())
    columns, owner = [], []
    for item in range(len(items.a_old)):
        steps = range(int((~np.isnan(items.b_old[item])).sum()))
        places = [(0, (item,)), *((1, (item, step)) for step in steps)]
        for kind, place in [*places, *([(2, (item,))] if guesses else [])]:
            up, down = (_moved(items, names[kind], place, side * STEP) for side in (1, -1))
            columns.append((find(up) - find(down)) / (2 * STEP))
            owner.append(item)
    return np.array(columns).T, np.array(owner)


def _moved(items: Anchors, name: str, place: tuple[int, ...], by: float) -> Anchors:
    values = getattr(items, name).copy()
    values[place] += by
    return Anchors(**{**vars(items), name: values})


def positive(covariance: Floats) -> Floats:
    """The nearest covariance: a part that came out below 0 is 0.

    Parameters
    ----------
    covariance : (k, k) float
        Symmetric.
    """
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T, dtype=np.float64)


def _without(items: Anchors, item: int) -> Anchors:
    """The anchors but one."""
    return Anchors(**{name: np.delete(v, item, axis=0) for name, v in vars(items).items()})


def _mean_sigma(items: Anchors) -> Floats:
    """The line that carries mean and spread of the difficulties over, those of all steps."""
    spread = float(np.nanmax(items.b_new) - np.nanmin(items.b_new))
    require(spread > 0, "Without one anchor item the others do not differ.")
    slope = np.nanstd(items.b_old) / np.nanstd(items.b_new)
    return np.array([slope, np.nanmean(items.b_old) - slope * np.nanmean(items.b_new)])


def _curves(together: bool) -> Callable[[Anchors], Floats]:
    """Least squares between curves: of the whole test, or of each item's answers."""

    def find(items: Anchors) -> Floats:
        old = _above(items.a_old, items.b_old, items.c_old)

        def loss(at: Floats) -> float:
            moved = at[0] * items.b_new + at[1]
            gap = old - _above(items.a_new / at[0], moved, items.c_new)
            if together:
                gap = gap.sum(axis=(0, 1))[None]
            else:
                gap = -np.diff(gap, axis=1, prepend=0, append=0).reshape(-1, len(NODES))
            return float((gap**2 @ DENSITY).sum())

        start = _mean_sigma(items)
        found = minimize(
            loss,
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-16, "maxiter": 2000},
        )
        if not found.success or found.x[0] <= 0:
            raise EngineError("The curves of the two years could not be brought together.")
        return found.x

    return find


def _above(slope: Floats, level: Floats, guess: Floats) -> Floats:
    """Chance of at least each step of each item at the nodes, (j, k, q); 0 where there is no step."""
    chance = expit(slope[:, None, None] * (NODES - level[:, :, None]))
    return np.nan_to_num(guess[:, None, None] + (1 - guess[:, None, None]) * chance)


METHODS: dict[str, Callable[[Anchors], Floats]] = {
    "mean-sigma": _mean_sigma,
    "haebara": _curves(together=False),
    "stocking-lord": _curves(together=True),
}
