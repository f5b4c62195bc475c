"""`kepu demo`: load the demo city into an installation, or empty one and load it anew."""

from __future__ import annotations

import argparse
import sys

from kepu.kernel.errors import BadInput
from kepu.web import emptying, starting
from kepu.web.progress import Progress
from kepu.web.speech import n_

EXAMPLE = """\
DATA=/tmp/kepu-demo kepu demo
DATA=/tmp/kepu-demo kepu demo --yes"""
WARNING = "A demo city stands here; all that was done in it will be gone:"
STAYS = (
    "the demo cannot be taken out: what its people did stands in the audit and the ledger of hours, "
    "which only grow. A city goes live in an empty DATA (or database): start `kepu run` there without "
    "--demo, and take tables along with `kepu export` and `kepu import`"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--yes", action="store_true", help=n_("build a demo city anew without being asked")
    )
    parser.add_argument(
        "--remove", action="store_true", help=n_("why that is not done, and what to do")
    )


def run(options: argparse.Namespace) -> int:
    if options.remove:
        raise BadInput(STAYS)
    starting.start_django()
    if not starting.shipped(starting.DEMO):
        raise BadInput("this Kepu was shipped without a demo city")
    if stands():
        emptying.need_nobody_working()
        emptying.need_only_demo()
        need_consent(options.yes)
        starting.put_up_notice()
        emptying.empty()
    elif not starting.waiting_migrations():
        starting.part(
            starting.DEMO, "need_nobody_real"
        )()  # before the notice: a city may be served
    load(Progress(also=starting.tell_visitors))
    print(starting.part(starting.DEMO, "accounts")())
    print("Serve it with `kepu run --demo`; without --demo, staff are asked for a second factor.")
    return 0


def stands() -> bool:
    """Whether a whole demo city is here already; one that was not finished is gone on with."""
    if starting.waiting_migrations() or starting.notice().exists():
        return False
    return bool(starting.part(starting.DEMO, "complete")())


def need_consent(said: bool) -> None:
    """Raises BadInput unless --yes was given, or whoever sits at the terminal says so."""
    if said:
        return
    print(f"{WARNING} {starting.data()}")
    if not sys.stdin.isatty():
        raise BadInput("nothing was changed: say --yes (make demo YES=1) to have it built anew")
    if input("Build it anew? [y/N] ").strip().lower() not in ("y", "yes", "是"):
        raise BadInput("nothing was changed")


def load(progress: Progress) -> None:
    """Build what is missing of a demo city, while visitors see how far it is."""
    starting.put_up_notice()
    starting.migrate(progress)
    for name in (*starting.missing_parts(demo=False), starting.DEMO):
        starting.part(name, "build")(progress)
        progress.finish()
    starting.take_down_notice()
