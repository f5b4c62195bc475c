"""Keep and remove files."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.db import transaction

from kepu.kernel.accounts import keys
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.files import blobs, intake, purposes, queries, rules, shown
from kepu.kernel.files.blobs import Readable
from kepu.kernel.files.intake import Content
from kepu.kernel.files.models import FileState, StoredFile


def store(
    stream: Readable, purpose: str, name: str, *, by: User, now: datetime, path: str = ""
) -> StoredFile:
    """Keep what a person hands in for a purpose; `path` is the scope of the record it belongs to.

    The content is looked at before anything is kept: its kind by its bytes, pictures written anew.
    Raises BadInput in words when it is too large, damaged, or of a kind the purpose does not take.
    The file is on the disk before its row is written; a row that is never committed leaves a file that
    the sweep clears away.
    """
    authorize(rules.why_not_store(by))
    return enter(intake.examine(stream, purpose), name, by=by, now=now, path=path)


@transaction.atomic
def enter(content: Content, name: str, *, by: User, now: datetime, path: str = "") -> StoredFile:
    """Write the row of a content that was examined, as part of the caller's own transaction.

    For who must look again, under a lock, before the file counts.
    """
    authorize(rules.why_not_store(by))
    assert by.data_key is not None  # noqa: S101 (who is active is not erased)
    sealed = keys.seal(by.data_key, {"stem": queries.stem(name)}, queries.owner_of_name(by))
    file = StoredFile.objects.create(
        owner=by,
        purpose=content.purpose,
        sealed_name=sealed,
        kind=content.kind,
        sha256=content.sha256,
        size=content.size,
        path=path,
        created_at=now,
    )
    audit.record(by, "file.store", file, now=now, purpose=content.purpose, size=content.size)
    return file


@transaction.atomic
def remove(file_id: int, *, by: User, now: datetime) -> StoredFile:
    """Take a file back. Its content goes with the next sweep, unless somebody else handed in the same."""
    file = StoredFile.objects.select_for_update().get(pk=file_id)
    authorize(rules.why_not_remove(by, file, now))
    require(rules.why_not_removed(file))

    file.state, file.removed_at = FileState.REMOVED, now
    file.save(update_fields=["state", "removed_at"])
    audit.record(by, "file.remove", file, now=now)
    return file


@transaction.atomic
def put_away(file_id: int, *, now: datetime) -> None:
    """Remove a file that Kepu made itself, such as a copy which another one took the place of."""
    file = StoredFile.objects.select_for_update().get(pk=file_id)
    if file.state != FileState.KEPT:
        return
    file.state, file.removed_at = FileState.REMOVED, now
    file.save(update_fields=["state", "removed_at"])
    audit.record(None, "file.remove", file, now=now)


@transaction.atomic
def remove_personal(person_id: int, *, now: datetime) -> int:
    """Remove what belonged to an erased person alone. Returns how many files."""
    theirs = StoredFile.objects.filter(
        owner=person_id, purpose__in=purposes.personal(), state=FileState.KEPT
    )
    return theirs.update(state=FileState.REMOVED, removed_at=now)


@transaction.atomic
def remove_with_person(file_ids: Collection[int], *, now: datetime) -> int:
    """Remove files in which an erased person is shown, whoever handed them in. Returns how many."""
    shown = StoredFile.objects.filter(pk__in=file_ids, state=FileState.KEPT)
    return shown.update(state=FileState.REMOVED, removed_at=now)


def sweep(*, now: datetime) -> int:
    """Delete contents that no kept row names, and what a crash left on the workbench.

    Only what has lain for a day is touched, so that nothing on its way to a row is lost. Returns
    how many contents went.
    """
    gone = 0
    for path in blobs.all_kept():
        if _wanted(path, now):
            continue
        if blobs.drop(path, unless=lambda aside: _wanted(aside, now)):
            shown.forget(path.name)
            gone += 1
    for left in blobs.inbox().glob("*"):
        _clear_away(left, now)
    return gone


def _clear_away(left: Path, now: datetime) -> None:
    """A workbench or an upload that nobody finished; one that goes meanwhile is no harm."""
    try:
        if not blobs.is_old(left, now):
            return
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    except OSError:
        return


def _wanted(content: Path, now: datetime) -> bool:
    """Whether a content came again, or got a row, since the sweep first looked at it."""
    return not blobs.is_old(content, now) or queries.kept().filter(sha256=content.name).exists()
