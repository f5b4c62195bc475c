"""Which item to ask next: the most telling one, without asking the same few of everybody."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.irt.responses import Floats


def randomesque(information: ArrayLike, asked: ArrayLike, *, among: int, seed: int) -> int:
    """One of the `among` most telling items not yet asked, each with the same chance.

    Parameters
    ----------
    information : (j,) float
        Information of each item at the present ability.
    asked : (m,) int
        Items already asked.
    among : int
        1 takes the most telling one; ties go to the lower number.
    seed : int
        The same seed draws the same item.

    Raises
    ------
    EngineError
        If every item was asked.

    Source
    ------
    Kingsbury & Zara (1989), Applied Measurement in Education 2, 359-375.
    """
    require(among >= 1, "Expected to choose among at least one item.")
    best = _best_first(information, asked)[:among]
    return int(best[generator(seed).integers(len(best))])


def sympson_hetter(
    information: ArrayLike, asked: ArrayLike, chance: ArrayLike, *, seed: int
) -> int:
    """The most telling item not yet asked that also passes a draw with its own chance.

    `chance` (j,) in [0, 1] is that of being asked once chosen. An item that fails the
    draw is passed over; if all fail, the most telling one is asked.

    Source
    ------
    Sympson & Hetter (1985), Proceedings of the 27th Military Testing Association, 973-977.
    """
    best = _best_first(information, asked)
    passes = reals(chance, "chances", low=0, high=1)
    require(len(passes) == np.size(information), "There must be a chance for each item.")
    admitted = best[generator(seed).random(len(best)) < passes[best]]
    return int(admitted[0] if len(admitted) else best[0])


def next_chances(chosen: ArrayLike, people: int, *, most: float) -> Floats:
    """Chances for the next round of simulation, from how often each item was chosen.

    An item chosen for a larger share of `people` than `most` is asked with chance
    `most` / share, every other one always.
    """
    require(people > 0 and 0 < most <= 1, "Expected people, and a greatest share in (0, 1].")
    share = reals(chosen, "choices", low=0) / people
    return np.minimum(1.0, most / np.maximum(share, most))


def _best_first(information: ArrayLike, asked: ArrayLike) -> NDArray[np.int64]:
    """Items not yet asked, the most telling first."""
    told = reals(information, "information", low=0)
    done = integers(asked, "items asked", low=0, high=len(told) - 1)
    left = np.setdiff1d(np.arange(len(told)), done)
    require(len(left) > 0, "Every item was asked already.")
    return left[np.argsort(-told[left], kind="stable")]
