"""A city to measure on: tables and the real frame, then a simulated town. Made once for each place."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from benchmarks import line


def start(*, frame: bool = True) -> None:
    """Django on the place that the environment names, with its tables and divisions."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kepu.config.settings")
    from kepu.web import starting
    from kepu.web.progress import Progress

    silent = Progress(out=open(os.devnull, "w"))  # noqa: SIM115 (ends with the process)
    starting.start_django()
    starting.migrate(silent)
    if frame and not starting.part(starting.FRAME, "complete")():
        line.note("divisions")
        starting.part(starting.FRAME, "build")(silent)


def run(database: str, options: Any) -> None:
    """Make the ground that every case gets a copy of."""
    start()


def now() -> datetime:
    from kepu.kernel import clock

    return clock.now()


def told(what: str, every: int = 50_000) -> Callable[[int], None]:
    """Say now and then how far a long work is."""

    def tell(done: int) -> None:
        if done % every == 0:
            line.note(f"{what}: {done}")

    return tell
