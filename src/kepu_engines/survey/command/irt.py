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
from kepu_engines.survey.command import abilities, by_group, tables
from kepu_engines.survey.command.abilities import INFORMATION, SCORES, SEED
from kepu_engines.survey.command.answers import Answer, about, cell, checked_out, run
from kepu_engines.survey.command.persons import ID, Persons
from kepu_engines.survey.design import Design
from kepu_engines.survey.irt.concurrent import concurrent
from kepu_engines.survey.irt.fit import Fit, Method, fit
from kepu_engines.survey.irt.information import Errors, errors
from kepu_engines.survey.irt.item_fit import ItemFit, item_fit
from kepu_engines.survey.irt.models import MODELS
from kepu_engines.survey.irt.person_fit import person_fit
from kepu_engines.survey.irt.responses import MISSING, Floats, Responses, responses

Make = Callable[..., argparse.ArgumentParser]
EMPTY = ("", "NA")
NO_LABEL = "the label is missing: fill it in, or leave the row out."
MEND = "leave out who stands for nobody, or correct it."
HIGHEST = 100


@dataclass(frozen=True)
class Table:
    """What a file of answers holds: items, their answers, and what was asked for beside them.

    `lines` is where each person stands in the file.
    """

    file: str
    items: tuple[str, ...]
    codes: np.ndarray[Any, np.dtype[np.int8]]
    weight: Floats | None
    lines: list[int]
    person: list[str] | None
    labels: dict[str, list[str]]
    notes: tuple[str, ...] = ()

    def responses(
        self, asked: argparse.Namespace, group: str | None = None, apart: bool = False
    ) -> Responses:
        """The answers, drawn as the words say, in the groups of a column.

        Weights alone let persons who answered alike share a row, unless they are to stay `apart`.
        """
        number = None if group is None else np.unique(self.labels[group], return_inverse=True)[1]
        weighted = self.weight is not None and bool((self.weight != 1).any())
        if not (asked.strata or asked.psu or (apart and weighted)):
            return responses(self.codes, weight=self.weight, group=number, names=self.items)
        design = self.design(asked)
        return responses(self.codes, group=number, names=self.items, design=design)

    def design(self, asked: argparse.Namespace) -> Design:
        """Strata, clusters and weights; without the words each person is a cluster of weight 1."""
        rows = len(self.codes)
        strata = np.array(self.labels[asked.strata]) if asked.strata else np.zeros(rows, int)
        clusters = np.array(self.labels[asked.psu]) if asked.psu else np.arange(rows)
        weight = np.ones(rows) if self.weight is None else self.weight
        return Design.of(strata, clusters, weight)


