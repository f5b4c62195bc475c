"""What PostgreSQL's planner knows of the tables after many rows came at once."""

from __future__ import annotations

from django.db import connection, models


def renew(*tables: type[models.Model]) -> None:
    """Count the rows anew: without it a join of fresh rows is planned as if there were none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in tables:
                name = connection.ops.quote_name(table._meta.db_table)
                cursor.execute(f"ANALYZE {name}")
