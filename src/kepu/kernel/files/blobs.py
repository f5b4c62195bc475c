"""Contents on disk, under DATA/files/<aa>/<sha256>: whole or not there, never half."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput

CHUNK = 64 * 1024
GRACE = timedelta(days=1)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def folder() -> Path:
    return Path(settings.DATA) / "files"


def place(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256


def inbox() -> Path:
    """Where everything lies that is on its way in; what a killed process left there is swept."""
    found = folder() / "incoming"
    found.mkdir(parents=True, exist_ok=True)
    return found


@contextmanager
def workbench() -> Iterator[Path]:
    """A folder for a file on its way in; it and what is left in it are gone afterwards."""
    with tempfile.TemporaryDirectory(dir=inbox()) as name:
        yield Path(name)


def take_in(stream: Readable, target: Path, limit: int) -> None:
    """Write the stream to `target` piece by piece; stops reading, and raises BadInput, past `limit`."""
    size = 0
    with target.open("wb") as file:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > limit:
                megabytes = limit // 2**20
                raise BadInput(_("this file is larger than %(size)s MB") % {"size": megabytes})
            file.write(piece)
    if not size:
        raise BadInput(_("this file is empty"))


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(path: Path, sha256: str) -> None:
    """Move the file under its digest in one step, and onto the disk before anybody is told.

    Where the content is there already it only becomes young again, so that no sweep takes it from
    under the new row.
    """
    target = place(sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(path, target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_blob(sha256: str) -> BinaryIO:
    """The content for reading; raises FileNotFoundError when it is gone."""
    return place(sha256).open("rb")


def all_kept() -> Iterator[Path]:
    """Every content there is."""
    return folder().glob("[0-9a-f][0-9a-f]/*")


def is_old(path: Path, now: datetime) -> bool:
    """Whether the content was last handed in longer ago than the grace."""
    return path.stat().st_mtime < (now - GRACE).timestamp()


def drop(path: Path, *, unless: Callable[[Path], bool]) -> bool:
    """Delete a content; `unless` is asked of it once it is out of everybody's way.

    Whoever hands the same in meanwhile puts a whole new file in its place, and keeps that one.
    """
    with workbench() as bench:
        aside = bench / path.name
        try:
            os.replace(path, aside)
        except FileNotFoundError:
            return False
        if unless(aside):
            os.replace(aside, path)
            return False
    return True
