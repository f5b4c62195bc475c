"""An achievement as an Open Badges 3.0 credential, still to be signed.

Source: 1EdTech Open Badges Specification 3.0, AchievementCredential; its context is of version 3.0.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kepu.kernel.credentials.proofs import stamp

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]


@dataclass(frozen=True)
class Badge:
    """What is certified to whom. Addresses are whole; `until` is the moment it ends, if it does."""

    address: str
    name: str
    issuer: str
    issuer_name: str
    issuer_page: str
    holder: str
    achievement: str
    description: str
    criteria: str
    kind: str  # Award, Certification: a word of the specification's list
    since: datetime
    until: datetime | None
    status: list[dict[str, str]]


def credential(badge: Badge) -> dict[str, Any]:
    """The badge as a document. The holder stands in it by name: it is given to nobody else."""
    document: dict[str, Any] = {
        "@context": CONTEXTS,
        "id": badge.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": badge.name,
        "issuer": {
            "id": badge.issuer,
            "type": ["Profile"],
            "name": badge.issuer_name,
            "url": badge.issuer_page,
        },
        "validFrom": stamp(badge.since),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": badge.holder,
                    "identityType": "name",
                }
            ],
            "achievement": {
                "id": badge.achievement,
                "type": ["Achievement"],
                "achievementType": badge.kind,
                "name": badge.name,
                "description": badge.description,
                "criteria": {"narrative": badge.criteria},
            },
        },
        "credentialStatus": badge.status,
    }
    return document | ({"validUntil": stamp(badge.until)} if badge.until else {})
