"""Where on the ability scale each person may stand: the expectation step.

The logarithm of a person's likelihood at all nodes is a sum of one table row for each
block of items instead of one for each item, and the posterior is added to one row of an
equal table of counts. Both are exact; the counts of single items are sums of rows.
"""

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from kepu_engines.survey.irt.responses import Floats, Packed

LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# Added to a small whole number, this leaves it in the lowest bits.
ROUND = 6755399441055744.0
# Persons are added up in blocks of a fixed number, and the blocks in their order: the last digits
# of a sum do not tell how many threads there were.
BLOCKS, FEWEST = 16, 2000
# Nor do they tell who compiled: a process that compiles these functions and one that finds them
# compiled run different machine code, so the compiler may not put a sum in another order (no
# `fastmath`). What it may do leaves numbers as they are: find a highest value several at a time.
EXACT = {"nnan", "nsz"}


def table(pack: Packed, columns: list[Floats]) -> Floats:
    """Sums over the columns of a block for each of its patterns; `columns[c]` is (codes, q).

    Parameters
    ----------
    pack : Packed
    columns : list of (codes, q) float
        Logarithms of chances.

    Returns
    -------
    (size, q) float
    """
    nodes = columns[0].shape[1]
    parts = []
    for block in pack.blocks:
        part = np.zeros((1, nodes))
        for column in range(block.start, block.stop):
            part = (part[:, None, :] + columns[column][None, :, :]).reshape(-1, nodes)
        parts.append(part)
    return np.concatenate(parts)


def counts(pack: Packed, summed: Floats) -> list[Floats]:
    """Expected persons by code and node of each column: (codes, q) each.

    Parameters
    ----------
    pack : Packed
    summed : (size, q) float
        What `expect` added up.
    """
    nodes, found = summed.shape[1], []
    for place, block in enumerate(pack.blocks):
        shape = pack.radix[block]
        begin = pack.start[place]
        cube = summed[begin : begin + int(shape.prod())].reshape(*shape, nodes)
        axes = range(len(shape))
        found += [cube.sum(axis=tuple(a for a in axes if a != kept)) for kept in axes]
    return found


def expect(pack: Packed, weight: Floats, values: Floats) -> tuple[Floats, float]:
    """Counts for each row of the table, and the log-likelihood.

    Parameters
    ----------
    pack : Packed
    weight : (n,) float
        People that a row stands for.
    values : (size, q) float
        What `table` gives.

    Source
    ------
    Bock & Aitkin (1981), Psychometrika 46, 443-459: the expectation step.
    """
    parts = min(BLOCKS, max(1, len(weight) // FEWEST))
    summed, logs = _expect(pack.row, weight, values, parts)
    return summed.sum(axis=0), float(logs.sum())


@njit(cache=True, parallel=True)
def _expect(
    row: NDArray[np.int32], weight: Floats, values: Floats, parts: int
) -> tuple[Floats, Floats]:
    n, nodes = len(weight), values.shape[1]
    summed = np.zeros((parts, values.shape[0], nodes))
    logs = np.zeros(parts)
    for part in prange(parts):
        mine = summed[part]
        chance, power = np.empty(nodes), np.empty(nodes)
        total = 0.0
        for person in range(part * n // parts, (part + 1) * n // parts):
            highest, mass = _posterior(row[person], values, chance, power)
            total += weight[person] * (highest + np.log(mass))
            share = weight[person] / mass
            for q in range(nodes):
                chance[q] *= share
            for block in range(row.shape[1]):
                to = mine[row[person, block]]
                for q in range(nodes):
                    to[q] += chance[q]
        logs[part] = total
    return summed, logs


@njit(cache=True, parallel=True)
def posteriors(row: NDArray[np.int32], values: Floats) -> tuple[Floats, Floats]:
    """Posterior of each row at each node, (n, q), and the logarithm of its likelihood, (n,).

    Parameters
    ----------
    row : (n, blocks) int32
        As in `Packed`.
    values : (size, q) float
        What `table` gives.
    """
    n, nodes = len(row), values.shape[1]
    found, logs = np.empty((n, nodes)), np.empty(n)
    for person in prange(n):
        highest, mass = _posterior(row[person], values, found[person], np.empty(nodes))
        logs[person] = highest + np.log(mass)
        for q in range(nodes):
            found[person, q] /= mass
    return found, logs


@njit(cache=True, fastmath=EXACT)
def _posterior(
    row: NDArray[np.int32], values: Floats, chance: Floats, power: Floats
) -> tuple[float, float]:
    """Fill `chance` with the posterior times its mass; the highest logarithm and the mass."""
    nodes = values.shape[1]
    first = values[row[0]]
    for q in range(nodes):
        chance[q] = first[q]
    for block in range(1, len(row)):
        add = values[row[block]]
        for q in range(nodes):
            chance[q] += add[q]
    highest = chance[0]
    for q in range(nodes):
        highest = max(highest, chance[q])
    _exponentials(chance, highest, power)
    return highest, _sum(chance)


@njit(cache=True)
def _sum(x: Floats) -> float:
    """Sum of x in an order that is written here, four at a time."""
    whole = len(x) // 4 * 4
    first = second = third = fourth = 0.0
    for q in range(0, whole, 4):
        first += x[q]
        second += x[q + 1]
        third += x[q + 2]
        fourth += x[q + 3]
    total = (first + third) + (second + fourth)
    for q in range(whole, len(x)):
        total += x[q]
    return total


@njit(cache=True)
def _exponentials(x: Floats, highest: float, power: Floats) -> None:
    """Replace x by exp(x - highest), relative error under 1e-14, several at a time.

    2^k exp(r) with |r| <= ln 2 / 2, exp(r) by its Taylor series to r^12. Below -700 counts as -700.
    """
    bits = power.view(np.int64)
    for q in range(len(x)):
        t = max(x[q] - highest, -700.0)
        k = np.floor(t * 1.4426950408889634 + 0.5)
        power[q] = k + ROUND
        r = t - k * LN2_HIGH - k * LN2_LOW
        s = 1.0 / 39916800.0 + r * (1.0 / 479001600.0)
        s = 1.0 / 3628800.0 + r * s
        s = 1.0 / 362880.0 + r * s
        s = 1.0 / 40320.0 + r * s
        s = 1.0 / 5040.0 + r * s
        s = 1.0 / 720.0 + r * s
        s = 1.0 / 120.0 + r * s
        s = 1.0 / 24.0 + r * s
        s = 1.0 / 6.0 + r * s
        x[q] = 1.0 + r * (1.0 + r * (0.5 + r * s))
    for q in range(len(x)):
        bits[q] = (bits[q] + 1023) << 52
    for q in range(len(x)):
        x[q] *= power[q]
