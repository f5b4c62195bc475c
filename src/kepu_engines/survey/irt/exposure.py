"""A bound that holds: no item is asked of more than a share of any so many takers in a row."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, require

# A share of fewer takers than make so many askings says little: a first taker is all of one.
LEAST = 10
ROUNDING = 1e-9


@dataclass(frozen=True)
class Bound:
    """The most telling items are asked as long as they may be; what was asked too often rests.

    Takers are numbered as they begin. An item is asked only while fewer than `cap` takers of the last
    `window` had it, so the bound holds for every `window` takers in a row, whatever they answer and however
    many take the test at once. Of the first n it holds too where one comes after the other, once a share of
    them is `LEAST` askings.

    Attributes
    ----------
    most : float
        Greatest share of takers that may be asked one item, in (0, 1].
    window : int
        Takers, at least `LEAST` / `most`.

    Source
    ------
    Revuelta & Ponsoda (1998), Journal of Educational Measurement 35, 311-327 (restricted maximum
    information), here over the last takers in place of all there ever were.
    """

    most: float
    window: int

    def __post_init__(self) -> None:
        """A share that is none, or a window in which it comes to next to nothing, is refused."""
        require(0 < self.most <= 1, "The greatest share must lie in (0, 1].")
        enough = self.most * self.window >= LEAST - ROUNDING
        require(enough, f"A window must have takers enough for {LEAST} askings of an item.")

    def cap(self, takers: ArrayLike) -> NDArray[np.int64]:
        """Of how many takers in the window an item may be asked, once so many began.

        Parameters
        ----------
        takers : (n,) int, or a number
        """
        met = np.clip(np.asarray(takers, np.float64), LEAST / self.most, self.window)
        return np.floor(self.most * met + ROUNDING).astype(np.int64)

    def resting(self, asked: ArrayLike, takers: int) -> NDArray[np.bool_]:
        """Items that may not be asked now.

        Parameters
        ----------
        asked : (j,) int
            Of how many takers each item was asked: of all who began less than `window` before this one,
            and of all who began since.
        takers : int
            Who began so far, this one counted.

        Raises
        ------
        EngineError
            If a count is below 0, or no whole number.
        """
        return integers(asked, "counts", low=0) >= self.cap(takers)

    @cached_property
    def _worst(self) -> float:
        """Takers before one in the window, for each asking of an item that they may have."""
        met = np.arange(1, self.window + 1)
        return float(((met - 1) / self.cap(met)).max())

    def length(self, items: int) -> int:
        """How many items each taker can be asked so that some are always left for the next.

        Parameters
        ----------
        items : int
            Of the pool. While nobody is asked more than this, not all of them can rest at once.
        """
        return int((items - 1) / self._worst + ROUNDING) if items > 0 else 0
