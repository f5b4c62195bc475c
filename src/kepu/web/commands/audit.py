"""`kepu audit verify | seal | head`."""

from __future__ import annotations

import argparse
import sys

from kepu.web import starting
from kepu.web.progress import Progress
from kepu.web.speech import n_, say

EXAMPLE = """\
kepu audit verify
kepu audit head"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    words.add_parser(
        "verify", help=n_("recompute the chain and compare it with the signed checkpoints")
    )
    words.add_parser("seal", help=n_("link what is not sealed yet"))
    words.add_parser("head", help=n_("print the number and digest of the last sealed entry"))


def run(options: argparse.Namespace) -> int:
    starting.start_city(reading=True)
    return {"verify": verify, "seal": seal, "head": head}[options.what]()


def verify() -> int:
    """Print the verdict; 1 when anything was touched."""
    from kepu.kernel.audit import chain

    progress = Progress(sys.stderr)
    verdict = chain.verify(progress)
    progress.finish()
    for fault in verdict.faults:
        print(say(n_("fault: %(fault)s"), fault=fault))
    print(
        say(
            n_(
                "%(verdict)s: %(sealed)s entries sealed, %(unsealed)s not sealed yet, "
                "%(checkpoints)s signed checkpoints"
            ),
            verdict=say(n_("sound")) if verdict.sound else say(n_("NOT SOUND")),
            sealed=verdict.sealed,
            unsealed=verdict.unsealed,
            checkpoints=verdict.checkpoints,
        )
    )
    print(say(n_("audit head: %(number)s %(digest)s"), number=verdict.sealed, digest=verdict.head))
    return 0 if verdict.sound else 1


def seal() -> int:
    from kepu.kernel import clock
    from kepu.kernel.audit import sealer

    print(say(n_("%(count)s entries sealed"), count=sealer.seal_alone(clock.now(), wait=True)))
    return head()


def head() -> int:
    from kepu.kernel.audit import chain

    number, digest = chain.head()
    print(say(n_("audit head: %(number)s %(digest)s"), number=number, digest=digest))
    return 0
