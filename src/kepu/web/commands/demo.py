"""`kepu demo`: load the demo city into an installation."""

from __future__ import annotations

import argparse

from kepu.kernel.errors import BadInput
from kepu.web import starting
from kepu.web.progress import Progress
from kepu.web.speech import n_

EXAMPLE = "DATA=/tmp/kepu-demo kepu demo"
STAYS = (
    "the demo cannot be taken out: what its people did stands in the audit and the ledger of hours, "
    "which only grow. A city goes live in an empty DATA (or database): start `kepu run` there without "
    "--demo, and take tables along with `kepu export` and `kepu import`"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--remove", action="store_true", help=n_("why that is not done, and what to do")
    )


def run(options: argparse.Namespace) -> int:
    if options.remove:
        raise BadInput(STAYS)
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
    print("Serve it with `kepu run --demo`; without --demo, staff are asked for a second factor.")
    return 0
