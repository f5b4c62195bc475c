"""Which item to ask next: the most telling one, without asking the same few of everybody."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.core.seeds import generator
from kepu_engines.survey.irt import known
from kepu_engines.survey.irt.known import NODES, Items
from kepu_engines.survey.irt.responses import Floats

# Rounds after which chances hardly move any more.
ROUNDS = 20


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

    An item that fails the draw is passed over; if all fail, the most telling one is asked. With one seed
    for all questions of a person an item once passed over is so to the end, as in the source.

    Parameters
    ----------
    information : (j,) float
        Information of each item at the present ability.
    asked : (m,) int
        Items already asked.
    chance : (j,) float
        Of being asked once chosen, in [0, 1]: what `rehearsed` finds.
    seed : int
        The person's; the same seed draws the same item.

    Raises
    ------
    EngineError
        If every item was asked, or there is not a chance for each.

    Source
    ------
    Sympson & Hetter (1985), Proceedings of the 27th Military Testing Association, 973-977.
    """
    best = _best_first(information, asked)
    passes = reals(chance, "chances", low=0, high=1)
    require(len(passes) == np.size(information), "There must be a chance for each item.")
    admitted = best[generator(seed).random(len(passes))[best] < passes[best]]
    return int(admitted[0] if len(admitted) else best[0])


def next_chances(chosen: ArrayLike, people: int, *, most: float) -> Floats:
    """Chances for the next round of simulation, from how often each item was chosen.

    An item chosen for a larger share of `people` than `most` is asked with chance
    `most` / share, every other one always.

    Parameters
    ----------
    chosen : (j,) float
        Of how many people each item was ever the most telling one left, asked or passed over.
    people : int
        Of the round.
    most : float
        Greatest share of people that may be asked one item, in (0, 1].

    Raises
    ------
    EngineError
        If there are no people, or the share is impossible.

    Source
    ------
    Sympson & Hetter (1985), Proceedings of the 27th Military Testing Association, 973-977.
    """
    require(people > 0 and 0 < most <= 1, "Expected people, and a greatest share in (0, 1].")
    share = reals(chosen, "choices", low=0) / people
    return np.minimum(1.0, most / np.maximum(share, most))


@dataclass(frozen=True)
class Rehearsal:
    """What a test does to its pool when it is rehearsed on made-up people.

    Attributes
    ----------
    chance : (j,) float
        Of each item being asked once chosen, for `sympson_hetter`.
    exposure : (j,) float
        Share of the people of the last round that each item was asked of.
    """

    chance: Floats
    exposure: Floats


def rehearsed(
    pool: Items,
    *,
    length: int,
    most: float,
    seed: int,
    people: int = 2000,
    progress: Progress = silent,
) -> Rehearsal:
    """Chances with which hardly an item is asked of a larger share of people than `most`.

    Round after round made-up people of standard normal ability take the test, the most telling item at
    each one's expected ability first, and chances follow what was chosen.

    Parameters
    ----------
    pool : Items
        Of j items.
    length : int
        Items that each person is asked.
    most : float
        Greatest share of people that may be asked one item, in (0, 1].
    seed : int
        The same seed rehearses with the same people.
    people : int
        Of a round.
    progress : Progress, optional
        Told after each round.

    Raises
    ------
    EngineError
        If the pool is too small for so long a test at that share.

    Source
    ------
    Sympson & Hetter (1985), Proceedings of the 27th Military Testing Association, 973-977.
    """
    require(0 < most <= 1 and length >= 1, "Expected a length, and a greatest share in (0, 1].")
    few = f"{len(pool)} items are too few to ask each person {length} and none of more than {most:.0%}"
    require(length <= most * len(pool), few)
    require(people >= 1, "Expected people.")
    source, chance = generator(seed), np.ones(len(pool))
    for done in range(1, ROUNDS + 1):
        asked, chosen = _taken(pool, length, chance, people, source)
        progress("rounds of people", done, ROUNDS)
        if done < ROUNDS:
            # The mean with the round before steadies what one round's luck would throw about.
            chance = (chance + next_chances(chosen, people, most=most)) / 2
    return Rehearsal(chance, asked / people)


def _taken(
    pool: Items, length: int, chance: Floats, people: int, source: np.random.Generator
) -> tuple[Floats, Floats]:
    """Of how many people each item was asked, and was chosen, when so many take the test."""
    ability = source.normal(size=people)
    right = known.chances(pool, ability).T
    told = np.log(known.chances(pool, NODES)), np.log1p(-known.chances(pool, NODES))
    logs = np.tile(-(NODES**2) / 2, (people, 1))
    left, chosen = np.ones((people, len(pool)), bool), np.zeros((people, len(pool)), bool)
    passes = source.random(left.shape) < chance
    rows = np.arange(people)
    for _question in range(length):
        mass = np.exp(logs - logs.max(axis=1, keepdims=True))
        worth = known.information(pool, mass @ NODES / mass.sum(axis=1)).T
        worth = np.where(left, worth, -1.0)
        passing = left & passes
        best = np.where(
            passing.any(axis=1), np.where(passing, worth, -1).argmax(1), worth.argmax(1)
        )
        chosen |= left & (worth >= worth[rows, best][:, None])
        left[rows, best] = False
        hit = source.random(people) < right[rows, best]
        logs += np.where(hit[:, None], told[0][best], told[1][best])
    return (~left).sum(axis=0).astype(np.float64), chosen.sum(axis=0).astype(np.float64)


def _best_first(information: ArrayLike, asked: ArrayLike) -> NDArray[np.int64]:
    """Items not yet asked, the most telling first."""
    told = reals(information, "information", low=0)
    done = integers(asked, "items asked", low=0, high=len(told) - 1)
    left = np.setdiff1d(np.arange(len(told)), done)
    require(len(left) > 0, "Every item was asked already.")
    return left[np.argsort(-told[left], kind="stable")]
