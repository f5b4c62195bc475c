"""Claims on SQLite when no acknowledged one may be lost to a power cut either: DURABLE=1."""

from __future__ import annotations

import os
from typing import Any

from benchmarks import claims, line
from benchmarks.serving import granian


def run(database: str, options: Any) -> None:
    """As `claims`, each commit on the disk before it is acknowledged. PostgreSQL does that anyway."""
    if database != "SQLite":
        return
    _city, doors = claims.prepare(database, options)
    with granian({**os.environ, "DURABLE": "1"}) as (port, process):
        figures = claims.distinct(port, process, doors)
    line.tell("claims-durable", figures, database=database, **claims.LOAD)
