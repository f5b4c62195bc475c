"""Items as tables: columns of a CSV or XLSX, read with every wrong row named, written to be read again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import tables
from kepu.kernel.errors import BadInput
from kepu.kernel.tables import Column, Fault, Row, Sheet
from kepu.literacy import schemas, xlsform
from kepu.literacy.actions.items import Question, Words
from kepu.literacy.models import LETTERS, Item
from kepu.literacy.queries import items as queries
from kepu.literacy.rules import items as rules
from kepu.literacy.states import Use
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.divisions.models import Division

BETWEEN = "|"


def columns(now: datetime) -> list[Column]:
    """What stands above a table of items, and how each cell is read."""
    framework = schemas.framework(now)
    dimensions = {
        word: key for key, one in framework.dimensions.items() for word in (one.zh, one.en)
    }
    dimensions |= {key: key for key in framework.dimensions}
    uses = {str(one.label): one.value for one in Use}
    parted = lazy("parted by |, in the same order in every language")
    return [
        Column(
            "code",
            lazy("Item code"),
            tables.text(20),
            required=False,
            hint=lazy("left empty: found"),
        ),
        Column("dimension", lazy("Dimension"), tables.one_of(dimensions)),
        Column("discipline", lazy("Discipline"), _discipline()),
        Column("use", lazy("Use"), tables.one_of(uses), required=False),
        Column("stem_zh", lazy("Question in Chinese"), tables.text(1000), required=False),
        Column("options_zh", lazy("Options in Chinese"), _options, required=False, hint=parted),
        Column("stem_en", lazy("Question in English"), tables.text(1000), required=False),
        Column("options_en", lazy("Options in English"), _options, required=False, hint=parted),
        Column("key", lazy("Right option"), _letter, hint=lazy("A letter")),
        Column("source", lazy("Source"), tables.text(200)),
    ]


def _discipline() -> tables.Reader:
    known = {word: one for one in people.fields() for word in (one.key, one.title_zh, one.title_en)}

    def read(value: str) -> Any:
        if value not in known:
            raise ValueError(_("not known: %(words)s") % {"words": value})
        return known[value]

    return read


def _options(value: str) -> list[str]:
    found = [one.strip() for one in value.replace("\n", BETWEEN).split(BETWEEN)]
    return [one for one in found if one]


def _letter(value: str) -> int:
    at = LETTERS.find(value.strip().upper()) if len(value.strip()) == 1 else -1
    if at < 0:
        raise ValueError(_("a letter from A to %(last)s") % {"last": LETTERS[-1]})
    return at


# --- in -------------------------------------------------------------------------------------------


def read(
    file: IO[bytes], name: str, bank: Division, now: datetime
) -> tuple[list[Question], list[Fault]]:
    """The items a table or an XLSForm holds, and everything that is wrong with it, row by row."""
    wanted = columns(now)
    sheet = xlsform.read(file, wanted) if xlsform.is_one(file, name) else None
    sheet = sheet or tables.read_table(file, name, wanted)
    taken = queries.codes(bank)
    found = [one for row in sheet.rows if (one := _question(sheet, row, taken, now))]
    return found, sorted(sheet.faults, key=lambda fault: fault.row)


def _question(sheet: Sheet, row: Row, taken: set[str], now: datetime) -> Question | None:
    values = row.values
    try:
        question = Question(
            code=values["code"] or "",
            dimension=values["dimension"],
            discipline=values["discipline"],
            use=values["use"] or Use.SURVEY,
            key=values["key"],
            source=values["source"],
            wordings=tuple(_wordings(values)),
        )
    except BadInput as refusal:
        sheet.faults.append(Fault(row.number, "", refusal.reason))
        return None
    refused = rules.why_not_code(question.code, taken) or rules.why_not_word(
        question.dimension, question.options, schemas.framework(now)
    )
    if refused:
        sheet.faults.append(Fault(row.number, "", refused))
        return None
    taken |= {question.code} - {""}
    return question


def _wordings(values: dict[str, Any]) -> Iterable[Words]:
    for language, end in (("zh-hans", "zh"), ("en", "en")):
        stem, options = values[f"stem_{end}"], values[f"options_{end}"]
        if stem or options:
            yield Words(language, stem or "", tuple(options or ()))


def template(now: datetime) -> bytes:
    """An empty table to fill in."""
    return tables.template(columns(now))


# --- out ------------------------------------------------------------------------------------------


def write_csv(items: Sequence[Item], now: datetime) -> bytes:
    """Items as CSV with the columns that can be read again."""
    headers = [str(column.header) for column in columns(now)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.csv"
        tables.write_csv(path, headers, map(_row, items))
        return path.read_bytes()


def _row(item: Item) -> list[str]:
    said = {one.language: one for one in item.wordings.all()}
    words = []
    for language in ("zh-hans", "en"):
        one = said.get(language)
        words += [one.stem, f" {BETWEEN} ".join(one.options)] if one else ["", ""]
    return [
        item.code, item.dimension, item.discipline.key, item.use, *words, item.letter, item.source,
    ]  # fmt: skip
