"""Folders as one ZIP: what a run reads and what it writes, and what somebody sends, looked at first."""

from __future__ import annotations

import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput

PLAN = "plan.yaml"
ENDINGS = (".yaml", ".csv", ".parquet")
MOST_FILES = 40
LARGEST = 300 * 2**20  # octets of all files together, unpacked
NEVER = (1980, 1, 1, 0, 0, 0)  # the same files, the same bytes
LEFT_BEHIND = ("__MACOSX/", ".DS_Store")  # by a desktop that packed it
BOUND = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # unpacked no further than the stated size
DAMAGED = (
    zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError,
    struct.error, zlib.error,
)  # fmt: skip


def pack(folder: Path, target: Path) -> None:
    """Write every file below `folder` into one ZIP; the same files make the same bytes."""
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                part = zipfile.ZipInfo(file.relative_to(folder).as_posix(), NEVER)
                part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                part.file_size = file.stat().st_size
                with file.open("rb") as source, archive.open(part, "w") as written:
                    shutil.copyfileobj(source, written)


def unpack(packed: IO[bytes], folder: Path) -> None:
    """Lay out what `pack` wrote."""
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)


def take_out(sent: IO[bytes], folder: Path) -> None:
    """Lay out what somebody sent: a plan and the files beside it.

    Raises
    ------
    BadInput
        If it is no ZIP, or a file in it has no business there; the sentence names the file.
    """
    try:
        with zipfile.ZipFile(sent) as archive:
            parts = list(_wanted(archive))
            _look_at(parts)
            above = _place_of_the_plan(parts)
            for part in parts:
                _lay_out(archive, part, folder, part.filename.removeprefix(above))
    except DAMAGED as error:
        raise BadInput(_("this ZIP is damaged, or none at all")) from error


def _wanted(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    for part in archive.infolist():
        left = part.filename.startswith(LEFT_BEHIND[0]) or part.filename.endswith(LEFT_BEHIND[1])
        if not part.is_dir() and not left:
            yield part


def _look_at(parts: list[zipfile.ZipInfo]) -> None:
    """Stated sizes bind: what reads a part stops at them."""
    seen: set[str] = set()
    size = 0
    for number, part in enumerate(parts, start=1):
        told = {"name": part.filename[:80], "most": MOST_FILES, "size": LARGEST // 2**20}
        if reason := _why_not(part):
            raise BadInput(reason % told)
        if part.filename.lower() in seen:
            raise BadInput(_("%(name)s is in the ZIP twice") % told)
        if number > MOST_FILES:
            raise BadInput(_("%(name)s is one too many: at most %(most)s files are taken") % told)
        size += part.file_size
        if size > LARGEST:
            raise BadInput(_("with %(name)s the ZIP unpacks to more than %(size)s MB") % told)
        seen.add(part.filename.lower())


def _why_not(part: zipfile.ZipInfo) -> str | None:
    """What is wrong with one part; the sentence names it by `name`."""
    path = PurePosixPath(part.filename)
    plain = str(path) == part.filename and "\\" not in part.filename and ":" not in part.filename
    if not plain or path.is_absolute() or ".." in path.parts:
        return _("%(name)s lies outside the ZIP's own folder: pack the files beside the plan")
    kind = stat.S_IFMT(part.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return _("%(name)s is a link, not a file: pack the file itself")
    if part.compress_type not in BOUND:
        return _("%(name)s is packed in a way that is not read: pack it as a usual ZIP")
    if part.flag_bits & 1:
        return _("%(name)s is locked with a password: pack it without")
    if path.suffix.lower() not in ENDINGS:
        return _("%(name)s is not read by a run: only YAML, CSV and Parquet are taken")
    return None


def _place_of_the_plan(parts: list[zipfile.ZipInfo]) -> str:
    """The folder in which the plan lies, with its stroke; everything else lies beside or below it."""
    plans = [part.filename for part in parts if PurePosixPath(part.filename).name == PLAN]
    if len(plans) != 1:
        raise BadInput(_("the ZIP must hold one plan.yaml, and the files it names beside it"))
    above = plans[0].removesuffix(PLAN)
    for part in parts:
        if not part.filename.startswith(above):
            raise BadInput(_("%(name)s does not lie beside plan.yaml") % {"name": part.filename})
    return above


def _lay_out(archive: zipfile.ZipFile, part: zipfile.ZipInfo, folder: Path, name: str) -> None:
    target = folder / name
    if not target.resolve().is_relative_to(folder.resolve()):
        words = _("%(name)s lies outside the ZIP's own folder: pack the files beside the plan")
        raise BadInput(words % {"name": name[:80]})
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(part) as source, target.open("wb") as written:
        shutil.copyfileobj(source, written)
