"""Files without what they tell of their makers: for reviewers who may not know who applies.

Pictures were written anew when they came in. Of a PDF the pages are copied into a new one; of a
document or workbook the parts that are known, with authors, comments and tracked changes taken out and
names blanked in its text. What cannot be freed for certain raises Unclean, in words for the secretary.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from kepu.appraisal.blind import Names
from kepu.kernel.errors import BadInput
from kepu.kernel.files.kinds import CSV_ENCODINGS, IMAGES, Kind
from kepu_engines.core.cells import disarmed

LARGEST_CSV = 20 * 2**20


class Unclean(Exception):
    """A file that cannot be freed from its maker's traces for certain; says why in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def strip(source: Path, target: Path, kind: Kind, names: Names) -> None:
    """Write to `target` what a blind reviewer may see of the file at `source`.

    `names` are blanked in the text of documents, workbooks and tables; the visible text of a PDF and
    of pictures stays as it is. Raises Unclean.
    """
    try:
        if kind == Kind.PDF:
            from kepu.appraisal import portable

            portable.strip(source, target)
        elif kind in (Kind.DOCX, Kind.XLSX):
            from kepu.appraisal import office

            office.strip(source, target, names)
        elif kind == Kind.CSV:
            _table(source, target, names)
        elif kind in IMAGES:
            shutil.copyfile(source, target)
        else:
            raise Unclean(_("files of this kind are not shown to blind reviewers"))
    except BadInput as refusal:
        raise Unclean(refusal.reason) from refusal


def why_not_open(path: Path, kind: Kind) -> str | None:
    """Why nobody could read a file that is handed in: who judges has no password to it."""
    if kind != Kind.PDF:
        return None
    from kepu.appraisal import portable

    return portable.why_not_open(path)


def _table(source: Path, target: Path, names: Names) -> None:
    if source.stat().st_size > LARGEST_CSV:
        raise Unclean(_("this table is too large to be searched for names"))
    raw = source.read_bytes()
    for encoding in CSV_ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        written = io.StringIO(newline="")
        csv.writer(written).writerows(_blanked(text, names))
        target.write_text(written.getvalue(), encoding="utf-8-sig", newline="")
        return
    raise Unclean(_("this file is damaged"))


def _blanked(text: str, names: Names) -> Iterator[list[str]]:
    """Rows with names blanked, and no cell that a spreadsheet would run."""
    for row in csv.reader(io.StringIO(text, newline="")):
        yield [disarmed(names.blank(cell)) for cell in row]
