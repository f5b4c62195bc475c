"""Forms of a test assembled from a bank: alike in make, as telling as they can be, little in common.

A mixed-integer programme, solved by HiGHS through scipy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from kepu_engines.core.checks import integers, require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.irt.responses import Floats

NOT_ENOUGH = (
    "The items do not suffice for forms with so little in common; allow more, or ask for less."
)


@dataclass(frozen=True)
class Wanted:
    """What is to be assembled.

    `counts[g]` items of group g in each of `forms` forms, of which any two share at most `common`.
    """

    counts: Sequence[int]
    forms: int
    common: int


@dataclass(frozen=True)
class Method:
    """How long is searched, and how near to the best is near enough."""

    seconds: float = 20.0
    gap: float = 0.01

    def __post_init__(self) -> None:
        require(self.seconds > 0 and self.gap >= 0, "Expected a time above 0 and a gap from 0.")


@dataclass(frozen=True)
class Assembled:
    """Which items each form has, (forms, j) bool.

    `least` is the information of the form and ability that measure worst; no assembly has more than
    `bound` there.
    """

    chosen: NDArray[np.bool_]
    least: float
    bound: float


def assemble(
    information: ArrayLike,
    group: ArrayLike,
    wanted: Wanted,
    method: Method | None = None,
    progress: Progress = silent,
) -> Assembled:
    """Assemble forms so that the one that measures worst, where it measures worst, measures best.

    Parameters
    ----------
    information : (j, k) float
        What item j tells at the ability k that counts.
    group : (j,) int
        Which group each item belongs to, from 0.
    wanted : Wanted
        How many items of each group, how many forms, how much in common.
    progress : Progress, optional
        Told when the search begins and ends: the solver does not say how far it is, but never takes
        longer than `method.seconds`.

    Raises
    ------
    EngineError
        If shapes differ, a group has too few items, or forms so different cannot be had.

    Source
    ------
    van der Linden (2005), Linear Models for Optimal Test Design, ch. 5-6 (maximin).
    """
    told = np.asarray(information, dtype=np.float64)
    require(told.ndim == 2 and told.shape[1] > 0, "information is a table of items and abilities")
    groups = integers(group, "groups", low=0, high=len(wanted.counts) - 1)
    require(len(groups) == len(told), "There must be a group for each item.")
    require(wanted.forms > 0 and wanted.common >= 0, "Expected forms, and items in common from 0.")
    _require_enough(groups, wanted)
    rows = _Rows(len(told), wanted)
    rows.blueprint(groups)
    rows.measure(told)
    rows.overlap()
    progress("forms", 0, 1)
    found = rows.solve(method or Method())
    progress("forms", 1, 1)
    return found


def _require_enough(groups: NDArray[np.int32], wanted: Wanted) -> None:
    there = np.bincount(groups, minlength=len(wanted.counts))
    for number, count in enumerate(wanted.counts):
        if there[number] < count:
            raise EngineError(
                f"group {number} has {there[number]} items, and a form needs {count} of them"
            )


class _Rows:
    """The programme's constraints, gathered row by row.

    Columns: x[form, item] in {0, 1}; z[pair, item] that is 1 where both forms of the pair have the
    item; and last the least information y, which is made as large as can be.
    """

    def __init__(self, items: int, wanted: Wanted) -> None:
        self.items, self.wanted = items, wanted
        self.pairs = list(combinations(range(wanted.forms), 2))
        if wanted.common >= sum(wanted.counts):
            self.pairs = []
        self.chosen = wanted.forms * items
        # Without anything in common an item is in one form, which needs no z.
        self.shared = len(self.pairs) * items if wanted.common else 0
        self.columns = self.chosen + self.shared + 1
        self.entries: list[tuple[Floats, Floats, Floats]] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, at: ArrayLike, values: ArrayLike, low: float, high: float) -> None:
        columns = np.asarray(at)
        row = np.full(len(columns), len(self.low))
        self.entries.append((row, columns, np.broadcast_to(values, len(columns))))
        self.low.append(low)
        self.high.append(high)

    def x(self, form: int) -> NDArray[np.int64]:
        return form * self.items + np.arange(self.items)

    def blueprint(self, groups: NDArray[np.int32]) -> None:
        for form in range(self.wanted.forms):
            for number, count in enumerate(self.wanted.counts):
                self.add(self.x(form)[groups == number], 1.0, count, count)

    def measure(self, told: Floats) -> None:
        """Every form tells at least y at every ability."""
        for form in range(self.wanted.forms):
            for ability in told.T:
                columns = np.append(self.x(form), self.columns - 1)
                self.add(columns, np.append(ability, -1.0), 0.0, np.inf)

    def overlap(self) -> None:
        if self.pairs and not self.shared:
            for item in range(self.items):
                self.add(np.arange(self.wanted.forms) * self.items + item, 1.0, 0.0, 1.0)
            return
        for number, (one, other) in enumerate(self.pairs):
            z = self.chosen + number * self.items + np.arange(self.items)
            for item in range(self.items):
                columns = [self.x(one)[item], self.x(other)[item], z[item]]
                self.add(columns, [1.0, 1.0, -1.0], -np.inf, 1.0)
            self.add(z, 1.0, 0.0, self.wanted.common)

    def solve(self, method: Method) -> Assembled:
        row, column, value = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        table = coo_array((value, (row, column)), shape=(len(self.low), self.columns)).tocsr()
        worth = np.zeros(self.columns)
        worth[-1] = -1.0
        whole = np.zeros(self.columns)
        whole[: self.chosen] = 1
        upper = np.ones(self.columns)
        upper[-1] = np.inf
        found = milp(
            worth,
            integrality=whole,
            bounds=Bounds(np.zeros(self.columns), upper),
            constraints=LinearConstraint(table, self.low, self.high),
            options={"time_limit": method.seconds, "mip_rel_gap": method.gap},
        )
        if found.x is None:
            raise EngineError(NOT_ENOUGH)
        chosen = found.x[: self.chosen].reshape(self.wanted.forms, self.items) > 0.5
        bound = -float(found.mip_dual_bound)
        return Assembled(chosen, float(found.x[-1]), bound)
