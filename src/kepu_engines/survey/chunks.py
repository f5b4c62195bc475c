"""Estimates of a sample too large for memory: it is passed over in chunks, and only sums are kept.

What is kept grows with clusters times domains, for quantiles also with the different values, but not
with the rows. The figures are those of `estimates` and `quantiles` but for the order of sums.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.cells import Cells, Sums
from kepu_engines.survey.design import Design, Lonely, Reals
from kepu_engines.survey.estimates import ONE, Estimates, Linear, Parted, moments
from kepu_engines.survey.quantiles import Quantile, read_ladder, share_of_ladder

# Different values that a quantile may keep, over all domains.
MOST_VALUES = 4_000_000
DIFFERS = "fpc of row {} differs from another row of its stratum"

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Chunk:
    """Some rows of a sample.

    Attributes
    ----------
    strata, clusters : tuples of (n,) labels, one a stage
        Words or whole numbers, the same kind in every chunk.
    weight : (n,) float
        Every one > 0.
    y, x : (n,) float
        Finite; `x` is None for totals, means and quantiles.
    domain : (n,) labels
        Of the domain.
    inside : (n,) bool
        Whether a row counts: one that does not leaves its cluster drawn.
    fpc : tuple of (n,) float, one a stage, optional
    """

    strata: tuple[NDArray[Any], ...]
    clusters: tuple[NDArray[Any], ...]
    weight: Reals
    y: Reals
    x: Reals | None
    domain: NDArray[Any]
    inside: NDArray[np.bool_]
    fpc: tuple[Reals, ...] | None = None


Pass = Callable[[], Iterable[Chunk]]
Order = Callable[[Any], Any]


@dataclass
class Labels:
    """The labels of one column met so far, numbered as they came."""

    number: dict[Hashable, int] = field(default_factory=dict)

    def codes(self, labels: NDArray[Any]) -> Ints:
        """Number of each label; new ones are added.

        Parameters
        ----------
        labels : (n,) words or whole numbers
        """
        names, place = np.unique(labels, return_inverse=True)
        numbers = [self.number.setdefault(name, len(self.number)) for name in names.tolist()]
        return np.array(numbers, np.int64)[place]

    def names(self) -> NDArray[Any]:
        """The labels in the order of their numbers."""
        return np.array(list(self.number))


@dataclass
class Gathered:
    """Sums of the chunks so far by cell: rows alike in domain and in the clusters of all stages.

    `place` leads from a cell's labels, numbered, to its row of `sums` (y, x, people, rows), of
    `fpc`, and of `first`, the number of the first row in it.
    """

    columns: list[Labels] = field(default_factory=list)
    place: dict[tuple[int, ...], int] = field(default_factory=dict)
    sums: Reals = field(default_factory=lambda: np.zeros((0, 4)))
    fpc: Reals = field(default_factory=lambda: np.zeros((0, 0)))
    first: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    rows: int = 0

    def add(self, chunk: Chunk, y: Reals) -> None:
        """Add a chunk up; `y` stands for its own.

        Parameters
        ----------
        chunk : Chunk
        y : (n,) float
            In place of the chunk's own.

        Raises
        ------
        EngineError
            If a fraction differs from another row's of its cell.
        """
        given = [*chunk.strata, *chunk.clusters]
        if not self.columns:
            self.columns = [Labels() for _ in range(len(given) + 1)]
        codes = [column.codes(one) for column, one in zip(self.columns, given, strict=False)]
        of = np.full(y.size, -1, np.int64)
        of[chunk.inside] = self.columns[-1].codes(chunk.domain[chunk.inside])
        cell, keys, first = _grouped([*codes, of])
        known = len(self.place)
        here = np.array([self.place.setdefault(key, len(self.place)) for key in keys])
        fresh = first[here >= known]
        sizes = np.array(chunk.fpc or ()).reshape(-1, y.size).T
        self.sums = np.append(self.sums, np.zeros((fresh.size, 4)), axis=0)
        self.fpc = np.append(self.fpc.reshape(known, sizes.shape[1]), sizes[fresh], axis=0)
        self.first = np.append(self.first, self.rows + fresh)
        self._refuse_difference((sizes != self.fpc[here][cell]).any(axis=1))
        parts = chunk.weight * y, chunk.weight * (1 if chunk.x is None else chunk.x), chunk.weight
        added = [np.bincount(cell, one, here.size) for one in (*parts, np.ones(y.size))]
        self.sums[here] += np.array(added).T
        self.rows += y.size

    def _refuse_difference(self, differs: NDArray[np.bool_]) -> None:
        """Rows of one cell must have one fraction."""
        at = int(differs.argmax())
        require(not differs[at], DIFFERS.format(self.rows + at + 1))

    def domains(self, order: Order | None) -> list[Any]:
        """Domains that have rows, in their order."""
        return sorted(self.columns[-1].number, key=order)

    def parted(self, lonely: Lonely, names: list[Any]) -> tuple[Parted, list[Sums], Reals]:
        """The cells as a sample of few rows, the sums of every stage, and the people of each domain."""
        require(bool(self.place), "the sample has no rows")
        require(bool(names), "no row has all its values")
        keys = np.array(list(self.place))
        stages = (keys.shape[1] - 1) // 2
        labels = [column.names()[keys[:, at]] for at, column in enumerate(self.columns[:-1])]
        fpc = list(self.fpc.T) if self.fpc.shape[1] else None
        self._refuse_fractions(labels)
        design = Design.of(labels[:stages], labels[stages:], np.ones(len(keys)), fpc, lonely)
        rank = {name: at for at, name in enumerate(names)}
        of = np.array([*(rank[name] for name in self.columns[-1].number), -1])[keys[:, -1]]
        parted = Parted.of(design, of.astype(np.int32))
        y, x, weight, rows = self.sums.T
        held = np.bincount(of[of >= 0], weight[of >= 0], len(names)).astype(np.float64)
        return parted, [_summed(cells, y, x, rows) for cells in parted.cells], held

    def _refuse_fractions(self, labels: list[NDArray[Any]]) -> None:
        """Cells of one stratum must have one fraction; the row named is the sample's."""
        stages = len(labels) // 2
        seen: dict[tuple[Any, ...], float] = {}
        for stage, sizes in enumerate(self.fpc.T):
            outer = [labels[at] for before in range(stage) for at in (before, stages + before)]
            for at, path in enumerate(zip(*outer, labels[stage], strict=True)):
                same = seen.setdefault((stage, *path), sizes[at]) == sizes[at]
                require(same, DIFFERS.format(self.first[at] + 1))


