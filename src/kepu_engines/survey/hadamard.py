"""Square tables of +1 and -1 whose columns balance each other, for balanced half-samples."""

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require

Signs = NDArray[np.int8]
MOST = 4096


def hadamard(least: int) -> Signs:
    """A Hadamard matrix of the smallest order >= `least` that the three constructions reach.

    Returns
    -------
    (m, m) int8
        Columns are orthogonal, and the first is all +1. Orders such as 52, 92 and 100 need
        other constructions, and the next one is taken instead.

    Raises
    ------
    EngineError
        If `least` is not in [1, 4096].

    Source
    ------
    Sylvester (1867), doubling; Paley (1933), On orthogonal matrices, both constructions on
    primes; Wolter (2007), Introduction to Variance Estimation, appendix A.
    """
    require(1 <= least <= MOST, f"a table of signs has 1 to {MOST} columns, not {least}")
    order = least
    while (found := _of_order(order)) is None:
        order += 1
    signs: Signs = found * found[:, :1]  # each row turned so that the first column is +1
    return signs


def _of_order(order: int) -> Signs | None:
    """A matrix of just this order, or None where no construction reaches it."""
    if order in (1, 2):
        return np.array([[1, 1], [1, -1]], np.int8)[:order, :order]
    if order % 4:
        return None
    if _prime(order - 1):
        return _paley_first(order - 1)
    if (order // 2 - 1) % 4 == 1 and _prime(order // 2 - 1):
        return _paley_second(order // 2 - 1)
    half = _of_order(order // 2)
    return None if half is None else np.kron(np.array([[1, 1], [1, -1]], np.int8), half)


def _prime(number: int) -> bool:
    return number > 1 and all(number % by for by in range(2, int(number**0.5) + 1))


def _jacobsthal(prime: int) -> Signs:
    """Whether the difference of row and column is a square modulo `prime`: 1, -1, or 0 if none."""
    square = np.full(prime, -1, np.int8)
    square[np.arange(prime, dtype=np.int64) ** 2 % prime] = 1
    square[0] = 0
    index = np.arange(prime)
    table: Signs = square[(index[:, None] - index) % prime]
    return table


def _paley_first(prime: int) -> Signs:
    """Order prime + 1, for a prime that leaves 3 when divided by 4."""
    skew = np.ones((prime + 1, prime + 1), np.int8)
    skew[0, 0], skew[1:, 0] = 0, -1
    skew[1:, 1:] = _jacobsthal(prime)
    return skew + np.eye(prime + 1, dtype=np.int8)


def _paley_second(prime: int) -> Signs:
    """Order 2 (prime + 1), for a prime that leaves 1 when divided by 4."""
    even = np.ones((prime + 1, prime + 1), np.int8)
    even[0, 0] = 0
    even[1:, 1:] = _jacobsthal(prime)
    cross, corner = np.array([[1, 1], [1, -1]], np.int8), np.array([[1, -1], [-1, -1]], np.int8)
    return np.kron(even, cross) + np.kron(np.eye(prime + 1, dtype=np.int8), corner)
