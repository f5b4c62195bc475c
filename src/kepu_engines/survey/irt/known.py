"""What answers to items of known parameters say of one person, question by question.

It needs numpy alone and no compiled kernel, so that a page can ask it while somebody waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.irt.responses import Floats

NODES = np.linspace(-5.0, 5.0, 201)


@dataclass(frozen=True)
class Items:
    """Discrimination, difficulty and chance of guessing right of each item, (j,) each; D = 1."""

    slope: Floats
    difficulty: Floats
    guessing: Floats

    def __len__(self) -> int:
        return len(self.slope)

    def only(self, chosen: ArrayLike) -> "Items":
        """Some of the items, by number or by mark.

        Parameters
        ----------
        chosen : (m,) int or (j,) bool
        """
        at = np.asarray(chosen)
        at = at if at.size else at.astype(np.intp)
        return Items(self.slope[at], self.difficulty[at], self.guessing[at])


def items(slope: ArrayLike, difficulty: ArrayLike, guessing: ArrayLike) -> Items:
    """Check the parameters of items.

    Parameters
    ----------
    slope : (j,) float
        Per unit of ability, > 0.
    difficulty : (j,) float
        In units of ability.
    guessing : (j,) float
        In [0, 1).

    Raises
    ------
    EngineError
        If lengths differ, a slope is not above 0, or a chance of guessing is not in [0, 1).
    """
    a, b = reals(slope, "slopes"), reals(difficulty, "difficulties")
    c = reals(guessing, "chances of guessing", low=0, high=1)
    require(len(a) == len(b) == len(c), "The lists of parameters differ in length.")
    require(bool((a > 0).all()), "Every slope must be above 0.")
    require(bool((c < 1).all()), "A chance of guessing must be below 1.")
    return Items(a, b, c)


def chances(known: Items, theta: ArrayLike) -> Floats:
    """Chance of a right answer to each item at each ability, (j, q).

    Parameters
    ----------
    known : Items
        Of j items.
    theta : (q,) float
        Abilities.

    Raises
    ------
    EngineError
        If an ability is not finite.

    Source
    ------
    Birnbaum (1968), in Lord & Novick, Statistical Theories of Mental Test Scores, ch. 17.
    """
    at = reals(theta, "abilities")
    z = known.slope[:, None] * (at - known.difficulty[:, None])
    return known.guessing[:, None] + (1 - known.guessing[:, None]) * _logistic(z)


def information(known: Items, theta: ArrayLike) -> Floats:
    """Fisher information of each item at each ability, (j, q); a test's is their sum.

    Parameters
    ----------
    known : Items
        Of j items.
    theta : (q,) float
        Abilities.

    Raises
    ------
    EngineError
        If an ability is not finite.

    Source
    ------
    Birnbaum (1968), in Lord & Novick, Statistical Theories of Mental Test Scores, ch. 20.
    """
    right = chances(known, theta)
    c = known.guessing[:, None]
    told = (right - c) / (1 - c)
    return known.slope[:, None] ** 2 * (1 - right) / right * told**2


@dataclass(frozen=True)
class Belief:
    """Where a person may stand: the mass at each of `NODES`, summing to 1."""

    mass: Floats

    @property
    def mean(self) -> float:
        return float(self.mass @ NODES)

    @property
    def error(self) -> float:
        """Standard deviation: the standard error of the mean as an estimate (EAP)."""
        return max(float(self.mass @ NODES**2) - self.mean**2, 0.0) ** 0.5

    def quantile(self, share: float) -> float:
        """The ability below which the person stands with chance `share`."""
        upto = np.cumsum(self.mass) - self.mass / 2
        return float(np.interp(share, upto, NODES))


def believe(known: Items, right: ArrayLike) -> Belief:
    """The posterior after answers to these items, (j,) bool, from a standard normal prior.

    Nobody is put at an end by answers that are all right or all wrong.

    Parameters
    ----------
    known : Items
        Of j items, those that were answered.
    right : (j,) bool

    Raises
    ------
    EngineError
        If there is not one answer for each item.

    Source
    ------
    Bock & Mislevy (1982), Applied Psychological Measurement 6, 431-444.
    """
    answered = np.asarray(right, dtype=bool)
    require(answered.shape == (len(known),), "There must be one answer for each item.")
    chance = chances(known, NODES)
    logs = np.log(np.where(answered[:, None], chance, 1 - chance)).sum(axis=0) - NODES**2 / 2
    mass = np.exp(logs - logs.max())
    return Belief(mass / mass.sum())


def points(pools: Mapping[str, Items], worth: Mapping[str, float], theta: ArrayLike) -> Floats:
    """Expected score at each ability, had one answered every item: (q,), rising.

    Each dimension's points times the mean chance over its items.

    Parameters
    ----------
    pools : mapping of dimension to Items
    worth : mapping of dimension to float
        Points that a dimension has.
    theta : (q,) float
        Abilities.

    Raises
    ------
    EngineError
        If a dimension with points has no items.
    """
    empty = [name for name in worth if name not in pools or len(pools[name]) == 0]
    require(not empty, f"these dimensions have no items: {', '.join(empty)}")
    at = reals(theta, "abilities")
    return np.sum([chances(pools[name], at).mean(axis=0) * worth[name] for name in worth], axis=0)


def _logistic(z: NDArray[np.float64]) -> Floats:
    return 1 / (1 + np.exp(-np.clip(z, -700, 700)))