def ratio_in_chunks(
    passes: Pass,
    lonely: Lonely = Lonely.FAIL,
    order: Order | None = None,
    progress: Progress = silent,
) -> tuple[list[Any], Estimates]:
    """Means, or ratios where chunks have `x`, by domain; the sample is passed over twice.

    Parameters
    ----------
    passes : function
        Gives the chunks of the sample, from the first one on, each time it is called.
    lonely : Lonely
        As in `Design.of`.
    order : function, optional
        By which domains' labels are sorted.
    progress : Progress, optional
        Told after each chunk how many rows are done; of the first pass nobody knows of how many.

    Returns
    -------
    (domains,) labels, Estimates
        As `ratio`.

    Raises
    ------
    EngineError
        As `Design.of` and `ratio`.
    """
    return _in_chunks(passes, lonely, order, progress, whole=False)


def total_in_chunks(
    passes: Pass,
    lonely: Lonely = Lonely.FAIL,
    order: Order | None = None,
    progress: Progress = silent,
) -> tuple[list[Any], Estimates]:
    """Totals by domain; parameters, errors and source as `ratio_in_chunks` and `total`."""
    return _in_chunks(passes, lonely, order, progress, whole=True)


def quantile_in_chunks(
    passes: Pass,
    share: float,
    level: float = 0.95,
    lonely: Lonely = Lonely.FAIL,
    order: Order | None = None,
    progress: Progress = silent,
) -> tuple[list[Any], Quantile]:
    """A quantile by domain; the sample is passed over three times, and each different value kept.

    Parameters
    ----------
    share, level : float
        Of the quantile and of its interval, in (0, 1).
    passes, lonely, order, progress
        As `ratio_in_chunks`.

    Returns
    -------
    (domains,) labels, Quantile
        As `quantiles`, in the units of y.

    Raises
    ------
    EngineError
        As `quantiles`, or if there are more than `MOST_VALUES` different values.
    """
    require(0 < share < 1, "a share must lie between 0 and 1")
    require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
    ladders = _ladders(passes, progress)
    names = sorted(ladders, key=order)
    steps = [ladders[name] for name in names]
    value = np.array([one.read(share) for one in steps])
    at = dict(zip(names, value.tolist(), strict=True))

    def below(chunk: Chunk) -> Reals:
        limits = np.full(chunk.y.size, -np.inf)
        limits[chunk.inside] = [at[name] for name in chunk.domain[chunk.inside].tolist()]
        return (chunk.y <= limits).astype(np.float64)

    _, found = _in_chunks(passes, lonely, order, progress, whole=False, of=below)
    t = stdtrit(np.where(found.df > 0, found.df, np.nan), (1 + level) / 2)
    half, middle = (
        t * found.se,
        np.array([one.share(v) for one, v in zip(steps, value, strict=True)]),
    )
    low, high = (
        np.array([one.read(p) for one, p in zip(steps, limit, strict=True)])
        for limit in (middle - half, middle + half)
    )
    return names, Quantile(value, (high - low) / (2 * t), low, high, found)


