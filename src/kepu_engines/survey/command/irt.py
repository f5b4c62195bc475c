"""The command `kepu survey irt RESPONSES.csv --model 2pl`."""

import argparse
import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.command import tables
from kepu_engines.survey.command.answers import Answer, about, cell, checked_out, run
from kepu_engines.survey.irt.dif_likelihood import likelihood_ratio
from kepu_engines.survey.irt.fit import Fit, Method, fit
from kepu_engines.survey.irt.information import Errors, errors
from kepu_engines.survey.irt.item_fit import ItemFit, item_fit
from kepu_engines.survey.irt.person_fit import person_fit
from kepu_engines.survey.irt.responses import MISSING, Floats, Responses, responses

Make = Callable[..., argparse.ArgumentParser]
EMPTY = ("", "NA")
HIGHEST = 100


@dataclass(frozen=True)
class Table:
    """What a file of answers holds: items, their answers, and what was asked for beside them.

    `lines` is where each person stands in the file.
    """

    items: tuple[str, ...]
    codes: np.ndarray[Any, np.dtype[np.int8]]
    weight: Floats | None
    lines: list[int]
    person: list[str] | None
    group: list[str] | None


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey irt",
        description="Estimate an item response model; prints one JSON object.",
    )
    found.add_argument(
        "responses", type=Path, help="CSV or Parquet: a row for each person, empty is missing"
    )
    found.add_argument("--model", required=True, choices=["rasch", "2pl", "3pl", "grm"])
    found.add_argument("--weight", help="column of design weights")
    found.add_argument("--id", help="column that names the person, each once")
    found.add_argument("--fit", action="store_true", help=FIT)
    found.add_argument("--persons", type=Path, metavar="FILE", help=PERSONS)
    found.add_argument("--dif", metavar="G", help=DIF)
    found.add_argument(
        "--guess-prior",
        nargs=2,
        type=float,
        metavar=("MEAN", "SD"),
        help="3pl: normal prior on the logit of guessing",
    )
    return found


FIT = "add item fit: S-X2 with its p-value, infit and outfit"
PERSONS = "CSV to write each person's ability and person fit to"
DIF = "column of two groups; adds the likelihood-ratio test of each item"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read answers, fit, print one JSON object. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("irt", lambda: answered(asked, progress))


def answered(asked: argparse.Namespace, progress: Progress = silent) -> Answer:
    """The fit asked for as one object, and the persons beside it."""
    plain, persons = _estimated(asked, progress)
    beside = () if persons is None else ((asked.persons, persons),)
    return Answer(plain=plain, beside=beside)


def estimate(asked: argparse.Namespace, progress: Progress = silent) -> dict[str, Any]:
    """Fit the model asked for to the file asked for.

    Raises
    ------
    EngineError
        If the file cannot be understood or the model not be fitted; the sentence names
        the file, and the row and column where there is one.
    """
    return _estimated(asked, progress)[0]


