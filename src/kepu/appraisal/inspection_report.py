"""Draw the report of an inspection as PDF: who went, what was found, item by item, with photographs."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kepu.appraisal.inspection_pack import in_words
from kepu.appraisal.models import Inspection, InspectionPhoto
from kepu.appraisal.printing import font_folder
from kepu.appraisal.queries import inspections as queries
from kepu.appraisal.queries.inspections import Row
from kepu.kernel.clock import BEIJING
from kepu.kernel.files import blobs, shown

SIDE = 640  # of a photograph on paper
MOST = 60  # photographs; more are in the record


def pdf(inspection: Inspection, *, now: datetime) -> bytes:
    """The report as it stands, on sheets of A4. A photograph that is gone is left out."""
    import typst  # asked late: web start-up does without it

    rows = queries.rows(inspection)
    with blobs.workbench() as bench:
        drawn = _laid_out([photo for row in rows for photo in row.photos][:MOST], bench)
        values = _values(inspection, rows, drawn)
        template = resources.files("kepu.appraisal") / "typst" / "inspection.typ"
        (bench / "report.typ").write_bytes(template.read_bytes())
        made = typst.compile(
            str(bench / "report.typ"),
            root=str(bench),
            font_paths=[font_folder()],
            ignore_system_fonts=True,
            sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
            timestamp=int((inspection.signed_at or now).timestamp()),
            format="pdf",
        )
    return bytes(made)


def _laid_out(photos: list[InspectionPhoto], bench: Path) -> dict[int, str]:
    """The photographs as small files beside the template, by id."""
    names = {}
    for photo in photos:
        try:
            (bench / f"{photo.pk}.jpg").write_bytes(shown.small(photo.file.sha256, SIDE))
        except FileNotFoundError:
            continue
        names[photo.pk] = f"{photo.pk}.jpg"
    return names


def _values(inspection: Inspection, rows: list[Row], drawn: dict[int, str]) -> dict[str, Any]:
    return {
        "title": _("Report of a field inspection"),
        "name": queries.name(inspection),
        "programme": str(queries.programme(inspection)),
        "facts": _facts(inspection),
        "missed": [str(row.check) for row in rows if row.fails],
        "missed_words": _("Musts that are missed"),
        "none_missed": _("no must was missed"),
        "rows": [_row(row, drawn) for row in rows],
        "opinions": [_opinion(one) for one in inspection.inspectors.select_related("person")],
    }


def _facts(inspection: Inspection) -> list[list[str]]:
    days = f"{inspection.first_day.isoformat()} – {inspection.last_day.isoformat()}"
    told = [
        [_("State"), inspection.get_state_display()],
        [_("Days of the visit"), days],
        [_("Visited"), _moment(inspection.visited_at)],
    ]
    if inspection.signed_by is not None:
        told.append([
            _("Countersigned by"), f"{inspection.signed_by.name} {_moment(inspection.signed_at)}"
        ])  # fmt: skip
    return told


def _moment(at: datetime | None) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if at else ""


def _row(row: Row, drawn: dict[int, str]) -> dict[str, Any]:
    found = [
        {
            "who": who.person.name,
            "value": in_words(row.check, one.value if one else None),
            "note": one.note if one else "",
        }
        for who, one in row.found
    ]
    photos = [
        {"file": drawn[one.pk], "when": _moment(one.taken_at)}
        for one in row.photos
        if one.pk in drawn
    ]
    marks = [_("inspectors differ")] * row.differs + [_("missed")] * row.fails
    return {
        "part": row.check.part, "title": str(row.check), "found": found, "photos": photos,
        "marks": " · ".join(marks),
    }  # fmt: skip


def _opinion(one: Any) -> dict[str, str]:
    venue = f"{one.venue_words} {one.venue_post}".strip()
    return {
        "who": one.person.name,
        "words": one.opinion,
        "signed": _moment(one.signed_at),
        "venue": f"{_('Remark of the side that was visited')}: {venue}" if venue else "",
    }
