"""The address of a door, as it is kept: sealed under the key of its fieldwork, and gone with that key."""

from __future__ import annotations

from kepu.kernel.accounts import keys
from kepu.literacy.models import Case
from kepu.literacy.queries.interviewing import address_owner


def seal(case: Case, address: str) -> bytes:
    """What `address_of` opens again, as that of this case only."""
    assert case.fieldwork.key is not None  # noqa: S101 (rules ask before)
    return keys.seal(case.fieldwork.key, {"address": address}, owner=address_owner(case))