@dataclass(frozen=True)
class Beside:
    """Columns that are no items: weights, persons, and labels of groups, strata and clusters."""

    weight: str | None
    persons: Persons
    labels: tuple[str, ...]

    @classmethod
    def of(cls, asked: argparse.Namespace, header: Sequence[str]) -> "Beside":
        """Those that the words name; of persons also a column that is called as such."""
        labels = [name for name in (asked.group, asked.dif, asked.strata, asked.psu) if name]
        persons = Persons.of(asked.id, header, [asked.weight, *labels])
        return cls(asked.weight, persons, tuple(labels))

    @property
    def names(self) -> list[str]:
        """All of them, each once."""
        weight = [] if self.weight is None else [self.weight]
        return list(dict.fromkeys([*weight, *self.persons.columns, *self.labels]))


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey irt",
        description="Estimate an item response model; prints one JSON object.",
    )
    found.add_argument(
        "responses", type=Path, help="CSV or Parquet: a row for each person, empty is missing"
    )
    found.add_argument("--model", required=True, choices=list(MODELS))
    found.add_argument("--weight", help="column of design weights")
    found.add_argument("--strata", metavar="S", help="column of first-stage strata, for errors")
    found.add_argument("--psu", metavar="P", help="column of first-stage clusters, for errors")
    found.add_argument("--group", metavar="G", help=GROUP)
    found.add_argument("--link", action="store_true", help=LINK)
    found.add_argument("--covariance", action="store_true", help=COVARIANCE)
    found.add_argument("--id", help=ID)
    found.add_argument("--fit", action="store_true", help=FIT)
    found.add_argument("--persons", type=Path, metavar="FILE", help=PERSONS)
    found.add_argument("--scores", metavar="HOW", help=SCORES)
    found.add_argument("--seed", type=int, help=SEED)
    found.add_argument("--information", action="store_true", help=INFORMATION)
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
DIF = "column of two groups; adds tests of each item: likelihood ratio or Wald, Mantel-Haenszel"
GROUP = "column of groups, such as years: the first has mean 0, every other one its own"
LINK = "with two groups: link the second to the first by the items that both were asked"
COVARIANCE = "add the covariance of all items' figures, which kepu survey link counts"


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
    plain, persons, notes = _estimated(asked, progress)
    beside = () if persons is None else ((asked.persons, persons),)
    return Answer(plain=plain, beside=beside, notes=notes)


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
) -> tuple[dict[str, Any], dict[str, Any] | None, tuple[str, ...]]:
    guess = tuple(asked.guess_prior) if asked.guess_prior else None
    require(guess is None or asked.model == "3pl", "Only the model 3pl has guessing.")
    require(not asked.link or asked.group is not None, "--link needs --group")
    require(not (asked.group and asked.dif), "give one of --group and --dif")
    require(not (asked.group and asked.fit), "--fit is of one group: leave --group out")
    checked_out(asked.persons)
    how = abilities.How.of(asked)
    table = read(asked.responses, asked)
    method = Method(guess_prior=guess)
    with about(asked.responses.name):
        answers = table.responses(asked, asked.group)
        found = fit(answers, asked.model, method, progress)
        spread = errors(found, answers, progress)
        plain = summary(found, spread)
        if asked.covariance:
            plain["covariance"] = spread.together(found, range(len(found.names))).tolist()
        if asked.group:
            plain["groups"] = by_group.groups(found, spread, table.labels[asked.group])
        if asked.link:
            plain["link"] = by_group.linked(concurrent(answers, found, spread, progress))
        if asked.information:
            plain["information"] = abilities.told(found)
        if asked.fit:
            _add_fit(plain, item_fit(found, answers, progress))
        if asked.dif:
            names = sorted(set(table.labels[asked.dif]))
            require(len(names) == 2, f"column {asked.dif} must hold two groups, not {len(names)}")
            compared = table.responses(asked, asked.dif, apart=True)
            by_group.add_dif(plain, names, compared, (asked.model, method, progress))
        persons = _persons(found, table, progress) if asked.persons else None
        if persons is not None and how is not None:
            group = None if asked.group is None else table.labels[asked.group]
            persons |= abilities.columns(how, found, table.codes, group)
        return plain, persons, table.notes


def _add_fit(plain: dict[str, Any], found: ItemFit) -> None:
    """Fit of each item beside its estimates."""
    columns = (found.s_x2, found.df, found.p, found.infit, found.outfit)
    for at, item in enumerate(plain["items"]):
        names = ("s_x2", "df", "p", "infit", "outfit")
        item["fit"] = {name: cell(column[at]) for name, column in zip(names, columns, strict=True)}


def _persons(found: Fit, table: Table, progress: Progress) -> dict[str, Any]:
    """Ability and fit of each person; persons who answered alike are looked at once."""
    codes, place = np.unique(table.codes, axis=0, return_inverse=True)
    one = np.ones(len(codes))
    alike = Responses(
        codes, one, one, np.zeros(len(codes), np.int32), table.items, len(codes), False
    )
    fitted = person_fit(found, alike, progress)
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
    """Estimates of one item; of models for graded answers, b and its errors are lists."""
    b, se_b = found.difficulty(item).tolist(), spread.difficulty(found, item).tolist()
    several = not found.model.binary
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


