"""`kepu backup DEST`: one archive of everything, consistent while Kepu goes on working."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kepu.kernel.errors import BadInput
from kepu.web import archive, starting
from kepu.web.postgresql import connection_words, tool
from kepu.web.progress import Progress, growing
from kepu.web.speech import n_, say

EXAMPLE = """\
kepu backup /srv/backup
kepu backup /srv/backup/today.tar.gz --with-keys"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "destination", metavar="DEST", help=n_("file to write, or a folder to write it in")
    )
    parser.add_argument(
        "--with-keys",
        action="store_true",
        help=n_(
            "put the keys of personal data in too; then guard the archive like the city itself"
        ),
    )


def run(options: argparse.Namespace) -> int:
    starting.start_city()
    from kepu.kernel import clock
    from kepu.kernel.audit import sealer

    now = clock.now()
    destination = place(Path(options.destination), f"kepu-{now:%Y%m%dT%H%M%SZ}.tar.gz")
    progress = Progress(sys.stderr)
    sealer.seal_alone(now, wait=True)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".kepu-backup-") as name:
        manifest = gather(Path(name), now.isoformat(), options.with_keys, progress)
        archive.pack(Path(name), destination, progress)
    progress.finish()
    print(f"{destination} ({destination.stat().st_size / 1e6:,.1f} MB)")
    if not options.with_keys:
        print(say(n_("the keys are not in it: without a copy of DATA/keys it cannot be restored")))
    print(
        say(
            n_("audit head: %(number)s %(digest)s"),
            number=manifest.audit_number,
            digest=manifest.audit_digest,
        )
    )
    return 0


def place(destination: Path, name: str) -> Path:
    """Where the archive will stand; raises BadInput when something stands there.

    What is not named as an archive is a folder, made when it is not there yet: a plain file of that name
    would be in the way of the next night's backup.
    """
    target = destination if _named(destination) else destination / name
    if target.parent == destination and _may_make(destination):
        destination.mkdir()
    if target.exists():
        raise BadInput(say(n_("%(target)s exists already; nothing was written"), target=target))
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise BadInput(
            say(n_("%(parent)s is not a folder that can be written to"), parent=target.parent)
        )
    return target.resolve()


def _named(destination: Path) -> bool:
    return destination.name.endswith((".tar.gz", ".tgz")) and not destination.is_dir()


def _may_make(folder: Path) -> bool:
    return not folder.exists() and os.access(folder.parent, os.W_OK)


def gather(folder: Path, at: str, with_keys: bool, progress: Progress) -> archive.Manifest:
    """Lay out the archive in `folder`. The database first: files it names were there before it."""
    from django.conf import settings
    from django.db import connection

    data = Path(settings.DATA)
    on_server = connection.vendor == "postgresql"
    file = folder / (archive.POSTGRESQL if on_server else archive.SQLITE)
    size = 0 if on_server else (data / "kepu.sqlite3").stat().st_size
    with growing(progress, "database", file, size):
        number, digest, migrations = (postgresql if on_server else sqlite)(folder)
    copy_tree(data / "files", folder / "files")
    copy_checkpoints(folder, number)
    if with_keys:
        copy_tree(data / "keys", folder / "keys")
    manifest = archive.Manifest(
        format=archive.FORMAT,
        version=own_version(),
        at=at,
        database=connection.vendor,
        migrations=migrations,
        audit_number=number,
        audit_digest=digest,
        keys=archive.key_fingerprints(data / "keys"),
        with_keys=with_keys,
        members=[archive.describe(folder, path) for path in archive.files_in(folder)],
    )
    (folder / archive.MANIFEST).write_text(manifest.text(), encoding="utf-8")
    return manifest


Snapshot = tuple[int, str, list[str]]

HEAD = "SELECT seq, digest FROM audit_entry WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1"
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY app, name"


def sqlite(folder: Path) -> Snapshot:
    """VACUUM INTO copies one consistent state; head and migrations are read off the copy."""
    import sqlite3

    from django.db import connection

    target = folder / archive.SQLITE
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target)])
    copy = sqlite3.connect(target)
    try:
        return state(copy.execute(HEAD).fetchone(), copy.execute(MIGRATIONS).fetchall())
    finally:
        copy.close()


def postgresql(folder: Path) -> Snapshot:
    """pg_dump reads the very snapshot that head and migrations are read in."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        cursor.execute(HEAD)
        head = cursor.fetchone()
        cursor.execute(MIGRATIONS)
        found = state(head, cursor.fetchall())
        words, surroundings = connection_words()
        done = subprocess.run(  # noqa: S603 (our own words)
            [tool("pg_dump"), "--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}",
             f"--file={folder / archive.POSTGRESQL}", *words],
            env=surroundings, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise BadInput(
            say(n_("pg_dump could not copy the database: %(why)s"), why=done.stderr.strip())
        )
    return found


def state(head: Any, migrations: list[Any]) -> Snapshot:
    from kepu.kernel.audit import chain

    number, digest = head or (0, chain.GENESIS)
    return number, digest, [name for (name,) in migrations]


def copy_tree(source: Path, target: Path) -> None:
    """Copy plain files; one that is deleted meanwhile, or is half written, was in nobody's hands yet."""
    for path in archive.files_in(source) if source.exists() else []:
        if path.name.startswith("."):
            continue
        own = target / path.relative_to(source)
        own.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, own)
        except FileNotFoundError:
            own.unlink(missing_ok=True)


def copy_checkpoints(folder: Path, number: int) -> None:
    """Keep the checkpoints up to the copied head: later ones would speak of entries not inside."""
    from dataclasses import asdict

    from kepu.kernel.audit import chain

    target = folder / "audit" / chain.checkpoint_file().name
    target.parent.mkdir()
    kept = [mark for mark in chain.checkpoints() if mark.seq <= number]
    target.write_text("".join(json.dumps(asdict(mark)) + "\n" for mark in kept), encoding="utf-8")


def own_version() -> str:
    try:
        return version("kepu")
    except PackageNotFoundError:
        return "unreleased"
