"""Covariance of item response estimates, from the observed information of the answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.cells import covariance
from kepu_engines.survey.design import Design, Stage
from kepu_engines.survey.irt import posterior
from kepu_engines.survey.irt.fit import Fit, columns, prior
from kepu_engines.survey.irt.responses import Floats, Packed, Responses, packed

CHUNK = 4096
STEP = 1e-4


@dataclass(frozen=True)
class Errors:
    """Covariance of all free parameters, and where those of an item stand in it.

    `place` is (j + groups, p): row and column of each parameter, -1 where it is fixed.
    The last rows are means and logarithms of spreads of groups.
    """

    covariance: Floats
    place: NDArray[np.int64]

    def of(self, item: int) -> Floats:
        """Covariance of an item's parameters, 0 for fixed ones, (p, p)."""
        at = self.place[item]
        found = self.covariance[np.ix_(at, at)].copy()
        found[at < 0] = found[:, at < 0] = 0.0
        return found

    def slope(self, item: int) -> float:
        """Standard error of a discrimination."""
        return float(np.sqrt(self.of(item)[0, 0]))

    def difficulty(self, found: Fit, item: int) -> Floats:
        """Standard errors of an item's difficulties, by the delta method."""
        slopes = _told(found, item)[1 : 1 + len(found.difficulty(item))]
        return np.sqrt(np.einsum("bp,pr,br->b", slopes, self.of(item), slopes))

    def together(self, found: Fit, items: Sequence[int]) -> Floats:
        """Covariance of slope, difficulties and guess (3pl) of some items, one after another."""
        size = len(self.covariance)
        rows = []
        for item in items:
            slopes, at = _told(found, item), self.place[item]
            row = np.zeros((len(slopes), size))
            row[:, at[at >= 0]] = slopes[:, at >= 0]
            rows.append(row)
        whole = np.concatenate(rows)
        return np.asarray(whole @ self.covariance @ whole.T, dtype=np.float64)


def _told(found: Fit, item: int) -> Floats:
    """How slope, difficulties and guess of an item move with its parameters, (told, p)."""
    a, b = found.params[item, 0], found.difficulty(item)
    guesses = found.model.name == "3pl"
    slopes = np.zeros((1 + len(b) + guesses, found.params.shape[1]))
    slopes[0, 0] = 1
    slopes[1 : 1 + len(b), 0] = -b / a
    slopes[1 + np.arange(len(b)), 1 + np.arange(len(b))] = -1 / a
    if guesses:
        c = 1 / (1 + np.exp(-found.params[item, 2]))
        slopes[2, 2] = c * (1 - c)
    return slopes


def errors(found: Fit, answers: Responses, progress: Progress = silent) -> Errors:
    """Covariance of the estimates of a fit to these answers.

    The inverse of the observed information. With a design the sandwich of it round the variance of
    the weighted scores' total, by strata and clusters; with weights other than 1 alone, persons
    taken as drawn one by one.

    Parameters
    ----------
    found : Fit
    answers : Responses
        That it was fitted to, with its weights, groups and design.
    progress : Progress, optional
        Told after each block of persons how many are done.

    Returns
    -------
    Errors
        Covariance of slopes and intercepts (for 3pl the logit of the guess too), and of means
        and logarithms of spreads of groups, in units of ability.

    Raises
    ------
    EngineError
        If the answers do not tell all parameters apart.

    Source
    ------
    Louis (1982), Journal of the Royal Statistical Society B 44, 226-233. Binder (1983),
    International Statistical Review 51, 279-292, for the sandwich of a clustered sample.
    """
    pack = packed(answers)
    place = _places(found)
    logs = columns(found.model, found.params, found.categories, pack.radix, found.nodes)
    logs = [prior(found.nodes, found.mean, found.spread), *logs]
    row, values = pack.row, posterior.table(pack, logs)
    summed, _ = posterior.expect(pack, answers.weight, values)
    seen = posterior.counts(pack, summed)
    shape = _Shape(pack, place, _scores(found, pack))
    information = _complete(found, seen, place, answers.scale)
    squares = np.zeros_like(information)
    design = answers.design
    totals = [np.zeros((len(stage.stratum), len(information))) for stage in _stages(design)]
    for begin in range(0, len(row), CHUNK):
        rows = slice(begin, begin + CHUNK)
        chance, _ = posterior.posteriors(row[rows], values)
        marks = shape.marks(answers, rows)
        scores = shape.mean_scores(chance, marks)
        information -= shape.spread(chance * answers.weight[rows, None], marks)
        information += (scores * answers.weight[rows, None]).T @ scores
        squares += (scores * answers.square[rows, None]).T @ scores
        for total, stage in zip(totals, _stages(design), strict=True):
            np.add.at(total, stage.unit[rows], scores * answers.weight[rows, None])
        progress("errors of items", min(begin + CHUNK, len(row)), len(row))
    if design is not None:
        squares = covariance(design, totals, np.ones(len(design), bool))
    require(
        bool(np.linalg.eigvalsh(information).min() > 0),
        "The answers do not tell all parameters apart; use a simpler model, or for 3pl a prior.",
    )
    inverse = np.linalg.inv(_even(information))
    spread = inverse @ squares @ inverse if answers.sampled else inverse
    return Errors(_even(spread), place)


