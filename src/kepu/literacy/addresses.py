"""The address of a door: sealed under the key of its fieldwork, and gone with that key."""

from __future__ import annotations

from kepu.kernel.accounts import keys
from kepu.literacy.models import Case


def seal(case: Case, address: str) -> bytes:
    """The address as it is kept; it opens only as that of this case."""
    assert case.fieldwork.key is not None  # noqa: S101 (rules ask before)
    return keys.seal(case.fieldwork.key, {"address": address}, _owner(case))


def address_of(case: Case) -> str:
    """The address, or nothing where none is known or the fieldwork is closed. `fieldwork` is at hand."""
    if case.address is None or case.fieldwork.key is None:
        return ""
    return str(keys.unseal(case.fieldwork.key, case.address, _owner(case))["address"])


def _owner(case: Case) -> str:
    return f"case:{case.pk}"
