"""`kepu move --to URL`: a city goes from SQLite to an empty PostgreSQL, all of it or nothing.

One transaction makes the tables, copies every row and compares: a kill, a full disk or a doubt leaves
the target as empty as it was. The source is locked against writing meanwhile, and stays as it is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kepu.config import environment
from kepu.kernel.errors import BadInput
from kepu.web import starting, unfinished
from kepu.web.progress import Progress
from kepu.web.speech import n_, say

if TYPE_CHECKING:
    from django.db import models

SOURCE = "source"
BATCH = 2000
NAMED = "KEPU_MOVE_TO"
EXAMPLE = """\
KEPU_MOVE_TO=postgresql://kepu:password@127.0.0.1:5432/kepu kepu move
kepu move --to postgresql://kepu@127.0.0.1:5432/kepu"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to",
        metavar="URL",
        default=os.environ.get(NAMED),
        help=n_(
            "an empty database in UTF-8; with a password rather in KEPU_MOVE_TO, or - to read it"
        ),
    )


def run(options: argparse.Namespace) -> int:
    target = told(options.to)
    need_sqlite(target)
    seal_source()
    starting.stay()
    starting.need_alone()
    unfinished.need_finished()
    os.environ["DATABASE_URL"] = target  # from here on, the city is the target
    starting.start_django()
    need_empty_target()
    head = copy_all(Progress())
    starting.mark_moved()
    print(say(n_("audit head: %(number)s %(digest)s"), number=head[0], digest=head[1]))
    print(
        say(
            n_(
                "moved. Start Kepu with DATABASE_URL set from now on; files, keys and "
                "checkpoints stay in DATA."
            )
        )
    )
    return 0


def told(url: str | None) -> str:
    """The address of the target; a line of the input where `-` stands for it, for `ps` shows arguments."""
    if not url:
        raise BadInput(say(n_("say where to: in %(name)s, or --to URL"), name=NAMED))
    return sys.stdin.readline().strip() if url == "-" else url


def need_sqlite(url: str) -> None:
    if os.environ.get("DATABASE_URL"):
        raise BadInput(
            say(n_("DATABASE_URL is set: this city is not on SQLite, so there is nothing to move"))
        )
    if not url.startswith(("postgresql://", "postgres://")):
        raise BadInput(say(n_("--to must be postgresql://user:password@host:port/name")))
    if not source_file().is_file():
        raise BadInput(say(n_("there is no city on SQLite in %(data)s"), data=starting.data()))


def source_file() -> Path:
    return starting.data() / "kepu.sqlite3"


def seal_source() -> None:
    """A process of its own, for this one is to be started on the target."""
    done = subprocess.run(
        [sys.executable, "-m", "kepu.web.shell", "audit", "seal"],
        env={**os.environ, "DATA": str(starting.data())}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise BadInput(
            done.stderr.strip().removeprefix("kepu: ") or say(n_("the audit cannot be sealed"))
        )


def need_empty_target() -> None:
    from django.db import OperationalError, connection

    try:
        if connection.introspection.table_names():
            raise BadInput(say(n_("the target is not empty; nothing was moved")))
    except OperationalError as error:
        raise BadInput(
            say(n_("the target cannot be reached: %(why)s"), why=" ".join(str(error).split()))
        ) from None


def copy_all(progress: Progress) -> tuple[int, str]:
    """Everything in one transaction of the target; the audit's head when all is there and equal."""
    from django.db import DatabaseError, transaction

    try:
        with source_locked(), transaction.atomic():
            make_tables(progress)
            kinds = models_to_copy()
            empty(kinds)
            for kind in kinds:
                copy(kind, progress)
            index_search(progress)
            reset_sequences(kinds)
            return compare(kinds)
    except (DatabaseError, ValueError) as error:
        raise BadInput(say(n_("nothing was moved: %(why)s"), why=str(error).strip())) from error
    finally:
        progress.finish()


@contextmanager
def source_locked() -> Iterator[None]:
    """The source under its writer's lock: nobody writes what would not come along."""
    from django.db import OperationalError, connections, transaction

    base = dict(connections.settings["default"])
    connections.settings[SOURCE] = {**base, **environment.sqlite(source_file())}
    try:
        with transaction.atomic(using=SOURCE):
            yield
    except OperationalError as error:
        if "locked" in str(error):
            raise BadInput(
                say(n_("somebody is writing; stop Kepu first, nothing was moved"))
            ) from None
        raise
    finally:
        connections[SOURCE].close()


def make_tables(progress: Progress) -> None:
    """The migrations of this version, inside the one transaction."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from kepu.kernel.migrating import only_what_is_new

    def tell(action: str, migration: Any | None = None, fake: bool | None = False) -> None:
        if action == "apply_success":  # rows of a migration must not block the next one's changes
            settle_constraints()
        progress("tables", 0, 1)

    executor = MigrationExecutor(connection, tell)
    with only_what_is_new():
        executor.migrate(executor.loader.graph.leaf_nodes())


def settle_constraints() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def models_to_copy() -> list[type[models.Model]]:
    """Every table that Django keeps, those between two others included."""
    from django.apps import apps

    found = apps.get_models(include_auto_created=True)
    return [kind for kind in found if kind._meta.managed and not kind._meta.proxy]


def empty(kinds: list[type[models.Model]]) -> None:
    """Take out the rows that migrations brought: the city has its own."""
    from django.db import connection

    names = ", ".join(connection.ops.quote_name(kind._meta.db_table) for kind in kinds)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}")


def copy(kind: type[models.Model], progress: Progress) -> None:
    """One table, row by row, with its keys."""
    rows = kind._base_manager.using(SOURCE).order_by("pk")
    total, batch = rows.count(), []
    for done, row in enumerate(rows.iterator(BATCH), 1):
        batch.append(row)
        if len(batch) == BATCH or done == total:
            kind._base_manager.using("default").bulk_create(batch)
            progress(kind._meta.db_table, done, total)
            batch = []


def index_search(progress: Progress) -> None:
    """The index is no row: each database has words of its own for it."""
    from kepu.kernel.search import index
    from kepu.kernel.search.models import Document

    total, batch = Document.objects.count(), []
    for done, document in enumerate(Document.objects.order_by("pk").iterator(BATCH), 1):
        batch.append(document)
        if len(batch) == BATCH or done == total:
            index.put(*batch)
            progress("search index", done, total)
            batch = []


def reset_sequences(kinds: list[type[models.Model]]) -> None:
    """New rows get numbers after those that came along."""
    from django.core.management.color import no_style
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kinds):
            cursor.execute(statement)


def compare(kinds: list[type[models.Model]]) -> tuple[int, str]:
    """Raises BadInput, which undoes everything, unless each table and the audit are equal."""
    from kepu.kernel.audit import chain
    from kepu.kernel.audit.models import Entry

    settle_constraints()
    for kind in kinds:
        there, here = (kind._base_manager.using(alias).count() for alias in (SOURCE, "default"))
        if there != here:
            raise BadInput(
                say(
                    n_("%(db_table)s: %(there)s rows became %(here)s; nothing was moved"),
                    db_table=kind._meta.db_table,
                    there=there,
                    here=here,
                )
            )
    verdict = chain.verify()
    last = Entry.objects.using(SOURCE).filter(seq__isnull=False).order_by("-seq").first()
    if verdict.faults or (last is not None and last.digest != verdict.head):
        faults = "; ".join(verdict.faults[:5]) or say(n_("its head differs"))
        raise BadInput(
            say(n_("the audit is not sound, nothing was moved: %(faults)s"), faults=faults)
        )
    return verdict.sealed, verdict.head
