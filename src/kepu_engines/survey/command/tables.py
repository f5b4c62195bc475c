"""Columns of a CSV or Parquet file, with refusals that name the file, the row and the column."""

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Reals

MISSING = ("", "NA")
MEND = "correct it, or leave the row out"


@dataclass(frozen=True)
class Table:
    """The columns asked for, as words; `first` is what the file's first row of data is called."""

    file: str
    first: int
    cells: dict[str, list[str]]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.cells.values())))

    def where(self, row: int, column: str) -> str:
        """A place in the file, for a sentence."""
        return f"{self.file}, row {self.first + row}, column {column}"

    def numbers(self, column: str) -> Reals:
        """A column as numbers, NaN where nothing stands.

        Raises
        ------
        EngineError
            If a cell is no finite number.
        """
        words = self.cells[column]
        found = np.fromiter((_number(word) for word in words), np.float64, len(words))
        row = int(np.isinf(found).argmax())
        sentence = f"{self.where(row, column)}: {words[row][:40]!r} is not a number"
        require(not np.isinf(found[row]), sentence)
        return found

    def full(self, column: str) -> Reals:
        """A column as numbers, none of them missing."""
        found = self.numbers(column)
        self._refuse_gap(column, np.isnan(found))
        return found

    def above(self, column: str, low: float = 0, high: float = math.inf) -> Reals:
        """A column as numbers, all of them above `low` and none above `high`."""
        found = self.filled(column)
        outside = (found <= low) | (found > high)
        row = int(outside.argmax())
        bound = f"above {low:g}" + ("" if high == math.inf else f" and at most {high:g}")
        place = self.where(row, column)
        require(not outside[row], f"{place}: {found[row]:g} is not {bound}: {MEND}")
        return found

    def ones(self, column: str) -> NDArray[np.bool_]:
        """A column of 0 and 1, none of them missing."""
        found = self.filled(column)
        wrong = (found != 0) & (found != 1)
        row = int(wrong.argmax())
        require(
            not wrong[row], f"{self.where(row, column)}: {found[row]:g} is neither 0 nor 1: {MEND}"
        )
        return found == 1

    def filled(self, column: str, rows: NDArray[Any] | None = None) -> Reals:
        """A column as numbers, none of them missing, at some rows or at all."""
        asked = np.arange(len(self)) if rows is None else rows
        found = self.numbers(column)[asked]
        gap = np.isnan(found)
        row = int(asked[int(gap.argmax())]) if found.size else 0
        require(not gap.any(), f"{self.where(row, column)}: the number is missing")
        return found

    def kept(self, rows: NDArray[Any]) -> dict[str, list[str]]:
        """Every column at some rows, as words."""
        places = rows.tolist()
        return {name: [words[row] for row in places] for name, words in self.cells.items()}

    def labels(self, column: str) -> NDArray[Any]:
        """A column as labels, none of them missing: whole numbers, or words."""
        words = self.words(column)
        return words if not all(map(plain, words)) else np.array([int(word) for word in words])

    def words(self, column: str) -> NDArray[np.str_]:
        """A column as words, none of them missing."""
        words = self.cells[column]
        self._refuse_gap(column, np.fromiter((word in MISSING for word in words), bool, len(words)))
        return np.array(words)

    def domains(self, column: str) -> tuple[NDArray[np.int32], list[str]]:
        """Number of each row's label, -1 where nothing stands, and the labels in their order."""
        known = sorted(set(self.cells[column]) - set(MISSING), key=order)
        place = {label: number for number, label in enumerate(known)}
        codes = np.array([place.get(word, -1) for word in self.cells[column]], np.int32)
        return codes, known

    def each_once(self, column: str) -> None:
        """Refuse a label that comes twice."""
        seen: dict[str, int] = {}
        for row, word in enumerate(self.cells[column]):
            first = seen.setdefault(word, row)
            sentence = (
                f"{self.where(row, column)}: {word} was in row {self.first + first}: keep one"
            )
            require(first == row, sentence)

    def _refuse_gap(self, column: str, missing: NDArray[np.bool_]) -> None:
        row = int(missing.argmax())
        require(not missing[row], f"{self.where(row, column)}: the design must not be missing")


def read(file: Path, columns: Sequence[str], others: bool = False) -> Table:
    """Read the columns asked for, or with `others` all that there are, from CSV or Parquet.

    The ending of its name tells which it is.

    Raises
    ------
    EngineError
        If the file is of another kind, a column is not there or twice, a row is too short, or
        there is no row.
    """
    parquet = file.suffix.lower() == ".parquet"
    found = next((_parquet if parquet else _csv)(file, columns, None, others), None)
    if found is None:
        raise EngineError(f"{file.name} has no rows")
    return found


def chunks(file: Path, columns: Sequence[str], rows: int) -> Iterator[Table]:
    """The columns asked for, so many rows at a time; parameters and refusals as `read`."""
    require(rows >= 1, f"a chunk must have at least one row, not {rows}")
    parquet = file.suffix.lower() == ".parquet"
    empty = True
    for table in (_parquet if parquet else _csv)(file, columns, rows, False):
        empty = False
        yield table
        del table  # a chunk is let go before the next is read
    require(not empty, f"{file.name} has no rows")


