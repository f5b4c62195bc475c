"""Items that work differently for two groups of equally able people (Mantel-Haenszel)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2, f, norm, t

from kepu_engines.core.checks import integers, require
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import total
from kepu_engines.survey.irt.responses import Floats

NO_LEVEL = "At no level do both groups have right and wrong answers, so they cannot be compared."


class Incomparable(EngineError):
    """At no level do both groups have right and wrong answers."""


@dataclass(frozen=True)
class Difference:
    """One item: common odds ratio, its logarithm's error, ETS delta, test, and class A, B or C."""

    odds: float
    error: float
    delta: float
    chi_square: float
    p: float
    grade: str


def mantel_haenszel(
    right: ArrayLike, level: ArrayLike, focal: ArrayLike, design: Design | None = None
) -> Difference:
    """Compare the odds of a right answer in two groups, level by level.

    Parameters
    ----------
    right : (n,) int
        1 for right, 0 for wrong.
    level : (n,) int
        Persons are compared within equal levels, such as the number of right answers.
    focal : (n,) int
        1 in the focal group, 0 in the reference group.
    design : Design, optional
        Of the n persons: cells are sums of weights, the error of the log odds is linearised over
        strata and clusters, and the chi-square is Wald's, the square of log odds by their error;
        p and class then know how few the clusters are.

    Returns
    -------
    Difference
        delta = -2.35 log(odds), below 0 where the item is harder for the focal group.
        Class A: |delta| < 1 or not different from 0 (5 %); C: |delta| >= 1.5 and
        different from 1 (one-sided 5 %); B otherwise.

    Raises
    ------
    Incomparable
        If no level lets the groups be compared.
    EngineError
        If lengths differ, or a design has no more clusters than strata.

    Source
    ------
    Holland & Thayer (1988), in Wainer & Braun, Test Validity. Error of the log odds:
    Robins, Breslow & Greenland (1986), Biometrics 42, 311-323; in a design by linearisation, as
    Binder (1983), International Statistical Review 51, 279-292. Classes: Zieky (1993), in
    Holland & Wainer, Differential Item Functioning.
    """
    x = integers(right, "right answers", low=0, high=1)
    strata = integers(level, "levels", low=0)
    group = integers(focal, "groups", low=0, high=1)
    require(len(x) == len(strata) == len(group), "Answers, levels and groups differ in length.")
    many = int(strata.max(initial=0)) + 1
    cell = strata * 4 + group * 2 + (1 - x)
    weight = None if design is None else design.weight
    require(weight is None or len(weight) == len(x), "The design has another number of persons.")
    whole = np.bincount(cell, weight, 4 * many).reshape(many, 4).astype(float).T
    held = (whole[:2].sum(axis=0) > 0) & (whole[2:].sum(axis=0) > 0)
    table = whole[:, held]
    a, b, c, d = table
    people = table.sum(axis=0)
    up, down = a * d / people, b * c / people
    if not (up.sum() > 0 and down.sum() > 0):
        raise Incomparable(NO_LEVEL)
    log_odds = float(np.log(up.sum() / down.sum()))
    if design is None:
        error, chi_square = _error(table, up, down), _chi_square(table)
    else:
        moves = np.zeros_like(whole)
        moves[:, held] = _moves(table)
        refuse_few(1, design.df)
        error = float(total(design, moves.T.ravel()[cell]).se[0])
        chi_square = (log_odds / error) ** 2
    df = None if design is None else design.df
    delta, p = -2.35 * log_odds, tail(chi_square, 1, df)
    grade = _grade(abs(delta), 2.35 * error, p, df)
    return Difference(float(np.exp(log_odds)), error, delta, chi_square, p, grade)


def tail(square: float, many: int, df: int | None) -> float:
    """The p of Wald's `square` of so many parameters: by chi-square, or of a drawn sample by F.

    Source
    ------
    Korn & Graubard (1990), The American Statistician 44, 270-276: F(k, df - k + 1) of the square
    times (df - k + 1) / (k df), df being clusters less strata.
    """
    if df is None:
        return float(chi2.sf(square, many))
    free = df - many + 1
    return float(f.sf(square * free / (many * df), many, free))


def refuse_few(many: int, df: int) -> None:
    """Refuse a test of more parameters than clusters less strata can tell apart.

    Parameters
    ----------
    many : int
        Parameters that are tested at once.
    df : int
        Clusters less strata.

    Raises
    ------
    EngineError
        If there are fewer; the sentence says what to do.
    """
    named = "1 parameter" if many == 1 else f"{many} parameters at once"
    require(
        df >= many,
        f"A test of {named} needs clusters to be at least {many} more than strata, not {df}: "
        "use a model with fewer parameters, or more clusters.",
    )


def _error(table: Floats, up: Floats, down: Floats) -> float:
    """Standard error of the logarithm of the common odds ratio."""
    a, b, c, d = table
    total = table.sum(axis=0)
    agree, differ = (a + d) / total, (b + c) / total
    r, s = up.sum(), down.sum()
    mixed = (agree * down + differ * up).sum()
    variance = (agree * up).sum() / r**2 + mixed / (r * s) + (differ * down).sum() / s**2
    return float(np.sqrt(variance / 2))


def _moves(table: Floats) -> Floats:
    """How much the log odds move with one more person in a cell of the table, (4, levels)."""
    a, b, c, d = table
    people = table.sum(axis=0)
    up, down = a * d / people, b * c / people
    with_up = np.stack([d, 0 * b, 0 * c, a]) / people - up / people
    with_down = np.stack([0 * a, c, b, 0 * d]) / people - down / people
    return np.asarray(with_up / up.sum() - with_down / down.sum(), dtype=np.float64)


def _chi_square(table: Floats) -> float:
    """Mantel-Haenszel statistic with continuity correction."""
    a, b, c, d = table
    total = table.sum(axis=0)
    several = total > 1
    mean = (a + b) * (a + c) / total
    ways = (a + b) * (c + d) * (a + c) * (b + d)
    variance = (ways[several] / (total[several] ** 2 * (total[several] - 1))).sum()
    return float(max(abs((a - mean).sum()) - 0.5, 0) ** 2 / variance)


def _grade(size: float, error: float, p: float, df: int | None) -> str:
    """ETS class of a difference of `size` on the delta scale."""
    if size < 1 or p >= 0.05:
        return "A"
    clearly = (size - 1) / error > (norm.ppf(0.95) if df is None else t.ppf(0.95, df))
    return "C" if size >= 1.5 and clearly else "B"
