"""Empty the database after a test that commits: only the tables that hold something.

Django empties every table, and PostgreSQL makes a new file for each that it truncates: seconds for a
hundred tables of which a test has filled ten.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

Tables = list[str]


def filled(tables: Tables) -> Tables:
    """Those of the tables that have a row."""
    name = connection.ops.quote_name
    asked = [f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {name(one)})" for one in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [row[0] for row in cursor.fetchall()]


def may_leave_checks_out() -> bool:
    """PostgreSQL lets its master alone delete without triggers and keys being asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        [(master,)] = cursor.fetchall()
    return bool(master)


def emptying(patch: Any) -> None:
    """Have the flush of a test delete what there is, for as long as `patch` holds."""
    truncate = type(connection.ops).sql_flush

    def sql_flush(self: Any, style: Any, tables: Tables, **options: Any) -> Tables:
        if options.get("reset_sequences"):
            return truncate(self, style, tables, **options)
        some = filled(tables)
        if connection.vendor != "postgresql":
            return truncate(self, style, some, **options) if some else []
        if not may_leave_checks_out():
            return truncate(self, style, tables, **options)
        deletions = [f"DELETE FROM {self.quote_name(one)}" for one in some]
        return ["SET LOCAL session_replication_role = replica", *deletions]

    patch.setattr(type(connection.ops), "sql_flush", sql_flush)
