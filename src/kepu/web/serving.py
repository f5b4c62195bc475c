"""The web server of `kepu run`: Kepu is loaded once, and the processes that answer are forked from it.

They share what was loaded: a start costs one loading instead of one for each of them, and their memory is
mostly one and the same.

    python -m kepu.web.serving 127.0.0.1 8000
"""

from __future__ import annotations

import multiprocessing
import os
import sys

from kepu.web.starting import all_is_kept

WORKERS, THREADS = 2, 4  # one thread in each would starve on PostgreSQL


def command(host: str, port: int) -> list[str]:
    """How the server is started as a process of its own."""
    return [sys.executable, "-m", "kepu.web.serving", host, str(port)]


def main(host: str, port: str) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    load()
    multiprocessing.set_start_method("fork")
    Granian(
        "kepu.config.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def load() -> None:
    """All that a first request would load. No connection is left for two processes to speak through."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kepu.config.settings")
    import django
    from django.db import connections
    from django.urls import get_resolver

    with all_is_kept():
        django.setup()
        _ = get_resolver().reverse_dict  # every address, and how it is written
    connections.close_all()


if __name__ == "__main__":
    main(*sys.argv[1:])
