"""What is signed with, in DATA/keys: the newest key signs, older ones are kept to be verified by.

`credential-0001` holds the seed and the day it began; `credential-0001.revoked`, where a key was lost
to somebody, since when nothing that it signed counts.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from kepu.config import environment
from kepu.kernel.credentials import multibase
from kepu.kernel.credentials.proofs import PURPOSE, stamp

CONTEXT = "https://www.w3.org/ns/cid/v1"
ADDRESS = "/.well-known/kepu-issuer.json"


@dataclass(frozen=True)
class Key:
    """One key: its number, since when it signs, and since when nothing of it counts, if it was lost."""

    number: int
    private: Ed25519PrivateKey
    since: str
    revoked: str = ""

    @property
    def public(self) -> str:
        """The public half as a Multikey: z6Mk…"""
        raw = self.private.public_key().public_bytes_raw()
        return multibase.base58(multibase.ED25519_PUBLIC + raw)


def every() -> list[Key]:
    """All keys of this installation, the oldest first."""
    return [_read(path) for path in sorted(_folder().glob("credential-[0-9][0-9][0-9][0-9]"))]


def signing(now: datetime) -> Key:
    """The key that signs now; the first is made when it is first asked for."""
    found = [key for key in every() if not key.revoked]
    return found[-1] if found else rotate(now)


def rotate(now: datetime, *, lost: bool = False) -> Key:
    """Sign with a new key from now on. Where the one before is `lost`, nothing that it signed counts."""
    before = every()
    number = before[-1].number + 1 if before else 1
    if lost and before:
        environment.write_once(_path(before[-1].number).with_suffix(".revoked"), stamp(now))
    said = {"seed": base64.b64encode(os.urandom(32)).decode(), "since": stamp(now)}
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    environment.write_once(_path(number), json.dumps(said))
    return _read(_path(number))


def method(issuer: str, key: Key) -> str:
    """The address of one public key in the issuer's document."""
    return f"{issuer}#{key.public}"


def issuer_document(issuer: str) -> dict[str, Any]:
    """The controlled identifier document of an issuer: every public key, and which of them still count.

    Source: W3C Controlled Identifiers v1.0.
    """
    keys = every()
    return {
        "@context": CONTEXT,
        "id": issuer,
        "verificationMethod": [_told(issuer, key) for key in keys],
        PURPOSE: [method(issuer, key) for key in keys if not key.revoked],
    }


def _told(issuer: str, key: Key) -> Mapping[str, str]:
    told = {
        "id": method(issuer, key),
        "type": "Multikey",
        "controller": issuer,
        "publicKeyMultibase": key.public,
    }
    return told | ({"revoked": key.revoked} if key.revoked else {})


def _folder() -> Path:
    return Path(settings.DATA) / "keys"


def _path(number: int) -> Path:
    return _folder() / f"credential-{number:04d}"


def _read(path: Path) -> Key:
    said = json.loads(path.read_text())
    revoked = path.with_suffix(".revoked")
    return Key(
        int(path.name[-4:]),
        Ed25519PrivateKey.from_private_bytes(base64.b64decode(said["seed"])),
        said["since"],
        revoked.read_text() if revoked.exists() else "",
    )
