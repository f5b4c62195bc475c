"""Kinds of people: all that is known of somebody in both samples, so that samples become small tables.

Who is alike in every column is of one kind. Each estimator of two samples is a function of how many
of each kind a sample holds and of the sum of their answers; rows are passed over once a replicate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import require
from kepu_engines.survey.design import Reals

Codes = NDArray[np.int64]
NONE = -1  # the kind of a row that counts in nothing


@dataclass(frozen=True)
class Kinds:
    """The kinds that two or three samples share.

    Attributes
    ----------
    names : tuple of str
        Columns: the constant, then each category but the first of its column.
    x : (c, k) float64
        What is known of each kind, with a constant in front.
    of : tuple of (n,) int64
        Kind of each row of each sample; -1 counts in nothing.
    labels : dict of (c,) str
        Category of each kind in each column.
    """

    names: tuple[str, ...]
    x: Reals
    of: tuple[Codes, ...]
    labels: dict[str, NDArray[Any]]

    def sums(self, sample: int, weight: Reals) -> Reals:
        """Sum of `weight` over the rows of each kind in one sample.

        Parameters
        ----------
        sample : int
        weight : (n,) float
            Of the rows of that sample.
        """
        code = self.of[sample]
        inside = code >= 0
        return np.bincount(code[inside], weight[inside], len(self.x)).astype(np.float64)

    def domain(self, column: str) -> tuple[tuple[str, ...], Codes]:
        """Categories of a column, and the place of each kind's."""
        known, place = np.unique(self.labels[column], return_inverse=True)
        return tuple(map(str, known)), place.astype(np.int64)


def kinds(
    *samples: Mapping[str, ArrayLike], said: tuple[NDArray[np.bool_], ...] | None = None
) -> Kinds:
    """Read columns of categories that all samples have; the first is the sample of homes.

    Parameters
    ----------
    *samples : dict of (n,) labels
        The same columns in each.
    said : a (n,) bool for each sample, optional
        Rows that count; all without it.

    Raises
    ------
    EngineError
        If a sample lacks a column, or has somebody of a category that another one has nobody of:
        then nothing in it speaks for these people.
    """
    columns = list(samples[0])
    held = said or tuple(np.ones(_rows(sample, columns), bool) for sample in samples)
    words = [_words(sample, columns) for sample in samples]
    for name in columns:
        _refuse_strangers(name, [table[name][use] for table, use in zip(words, held, strict=True)])
    stacked = np.concatenate(
        [np.column_stack([table[n][u] for n in columns] or [np.zeros(u.sum(), "U1")])
         for table, u in zip(words, held, strict=True)]
    )  # fmt: skip
    met, place = np.unique(stacked, axis=0, return_inverse=True)
    labels = {name: met[:, number] for number, name in enumerate(columns)}
    names, x = _table(labels, len(met))
    return Kinds(names, x, _spread(place.reshape(-1), held), labels)


def _rows(sample: Mapping[str, ArrayLike], columns: list[str]) -> int:
    require(bool(columns), "samples are brought together by columns that both have: name one")
    return len(np.asarray(sample[columns[0]]))


def _words(sample: Mapping[str, ArrayLike], columns: list[str]) -> dict[str, NDArray[np.str_]]:
    missing = [name for name in columns if name not in sample]
    require(not missing, f"a sample has no column {', '.join(missing)}")
    return {name: np.asarray(sample[name]).astype(str) for name in columns}


def _refuse_strangers(name: str, samples: list[NDArray[np.str_]]) -> None:
    """Everybody of one sample must have somebody alike in the others, column by column."""
    met = [set(words.tolist()) for words in samples]
    alone = sorted(set.union(*met) - set.intersection(*met))
    require(
        not alone,
        f"nobody of the category {', '.join(alone)} of {name} is in one of the samples: "
        "merge it with a neighbour, or leave the column out",
    )


def _table(labels: Mapping[str, NDArray[Any]], many: int) -> tuple[tuple[str, ...], Reals]:
    names, columns = ["1"], [np.ones(many)]
    for name, words in labels.items():
        for category in np.unique(words)[1:]:
            names.append(f"{name}={category}")
            columns.append((words == category).astype(float))
    return tuple(names), np.column_stack(columns)


def _spread(place: Codes, held: tuple[NDArray[np.bool_], ...]) -> tuple[Codes, ...]:
    """Kinds of the rows that count, put back to their samples."""
    ends = np.cumsum([int(use.sum()) for use in held])[:-1]
    found = []
    for part, use in zip(np.split(place, ends), held, strict=True):
        code = np.full(use.size, NONE, np.int64)
        code[use] = part
        found.append(code)
    return tuple(found)