def _even(table: NDArray[np.floating]) -> Floats:
    """The same on both sides of the diagonal: sums in single precision leave it only nearly so."""
    return np.asarray((table + table.T) / 2, dtype=np.float64)


def _stages(design: Design | None) -> tuple[Stage, ...]:
    return () if design is None else design.stages


def _places(found: Fit) -> NDArray[np.int64]:
    """Number the free parameters, items first, groups last; -1 for the fixed."""
    free = np.zeros((len(found.params) + len(found.mean), found.params.shape[1]), bool)
    for item, many in enumerate(found.categories):
        free[item, : found.model.parameters(many)] = True
    free[: len(found.params), 0] = not found.model.fixed_slope
    free[len(found.params) :, :2] = True
    free[len(found.params), :2] = False, found.model.fixed_slope
    place = np.full(free.shape, -1)
    place[free] = np.arange(free.sum())
    return place


def _scores(found: Fit, pack: Packed) -> list[Floats]:
    """Derivatives of each column's logarithms by its parameters, (p, codes, q), group first."""
    items = []
    for item, many in enumerate(found.categories):
        used = found.model.parameters(many)
        slopes = found.model.chances(found.params[item : item + 1, :used], found.nodes).slopes[0]
        skipped = int(pack.radix[item + 1]) - many
        items.append(np.pad(slopes, ((0, 0), (skipped, 0), (0, 0))))
    return [_group_scores(found.nodes, found.mean, found.spread), *items]


def _group_scores(nodes: Floats, mean: Floats, spread: Floats) -> Floats:
    """Derivatives of log prior chances by mean and log spread, (2, groups, q)."""
    chance = np.exp(prior(nodes, mean, spread))
    z = (nodes - mean[:, None]) / spread[:, None]
    raw = np.stack([z / spread[:, None], z**2])
    return raw - (raw * chance).sum(axis=2, keepdims=True)


def _complete(found: Fit, seen: list[Floats], place: NDArray[np.int64], scale: float) -> Floats:
    """Information if abilities were known: minus the slope of the expected gradient."""
    total = np.zeros((place.max() + 1, place.max() + 1))
    for item, many in enumerate(found.categories):
        used = found.model.parameters(many)
        mine = seen[item + 1][-many:]

        def gradient(params: Floats, mine: Floats = mine) -> Floats:
            slopes = found.model.chances(params[None], found.nodes).slopes[0]
            return np.einsum("kq,pkq->p", mine, slopes)

        _add(total, place[item, :used], -_jacobian(gradient, found.params[item, :used]))
        if found.method.guess_prior is not None and found.model.name == "3pl":
            total[place[item, 2], place[item, 2]] += scale / found.method.guess_prior[1] ** 2
    for group, people in enumerate(seen[0]):

        def slope(at: Floats, people: Floats = people) -> Floats:
            return _group_scores(found.nodes, at[:1], np.exp(at[1:]))[:, 0] @ people

        here = np.array([found.mean[group], np.log(found.spread[group])])
        _add(total, place[len(found.params) + group, :2], -_jacobian(slope, here))
    return total


