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

RECORD, REPORT, TABLES, ARCHIVE = "run.json", "report.pdf", "tables.xlsx", "run.zip"
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
    folder: Path

    @property
    def report(self) -> Path:
        """The report on methods."""
        return self.folder / REPORT

    @property
    def tables(self) -> Path:
        """All tables as one workbook."""
        return self.folder / TABLES


def read(folder: Path) -> Brought:
    """The results in `folder`; raises BadInput when they are no run, or were changed after it."""
    try:
        text = (folder / RECORD).read_bytes()
        record = json.loads(text)
        outputs = dict(record["outputs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(_("this folder holds no run: its record is missing or damaged")) from error
    for name in sorted({REPORT, TABLES, "figures.csv", *outputs}):
        if outputs.get(name) != _digest(folder, name):
            raise BadInput(_("%(name)s is not as the run wrote it") % {"name": name})
    if strange := sorted(_names(folder) - {RECORD, *outputs}):
        raise BadInput(_("%(name)s was not written by the run") % {"name": strange[0]})
    return Brought(
        record=record,
        digest=hashlib.sha256(text).hexdigest(),
        figures=_rows(folder / "figures.csv"),
        districts=_rows(folder / "districts.csv") if "districts.csv" in outputs else [],
        folder=folder,
    )


def _digest(folder: Path, name: str) -> str:
    """Of a file that lies in the folder itself; empty where there is none."""
    file = folder / name
    if not file.is_file() or not file.resolve().is_relative_to(folder.resolve()):
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _names(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


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
