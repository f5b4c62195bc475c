"""Which adult of a household to ask: Kish's eight tables, or an equal draw.

Adults are numbered as Kish did, men from the oldest down, then women; the interviewer lists
them and reads the number off the table that came with the address, so that nobody is asked
because he happens to be at home.

Source
------
Kish (1949), A Procedure for Objective Respondent Selection within the Household, JASA 44,
380-387, tables A to F.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.design import Reals

TABLES = ("A", "B1", "B2", "C", "D", "E1", "E2", "F")
# Number of the adult to ask, in households of 1, 2, 3, 4, 5, and 6 or more.
NUMBERS = np.array(
    [
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 2, 2],
        [1, 1, 1, 2, 2, 2],
        [1, 1, 2, 2, 3, 3],
        [1, 2, 2, 3, 4, 4],
        [1, 2, 3, 3, 3, 5],
        [1, 2, 3, 4, 5, 5],
        [1, 2, 3, 4, 5, 6],
    ]
)
TWELFTHS = np.array([2, 1, 1, 2, 2, 1, 1, 2])


def kish_tables(households: int, seed: int) -> NDArray[np.int64]:
    """Table of each household on the list, in Kish's proportions: every twelve are a full set.

    Parameters
    ----------
    households : int
        >= 0.
    seed : int
        >= 0; the same seed gives the same.

    Returns
    -------
    (households,) int64
        Row of `TABLES`.
    """
    require(households >= 0, f"the number of households must be >= 0, not {households}")
    draw, one = generator(seed), np.repeat(np.arange(len(TABLES)), TWELFTHS)
    sets = [draw.permutation(one) for _ in range(-(-households // one.size))]
    return np.concatenate([*sets, one[:0]])[:households]


def adult_by_table(table: ArrayLike, adults: ArrayLike) -> NDArray[np.int64]:
    """Number of the adult to ask, from 1.

    Of more than six adults only the first six can be asked: a known gap of the tables.

    Parameters
    ----------
    table : (n,) int
        Row of `TABLES` of each household.
    adults : (n,) int
        Adults who live in it, >= 1.

    Raises
    ------
    EngineError
        If lengths differ, or a number is out of range.

    Source
    ------
    Kish (1949), Journal of the American Statistical Association 44, 380-387.
    """
    row = integers(table, "the tables", low=0, high=len(TABLES) - 1)
    many = integers(adults, "the numbers of adults", low=1)
    require(row.size == many.size, f"there must be {row.size} numbers of adults, not {many.size}")
    found: NDArray[np.int64] = NUMBERS[row, np.minimum(many, 6) - 1]
    return found


def chance_by_table(adults: ArrayLike, number: ArrayLike) -> Reals:
    """Probability that Kish's tables choose this adult: not quite equal among five.

    Parameters
    ----------
    adults : (n,) int
        Adults who live in each household, >= 1.
    number : (n,) int
        Which of them was asked, from 1.

    Returns
    -------
    (n,) float64
        In (0, 1]: its inverse is the last factor of a base weight.

    Raises
    ------
    EngineError
        If no table chooses that number, such as the seventh adult.
    """
    many = integers(adults, "the numbers of adults", low=1)
    asked = integers(number, "the numbers asked", low=1)
    require(many.size == asked.size, f"there must be {many.size} numbers asked, not {asked.size}")
    chooses = NUMBERS[:, np.minimum(many, 6) - 1] == asked
    found: Reals = TWELFTHS @ chooses / 12
    for row in np.flatnonzero(found == 0)[:1]:
        require(False, f"row {row + 1}: no table chooses adult {asked[row]} of {many[row]}")
    return found


def adult_by_lot(adults: ArrayLike, seed: int) -> NDArray[np.int64]:
    """Number of the adult to ask, every one of the household with the same chance.

    Parameters
    ----------
    adults : (n,) int
        Adults who live in each household, >= 1.
    seed : int
        >= 0; the same seed draws the same.

    Returns
    -------
    (n,) int64
        From 1 to `adults`.

    Raises
    ------
    EngineError
        If a household has no adult.
    """
    many = integers(adults, "the numbers of adults", low=1)
    found: NDArray[np.int64] = generator(seed).integers(1, many, endpoint=True)
    return found
