"""Empty a demo city, so that it can be built anew. A city where people are real is never emptied."""

from __future__ import annotations

import shutil

from kepu.kernel.errors import BadInput
from kepu.web import starting
from kepu.web.speech import n_, say

FOLDERS = ("files", "shown", "exports", "audit")  # keys stay, and with them the demo's password
MIGRATIONS = "django_migrations"
FUNCTIONS = (
    "people_entry_stays",
    "venues_entry_stays",
)  # on PostgreSQL; triggers and indexes go with their tables
DATABASE = ("kepu.sqlite3", "kepu.sqlite3-wal", "kepu.sqlite3-shm")


def need_only_demo() -> None:
    """Raises BadInput unless a demo city stands here whole, with nobody in it but its own people."""
    if not starting.part(starting.DEMO, "complete")():
        raise BadInput(say(n_("this is no demo city; nothing was emptied")))
    others = starting.part(starting.DEMO, "others")()
    if others:
        raise BadInput(
            say(
                n_(
                    "%(others)s registered here since the demo was loaded, and their data "
                    "would be lost; nothing was emptied. Load a new demo into an empty DATA "
                    "(or database), or delete this one yourself"
                ),
                others=others,
            )
        )


def need_nobody_working() -> None:
    """Raises BadInput while another process works in the city, on either database."""
    starting.need_alone()
    others = _others_connected()
    if others:
        raise BadInput(
            say(
                n_(
                    "%(others)s others are connected to this database; stop Kepu first, "
                    "nothing was emptied"
                ),
                others=others,
            )
        )


def _others_connected() -> int:
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def empty() -> None:
    """Take out every table of Kepu and every file that came with use. Ask both questions above before.

    The notice of a set-up has to stand by then: a kill leaves a city that is to be set up again.
    """
    from django.db import connection, connections

    if connection.vendor == "postgresql":
        _drop_own()
    connections.close_all()
    starting.forget_standing()
    if connection.vendor == "sqlite":
        for name in DATABASE:
            (starting.data() / name).unlink(missing_ok=True)
    for name in FOLDERS:
        shutil.rmtree(starting.data() / name, ignore_errors=True)


def _drop_own() -> None:
    """Drop what Kepu's migrations made and nothing else: a database may hold other programs' tables.

    The tables go in one statement and without CASCADE, so whatever of others leans on them stops it.
    """
    from django.db import DatabaseError, connection, transaction

    there = connection.introspection.table_names()
    own = {*connection.introspection.django_table_names(), MIGRATIONS}
    names = ", ".join(connection.ops.quote_name(name) for name in there if name in own)
    if not names:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {names}")
            for function in FUNCTIONS:
                cursor.execute(f"DROP FUNCTION IF EXISTS {function}()")
    except DatabaseError as error:
        raise BadInput(
            say(
                n_("the database does not let Kepu empty it (%(why)s); give it an empty one"),
                why=" ".join(str(error).split()),
            )
        ) from None
