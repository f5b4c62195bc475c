"""Whether each item answers as the model says: S-X2 of items, and mean squares of their residuals.

Sources
-------
Orlando & Thissen (2000), Applied Psychological Measurement 24, 50-64 (S-X2); Kang & Chen (2008),
Journal of Educational Measurement 45, 391-406, for graded answers; Lord & Wingersky (1984),
Applied Psychological Measurement 8, 453-461. Wright & Masters (1982), Rating Scale Analysis,
chapter 5 (infit, outfit).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.estimates import total
from kepu_engines.survey.irt.fit import Fit, families, prior
from kepu_engines.survey.irt.person_fit import residuals
from kepu_engines.survey.irt.responses import Floats, Responses
from kepu_engines.survey.irt.scores import weighted

Ints = NDArray[np.int64]

# Fewer expected persons in a cell say too little for a chi-square: it joins its neighbour.
LEAST_EXPECTED = 1.0
# Of fewer persons a score group tells no design effect.
LEAST_TOLD = 5


@dataclass(frozen=True)
class ItemFit:
    """Statistics of each item, (j,) each.

    Attributes
    ----------
    s_x2 : (j,) float64
        Chi-square of answers by score group; NaN where an item leaves no degree of freedom.
    df : (j,) int64
        Cells less those that are told by others, less the item's parameters.
    p : (j,) float64
        Chance of a greater one if the model holds.
    infit, outfit : (j,) float64
        Mean squares of residuals, near 1 where the model holds: by information, and plain, which
        a few unlikely answers move.
    persons : int
        Persons who answered every item: S-X2 rests on them, the mean squares on all.
    """

    s_x2: Floats
    df: Ints
    p: Floats
    infit: Floats
    outfit: Floats
    persons: int


def item_fit(found: Fit, answers: Responses, progress: Progress = silent) -> ItemFit:
    """Fit of every item of a model to the answers it was fitted to.

    Residuals are those at each person's weighted likelihood estimate, as in `person_fit`.

    Parameters
    ----------
    found : Fit
        Of j items.
    answers : Responses
        That it was fitted to, with its weights and design; of one group.
    progress : Progress, optional
        Told after each item how many are done.

    Returns
    -------
    ItemFit
        (j,) each.

    Raises
    ------
    EngineError
        If there are several groups, or nobody answered every item.

    Source
    ------
    Rao & Scott (1981), Journal of the American Statistical Association 76, 221-230: in a sample
    with weights or a design cells are weighted shares times persons, and the chi-square is divided
    by the mean design effect of its cells (first order).
    """
    require(answers.groups == 1, "Item fit is of one group at a time.")
    full: NDArray[np.bool_] = np.all(answers.codes >= 0, axis=1)
    persons = int(full.sum() if answers.sampled else answers.weight[full].sum())
    require(persons > 0, "Nobody answered every item, so that no score groups can be made.")
    chances = tables(found, found.nodes)
    density = np.exp(prior(found.nodes, found.mean, found.spread))[0]
    codes, people = answers.codes[full].astype(np.int64), answers.weight[full]
    if answers.sampled:
        persons = _persons(answers, full)
        people = people * (persons / people.sum())
    seen = _observed(codes, people, [len(table) for table in chances])
    whole = _scores(chances, density.size) @ density
    statistics, freedom = np.full(len(chances), np.nan), np.zeros(len(chances), np.int64)
    for item, table in enumerate(chances):
        others = _scores([one for at, one in enumerate(chances) if at != item], density.size)
        expected = _expected(table, others, density, whole)
        used = found.model.parameters(len(table)) - int(found.model.fixed_slope)
        statistics[item], freedom[item] = _chi_square(seen[item], expected, used)
        if answers.sampled:
            statistics[item] /= _effect(answers, full, people, item, expected)
        progress("fit of items", item + 1, len(chances))
    told = freedom > 0
    p = np.where(told, chi2.sf(statistics, np.maximum(freedom, 1)), np.nan)
    infit, outfit = residuals(found, answers, weighted(found, answers).ability).of_items(answers)
    return ItemFit(np.where(told, statistics, np.nan), freedom, p, infit, outfit, persons)


def _persons(answers: Responses, full: NDArray[np.bool_]) -> int:
    """Persons who answered every item; of rows that stand for a pattern, by their weights' sizes."""
    if len(answers.codes) == answers.persons:
        return int(full.sum())
    return round(answers.persons * answers.weight[full].sum() / answers.weight.sum())


