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
from kepu.web.speech import n_, say

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
        raise BadInput(say(n_("there is no archive at %(source)s"), source=source))
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
    print(say(n_("restored into %(data)s\n%(verdict)s"), data=data, verdict=verdict))
    print(
        say(
            n_("audit head: %(number)s %(digest)s"),
            number=manifest.audit_number,
            digest=manifest.audit_digest,
        )
    )
    return 0


def need_empty(data: Path) -> None:
    found = (
        sorted(path.name for path in data.iterdir() if not path.name.startswith("."))
        if data.is_dir()
        else []
    )
    standing = [name for name in found if name not in KEPT]
    if standing:
        raise BadInput(
            say(
                n_("%(data)s is not empty (%(names)s); nothing was restored"),
                data=data,
                names=", ".join(standing[:5]),
            )
        )


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
            say(
                n_(
                    "the archive has no keys (%(names)s): put the city's DATA/keys into "
                    "%(own)s first; without them its personal data cannot be read by anybody"
                ),
                names=", ".join(missing),
                own=own,
            )
        )
    other = [name for name, mark in manifest.keys.items() if found[name] != mark]
    if other:
        raise BadInput(
            say(
                n_(
                    "the keys in %(own)s (%(names)s) are not those of this archive; nothing "
                    "was restored"
                ),
                own=own,
                names=", ".join(other),
            )
        )


def need_same_database(manifest: archive.Manifest) -> None:
    wanted = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    if manifest.database != wanted:
        raise BadInput(
            say(
                n_(
                    "the archive was taken from %(database)s and DATABASE_URL leads to "
                    "%(wanted)s; restore it where it came from"
                ),
                database=manifest.database,
                wanted=wanted,
            )
        )


def fill_postgresql(dump: Path) -> None:
    """In one transaction, into a database without tables."""
    from django.db import connection

    if connection.introspection.table_names():
        raise BadInput(
            say(n_("the database that DATABASE_URL names is not empty; nothing was restored"))
        )
    connection.close()
    words, surroundings = connection_words()
    done = subprocess.run(  # noqa: S603 (our own words)
        [tool("pg_restore"), "--single-transaction", "--exit-on-error", "--no-owner", "--no-acl",
         *words, str(dump)],
        env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BadInput(
            say(n_("pg_restore could not fill the database: %(why)s"), why=done.stderr.strip())
        )


def verify(manifest: archive.Manifest, progress: Progress) -> str:
    """The audit must be sound and end where the manifest says; raises BadInput when not."""
    from django.db import connections

    from kepu.kernel.audit import chain

    verdict = chain.verify(progress)
    connections.close_all()
    wrong = [*verdict.faults]
    if (verdict.sealed, verdict.head) != (manifest.audit_number, manifest.audit_digest):
        wrong.append(say(n_("the audit ends elsewhere than its manifest says")))
    if wrong:
        raise BadInput(
            say(
                n_("the archive's audit is not sound, nothing was restored: %(why)s"),
                why="; ".join(wrong[:5]),
            )
        )
    said = say(n_("sound: %(sealed)s entries sealed, %(unsealed)s not sealed yet"))
    return said % {"sealed": verdict.sealed, "unsealed": verdict.unsealed}


def put_in_place(folder: Path, data: Path) -> None:
    """Rename piece by piece, the database last: without it, the place still counts as not set up."""
    for name in ("keys", "files", "audit", "kepu.sqlite3"):
        if (folder / name).exists() and not (name == "keys" and (data / "keys").exists()):
            (folder / name).rename(data / name)
