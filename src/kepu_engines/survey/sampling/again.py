"""Which interviews somebody else asks about again: a share of each interviewer's, at least some.

Source
------
AAPOR & ASA (2021), Data Fabrication in Survey Research (back-checks of every interviewer).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, require
from kepu_engines.survey.sampling.coordination import permanent_numbers


def drawn_again(
    ids: Iterable[str | int],
    who: ArrayLike,
    drawn: ArrayLike,
    *,
    share: float,
    least: int,
    seed: int,
) -> NDArray[np.int64]:
    """Rows to draw beside those drawn already, so that each interviewer has enough.

    Every interview keeps one random number for good, so that nobody can choose and the draw can be
    had again: of an interviewer's interviews the lowest numbers are drawn.

    Parameters
    ----------
    ids : iterable
        Of each interview, each once.
    who : (n,) int
        Its interviewer.
    drawn : (n,) bool
        Drawn already.
    share : float
        Of an interviewer's interviews, in [0, 1]; rounded up.
    least : int
        Fewest of each interviewer, as far as there are so many.
    seed : int

    Returns
    -------
    (m,) int64
        Rows, rising.

    Raises
    ------
    EngineError
        If lengths differ, the share is outside [0, 1], or the fewest are below 0.
    """
    require(0 <= share <= 1, f"the share must lie in [0, 1], not {share:g}")
    require(least >= 0, f"the fewest must not be below 0, but is {least}")
    people = integers(who, "the interviewers", low=0)
    taken = np.asarray(drawn, np.bool_)
    numbers = permanent_numbers(ids, seed)
    require(len(numbers) == len(people) == len(taken), "every interview has an interviewer")
    found: list[int] = []
    for person in np.unique(people):
        mine = np.flatnonzero(people == person)
        wanted = min(len(mine), max(least, int(np.ceil(share * len(mine) - 1e-9))))
        free = mine[~taken[mine]]
        short = max(0, wanted - int(taken[mine].sum()))
        found += free[np.argsort(numbers[free], kind="stable")][:short].tolist()
    return np.array(sorted(found), np.int64)