def _effect(
    answers: Responses, full: NDArray[np.bool_], people: Floats, item: int, expected: Floats
) -> float:
    """Mean design effect of the shares of answers to an item in the score groups."""
    rows, codes = np.flatnonzero(full), answers.codes[full].astype(np.int64)
    score = codes.sum(axis=1)
    effects, sizes = [], []
    for group in np.unique(score)[1:-1]:
        inside = score == group
        size, weight = people[inside].sum(), answers.weight[full][inside].sum()
        for answer, chance in enumerate(expected[group, :-1]):
            if size < LEAST_TOLD or not 0 < chance < 1:
                continue
            gap = np.zeros(len(answers.codes))
            gap[rows[inside]] = (codes[inside, item] == answer) - chance
            effects.append(_variance(answers, gap) / weight**2 * size / (chance * (1 - chance)))
            sizes.append(size)
    return float(np.average(effects, weights=sizes)) if effects else 1.0


def _variance(answers: Responses, values: Floats) -> float:
    """Of the weighted total of values: by the design, else persons taken as drawn one by one."""
    if answers.design is None:
        return float(answers.square @ values**2)
    return float(total(answers.design, values).se[0] ** 2)


def tables(found: Fit, theta: Floats) -> list[Floats]:
    """Chances of each item's answers at each ability, (categories, q).

    Parameters
    ----------
    found : Fit
    theta : (q,) float
        Abilities.
    """
    chances: dict[int, Floats] = {}
    for rows, used in families(found.model, found.categories):
        logs = found.model.chances(found.params[rows, :used], theta).logs
        chances.update(zip(rows.tolist(), np.exp(logs), strict=True))
    return [chances[item] for item in range(len(found.categories))]


def _scores(chances: list[Floats], nodes: int) -> Floats:
    """Chance of each sum of answers at each ability, (sums, q), item by item."""
    found = np.ones((1, nodes))
    for table in chances:
        longer = np.zeros((len(found) + len(table) - 1, nodes))
        for answer, chance in enumerate(table):
            longer[answer : answer + len(found)] += found * chance
        found = longer
    return found


def _observed(codes: Ints, people: Floats, sizes: list[int]) -> list[Floats]:
    """Persons by score and answer of each item, (scores, categories)."""
    score = codes.sum(axis=1)
    highest = sum(sizes) - len(sizes)
    found = []
    for item, size in enumerate(sizes):
        cell = score * size + codes[:, item]
        table = np.bincount(cell, people, (highest + 1) * size)
        found.append(table.reshape(-1, size).astype(np.float64))
    return found


def _expected(table: Floats, others: Floats, density: Floats, whole: Floats) -> Floats:
    """Chance of each answer to an item given the score, (scores, categories)."""
    joint = np.zeros((len(whole), len(table)))
    for answer, chance in enumerate(table):
        joint[answer : answer + len(others), answer] = others @ (chance * density)
    return joint / whole[:, None]


def _chi_square(seen: Floats, expected: Floats, used: int) -> tuple[float, int]:
    """S-X2 and its degrees of freedom; the lowest and the highest score tell nothing."""
    rows, chance = seen[1:-1], expected[1:-1]
    people = rows.sum(axis=1)
    wanted = people[:, None] * chance
    rows, wanted = _joined_scores(rows, wanted)
    total, cells = 0.0, 0
    for observed, hoped in zip(rows, wanted, strict=True):
        hoped_cells, observed_cells = _joined_answers(hoped, observed)
        total += float(((observed_cells - hoped_cells) ** 2 / hoped_cells).sum())
        cells += len(hoped_cells) - 1
    return total, cells - used


def _joined_scores(seen: Floats, wanted: Floats) -> tuple[Floats, Floats]:
    """Score groups joined from both ends to the middle until two answers are expected in each."""
    rows, hoped = [*seen], [*wanted]
    while len(rows) > 1:
        few = [(one >= LEAST_EXPECTED).sum() < 2 for one in hoped]
        if not any(few):
            break
        at = few.index(True)
        to = at + 1 if at < len(rows) / 2 else at - 1
        rows[to], hoped[to] = rows[to] + rows[at], hoped[to] + hoped[at]
        del rows[at], hoped[at]
    return np.array(rows), np.array(hoped)


def _joined_answers(hoped: Floats, observed: Floats) -> tuple[Floats, Floats]:
    """Neighbouring answers joined until each is expected often enough."""
    wanted, seen = hoped.tolist(), observed.tolist()
    while len(wanted) > 1 and min(wanted) < LEAST_EXPECTED:
        at = wanted.index(min(wanted))
        to = at - 1 if at == len(wanted) - 1 or (at and wanted[at - 1] < wanted[at + 1]) else at + 1
        wanted[to], seen[to] = wanted[to] + wanted[at], seen[to] + seen[at]
        del wanted[at], seen[at]
    return np.array(wanted), np.array(seen)
