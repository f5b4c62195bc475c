"""Words about a person, sealed under that person's data key; with the key they go."""

from __future__ import annotations

from typing import Any

from kepu.kernel.accounts import keys
from kepu.kernel.accounts.models import User


def seal(person: User, purpose: str, values: dict[str, Any]) -> bytes:
    """The values, readable for this purpose alone; empty for nothing. Raises ValueError for the erased."""
    if not any(values.values()):
        return b""
    if person.data_key is None:
        raise ValueError("an erased person keeps nothing")
    return keys.seal(bytes(person.data_key), values, _owner(person, purpose))


def unseal(person: User, purpose: str, sealed: keys.Bytes) -> dict[str, Any]:
    """The values in clear; none where nothing is kept or the key is gone."""
    if not sealed or person.data_key is None:
        return {}
    return keys.unseal(bytes(person.data_key), bytes(sealed), _owner(person, purpose))


def _owner(person: User, purpose: str) -> str:
    return f"{person.pseudonym}/{purpose}"
