"""A passkey in software: makes and signs as a browser with a security key does."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

PRESENT_AND_VERIFIED = 0x05


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    def __init__(self, origin: str = "http://localhost", host: str = "localhost") -> None:
        self.origin, self.host = origin, host
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.counter = 0

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        client = self._client("webauthn.create", options)
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(
            self._rp(), PRESENT_AND_VERIFIED | 0x40, self.counter, credential
        )
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        return self._answer(clientDataJSON=b64(client), attestationObject=b64(attested))

    def prove(self, options: dict[str, Any]) -> dict[str, Any]:
        self.counter += 1
        client = self._client("webauthn.get", options)
        data = bytes(AuthenticatorData.create(self._rp(), PRESENT_AND_VERIFIED, self.counter))
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=b64(client), authenticatorData=b64(data), signature=b64(signature)
        )

    def _answer(self, **response: str) -> dict[str, Any]:
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        }

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        challenge = options["publicKey"]["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _rp(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()
