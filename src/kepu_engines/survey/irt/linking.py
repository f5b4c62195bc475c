"""Putting the items of one year on the scale of another, with the error that brings.

A link says theta_old = slope * theta_new + shift; then a_old = a_new / slope and
b_old = slope * b_new + shift.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit

from kepu_engines.core.checks import reals, require
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt.responses import Floats

NODES = np.linspace(-4, 4, 41)
DENSITY = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()


@dataclass(frozen=True)
class Anchors:
    """Two-parameter items asked in both years: slopes and difficulties, (j,) each."""

    a_old: Floats
    b_old: Floats
    a_new: Floats
    b_new: Floats


@dataclass(frozen=True)
class Link:
    """A link, and the covariance (2, 2) of its slope and shift over the choice of anchors."""

    slope: float
    shift: float
    covariance: Floats

    def error(self, theta: float) -> float:
        """Standard error that linking adds to an ability `theta` of the new scale."""
        at = np.array([theta, 1.0])
        return float(np.sqrt(at @ self.covariance @ at))


def anchors(a_old: ArrayLike, b_old: ArrayLike, a_new: ArrayLike, b_new: ArrayLike) -> Anchors:
    """Check anchor items: at least three, slopes > 0.

    Raises
    ------
    EngineError
        If lengths differ, there are fewer than three, a slope is not positive, or all
        difficulties of a year are the same.
    """
    given = [reals(v, "anchor parameters") for v in (a_old, b_old, a_new, b_new)]
    require(len({len(v) for v in given}) == 1, "The anchor lists differ in length.")
    require(len(given[0]) >= 3, "A link with an error needs at least three anchor items.")
    require(bool((given[0] > 0).all() and (given[2] > 0).all()), "Anchor slopes must be above 0.")
    require(
        bool(np.ptp(given[1]) > 0 and np.ptp(given[3]) > 0),
        "All anchor items of a year have the same difficulty, so it has no spread to link by.",
    )
    return Anchors(*given)


def link(items: Anchors, method: str = "stocking-lord") -> Link:
    """Link two years by "mean-sigma", "haebara" or "stocking-lord".

    The covariance is the jackknife over anchor items: which items happened to be kept is
    the error that does not shrink with more persons.

    Raises
    ------
    EngineError
        If the method is unknown or a curve method does not converge.

    Source
    ------
    Marco (1977), Journal of Educational Measurement 14, 139-160. Haebara (1980), Japanese
    Psychological Research 22, 144-149. Stocking & Lord (1983), Applied Psychological
    Measurement 7, 201-210. Kolen & Brennan (2014), Test Equating, chapter 6: curves are
    compared on the old scale.
    """
    require(
        method in METHODS, f"No way to link is called {method}; known are {', '.join(METHODS)}."
    )
    find = METHODS[method]
    whole = find(items)
    many = len(items.a_old)
    parts = np.array([find(_without(items, item)) for item in range(many)])
    centred = parts - parts.mean(axis=0)
    return Link(float(whole[0]), float(whole[1]), (many - 1) / many * centred.T @ centred)


def _without(items: Anchors, item: int) -> Anchors:
    """The anchors but one."""
    kept = (np.delete(v, item) for v in (items.a_old, items.b_old, items.a_new, items.b_new))
    return Anchors(*kept)


def _mean_sigma(items: Anchors) -> Floats:
    """Equal means and standard deviations of difficulties."""
    require(bool(np.ptp(items.b_new) > 0), "Without one anchor item the others do not differ.")
    slope = items.b_old.std() / items.b_new.std()
    return np.array([slope, items.b_old.mean() - slope * items.b_new.mean()])


def _curves(together: bool) -> Callable[[Anchors], Floats]:
    """Least squares between curves: of the whole test, or of each item."""

    def find(items: Anchors) -> Floats:
        old = expit(items.a_old[:, None] * (NODES - items.b_old[:, None]))

        def loss(at: Floats) -> float:
            moved = at[0] * items.b_new[:, None] + at[1]
            gap = old - expit(items.a_new[:, None] / at[0] * (NODES - moved))
            gap = gap.sum(axis=0, keepdims=True) if together else gap
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


METHODS: dict[str, Callable[[Anchors], Floats]] = {
    "mean-sigma": _mean_sigma,
    "haebara": _curves(together=False),
    "stocking-lord": _curves(together=True),
}
