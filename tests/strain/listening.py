"""A worker with one listener of the tests: it leaves a mark in the audit and then takes its time.

python -m tests.strain.listening SECONDS READY_FILE LIMIT

With a limit above one it waits for a file called "go", so that several begin together.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import django

django.setup()

from kepu.kernel import clock  # noqa: E402
from kepu.kernel.audit import actions as audit  # noqa: E402
from kepu.kernel.facts import worker  # noqa: E402
from kepu.kernel.facts.catalogue import OrderMoved  # noqa: E402
from kepu.kernel.facts.models import Delivery  # noqa: E402
from kepu.kernel.facts.registry import Occasion, listen  # noqa: E402

pause, ready, limit = float(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])


@listen(OrderMoved)
def leave_a_mark(fact: OrderMoved, occasion: Occasion) -> None:
    delivery = Delivery.objects.get(pk=occasion.delivery_id)
    audit.record(None, "strain.mark", delivery, now=occasion.now)
    ready.touch()
    time.sleep(pause)


begun = ready.with_suffix(".begun")
begun.touch()
while limit > 1 and not ready.with_name("go").exists():
    time.sleep(0.01)
# Run as a program it is called __main__; deliveries know it by the name they were written with.
done = worker.work_off(clock.now(), limit=limit)
ready.with_suffix(".done").write_text(str(done.delivered))
