"""Keys that guard personal data. They live in DATA/keys, outside the database.

A person's own key is random, and is kept in the database wrapped by the master key. Erasing a
person destroys the wrapped key: what it sealed can never be read again, in any backup that is
restored without the old row either.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from kepu.config import environment

_NONCE = 12
Bytes = bytes | memoryview  # what a BinaryField holds, by database


def master_key() -> bytes:
    return hashlib.sha256(environment.secret("master").encode()).digest()


def digest(kind: str, value: str) -> str:
    """A keyed fingerprint for finding an equal value; says nothing of the value without the key."""
    key = environment.secret("fingerprint").encode()
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def new_wrapped_key() -> bytes:
    """A fresh data key, readable only with the master key."""
    return _seal(master_key(), AESGCM.generate_key(bit_length=256), b"data-key")


def seal(wrapped_key: Bytes, values: dict[str, Any], owner: str) -> bytes:
    """Encrypt `values` under the person's key, bound to `owner` so that rows cannot be swapped."""
    return _seal(_unwrap(wrapped_key), json.dumps(values).encode(), owner.encode())


def unseal(wrapped_key: Bytes, sealed: Bytes, owner: str) -> dict[str, Any]:
    """What `seal` was given; raises cryptography's InvalidTag when a byte or the owner differs."""
    found: dict[str, Any] = json.loads(_open(_unwrap(wrapped_key), bytes(sealed), owner.encode()))
    return found


def _unwrap(wrapped_key: Bytes) -> bytes:
    return _open(master_key(), bytes(wrapped_key), b"data-key")


def _seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _open(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)


def fingerprint_of_master() -> str:
    """Names the master key without giving it away; a backup stores it to be matched on restore."""
    return base64.b32encode(hashlib.sha256(b"name:" + master_key()).digest())[:16].decode()


def folder() -> str:
    return str(settings.DATA / "keys")


def seal_for_transit(values: dict[str, Any], bound_to: str) -> bytes:
    """Encrypt under the master key what waits a few seconds for the worker, such as a one-time code."""
    return _seal(master_key(), json.dumps(values).encode(), bound_to.encode())


def open_from_transit(sealed: Bytes, bound_to: str) -> dict[str, Any]:
    """What `seal_for_transit` was given."""
    found: dict[str, Any] = json.loads(_open(master_key(), bytes(sealed), bound_to.encode()))
    return found
