"""Which cells are too small to be published, as data: a rule with a version, and a reason a cell."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require


class Counted(Protocol):
    """What a rule asks of figures: on how much each cell rests. Estimates of a sample, or plain counts."""

    @property
    def n(self) -> NDArray[np.int64]:
        """Respondents of each domain."""

    @property
    def df(self) -> NDArray[np.int64]:
        """Degrees of freedom of each domain."""


class Withheld(StrEnum):
    """Why a cell is not published."""

    ROWS = "rows"  # too few people were asked
    FREEDOM = "freedom"  # too few clusters, so that its error is hardly known
    COMPLEMENT = "complement"  # it would give away the only other cell withheld


@dataclass(frozen=True)
class CellRule:
    """The least a cell must rest on to be published.

    Attributes
    ----------
    version : str
        As which a publication cites it.
    rows : int
        Respondents.
    freedom : int
        Degrees of freedom: clusters less strata.
    complement : bool
        Whether the figure of the whole is published too, so that one cell withheld alone
        could be worked out from the others.

    Raises
    ------
    EngineError
        If a bound is negative.
    """

    version: str
    rows: int
    freedom: int = 0
    complement: bool = True

    def __post_init__(self) -> None:
        require(self.rows >= 0 and self.freedom >= 0, "the bounds of a cell must not be negative")

    def withheld(self, found: Counted) -> tuple[Withheld | None, ...]:
        """The reason why each domain is withheld; None where it is published."""
        few, unsure = found.n < self.rows, found.df < self.freedom
        reasons = [
            Withheld.ROWS if a else Withheld.FREEDOM if b else None
            for a, b in zip(few, unsure, strict=True)
        ]
        if self.complement and sum(reason is not None for reason in reasons) == 1:
            self._hide_another(reasons, found.n)
        return tuple(reasons)

    @staticmethod
    def _hide_another(reasons: list[Withheld | None], n: NDArray[np.int64]) -> None:
        """Withhold the smallest cell that is left, too."""
        left = [domain for domain, reason in enumerate(reasons) if reason is None]
        if left:
            reasons[min(left, key=lambda domain: int(n[domain]))] = Withheld.COMPLEMENT