def _estimated(
    asked: argparse.Namespace, progress: Progress
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    guess = tuple(asked.guess_prior) if asked.guess_prior else None
    require(guess is None or asked.model == "3pl", "Only the model 3pl has guessing.")
    checked_out(asked.persons)
    table = read(asked.responses, asked.weight, asked.id, asked.dif)
    method = Method(guess_prior=guess)
    with about(asked.responses.name):
        answers = responses(table.codes, weight=table.weight, names=table.items)
        found = fit(answers, asked.model, method, progress)
        plain = summary(found, errors(found, answers))
        if asked.fit:
            _add_fit(plain, item_fit(found, answers))
        if asked.dif:
            _add_dif(plain, asked, table, method, progress)
        return plain, _persons(found, table) if asked.persons else None


def _add_fit(plain: dict[str, Any], found: ItemFit) -> None:
    """Fit of each item beside its estimates."""
    columns = (found.s_x2, found.df, found.p, found.infit, found.outfit)
    for at, item in enumerate(plain["items"]):
        names = ("s_x2", "df", "p", "infit", "outfit")
        item["fit"] = {name: cell(column[at]) for name, column in zip(names, columns, strict=True)}


def _add_dif(
    plain: dict[str, Any],
    asked: argparse.Namespace,
    table: Table,
    method: Method,
    progress: Progress,
) -> None:
    """The test of each item between the groups, the first of them the reference."""
    names, group = np.unique(table.group or (), return_inverse=True)
    require(len(names) == 2, f"column {asked.dif} must hold two groups, not {len(names)}")
    answers = responses(table.codes, weight=table.weight, group=group, names=table.items)
    tests = likelihood_ratio(answers, asked.model, method=method, progress=progress)
    plain["dif"] = {"reference": str(names[0]), "focal": str(names[1])}
    for item, test in zip(plain["items"], tests, strict=True):
        item["dif"] = {
            "chi_square": test.chi_square,
            "df": test.df,
            "p": test.p,
            "harder": test.harder,
        }


def _persons(found: Fit, table: Table) -> dict[str, Any]:
    """Ability and fit of each person; persons who answered alike are looked at once."""
    codes, place = np.unique(table.codes, axis=0, return_inverse=True)
    one = np.ones(len(codes))
    alike = Responses(
        codes, one, one, np.zeros(len(codes), np.int32), table.items, len(codes), False
    )
    fitted = person_fit(found, alike)
    columns = {
        "ability": fitted.ability,
        "se": fitted.error,
        "lz": fitted.lz,
        "infit": fitted.infit,
        "outfit": fitted.outfit,
    }
    rows = {name: column[place.ravel()].tolist() for name, column in columns.items()}
    first = {"row": table.lines} if table.person is None else {"person": table.person}
    return first | rows


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


def read(file: Path, weight: str | None, person: str | None, group: str | None = None) -> Table:
    """Read a file of answers, Parquet by its ending, else CSV.

    Raises
    ------
    EngineError
        If a column is not there or twice, a code or weight is unknown, a row has no
        answer, or a person comes twice.
    """
    beside = (weight, person, group)
    if file.suffix.lower() == ".parquet":
        whole = tables.read(file, [name for name in beside if name is not None], others=True)
        rows = (list(map(_unpointed, row)) for row in zip(*whole.cells.values(), strict=True))
        return _table(file.name, list(whole.cells), enumerate(rows, whole.first), beside)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = csv.reader(stream)
            header = [name.strip() for name in next(lines, [])]
            return _table(file.name, header, enumerate(lines, start=2), beside)
    except UnicodeDecodeError as error:
        raise EngineError(f"{file.name} is not a text in UTF-8.") from error
    except csv.Error as error:
        raise EngineError(f"{file.name} is not a CSV file: {error}.") from error


def _unpointed(word: str) -> str:
    """A whole number that a column with gaps keeps as 1.0."""
    return word[:-2] if word.endswith(".0") else word


def _table(
    file: str, header: list[str], rows: Any, beside: tuple[str | None, str | None, str | None]
) -> Table:
    """Answers of the rows under a header, and weights, persons and groups beside them."""
    weight, person, group = beside
    require(any(header), f"{file} is empty.")
    require(len(set(header)) == len(header), f"{file}: two columns have the same name.")
    for asked in beside:
        require(asked is None or asked in header, f"{file} has no column {asked}.")
    items = [place for place, name in enumerate(header) if name not in beside]
    require(bool(items), f"{file} has no column of answers.")
    codes, lines = bytearray(), []
    others: dict[str, list[str]] = {name: [] for name in beside if name is not None}
    for line, row in rows:
        if not row:
            continue
        require(len(row) == len(header), f"{file}, row {line}: expected {len(header)} cells.")
        for name, words in others.items():
            words.append(row[header.index(name)])
        codes += _codes(row, items, (file, line, header))
        lines.append(line)
    require(len(codes) > 0, f"{file} has no rows.")
    if person is not None:
        _each_once(file, person, others[person], lines)
    for word, line in zip(others.get(group or "", ()), lines, strict=False):
        require(word not in EMPTY, f"{file}, row {line}, column {group}: the group is missing.")
    answers = np.frombuffer(bytes(codes), np.int8).reshape(-1, len(items))
    weights = None
    if weight is not None:
        given = zip(others[weight], lines, strict=True)
        weights = np.array([_weight(word, (file, line, weight)) for word, line in given])
    names = tuple(header[place] for place in items)
    kept = (others[name] if name is not None else None for name in (person, group))
    return Table(names, answers, weights, lines, *kept)


def _each_once(file: str, column: str, names: list[str], lines: list[int]) -> None:
    """Refuse a person who comes twice."""
    seen: dict[str, int] = {}
    for name, line in zip(names, lines, strict=True):
        first = seen.setdefault(name, line)
        sentence = f"{file}, row {line}, column {column}: {name} was in row {first}."
        require(first == line, sentence)


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