def read(file: Path, asked: argparse.Namespace) -> Table:
    """Read a file of answers, Parquet by its ending, else CSV; `asked` names columns that are none.

    Raises
    ------
    EngineError
        If a column is not there or twice, a code or weight is unknown, a row has no
        answer, or a person comes twice.
    """
    if file.suffix.lower() == ".parquet":
        beside = Beside.of(asked, tables.header_of(file))
        whole = tables.read(file, beside.names, others=True)
        rows = (list(map(_unpointed, row)) for row in zip(*whole.cells.values(), strict=True))
        return _table(file.name, list(whole.cells), enumerate(rows, whole.first), beside)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = csv.reader(stream)
            header = [name.strip() for name in next(lines, [])]
            return _table(file.name, header, enumerate(lines, start=2), Beside.of(asked, header))
    except UnicodeDecodeError as error:
        raise EngineError(f"{file.name} is not a text in UTF-8.") from error
    except csv.Error as error:
        raise EngineError(f"{file.name} is not a CSV file: {error}.") from error


def _unpointed(word: str) -> str:
    """A whole number that a column with gaps keeps as 1.0."""
    return word[:-2] if word.endswith(".0") else word


def _table(file: str, header: list[str], rows: Any, beside: Beside) -> Table:
    """Answers of the rows under a header, and weights, persons and labels beside them."""
    items = _items(file, header, beside)
    codes, lines = bytearray(), []
    others: dict[str, list[str]] = {name: [] for name in beside.names}
    for line, row in rows:
        if not row:
            continue
        require(len(row) == len(header), f"{file}, row {line}: expected {len(header)} cells.")
        for name, words in others.items():
            words.append(row[header.index(name)])
        codes += _codes(row, items, (file, line, header))
        lines.append(line)
    require(len(codes) > 0, f"{file} has no rows.")
    named = beside.persons.column
    person = None if named is None else others[named]
    if person is not None:
        _each_once(file, beside.persons, person, lines)
    for column in beside.labels:
        gap = next((at for at, word in enumerate(others[column]) if word in EMPTY), None)
        require(gap is None, f"{file}, row {lines[gap or 0]}, column {column}: {NO_LABEL}")
    answers = np.frombuffer(bytes(codes), np.int8).reshape(-1, len(items))
    weights = None
    if beside.weight is not None:
        given = zip(others[beside.weight], lines, strict=True)
        weights = np.array([_weight(word, (file, line, beside.weight)) for word, line in given])
    names = tuple(header[place] for place in items)
    labels = {name: others[name] for name in beside.labels}
    return Table(file, names, answers, weights, lines, person, labels, beside.persons.notes)


def _items(file: str, header: list[str], beside: Beside) -> list[int]:
    """Columns of answers: all that stand for nothing else."""
    require(any(header), f"{file} is empty.")
    require(len(set(header)) == len(header), f"{file}: two columns have the same name.")
    for asked in beside.names:
        require(asked in header, f"{file} has no column {asked}.")
    items = [place for place, name in enumerate(header) if name not in beside.names]
    require(bool(items), f"{file} has no column of answers.")
    return items


def _each_once(file: str, persons: Persons, names: list[str], lines: list[int]) -> None:
    """Refuse a person who comes twice, or has no name."""
    seen: dict[str, int] = {}
    for name, line in zip(names, lines, strict=True):
        place = f"{file}, row {line}, column {persons.column}"
        require(name not in EMPTY, f"{place}: the name is missing: {persons.or_else('fill it in')}")
        first = seen.setdefault(name, line)
        require(first == line, f"{place}: {name} was in row {first}: {persons.or_else('keep one')}")


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
    empty = found.count(MISSING % 256) == len(found)
    require(not empty, f"{file}, row {line} has no answer at all: leave the row out.")
    return found


def _weight(text: str, where: tuple[str, int, str]) -> float:
    """A weight > 0, or a refusal that says where."""
    file, line, column = where
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    sentence = f"{file}, row {line}, column {column}: {text[:40]!r} is not a weight above 0: {MEND}"
    require(0 < value < float("inf"), sentence)
    return value


KNOWN = {str(code): code for code in range(HIGHEST + 1)} | dict.fromkeys(EMPTY, MISSING % 256)
