"""The archive that `kepu backup` writes and `kepu restore` reads: a gzipped tar with a manifest.

manifest.json             what is inside, with sizes and hashes; the head of the audit chain
database.sqlite3          a consistent copy of the SQLite database, or
database.dump             pg_dump's custom format
audit/checkpoints.jsonl   the signed checkpoints up to that head
files/...                 what people uploaded
keys/...                  only with --with-keys
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from kepu.kernel.errors import BadInput
from kepu.web.progress import Progress, Read
from kepu.web.speech import n_, say

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE, POSTGRESQL = "database.sqlite3", "database.dump"
TOP = {MANIFEST, SQLITE, POSTGRESQL, "audit", "files", "keys"}
KEYS = ("master", "fingerprint", "audit")  # without these an installation cannot read its own past
CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """One file of the archive."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself."""

    format: int
    version: str
    at: str
    database: str  # "sqlite" or "postgresql"
    migrations: list[str]
    audit_number: int
    audit_digest: str
    keys: dict[str, str]  # fingerprints by name, never the keys
    with_keys: bool
    members: list[Member]

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an unpacked archive; raises BadInput when it cannot be one."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        members = [Member(**member) for member in found.pop("members")]
        manifest = Manifest(members=members, **found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise BadInput(
            say(n_("this is not a Kepu archive: its manifest is missing or cannot be read"))
        ) from None
    if manifest.format != FORMAT:
        raise BadInput(
            say(
                n_("this archive has format %(format)s; this Kepu reads format %(own)s"),
                format=manifest.format,
                own=FORMAT,
            )
        )
    return manifest


def pack(folder: Path, destination: Path, progress: Progress) -> None:
    """Write `folder` into one archive; nothing stands at `destination` until all of it does."""
    paths, done = ordered(folder), 0
    total = sum(path.stat().st_size for path in paths)
    unfinished = destination.with_name(f".{destination.name}.partial")
    try:
        with unfinished.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
                for path in paths:
                    member = tar.gettarinfo(path, str(path.relative_to(folder)))
                    with path.open("rb") as content:
                        tell = partial(_tell, progress, "archive", done, total)
                        tar.addfile(member, Read(content, tell))
                    done += member.size
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(destination)
    finally:
        unfinished.unlink(missing_ok=True)


def _tell(progress: Progress, what: str, before: int, total: int, octets: int) -> None:
    progress(what, before + octets, total)


def ordered(folder: Path) -> list[Path]:
    """Every file, the manifest first, so that it can be read without the rest."""
    return sorted(files_in(folder), key=lambda path: (path.name != MANIFEST, path))


def unpack(source: Path, folder: Path, progress: Progress) -> Manifest:
    """Unpack into `folder` and check every byte against the manifest; raises BadInput."""
    tell = partial(_tell, progress, "archive", 0, source.stat().st_size)
    try:
        with source.open("rb") as file, tarfile.open(fileobj=Read(file, tell), mode="r|gz") as tar:  # type: ignore[call-overload]
            for member in tar:
                extract(tar, member, folder)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise BadInput(
            say(n_("%(source)s is damaged or no archive: %(error)s"), source=source, error=error)
        ) from None
    manifest = read_manifest(folder)
    for fault in faults(folder, manifest):
        raise BadInput(say(n_("%(source)s is damaged: %(fault)s"), source=source, fault=fault))
    return manifest


def extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one plain file below `folder`; anything else an archive may hold is refused."""
    parts = PurePosixPath(member.name).parts
    if not member.isreg() or not parts or ".." in parts or parts[0] not in TOP:
        raise BadInput(
            say(
                n_("the archive holds %(name)s, which does not belong in one"),
                name=repr(member.name),
            )
        )
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    reader = tar.extractfile(member)
    with target.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        while reader and (chunk := reader.read(CHUNK)):
            file.write(chunk)


def faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Sentences about what differs from the manifest."""
    listed = {member.path: member for member in manifest.members}
    found = {str(path.relative_to(folder)): path for path in files_in(folder)}
    found.pop(MANIFEST, None)
    for name in sorted(found.keys() - listed.keys()):
        yield f"{name} is not in its manifest"
    for name, member in listed.items():
        if name not in found:
            yield f"{name} is missing"
        elif describe(folder, found[name]) != member:
            yield f"{name} was changed"


def describe(folder: Path, path: Path) -> Member:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            total.update(chunk)
    return Member(str(path.relative_to(folder)), path.stat().st_size, total.hexdigest())


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def key_fingerprints(folder: Path) -> dict[str, str]:
    """Names the keys in a folder without giving them away."""
    return {
        name: hashlib.sha256(
            f"name of {name}:".encode() + (folder / name).read_bytes()
        ).hexdigest()[:16]
        for name in KEYS
        if (folder / name).exists()
    }