def _own(chunk: Chunk) -> Reals:
    return chunk.y


def _in_chunks(
    passes: Pass,
    lonely: Lonely,
    order: Order | None,
    progress: Progress,
    *,
    whole: bool,
    of: Callable[[Chunk], Reals] = _own,
) -> tuple[list[Any], Estimates]:
    """First the sums, which give the estimates and their scores; then the spread of single rows."""
    gathered = Gathered()
    for chunk in passes():
        gathered.add(chunk, of(chunk))
        progress("sums of chunks", gathered.rows, 0)
        del chunk  # the next is read only when this one is gone
    names = gathered.domains(order)
    parted, sums, people = gathered.parted(lonely, names)
    linear = Linear.of(parted, sums, whole)
    middle = linear.value / people if whole else np.zeros(people.size)
    rank = {name: at for at, name in enumerate(names)}
    squares, held, rows = np.zeros(people.size), np.zeros(people.size), 0
    for chunk in passes():
        codes = np.full(chunk.y.size, -1, np.int32)
        codes[chunk.inside] = [rank[name] for name in chunk.domain[chunk.inside].tolist()]
        x = ONE if chunk.x is None else chunk.x
        added = moments(codes, chunk.weight, of(chunk), x, linear.slope, middle)
        held, squares, rows = held + added[1], squares + added[2], rows + chunk.y.size
        progress("spread of chunks", rows, gathered.rows)
        del chunk
    return names, linear.told(people, squares - held**2 / people)


def _grouped(columns: list[Ints]) -> tuple[Ints, list[tuple[int, ...]], Ints]:
    """Rows alike in all columns: the group of each row, the numbers of each group, its first row."""
    group = np.zeros(columns[0].size, np.int64)
    for column in columns:
        group = group * (int(column.max()) + 2) + column + 1
        group = np.unique(group, return_inverse=True)[1].astype(np.int64)
    _, first = np.unique(group, return_index=True)
    keys = np.stack([column[first] for column in columns], axis=1)
    return group, [tuple(key) for key in keys.tolist()], first


def _summed(cells: Cells, y: Reals, x: Reals, rows: Reals) -> Sums:
    """Sums of one stage's cells."""
    inside, size = cells.of_row >= 0, cells.unit.size
    place = cells.of_row[inside]
    added = [np.bincount(place, one[inside], size).astype(np.float64) for one in (y, x, rows)]
    return Sums(added[0], added[1], added[2].astype(np.int64))


@dataclass(frozen=True)
class Ladder:
    """The different values of one domain, rising, with their people and rows."""

    value: Reals
    weight: Reals
    rows: Reals

    def joined(self, other: "Ladder") -> "Ladder":
        """Both as one."""
        value, place = np.unique(np.append(self.value, other.value), return_inverse=True)
        pairs = (self.weight, other.weight), (self.rows, other.rows)
        weight, rows = (np.bincount(place, np.append(*pair)).astype(np.float64) for pair in pairs)
        return Ladder(value, weight, rows)

    @property
    def climbed(self) -> Reals:
        """People at or below each value."""
        return np.cumsum(self.weight, dtype=np.longdouble).astype(np.float64)

    def read(self, share: float) -> float:
        """The value at a share; NaN for no share."""
        if not 0 <= share <= 1:
            return float("nan")
        return float(self.value[read_ladder(self.climbed, share, tied=bool(self.rows[0] > 1))])

    def share(self, value: float) -> float:
        """Share of the people at or below a value."""
        return share_of_ladder(self.value, self.climbed, value)


def _ladders(passes: Pass, progress: Progress) -> dict[Any, Ladder]:
    """The ladder of each domain."""
    found: dict[Any, Ladder] = {}
    rows = 0
    for chunk in passes():
        inside = chunk.inside
        y, weight, domain = chunk.y[inside], chunk.weight[inside], chunk.domain[inside]
        names, of = np.unique(domain, return_inverse=True)
        for at, name in enumerate(names.tolist()):
            mine = of == at
            one = Ladder(y[mine], weight[mine], np.ones(int(mine.sum())))
            empty = Ladder(np.zeros(0), np.zeros(0), np.zeros(0))
            found[name] = found.get(name, empty).joined(one)
        kept = sum(one.value.size for one in found.values())
        sentence = (
            f"a quantile in chunks keeps each different value, and there are over {MOST_VALUES:,}"
        )
        require(kept <= MOST_VALUES, f"{sentence}: round them, or estimate the file whole")
        rows += chunk.y.size
        progress("values of chunks", rows, 0)
        del chunk
    return found
