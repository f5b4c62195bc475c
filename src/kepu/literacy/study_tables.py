"""Measurements of a study as a table that comes in, and its results as one that is taken away."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import tables
from kepu.kernel.tables import Column, Fault, Row, Sheet
from kepu.literacy.bridge.studies import Measured
from kepu.literacy.models import Study

GROUPS = {"参加": "attending", "对照": "comparison"}
WAVES = {"前测": "before", "后测": "after"}
LARGEST = 1e9
# Han letters, a mobile telephone, an identity number: a key that tells who somebody is.
NAMING = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]|(?<!\d)1\d{10}(?!\d)|\d{17}[\dXx]")
BETWEEN = re.compile(r"[\s\-－]+")  # how telephone numbers are parted


def _key(value: str) -> str:
    if len(value) > 60 or NAMING.search(BETWEEN.sub("", value)):
        raise ValueError(_("a number such as 001: no name, telephone or identity number"))
    return value


def _number(value: str) -> float:
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not abs(found) <= LARGEST:
        raise ValueError(_("a number such as 62.5"))
    return found


def _weight(value: str) -> float:
    found = _number(value)
    if found <= 0:
        raise ValueError(_("a weight is above 0"))
    return found


COLUMNS = (
    Column(
        "person", lazy("Key of a person"), _key, required=False,
        hint=lazy("The same before and after; never a name. Empty where others were asked after"),
    ),
    Column(
        "cluster", lazy("School or session"), tables.text(60), required=False,
        hint=lazy("Where people came together; errors count it"),
    ),
    Column(
        "group", lazy("Group of the study"), tables.one_of(GROUPS),
        hint=lazy("attending (参加) or comparison (对照)"),
    ),
    Column("wave", lazy("Measured"), tables.one_of(WAVES), hint=lazy("before (前测) or after (后测)")),
    Column("score", lazy("Score"), _number),
    Column("weight", lazy("Weight"), _weight, required=False, hint=lazy("Left empty: 1")),
)  # fmt: skip


def read(file: IO[bytes], name: str) -> tuple[list[Measured], str, list[Fault]]:
    """The measurements, the digest of their table, and everything that is wrong, row by row."""
    digest = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    sheet = tables.read_table(file, name, COLUMNS)
    found = [_measured(row) for row in sheet.rows]
    sheet.faults += [] if sheet.faults else list(_faults(sheet))
    return found, digest, sorted(sheet.faults, key=lambda fault: fault.row)


def _measured(row: Row) -> Measured:
    told = row.values
    return Measured(
        told["person"] or "", told["cluster"] or "", told["group"] == "attending",
        told["wave"] == "after", told["score"], told["weight"] or 1.0,
    )  # fmt: skip


def _faults(sheet: Sheet) -> Iterator[Fault]:
    """What no cell says alone: gaps beside filled cells, the same key twice or in both groups."""
    yield from _gaps(sheet)
    key = str(COLUMNS[0].header)
    seen: set[tuple[str, str]] = set()
    groups: dict[str, str] = {}
    for row in sheet.rows:
        person, wave, group = (row.values[name] for name in ("person", "wave", "group"))
        if not person:
            continue
        if (person, wave) in seen:
            yield Fault(row.number, key, _("this key was measured in an earlier row of this wave"))
        seen.add((person, wave))
        if groups.setdefault(person, group) != group:
            yield Fault(row.number, key, _("this key stands in both groups"))


def _gaps(sheet: Sheet) -> Iterator[Fault]:
    for column in COLUMNS[:2]:
        held = [row for row in sheet.rows if row.values[column.key]]
        if held and len(held) < len(sheet.rows):
            gap = next(row for row in sheet.rows if not row.values[column.key])
            words = _("empty here and filled elsewhere: fill all of this column, or none of it")
            yield Fault(gap.number, str(column.header), words)


def template() -> bytes:
    """An empty table to fill in."""
    return tables.template(COLUMNS)


HEADER = ("figure", "group", "wave", "n", "clusters", "estimate", "se", "df", "low", "high")


def write(study: Study) -> bytes:
    """Everything that the study found, as CSV; empty is what cannot be told."""
    return tables.csv_text(HEADER, _rows(study.result or {}, study))


def _rows(found: dict[str, Any], study: Study) -> Iterator[list[Any]]:
    def line(figure: str, one: dict[str, Any], group: str = "", wave: str = "") -> list[Any]:
        numbers = [one.get(name) for name in ("value", "se", "df", "low", "high")]
        return [figure, group, wave, one.get("n"), one.get("clusters"), *numbers]

    for cell in found.get("cells", []):
        yield line("mean", cell, cell["group"], cell["wave"])
    for group, change in found.get("changes", {}).items():
        yield line("change", change, group)
    if found.get("baseline"):
        yield line("difference before", found["baseline"])
    name = "effect" if found.get("compared") else "change alone"
    yield line(name, found.get("effect", {}))
    yield line(f"{name} standardised", found.get("standardised", {}))
    for lost in found.get("lost", []):
        yield line(
            "share not measured again", {"value": lost["share"], "n": lost["before"]}, lost["group"]
        )
    price = found.get("cost", {})
    yield line("reached", {"value": study.reached, "n": study.aimed})
    yield line("cost per person reached", {"value": price.get("per_person")})
    yield line(
        "cost per point gained",
        {"value": price.get("per_point"), "low": price.get("low"), "high": price.get("high")},
    )
