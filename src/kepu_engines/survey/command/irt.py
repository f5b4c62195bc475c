"""The command `kepu survey irt RESPONSES.csv --model 2pl`."""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.irt.fit import Fit, Method, fit
from kepu_engines.survey.irt.information import Errors, errors
from kepu_engines.survey.irt.responses import MISSING, Floats, responses

Make = Callable[..., argparse.ArgumentParser]
EMPTY = ("", "NA")
HIGHEST = 100


@dataclass(frozen=True)
class Table:
    """What a file of answers holds: items, their answers, and weights where asked for."""

    items: tuple[str, ...]
    codes: np.ndarray[Any, np.dtype[np.int8]]
    weight: Floats | None


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey irt",
        description="Estimate an item response model; prints one JSON object.",
    )
    found.add_argument("responses", type=Path, help="CSV: a row for each person, empty is missing")
    found.add_argument("--model", required=True, choices=["rasch", "2pl", "3pl", "grm"])
    found.add_argument("--weight", help="column of design weights")
    found.add_argument("--id", help="column that names the person, each once")
    found.add_argument(
        "--guess-prior",
        nargs=2,
        type=float,
        metavar=("MEAN", "SD"),
        help="3pl: normal prior on the logit of guessing",
    )
    return found


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read answers, fit, print one JSON object. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    try:
        summary = estimate(asked, progress)
    except (EngineError, OSError) as error:
        print(f"kepu survey irt: {error}", file=sys.stderr)
        return 2
    print(json.dumps(summary, ensure_ascii=False))
    return 0


def estimate(asked: argparse.Namespace, progress: Progress = silent) -> dict[str, Any]:
    """Fit the model asked for to the file asked for.

    Raises
    ------
    EngineError
        If the file cannot be understood or the model not be fitted; the sentence names
        the file, and the row and column where there is one.
    """
    guess = tuple(asked.guess_prior) if asked.guess_prior else None
    require(guess is None or asked.model == "3pl", "Only the model 3pl has guessing.")
    table = read(asked.responses, asked.weight, asked.id)
    try:
        answers = responses(table.codes, weight=table.weight, names=table.items)
        found = fit(answers, asked.model, Method(guess_prior=guess), progress)
        return summary(found, errors(found, answers))
    except EngineError as error:
        raise EngineError(f"{asked.responses.name}: {error}") from error


def summary(found: Fit, spread: Errors) -> dict[str, Any]:
    """The fit as plain words and numbers."""
    return {
        "model": found.model.name,
        "loglik": found.loglik,
        "n": found.persons,
        "iterations": found.iterations,
        "ability": {"mean": float(found.mean[0]), "sd": float(found.spread[0])},
        "guess_prior": found.method.guess_prior,
        "items": [_item(found, spread, item) for item in range(len(found.names))],
    }


def _item(found: Fit, spread: Errors, item: int) -> dict[str, Any]:
    """Estimates of one item; for grm, b and its errors are lists."""
    b, se_b = found.difficulty(item).tolist(), spread.difficulty(found, item).tolist()
    several = found.model.name == "grm"
    row = {
        "name": found.names[item],
        "a": float(found.slope[item]),
        "b": b if several else b[0],
        "se_a": spread.slope(item),
        "se_b": se_b if several else se_b[0],
    }
    if found.model.name == "3pl":
        c = 1 / (1 + np.exp(-found.params[item, 2]))
        row["c"] = float(c)
        row["se_c"] = float(c * (1 - c) * np.sqrt(spread.of(item)[2, 2]))
    return row


def read(file: Path, weight: str | None, person: str | None) -> Table:
    """Read a file of answers.

    Raises
    ------
    EngineError
        If a column is not there or twice, a code or weight is unknown, a row has no
        answer, or a person comes twice.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream)
            header = [name.strip() for name in next(rows, [])]
            return _table(file.name, header, rows, weight, person)
    except UnicodeDecodeError as error:
        raise EngineError(f"{file.name} is not a text in UTF-8.") from error
    except csv.Error as error:
        raise EngineError(f"{file.name} is not a CSV file: {error}.") from error


def _table(
    file: str, header: list[str], rows: Any, weight: str | None, person: str | None
) -> Table:
    """Answers and weights of the rows under a header."""
    require(any(header), f"{file} is empty.")
    require(len(set(header)) == len(header), f"{file}: two columns have the same name.")
    for asked in (weight, person):
        require(asked is None or asked in header, f"{file} has no column {asked}.")
    items = [place for place, name in enumerate(header) if name not in (weight, person)]
    require(bool(items), f"{file} has no column of answers.")
    codes, shares = bytearray(), []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        require(len(row) == len(header), f"{file}, row {line}: expected {len(header)} cells.")
        if person is not None:
            name = row[header.index(person)]
            first = seen.setdefault(name, line)
            require(
                first == line, f"{file}, row {line}, column {person}: {name} was in row {first}."
            )
        if weight is not None:
            shares.append(_weight(row[header.index(weight)], (file, line, weight)))
        codes += _codes(row, items, (file, line, header))
    require(len(codes) > 0, f"{file} has no rows.")
    answers = np.frombuffer(bytes(codes), np.int8).reshape(-1, len(items))
    names = tuple(header[place] for place in items)
    return Table(names, answers, np.array(shares) if weight is not None else None)


def _codes(row: list[str], items: list[int], where: tuple[str, int, list[str]]) -> bytes:
    """Codes of a row's answers, as bytes of signed numbers."""
    file, line, header = where
    try:
        found = bytes([KNOWN[row[place]] for place in items])
    except KeyError:
        wrong = next(place for place in items if row[place] not in KNOWN)
        raise EngineError(
            f"{file}, row {line}, column {header[wrong]}: {row[wrong][:40]!r} is no answer; "
            f"expected a whole number from 0 to {HIGHEST}, or nothing."
        ) from None
    require(found.count(MISSING % 256) < len(found), f"{file}, row {line} has no answer at all.")
    return found


def _weight(text: str, where: tuple[str, int, str]) -> float:
    """A weight > 0, or a refusal that says where."""
    file, line, column = where
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    sentence = f"{file}, row {line}, column {column}: {text[:40]!r} is not a weight above 0."
    require(0 < value < float("inf"), sentence)
    return value


KNOWN = {str(code): code for code in range(HIGHEST + 1)} | dict.fromkeys(EMPTY, MISSING % 256)
