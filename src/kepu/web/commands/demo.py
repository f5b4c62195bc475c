"""`kepu demo`: load the demo city into an installation, or empty one and load it anew."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from kepu.kernel.errors import BadInput
from kepu.web import emptying, starting, unfinished
from kepu.web.progress import Progress
from kepu.web.speech import n_, say

EXAMPLE = """\
DATA=/tmp/kepu-demo kepu demo
DATA=/tmp/kepu-demo kepu demo --yes"""
WARNING = n_("A demo city stands here; all that was done in it will be gone:")
STAYS = n_(
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
        raise BadInput(say(STAYS))
    starting.start_django()
    if not starting.shipped(starting.DEMO):
        raise BadInput(say(n_("this Kepu was shipped without a demo city")))
    if unfinished.stands():
        unfinished.clear()
    elif stands():
        need_emptiable()
        need_consent(options.yes)
        behind_notice(need_emptiable, emptying.empty)  # somebody may have come in meanwhile
        starting.let_others_in()
    else:
        need_nobody()  # before the notice: a city may be served
        behind_notice(need_nobody)
    load(Progress(also=starting.tell_visitors))
    print(starting.part(starting.DEMO, "accounts")())
    print(
        say(
            n_(
                "Serve it with `kepu run --demo`; without --demo, staff are asked for a second factor."
            )
        )
    )
    return 0


def stands() -> bool:
    """Whether a whole demo city is here already."""
    if starting.waiting_migrations() or starting.notice().exists():
        return False
    return bool(starting.part(starting.DEMO, "complete")())


def need_emptiable() -> None:
    """Raises BadInput while anybody works here, and where not everything is the demo's."""
    emptying.need_nobody_working()
    emptying.need_only_demo()


def need_nobody() -> None:
    """Raises BadInput where real people are registered, also before the tables are brought up to date."""
    waiting = starting.waiting_migrations()
    starting.part(starting.DEMO, "need_nobody_yet" if waiting else "need_nobody_real")()


def behind_notice(*steps: Callable[[], None]) -> None:
    """Put the notice up and take the steps; when one refuses it comes down, unless it stood before."""
    stood = starting.notice().exists()
    starting.put_up_notice()
    try:
        for step in steps:
            step()
    except BadInput:
        if not stood:
            starting.take_down_notice()
        raise


def need_consent(said: bool) -> None:
    """Raises BadInput unless --yes was given, or whoever sits at the terminal says so."""
    if said:
        return
    print(f"{say(WARNING)} {starting.data()}")
    if not sys.stdin.isatty():
        raise BadInput(
            say(n_("nothing was changed: say --yes (make demo YES=1) to have it built anew"))
        )
    if input(say(n_("Build it anew? [y/N]")) + " ").strip().lower() not in ("y", "yes", "是"):
        raise BadInput(say(n_("nothing was changed")))


def load(progress: Progress) -> None:
    """Build what is missing of a demo city behind the notice: visitors see how far it is."""
    starting.migrate(progress)
    for name in (*starting.missing_parts(demo=False), starting.DEMO):
        starting.part(name, "build")(progress)
        progress.finish()
    starting.take_down_notice()
