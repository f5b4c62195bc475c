"""`kepu credentials verify | keys | rotate`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kepu.web import starting
from kepu.web.speech import n_, say

EXAMPLE = """\
kepu credentials verify certificate.json --keys kepu-issuer.json --status revocation.json
kepu credentials rotate"""
UNSEEN = 3  # no fault, but whether it was revoked or suspended was not looked at


def add_arguments(parser: argparse.ArgumentParser) -> None:
    words = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    verify = words.add_parser(
        "verify", help=n_("say whether a credential holds, without a network")
    )
    verify.add_argument("file", metavar="FILE", help=n_("the credential, as it was given out"))
    verify.add_argument(
        "--keys", metavar="FILE", help=n_("the issuer's document; without it, this city's own keys")
    )
    verify.add_argument(
        "--status", metavar="FILE", action="append", default=[],
        help=n_("a list of what is revoked or suspended; may be given several times"),
    )  # fmt: skip
    keys = words.add_parser("keys", help=n_("print this city's issuer document"))
    keys.add_argument("address", metavar="ADDRESS", help=n_("where the city is found: https://…"))
    rotate = words.add_parser("rotate", help=n_("sign with a new key from now on"))
    rotate.add_argument(
        "--lost", action="store_true",
        help=n_("the key before was lost to somebody: nothing that it signed counts any more"),
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    starting.start_django()
    return {"verify": verify, "keys": tell_keys, "rotate": rotate}[options.what](options)


def verify(options: argparse.Namespace) -> int:
    """Print what was found; 1 when the credential does not hold, 3 when a list was not at hand."""
    from kepu.kernel import clock
    from kepu.kernel.credentials import keys, verifying

    credential = _read(options.file)
    issuer = verifying.issuer_of(credential)
    document = _read(options.keys) if options.keys else keys.issuer_document(str(issuer))
    lists = [_read(name) for name in options.status]
    verdict = verifying.verify(credential, document, lists, clock.now())
    for fault in verdict.faults:
        print(say(n_("fault: %(fault)s"), fault=fault))
    for told in verdict.unseen:
        print(say(n_("not looked at: %(told)s"), told=told))
    said, code = say(n_("holds")), 0
    if not verdict.holds:
        said, code = say(n_("DOES NOT HOLD")), 1
    elif verdict.unseen:
        said, code = "NOT KNOWN to hold, a list of status is missing", UNSEEN
    print(f"{said}: {credential.get('id', '')}")
    return code


def tell_keys(options: argparse.Namespace) -> int:
    import json

    from kepu.kernel import clock
    from kepu.kernel.credentials import keys

    keys.signing(clock.now())
    told = keys.issuer_document(options.address.rstrip("/") + keys.ADDRESS)
    print(json.dumps(told, indent=2))
    return 0


def rotate(options: argparse.Namespace) -> int:
    from kepu.kernel import clock
    from kepu.kernel.credentials import keys

    key = keys.rotate(clock.now(), lost=options.lost)
    print(
        say(
            n_("key %(number)s signs from now on: %(public)s"), number=key.number, public=key.public
        )
    )
    return 0


def _read(name: str) -> dict[str, Any]:
    from kepu.kernel.credentials import verifying
    from kepu.kernel.errors import BadInput

    try:
        with Path(name).open("rb") as file:
            text = file.read(verifying.LARGEST + 1)
    except OSError as fault:
        raise BadInput(f"{name}: {fault.strerror}") from fault
    return verifying.read(text)