def _jacobian(function: Callable[[Floats], Floats], at: Floats) -> Floats:
    """Derivatives by central differences, a column for each argument."""
    steps = STEP * np.eye(len(at))
    return np.stack([(function(at + s) - function(at - s)) / (2 * STEP) for s in steps], axis=1)


def _add(total: Floats, at: NDArray[np.int64], block: Floats) -> None:
    """Add a block at the places that are free."""
    free = at >= 0
    total[np.ix_(at[free], at[free])] += block[np.ix_(free, free)]


class _Shape:
    """Scores of a person at each node as marks times a table; mark 0 is always 1.

    The first code of a column has no mark: its scores stand under mark 0, and the marks
    of its other codes hold the difference.
    """

    def __init__(self, pack: Packed, place: NDArray[np.int64], scores: list[Floats]) -> None:
        """Number the marks of all columns, and note which parameters each touches."""
        self.pack = pack
        self.first = 1 + np.concatenate([[0], np.cumsum(pack.radix - 1)])
        self.table = np.zeros((scores[0].shape[2], int(self.first[-1]), int(place.max()) + 1))
        groups = len(scores[0][0])
        for column, score in enumerate(scores[1:], start=1):
            self._put(column, score, [place[column - 1]] * int(pack.radix[column]))
        at = place[len(place) - groups :]
        for group in range(groups):
            alone = np.zeros_like(scores[0])
            alone[:, group] = scores[0][:, group]
            self._put(0, alone, [at[group]] * groups)
        self.mark, self.free = np.nonzero(np.abs(self.table[:, 1:]).max(axis=0) > 0)
        self.flat = self.table[:, 1 + self.mark, self.free]

    def _put(self, column: int, score: Floats, at: list[NDArray[np.int64]]) -> None:
        """Write the scores (p, codes, q) of a column by parameters `at`."""
        for p in range(len(score)):
            for code, owner in enumerate(at):
                if owner[p] < 0:
                    continue
                if code == 0:
                    self.table[:, 0, owner[p]] += score[p, 0]
                else:
                    mark = int(self.first[column]) + code - 1
                    self.table[:, mark, owner[p]] += score[p, code] - score[p, 0]

    def marks(self, answers: Responses, rows: slice) -> NDArray[np.float32]:
        """Marks of some rows, (n, marks)."""
        codes = np.column_stack([answers.group[rows], answers.codes[rows]]).astype(np.int64)
        codes[:, 1:] += self.pack.radix[1:] - answers.categories
        found = np.zeros((len(codes), int(self.first[-1])), np.float32)
        found[:, 0] = 1
        person, column = np.nonzero(codes > 0)
        found[person, self.first[column] + codes[person, column] - 1] = 1
        return found

    def mean_scores(self, chance: Floats, marks: NDArray[np.float32]) -> Floats:
        """Expected score of each row, (n, free)."""
        found = chance @ self.table[:, 0]
        part = (chance @ self.flat) * marks[:, 1 + self.mark]
        order = np.argsort(self.free, kind="stable")
        which, start = np.unique(self.free[order], return_index=True)
        found[:, which] += np.add.reduceat(part[:, order], start, axis=1)
        return found

    def spread(self, chance: Floats, marks: NDArray[np.float32]) -> Floats:
        """Sum over rows and nodes of chances times the squares of scores."""
        total = np.zeros((self.table.shape[2],) * 2)
        for q, table in enumerate(self.table):
            pairs = (marks * chance[:, q, None].astype(np.float32)).T @ marks
            total += table.T @ pairs @ table
        return total
