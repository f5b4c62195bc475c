"""`kepu restore SRC`: into an empty place only, all of it or nothing, and verified before it stands."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from kepu.kernel.errors import BadInput
from kepu.web import archive, starting
from kepu.web.postgresql import connection_words, tool
from kepu.web.progress import Progress
from kepu.web.speech import n_

KEPT = {
    "keys",
    "static",
}  # may stand in DATA before: keys brought by hand, and what is made from code

EXAMPLE = "DATA=/srv/new kepu restore /srv/backup/today.tar.gz"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SRC", help=n_("an archive that `kepu backup` wrote"))


def run(options: argparse.Namespace) -> int:
    source, data = Path(options.source), starting.data()
    if not source.is_file():
        raise BadInput(f"there is no archive at {source}")
    need_empty(data)
    starting.need_writable(data)
    # Beside what it will become, so that a rename puts it in place.
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as name:
        return restore(source, data, Path(name))


def restore(source: Path, data: Path, folder: Path) -> int:
    progress = Progress(sys.stderr)
    manifest = archive.unpack(source, folder, progress)
    progress.finish()
    bring_keys(manifest, data, folder)
    need_same_database(manifest)
    os.environ["DATA"] = str(folder)  # Django starts inside the unpacked archive
    if manifest.database == "sqlite":
        (folder / archive.SQLITE).rename(folder / "kepu.sqlite3")
    starting.start_django()
    if manifest.database == "postgresql":
        fill_postgresql(folder / archive.POSTGRESQL)
    verdict = verify(manifest, progress)
    progress.finish()
    put_in_place(folder, data)
    print(f"restored into {data}\n{verdict}")
    print(f"audit head: {manifest.audit_number} {manifest.audit_digest}")
    return 0


def need_empty(data: Path) -> None:
    found = (
        sorted(path.name for path in data.iterdir() if not path.name.startswith("."))
        if data.is_dir()
        else []
    )
    standing = [name for name in found if name not in KEPT]
    if standing:
        raise BadInput(f"{data} is not empty ({', '.join(standing[:5])}); nothing was restored")


def bring_keys(manifest: archive.Manifest, data: Path, folder: Path) -> None:
    """Have the keys of the archive's installation in `folder`, from the archive or from DATA/keys."""
    own = data / "keys"
    if own.is_dir() and any(own.iterdir()):
        shutil.rmtree(folder / "keys", ignore_errors=True)
        shutil.copytree(own, folder / "keys")
    found = archive.key_fingerprints(folder / "keys")
    missing = [name for name in manifest.keys if name not in found]
    if missing:
        raise BadInput(
            f"the archive has no keys ({', '.join(missing)}): put the city's DATA/keys into {own} "
            "first; without them its personal data cannot be read by anybody"
        )
    other = [name for name, mark in manifest.keys.items() if found[name] != mark]
    if other:
        raise BadInput(
            f"the keys in {own} ({', '.join(other)}) are not those of this archive; nothing was restored"
        )


def need_same_database(manifest: archive.Manifest) -> None:
    wanted = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    if manifest.database != wanted:
        raise BadInput(
            f"the archive was taken from {manifest.database} and DATABASE_URL leads to {wanted}; "
            "restore it where it came from"
        )


def fill_postgresql(dump: Path) -> None:
    """In one transaction, into a database without tables."""
    from django.db import connection

    if connection.introspection.table_names():
        raise BadInput("the database that DATABASE_URL names is not empty; nothing was restored")
    connection.close()
    words, surroundings = connection_words()
    done = subprocess.run(  # noqa: S603 (our own words)
        [tool("pg_restore"), "--single-transaction", "--exit-on-error", "--no-owner", "--no-acl",
         *words, str(dump)],
        env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BadInput(f"pg_restore could not fill the database: {done.stderr.strip()}")


def verify(manifest: archive.Manifest, progress: Progress) -> str:
    """The audit must be sound and end where the manifest says; raises BadInput when not."""
    from django.db import connections

    from kepu.kernel.audit import chain

    verdict = chain.verify(progress)
    connections.close_all()
    wrong = [*verdict.faults]
    if (verdict.sealed, verdict.head) != (manifest.audit_number, manifest.audit_digest):
        wrong.append("the audit ends elsewhere than its manifest says")
    if wrong:
        raise BadInput(
            f"the archive's audit is not sound, nothing was restored: {'; '.join(wrong[:5])}"
        )
    return f"sound: {verdict.sealed} entries sealed, {verdict.unsealed} not sealed yet"


def put_in_place(folder: Path, data: Path) -> None:
    """Rename piece by piece, the database last: without it, the place still counts as not set up."""
    for name in ("keys", "files", "audit", "kepu.sqlite3"):
        if (folder / name).exists() and not (name == "keys" and (data / "keys").exists()):
            (folder / name).rename(data / name)
