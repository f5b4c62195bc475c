"""How a command answers: figures to standard output or a file, or one sentence and exit code 2."""

import csv
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.cells import disarmed
from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError, told
from kepu_engines.survey.command.tables import MISSING, is_number, plain

Columns = Mapping[str, Sequence[Any] | NDArray[Any]]
AT_ONCE = 4096
Cell = str | int | float | bool | list[Any] | None


@dataclass(frozen=True)
class Answer:
    """What a command found: a table, or with `plain` an object, and what must be said beside it.

    `out` is the file to write to instead of standard output, `beside` other files with theirs. In CSV the
    columns named in `words` are disarmed: labels that a spreadsheet would run, and no number below 0.
    """

    columns: Columns = field(default_factory=dict)
    plain: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    out: Path | None = None
    beside: tuple[tuple[Path, Columns], ...] = ()
    words: tuple[str, ...] = ()


def run(command: str, work: Callable[[], Answer]) -> int:
    """Do the work and print what it found. 2 means that the input was refused: nothing is written."""
    try:
        found = work()
        _deliver(found)
    except (EngineError, OSError) as error:
        print(f"kepu survey {command}: {told(error)}", file=sys.stderr)
        return 2
    for note in found.notes:
        print(f"kepu survey {command}: {note}", file=sys.stderr)
    return 0


class Named(EngineError):
    """A refusal that names its file already."""


@contextmanager
def about(file: str, *others: str) -> Iterator[None]:
    """Name the file in whatever is refused here, once; others may be named in its place."""
    try:
        yield
    except Named:
        raise
    except EngineError as error:
        sentence = str(error)
        told = sentence.startswith((file, *others))
        raise Named(sentence if told else f"{file}: {sentence}") from error


def cell(value: Any) -> Cell:
    """A number as plain Python has it; what cannot be told is nothing."""
    if isinstance(value, np.ndarray):
        return [cell(one) for one in value.tolist()]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool | list) else str(value)


def checked_out(out: Path | None) -> Path | None:
    """Refuse a place to write to before any work is done."""
    if out is not None:
        require(
            out.suffix.lower() in (".csv", ".parquet"),
            f"--out {out.name}: end it in .csv or .parquet",
        )
        require(out.parent.is_dir(), f"--out {out}: there is no folder {out.parent}")
    return out


def _deliver(found: Answer) -> None:
    for file, columns in found.beside:
        _to_file(columns, file)
    if found.plain is not None:
        print(json.dumps(found.plain, ensure_ascii=False))
    elif found.out is None:
        _as_csv(found.columns, sys.stdout, found.words)
    else:
        _to_file(found.columns, found.out, found.words)


def _to_file(columns: Columns, out: Path, words: Sequence[str] = ()) -> None:
    """Beside its place first, so that a half-written file never stands there."""
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    os.close(handle)
    beside = Path(name)
    try:
        if out.suffix.lower() == ".parquet":
            _as_parquet(columns, beside)
        else:
            with beside.open("w", encoding="utf-8", newline="") as stream:
                _as_csv(columns, stream, words)
        beside.chmod(0o644)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def _as_csv(columns: Columns, stream: IO[str], words: Sequence[str]) -> None:
    safe = {name: [_safe(word) for word in columns[name]] for name in words if name in columns}
    written = csv.writer(stream, lineterminator="\n")
    written.writerow(columns)
    written.writerows(_rows({**columns, **safe}))


def _safe(word: Any) -> str:
    """A word as CSV may hold it: a number below 0 is no formula, nor is a sign alone."""
    label = str(word)
    return label if is_number(label) or len(label) == 1 else str(disarmed(label))


def _rows(columns: Columns) -> Iterable[tuple[Cell, ...]]:
    """Row by row; of wide tables only some thousand rows stand as Python's own numbers at a time."""
    count = min((len(column) for column in columns.values()), default=0)
    for first in range(0, count, AT_ONCE):
        part = [_cells(column[first : first + AT_ONCE]) for column in columns.values()]
        yield from zip(*part, strict=True)


def _cells(column: Any) -> list[Cell]:
    if isinstance(column, np.ndarray) and column.dtype == np.float64 and np.isfinite(column).all():
        return column.tolist()
    return [cell(one) for one in column]


def _as_parquet(columns: Columns, file: Path) -> None:
    import polars  # only who asks for Parquet waits for it

    made = {
        name: column if isinstance(column, np.ndarray) else typed(_cells(column))
        for name, column in columns.items()
    }
    polars.DataFrame(made, strict=False).write_parquet(file)


def typed(column: list[Cell]) -> list[Cell]:
    """Words of a file as the numbers they stand for, where all do; a code such as 010 is a word."""
    if not all(isinstance(one, str) for one in column):
        return column
    words = [str(one) for one in column]
    held = [word for word in words if word not in MISSING]
    for kind, right in ((int, plain), (float, is_number)):
        if held and all(map(right, held)):
            return [None if word in MISSING else kind(word) for word in words]
    return [None if word == "" else word for word in words]
