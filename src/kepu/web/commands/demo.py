"""`kepu demo`: load the demo city into an installation."""

from __future__ import annotations

import argparse

from kepu.kernel.errors import BadInput
from kepu.web import starting
from kepu.web.progress import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    starting.start_django()
    if not starting.shipped(starting.DEMO):
        raise BadInput("this Kepu was shipped without a demo city")
    progress = Progress(also=starting.tell_visitors)
    starting.put_up_notice()
    starting.migrate(progress)
    for name in (*starting.missing_parts(demo=False), starting.DEMO):
        starting.part(name, "build")(progress)
        progress.finish()
    starting.take_down_notice()
    print(starting.part(starting.DEMO, "accounts")())
    return 0
