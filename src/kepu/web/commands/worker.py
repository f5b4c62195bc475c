"""`kepu worker`: deliver facts, do recurring duties, seal the audit once a second."""

from __future__ import annotations

import argparse
import logging
import signal
import threading

from kepu.web import starting
from kepu.web.speech import n_, say

log = logging.getLogger(__name__)

EXAMPLE = """\
kepu worker
kepu worker --once"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help=n_("do what is due now, then end"))


def run(options: argparse.Namespace) -> int:
    starting.start_city()
    from kepu.kernel.facts import worker

    if options.once:
        return once()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    # A thread of its own: sealing must not wait for a listener that talks to a slow gateway.
    sealing = threading.Thread(target=seal_every_second, args=(over,))
    sealing.start()
    try:
        worker.run(over.is_set)
    finally:
        over.set()
        sealing.join()
    return 0


def once() -> int:
    from kepu.kernel import clock
    from kepu.kernel.audit import sealer
    from kepu.kernel.facts import worker

    worker.plan_duties(clock.now())
    done = worker.work_off(clock.now())
    sealed = sealer.seal_alone(clock.now())
    print(
        say(
            n_("%(delivered)s delivered, %(failed)s failed, %(sealed)s audit entries sealed"),
            delivered=done.delivered,
            failed=done.failed,
            sealed=sealed or 0,
        )
    )
    return 0


def seal_every_second(over: threading.Event) -> None:
    """A fault (the database restarts) is told and tried again; the chain itself cannot fork."""
    from django.db import connection

    from kepu.kernel import clock
    from kepu.kernel.audit import sealer

    while not over.wait(1.0):
        try:
            sealer.seal_alone(clock.now())
        except Exception:
            log.warning("sealing failed; trying again", exc_info=True)
            connection.close()
    connection.close()