def header_of(file: Path) -> list[str]:
    """What the columns of a file are called.

    Raises
    ------
    EngineError
        If the file is of another kind.
    """
    if file.suffix.lower() == ".parquet":
        return _parquet_header(file)
    with _as_text(file) as rows:
        return _csv_header(rows)


def _csv(file: Path, columns: Sequence[str], size: int | None, others: bool) -> Iterator[Table]:
    """All rows as one table, or tables of so many."""
    with _as_text(file) as rows:
        header = _csv_header(rows)
        columns = _check_columns(file.name, header, columns, others)
        places = {name: header.index(name) for name in columns}
        checked = _checked(file.name, len(header), rows)
        first = 2
        while cells := _collected(places, islice(checked, size)):
            table = Table(file.name, first, cells)
            first += len(table)
            del cells
            yield table
            del table


@contextmanager
def _as_text(file: Path) -> Iterator[Iterator[list[str]]]:
    """The rows of a CSV file as they stand, the header first."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            yield csv.reader(_without_nul(file.name, stream), strict=True)
    except UnicodeDecodeError as error:
        raise EngineError(f"{file.name} is not a text in UTF-8") from error
    except csv.Error as error:
        raise EngineError(f"{file.name} is not a CSV file: {error}") from error


def _without_nul(file: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines as they come; a NUL is no letter of any word, and is seen nowhere."""
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise EngineError(f"{file}, line {number} holds a NUL character: take it out")
        yield line


def _csv_header(rows: Iterator[list[str]]) -> list[str]:
    return [name.strip() for name in next(rows, [])]


def _checked(file: str, width: int, rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Rows of the header's width; empty ones are let pass at the end only."""
    empty = 0
    for line, row in enumerate(rows, start=2):
        if not row:
            empty = line
            continue
        require(not empty, f"{file}, row {empty} is empty")
        sentence = f"{file}, row {line}: expected {width} cells, not {len(row)}"
        require(len(row) == width, sentence)
        yield row


def _collected(places: dict[str, int], rows: Iterable[list[str]]) -> dict[str, list[str]]:
    """Columns of some rows; nothing where there are none."""
    cells: dict[str, list[str]] = {name: [] for name in places}
    some = False
    for row in rows:
        some = True
        for name, place in places.items():
            cells[name].append(row[place].strip())
    return cells if some else {}


def _parquet(file: Path, columns: Sequence[str], size: int | None, others: bool) -> Iterator[Table]:
    """All rows as one table, or tables of so many, of which Parquet's own groups of rows are read."""
    import polars  # a CSV file need not wait for it

    try:
        header = _parquet_header(file)
        columns = _check_columns(file.name, header, columns, others)
        scanned = polars.scan_parquet(file, glob=False).select(columns)
        total = int(scanned.select(polars.len()).collect().item())
        for first in range(0, total, size or max(total, 1)):
            yield _table(file.name, first + 1, scanned.slice(first, size).collect())
    except polars.exceptions.PolarsError as error:
        raise EngineError(f"{file.name} is not a Parquet file") from error


def _parquet_header(file: Path) -> list[str]:
    import polars

    try:
        with file.open("rb") as stream:
            return list(polars.read_parquet_schema(stream))
    except polars.exceptions.PolarsError as error:
        raise EngineError(f"{file.name} is not a Parquet file") from error


def _table(file: str, first: int, found: Any) -> Table:
    """A table of words from a table of polars."""
    cells = {name: [_word(one) for one in found[name].to_list()] for name in found.columns}
    for name in found.columns:
        words = str(found[name].dtype) == "String"
        nul = words and any("\0" in word for word in cells[name])
        require(not nul, f"{file}, column {name} holds a NUL character: take it out")
    return Table(file, first, cells)


def _check_columns(
    file: str, header: Sequence[str], columns: Sequence[str], others: bool
) -> list[str]:
    """The columns to read, in the file's order where all are."""
    require(any(header), f"{file} is empty")
    wanted = [*columns, *header] if others else list(columns)
    for name in wanted:
        there = ", ".join(header[:20]) + (", ..." if len(header) > 20 else "")
        require(name in header, f"{file} has no column {name}; it has: {there}")
        require(list(header).count(name) == 1, f"{file} has two columns {name}")
    return list(header) if others else wanted


def _word(value: Any) -> str:
    if value is None or value != value:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _number(word: str) -> float:
    """A word as a number; NaN for a gap, infinite for what is no number."""
    if word in MISSING:
        return math.nan
    try:
        found = float(word)
    except ValueError:
        return math.inf
    return found if math.isfinite(found) else math.inf


def plain(word: str) -> bool:
    """Whether a word is a whole number written the one way there is."""
    return word.isascii() and word.isdigit() and len(word) < 19 and (word[0] != "0" or word == "0")


def is_number(word: str) -> bool:
    """Whether a word is a number and no code: 0.5 is one, 010 is not."""
    leading = word.lstrip("-")
    code = len(leading) > 1 and leading[0] == "0" and leading[1].isdigit()
    return not code and math.isfinite(_number(word))


def order(word: str) -> tuple[bool, int, str]:
    """Whole numbers by size, then words."""
    return (not plain(word), int(word) if plain(word) else 0, word)
