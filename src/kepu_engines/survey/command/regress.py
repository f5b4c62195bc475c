"""What `kepu survey estimate --regress "Y ~ X1 + X2"` asks for: columns of numbers and of words."""

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.command.tables import MISSING, Table, is_number, order
from kepu_engines.survey.design import Design, Reals
from kepu_engines.survey.regression import Kind, Regression, coefficients_of, regression
from kepu_engines.survey.replicates import Replicates, rank

HEADER = ("domain", "term", "estimate", "se", "low", "high", "p", "df", "n")
INTERCEPT = "intercept"
MOST = 200  # terms: the work grows with their square, and a name has thousands of words


@dataclass(frozen=True)
class Formula:
    """The column to be explained, and those that explain it."""

    y: str
    x: tuple[str, ...]

    @classmethod
    def of(cls, words: str) -> "Formula":
        """Read `Y ~ X1 + X2`; of `Y ~ 1` only the intercept is left.

        Raises
        ------
        EngineError
            If the words are of another kind, or a column comes twice.
        """
        y, tilde, rest = (part.strip() for part in words.partition("~"))
        terms = [term.strip() for term in rest.split("+")]
        right = bool(y and tilde) and all(terms)
        require(right, f'--regress needs columns as "Y ~ X1 + X2", not {words!r}')
        x = tuple(term for term in terms if term != "1")
        require(len({y, *x}) == 1 + len(x), f"--regress {words!r}: a column comes twice")
        return cls(y, x)

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return (self.y, *self.x)


@dataclass(frozen=True)
class Explained:
    """What a file holds for a formula: `terms` are the columns of `x`, `gap` rows with a hole in one."""

    y: Reals
    x: NDArray[np.float64]
    terms: tuple[str, ...]
    gap: NDArray[np.bool_]

    @classmethod
    def of(cls, formula: Formula, table: Table) -> "Explained":
        """Numbers as they are; of words 0 and 1 for each but the first in their order.

        Raises
        ------
        EngineError
            If the column to be explained holds a word, one of words holds a single word, or there are
            more than `MOST` terms.
        """
        y = table.numbers(formula.y)
        gap = np.isnan(y)
        columns, terms = [np.ones(len(table))], [INTERCEPT]
        for name in formula.x:
            words = table.cells[name]
            missing = np.array([word in MISSING for word in words])
            gap |= missing
            held = [word for word in words if word not in MISSING]
            if all(map(is_number, held)):
                _refuse_more(f"{table.file}: column {name} is one more", len(terms) + 1)
                columns.append(np.nan_to_num(table.numbers(name)))
                terms.append(name)
                continue
            known = sorted(set(held), key=order)
            require(len(known) > 1, f"{table.file}: column {name} has one word alone")
            told = f"{table.file}: column {name} holds {len(known):,} words, a term for each but the first"
            _refuse_more(told, len(terms) + len(known) - 1)
            columns += [np.array([word == one for word in words], float) for one in known[1:]]
            terms += [f"{name}={one}" for one in known[1:]]
        return cls(np.nan_to_num(y), np.column_stack(columns), tuple(terms), gap)


def _refuse_more(told: str, terms: int) -> None:
    advice = f"a regression has {MOST} terms at most: leave it out, or put its words together"
    require(terms <= MOST, f"{told}; {advice}")


def regressed(
    asked: argparse.Namespace,
    told: Explained,
    sample: Design | Replicates,
    domain: NDArray[Any],
    names: list[str],
    progress: Progress = silent,
) -> list[dict[str, Any]]:
    """A row for each domain and term.

    Raises
    ------
    EngineError
        As `regression`, with the domain; or if a term is 0 in all rows of a domain.
    """
    rows = []
    weights = np.array([sample.weight] if isinstance(sample, Design) else list(sample.every()))
    for at, name in enumerate(names):
        inside = domain == at
        where = "" if asked.by is None else f"{asked.by} {name}: "
        _refuse_empty(told, weights, inside, where)
        try:
            found = _one(asked, told, sample, weights, inside, progress)
        except EngineError as error:
            raise EngineError(f"{where}{error}") from error
        low, high = found.interval(asked.level)
        free = found.df if found.df > 0 else np.nan
        with np.errstate(invalid="ignore", divide="ignore"):
            p = 2 * stdtr(free, -np.abs(found.value / found.se))
        columns = (found.value, found.se, low, high, p)
        for place, term in enumerate(told.terms):
            cells = [column[place] for column in columns]
            rows.append(dict(zip(HEADER, [name, term, *cells, found.df, found.n], strict=True)))
    return rows


def _refuse_empty(
    told: Explained, weights: NDArray[np.float64], inside: NDArray[np.bool_], where: str
) -> None:
    """Refuse a term that nobody in a domain has, or nobody whom one of the replicates, (R, n), counts."""
    held = (weights[:, inside] > 0).astype(float) @ (told.x[inside] != 0)
    for term, counts in zip(told.terms, held.T, strict=True):
        sentence = "is 0 in every row: leave it out, or put categories or domains together"
        require(bool(counts.any()), f"{where}{term} {sentence}")
        lost = int(counts.argmin())
        sentence = f"is 0 in every row that replicate {lost + 1} counts: one cluster has it alone"
        require(bool(counts[lost] > 0), f"{where}{term} {sentence}")


def _one(
    asked: argparse.Namespace,
    told: Explained,
    sample: Design | Replicates,
    weights: NDArray[np.float64],
    inside: NDArray[np.bool_],
    progress: Progress,
) -> Regression:
    """By the design's linearised errors, or by replicates, whose rank among the rows used is counted."""
    kind: Kind = "logistic" if asked.logistic else "linear"
    if isinstance(sample, Design):
        return regression(sample, told.y, told.x, kind, inside)
    rows = told.y.size
    plain = Design.of(np.zeros(rows, int), np.arange(rows), sample.weight)
    spread = sample.spread(coefficients_of(plain, told.y, told.x, kind, inside), progress)
    df = rank(weights[:, inside]) - 1 if asked.df is None else asked.df
    free = df + 1 - spread.value.size
    return Regression(spread.value, spread.covariance, free, int(inside.sum()))
