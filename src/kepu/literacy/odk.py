"""Fieldwork with ODK Collect: a form of a booklet, the list of doors beside it, and what comes back.

The form asks for the door, what came of it, how many adults live there, and then whoever the door's row
of Kish's table names; no key and no address is in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.errors import BadInput, Refusal
from kepu.kernel.tables import MOST_OCTETS, Fault, csv_text
from kepu.literacy import heard
from kepu.literacy.bridge.interviewing import row_of
from kepu.literacy.heard import (
    BACKGROUND,
    MEETING,
    MOST_ADULTS,
    AttemptContent,
    InterviewContent,
    Question,
)
from kepu.literacy.models import LETTERS, Case, Fieldwork, Item
from kepu.literacy.rules.interviewing import BY_INTERVIEW
from kepu.literacy.states import Disposition
from kepu.literacy.xlsform import LABELS, LANGUAGES, plain

INTERVIEW = "interview"
DO_NOT_KNOW = "dk"
MOST_ROWS = 1_000  # of a file: each is taken in as a device's would be
MOST_FIGURES = 15  # of the number of a door
DOORS = "doors"  # the file beside the form
HEADS = ["type", "name", *LABELS.values(), "required", "relevant", "constraint", "calculation",
         "choice_filter"]  # fmt: skip
HELD = f"${{came}} = '{INTERVIEW}'"
SAID = {
    "door": lazy("Which door?"),
    "came": lazy("What came of it?"),
    INTERVIEW: lazy("An interview can be held"),
    "adults": lazy("How many people of 18 to 69 years live there?"),
    "who": lazy("Ask number ${chosen}, counted from the eldest."),
    "position": lazy("Where are you? (may be left out)"),
    DO_NOT_KNOW: lazy("I do not know"),
}


# --- out ------------------------------------------------------------------------------------------


def form(of: Fieldwork, number: int, items: Iterable[Item]) -> bytes:
    """An XLSForm of one booklet with everything that is asked at a door."""
    import xlsxwriter

    questions, person = list(items), (*BACKGROUND, *(MEETING if of.meets_science else ()))
    survey = [HEADS, *_beginning(number), *_questions(person, questions)]
    choices = [["list_name", "name", *LABELS.values()], *_choices(person, questions)]
    form_id = f"kepu_{of.pk}_{number}"
    settings = [["form_title", "form_id", "default_language"],
                [plain(f"{of.title} {number}"), form_id, "中文 (zh)"]]  # fmt: skip
    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, safe) as book:
        for kind, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
            sheet = book.add_worksheet(kind)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return out.getvalue()


def _both(words: str | Promise) -> list[str]:
    """Words in each language of the form."""
    found = []
    for language in LANGUAGES.values():
        with translation.override(language):
            found.append(str(words))
    return found


def _beginning(number: int) -> Iterator[list[str]]:
    """The door, what came of it, and who is asked."""
    yield ["start", "start"]
    yield ["end", "end"]
    whose = f"booklet = '{number}'"
    yield [
        f"select_one_from_file {DOORS}.csv",
        "door",
        *_both(SAID["door"]),
        "yes",
        "",
        "",
        "",
        whose,
    ]
    yield ["select_one came", "came", *_both(SAID["came"]), "yes"]
    most = f". >= 1 and . <= {MOST_ADULTS}"
    yield ["integer", "adults", *_both(SAID["adults"]), "yes", HELD, most]
    yield ["calculate", "chosen", "", "", "", HELD, "", _chosen()]
    yield ["note", "who", *_both(SAID["who"]), "", HELD]
    yield ["geopoint", "position", *_both(SAID["position"]), "", HELD]


def _chosen() -> str:
    """The row of the door, by how many adults there are; six stands for more."""
    found = f"pulldata('{DOORS}', 'k6', 'name', ${{door}})"
    for adults in range(5, 0, -1):
        own = f"pulldata('{DOORS}', 'k{adults}', 'name', ${{door}})"
        found = f"if(${{adults}} = {adults}, {own}, {found})"
    return found


def _questions(person: Iterable[Question], items: list[Item]) -> Iterator[list[str]]:
    for one in person:
        yield [f"select_one {one.key}", one.key, *_both(one.title), "yes", HELD]
    for item in items:
        said = {one.language: one for one in item.wordings.all()}
        stems = [plain(said[code].stem) if code in said else "" for code in LANGUAGES.values()]
        yield [f"select_one {_name(item.code)}", _name(item.code), *stems, "yes", HELD]


def _choices(person: Iterable[Question], items: list[Item]) -> Iterator[list[str]]:
    yield ["came", INTERVIEW, *_both(SAID[INTERVIEW])]
    for code in Disposition.values:
        if code not in BY_INTERVIEW:
            yield ["came", code, *_both(Disposition(code).label)]
    for question in person:
        for key, title in question.options:
            yield [question.key, key, *_both(title)]
    for item in items:
        said = {one.language: one for one in item.wordings.all()}
        asked = [said.get(code) for code in LANGUAGES.values()]
        for at in range(max(len(one.options) for one in asked if one)):
            options = [plain(one.options[at]) if one else "" for one in asked]
            yield [_name(item.code), LETTERS[at].lower(), *options]
        yield [_name(item.code), DO_NOT_KNOW, *_both(SAID[DO_NOT_KNOW])]


def _name(code: str) -> str:
    return f"q_{code.lower()}"


def doors(of: Fieldwork, cases: Iterable[Case]) -> bytes:
    """The file beside the form: doors of the reader with their rows of Kish's table, no addresses."""
    heads = ["name", "label", "booklet", *(f"k{n}" for n in range(1, 7))]
    rows = []
    for case in cases:
        case.fieldwork = of
        label = f"{case.community.division.name} {case.number}"
        rows.append([case.pk, label, case.booklet, *row_of(case)])
    return csv_text(heads, rows)


