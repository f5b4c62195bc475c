"""A folder of results -> what the city keeps of it. The folder is held against its own record first."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput

RECORD, REPORT, TABLES = "run.json", "report.pdf", "tables.xlsx"
NUMBERS = {
    "estimate", "se", "low", "high", "deff", "n", "people", "direct", "direct_se", "direct_low",
    "direct_high", "model", "model_se", "model_low", "model_high", "place", "place_low",
    "place_high",
}  # fmt: skip


@dataclass(frozen=True)
class Brought:
    """What a folder of results holds."""

    record: dict[str, Any]
    digest: str
    figures: list[dict[str, Any]]
    districts: list[dict[str, Any]]
    report: Path
    tables: Path


def read(folder: Path) -> Brought:
    """The results in `folder`; raises BadInput when they are no run, or were changed after it."""
    try:
        text = (folder / RECORD).read_bytes()
        record = json.loads(text)
        outputs = dict(record["outputs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(_("this folder holds no run: its record is missing or damaged")) from error
    for name in (REPORT, TABLES, "figures.csv"):
        if outputs.get(name) != _digest(folder / name):
            raise BadInput(_("%(name)s is not as the run wrote it") % {"name": name})
    districts = folder / "districts.csv"
    if "districts.csv" in outputs and outputs["districts.csv"] != _digest(districts):
        raise BadInput(_("%(name)s is not as the run wrote it") % {"name": districts.name})
    return Brought(
        record=record,
        digest=hashlib.sha256(text).hexdigest(),
        figures=_rows(folder / "figures.csv"),
        districts=_rows(districts) if "districts.csv" in outputs else [],
        report=folder / REPORT,
        tables=folder / TABLES,
    )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return [
            {name: _value(name, word) for name, word in row.items()}
            for row in csv.DictReader(stream)
        ]


def _value(name: str, word: str) -> Any:
    if name not in NUMBERS:
        return word
    return float(word) if word else None
