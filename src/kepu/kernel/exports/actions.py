"""Ask for a long table, make it, and throw it away a week later."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from kepu.kernel import clock, tables
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.exports import queries
from kepu.kernel.exports.models import Export, ExportState
from kepu.kernel.exports.registry import SOURCES, Table
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import ExportAsked
from kepu.kernel.working import Hold, Work


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


def _make(hold: Hold[Export]) -> None:
    """Write the file of an export, telling how far it is.

    Not in one transaction: a table of minutes must not keep SQLite's one writer waiting. What the
    person may see is asked when the making begins, not when the export was asked for.
    """
    part = queries.file_of(hold.row).with_suffix(f".{hold.taken.timestamp()}.part")
    try:
        _write(hold, part)
    finally:
        part.unlink(missing_ok=True)


def _write(hold: Hold[Export], part: Path) -> None:
    export = hold.row
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear(export)
    source = SOURCES[export.kind]
    table = source.table(export.asked_by, export.query, hold.taken)
    hold.keep(total=table.total, personal=table.personal)
    rows = write_file(
        part, export.format, table, lambda done: hold.keep(done=done), str(source.title)
    )
    _end(hold, ExportState.READY, part, {"rows": rows, "personal": table.personal})


def _clear(export: Export) -> None:
    """What a maker left that was killed goes; one that was only slow writes on into nothing."""
    for left in queries.folder().glob(f"{export.key}.*part"):
        left.unlink(missing_ok=True)


def write_file(
    path: Path,
    format: str,
    table: Table,
    progress: tables.Progress | None = None,
    title: str = "",
) -> int:
    """Write a table as CSV, or XLSX with a sheet of that title, in constant memory; how many rows."""
    if format == "csv":
        return tables.write_csv(path, table.headers, table.rows, progress)
    return tables.write_xlsx(path, table.headers, table.rows, progress, title)


def _fail(hold: Hold[Export], reason: str) -> None:
    _end(hold, ExportState.FAILED, None, {})


@transaction.atomic
def _end(hold: Hold[Export], state: str, part: Path | None, figures: dict[str, object]) -> None:
    """The file gets its name while the row is held, so that no other maker's is named instead."""
    now, export = clock.now(), hold.row
    done = {"done": figures["rows"]} if part else {}
    hold.keep(state=state, ended_at=now, **done)
    audit.record(None, f"export.{state}", export, now=now, for_whom=export.asked_by, **figures)
    if part:
        part.replace(queries.file_of(export))


TABLES = Work(
    Export, (ExportState.WAITING, ExportState.RUNNING), _make, _fail,
    {"state": ExportState.RUNNING, "done": 0},
)  # fmt: skip


@transaction.atomic
def make_anew(*, by: None, now: datetime) -> int:
    """Have tables that name people made once more, for one of these was erased; returns how many.

    Those being made count too: what was read before the erasure is not handed out after it.
    """
    begun = Export.objects.filter(state=ExportState.RUNNING) | Export.objects.filter(
        state=ExportState.READY, personal=True
    )
    found = list(begun.select_for_update())
    for export in found:
        export.state, export.begun_at, export.ended_at = ExportState.WAITING, None, None
        export.tries = 0
        export.save(update_fields=["state", "begun_at", "ended_at", "tries"])
        queries.file_of(export).unlink(missing_ok=True)
        audit.record(by, "export.anew", export, now=now, for_whom=export.asked_by)
        facts.publish(ExportAsked(at=now, export_id=export.pk))
    return len(found)


@transaction.atomic
def drop_of(person_id: int, *, by: None, now: datetime) -> int:
    """Exports of somebody who was erased go with their files: nobody is left to take them away."""
    return _drop(Export.objects.filter(asked_by=person_id), by, now)


@transaction.atomic
def forget(*, by: None, now: datetime) -> int:
    """Kepu itself deletes exports that ended a week ago, with their files; returns how many."""
    return _drop(queries.outlived(now), by, now)


def _drop(found: QuerySet[Export], by: None, now: datetime) -> int:
    gone = list(found)
    for export in gone:
        audit.record(by, "export.forget", export, now=now)
        queries.file_of(export).unlink(missing_ok=True)
    Export.objects.filter(pk__in=[export.pk for export in gone]).delete()
    return len(gone)