# --- in -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Submission:
    """One row that ODK sent, as a device would have told it."""

    row: int
    uuid: UUID
    door: int
    at: datetime
    data: dict[str, Any]
    content: AttemptContent | InterviewContent


def read(file: IO[bytes], names: dict[str, str]) -> tuple[list[Submission], list[Fault]]:
    """Rows of ODK's CSV of submissions; `names` are codes of items by how the form names them."""
    found: list[Submission] = []
    faults: list[Fault] = []
    for number, row in enumerate(_rows(file), start=2):
        try:
            found.append(_submission(number, row, names))
        except Refusal as refusal:
            faults.append(Fault(number, "", refusal.reason))
    return found, faults


def names_of(codes: Iterable[str]) -> dict[str, str]:
    return {_name(code): code for code in codes}


def _rows(file: IO[bytes]) -> list[dict[str, str]]:
    octets = file.read(MOST_OCTETS + 1)
    if len(octets) > MOST_OCTETS:
        raise BadInput(_("a table has at most %(most)s MB") % {"most": MOST_OCTETS // 2**20})
    try:
        rows = list(
            csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline=""), strict=True)
        )
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(_("this file cannot be read as a CSV table")) from error
    if b"\0" in octets:  # which no database keeps
        raise BadInput(_("this file cannot be read as a CSV table"))
    if not rows or not {"door", "came", "start", "end"} <= rows[0].keys():
        raise BadInput(_("this is no table of submissions of these forms"))
    if len(rows) > MOST_ROWS:
        raise BadInput(_("a table has at most %(most)s rows") % {"most": f"{MOST_ROWS:,}"})
    return [
        {key: (cell or "").strip() for key, cell in row.items() if isinstance(key, str)}
        for row in rows
    ]


def _submission(number: int, row: dict[str, str], names: dict[str, str]) -> Submission:
    interview = row["came"] == INTERVIEW
    data = _interview(row, names) if interview else _attempt(row)
    at = _moment(row["start"])
    content = heard.interview(data) if interview else heard.attempt(data, at)
    if not row["door"].isdecimal() or len(row["door"]) > MOST_FIGURES:
        raise BadInput(_("this door is not known: %(door)s") % {"door": row["door"][:20]})
    return Submission(number, _uuid(row), int(row["door"]), at, data, content)


def _attempt(row: dict[str, str]) -> dict[str, Any]:
    return {"outcome": row["came"]}


def _interview(row: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    said = {names[name]: cell for name, cell in row.items() if name in names and cell}
    return {
        "begun_at": _moment(row["start"]).isoformat(),
        "ended_at": _moment(row["end"]).isoformat(),
        "complete": True,
        "answers": {
            code: "" if cell == DO_NOT_KNOW else cell.upper() for code, cell in said.items()
        },
        "background": {
            one.key: row[one.key] for one in (*BACKGROUND, *MEETING) if row.get(one.key)
        },
        "adults": _whole(row.get("adults", "")),
        "chosen": _whole(row.get("chosen", "")),
        "latitude": _real(row.get("position-Latitude", "")),
        "longitude": _real(row.get("position-Longitude", "")),
    }


def _uuid(row: dict[str, str]) -> UUID:
    said = row.get("KEY") or row.get("instanceID") or row.get("meta-instanceID") or ""
    try:
        return UUID(said.removeprefix("uuid:"))
    except ValueError as error:
        raise BadInput(_("the column KEY with the id of the submission is missing")) from error


def _moment(said: str) -> datetime:
    try:
        return heard.moment(said)
    except ValueError as error:
        raise BadInput(_("this is no time: %(said)s") % {"said": said[:40]}) from error


def _whole(said: str) -> int | None:
    return int(said) if said.isdecimal() and len(said) < 6 else None


def _real(said: str) -> float | None:
    try:
        return float(said) if said else None
    except ValueError:
        return None
