"""`kepu audit verify | seal | head`."""

from __future__ import annotations

import argparse
import sys

from kepu.web import starting
from kepu.web.progress import Progress
from kepu.web.speech import n_

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
        print(f"fault: {fault}")
    print(
        f"{'sound' if verdict.sound else 'NOT SOUND'}: {verdict.sealed} entries sealed, "
        f"{verdict.unsealed} not sealed yet, {verdict.checkpoints} signed checkpoints"
    )
    print(f"audit head: {verdict.sealed} {verdict.head}")
    return 0 if verdict.sound else 1


def seal() -> int:
    from kepu.kernel import clock
    from kepu.kernel.audit import sealer

    print(f"{sealer.seal_alone(clock.now(), wait=True)} entries sealed")
    return head()


def head() -> int:
    from kepu.kernel.audit import chain

    number, digest = chain.head()
    print(f"audit head: {number} {digest}")
    return 0
