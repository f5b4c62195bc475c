"""Which credentials are revoked or suspended, a bit for each, in a list that anybody may keep.

Source: W3C Bitstring Status List v1.0 (Recommendation, 15 May 2025).
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.credentials import multibase
from kepu.kernel.credentials.proofs import stamp
from kepu.kernel.errors import BadInput, Outside

LENGTH = 131_072  # bits in a list; the least that the standard allows, so that one hides among many
MOST = 16 * LENGTH // 8  # octets of a list of somebody else that are unpacked
LASTS = timedelta(days=1)  # how long a signed list may be relied upon
PURPOSES = ("revocation", "suspension")


@dataclass(frozen=True)
class Source:
    """One series of credentials: the indices of those for whom a purpose holds, from first to last."""

    name: str
    set_for: Callable[[str, int, int], Iterable[int]]


SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    SOURCES[source.name] = source


def place(index: int) -> tuple[int, int]:
    """The number of the list that an index of a series stands in, and where there."""
    return divmod(index, LENGTH)


def encoded(positions: Iterable[int]) -> str:
    """A list in which these positions are set; position 0 is the highest bit of the first octet."""
    bits = bytearray(LENGTH // 8)
    for position in positions:
        bits[position // 8] |= 0x80 >> position % 8
    return multibase.base64url(gzip.compress(bytes(bits), mtime=0))


def is_set(encoded_list: object, position: int) -> bool:
    """Whether the list says it of this position. Raises BadInput for a list that cannot be read."""
    packed = multibase.octets(encoded_list)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            bits = file.read(MOST + 1)
    except (OSError, EOFError, ValueError) as fault:
        raise BadInput(_("this list of revoked credentials cannot be read")) from fault
    if not LENGTH // 8 <= len(bits) <= MOST or not 0 <= position < len(bits) * 8:
        raise BadInput(_("this list of revoked credentials cannot be read"))
    return bool(bits[position // 8] & 0x80 >> position % 8)


def list_credential(
    name: str, purpose: str, number: int, *, address: str, issuer: str, now: datetime
) -> dict[str, Any]:
    """The list as a credential that is still to be signed. Raises Outside where there is none."""
    source = SOURCES.get(name)
    if source is None or purpose not in PURPOSES or number < 0:
        raise Outside(_("there is no such list"))
    first = number * LENGTH
    held = source.set_for(purpose, first, first + LENGTH)
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": stamp(now),
        "validUntil": stamp(now + LASTS),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded(index - first for index in held),
        },
    }


def entries(address_of: Mapping[str, str], position: int) -> list[dict[str, str]]:
    """What a credential says of where its status is told, a purpose each; addresses by purpose."""
    return [
        {
            "id": f"{address}#{position}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(position),
            "statusListCredential": address,
        }
        for purpose, address in address_of.items()
    ]
