"""Sign a document and check the signature: a Data Integrity proof by `eddsa-jcs-2022`.

Source: W3C Data Integrity EdDSA Cryptosuites v1.0 (Recommendation, 15 May 2025), section 3.3; W3C
Verifiable Credential Data Integrity 1.0, section 4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kepu.kernel.credentials import multibase
from kepu.kernel.credentials.canonical import canonical

SUITE = "eddsa-jcs-2022"
PURPOSE = "assertionMethod"
Document = Mapping[str, Any]


def stamp(moment: datetime) -> str:
    """A moment as credentials write it: 2026-03-05T02:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sign(
    document: Document, key: Ed25519PrivateKey, *, method: str, created: datetime
) -> dict[str, Any]:
    """The document with its proof. `method` is the address of the public key. Same in, same out."""
    proof: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": stamp(created),
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
    }
    if "@context" in document:
        proof["@context"] = document["@context"]
    proof["proofValue"] = multibase.base58(key.sign(_hashed(document, proof)))
    return {**document, "proof": proof}


def holds(document: Document, key: bytes) -> bool:
    """Whether the one proof of `document` was made over all of it with the key of these 32 octets.

    Raises BadInput where the document or the proof cannot be read as what it should be.
    """
    proof = document.get("proof")
    if not isinstance(proof, Mapping) or not _is_ours(proof):
        return False
    signature = multibase.octets(proof.get("proofValue"))
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if "@context" in options:
        if not _begins(unsecured.get("@context"), options["@context"]):
            return False
        unsecured["@context"] = options["@context"]
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _hashed(unsecured, options))
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_ours(proof: Document) -> bool:
    asked = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "proofPurpose": PURPOSE}
    return all(proof.get(name) == value for name, value in asked.items())


def _begins(context: object, told: object) -> bool:
    """Whether the document's contexts begin with those that were signed, in their order."""
    whole, first = _listed(context), _listed(told)
    return whole[: len(first)] == first


def _listed(context: object) -> list[Any]:
    return context if isinstance(context, list) else [context]


def _hashed(document: Document, proof: Document) -> bytes:
    """SHA-256 of the proof's options, then of the document, both canonical."""
    return hashlib.sha256(canonical(proof)).digest() + hashlib.sha256(canonical(document)).digest()
