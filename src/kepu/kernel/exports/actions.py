"""Ask for a long table, make it, and throw it away a week later."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import translation

from kepu.kernel import clock, tables
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.exports import queries
from kepu.kernel.exports.models import Export, ExportState
from kepu.kernel.exports.registry import SOURCES, Table
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import ExportAsked

log = logging.getLogger(__name__)


@transaction.atomic
def ask(kind: str, *, query: str, format: str, total: int, by: User, now: datetime) -> Export:
    """Ask for the table of `kind` as `by` may see it; the worker makes it."""
    export = Export.objects.create(
        kind=kind,
        query=query,
        format=format,
        language=translation.get_language() or "zh-hans",
        asked_by=by,
        asked_at=now,
        total=total,
    )
    audit.record(by, "export.ask", export, now=now, kind=kind, rows=total)
    facts.publish(ExportAsked(at=now, export_id=export.pk))
    return export


@transaction.atomic
def note_taken(kind: str, *, rows: int, personal: bool, by: User, now: datetime) -> None:
    """Write down that somebody took a short table away, and whether it named people."""
    audit.record(by, f"{kind}.export", by, now=now, rows=rows, personal=personal)


def take_up(export_id: int, *, now: datetime) -> bool:
    """Make the export ours; False when another maker was quicker. One statement decides."""
    waiting = queries.to_make(now).filter(pk=export_id)
    return bool(waiting.update(state=ExportState.RUNNING, begun_at=now, beat_at=now, done=0) == 1)


def make(export_id: int) -> None:
    """Write the file of an export that was taken up, telling how far it is.

    Not in one transaction: a table of minutes must not keep SQLite's one writer waiting. What the
    person may see is asked now, not when the export was asked for.
    """
    export = Export.objects.select_related("asked_by").get(pk=export_id)
    try:
        with translation.override(export.language):
            _write(export)
    except Exception:
        log.exception("export %s failed", export.pk)
        queries.file_of(export).with_suffix(".part").unlink(missing_ok=True)
        _end(export, ExportState.FAILED, {})


def _write(export: Export) -> None:
    table = SOURCES[export.kind].table(export.asked_by, export.query, clock.now())
    Export.objects.filter(pk=export.pk).update(total=table.total)
    target = queries.file_of(export)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    rows = write_file(part, export.format, table, lambda done: _tell(export, done))
    part.replace(target)
    _end(export, ExportState.READY, {"rows": rows, "personal": table.personal})


def write_file(
    path: Path, format: str, table: Table, progress: tables.Progress | None = None
) -> int:
    """Write a table as CSV or XLSX in constant memory; returns how many rows."""
    if format == "csv":
        return tables.write_csv(path, table.headers, table.rows, progress)
    return tables.write_xlsx(path, table.headers, table.rows, progress)


def _tell(export: Export, done: int) -> None:
    Export.objects.filter(pk=export.pk).update(done=done, beat_at=clock.now())


@transaction.atomic
def _end(export: Export, state: str, figures: dict[str, object]) -> None:
    now = clock.now()
    export.state, export.ended_at = state, now
    export.done = int(str(figures.get("rows", export.done)))
    export.save(update_fields=["state", "ended_at", "done"])
    audit.record(None, f"export.{state}", export, now=now, for_whom=export.asked_by, **figures)


@transaction.atomic
def forget(*, by: None, now: datetime) -> int:
    """Kepu itself deletes exports that ended a week ago, with their files; returns how many."""
    gone = list(queries.outlived(now))
    for export in gone:
        audit.record(by, "export.forget", export, now=now)
        queries.file_of(export).unlink(missing_ok=True)
    Export.objects.filter(pk__in=[export.pk for export in gone]).delete()
    return len(gone)
