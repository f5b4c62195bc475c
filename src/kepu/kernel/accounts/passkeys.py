"""Passkeys (WebAuthn) as a second factor; the ceremony itself is fido2's."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from kepu.kernel.errors import BadInput

_FALSE = (ValueError, TypeError, KeyError, InvalidSignature)


@dataclass(frozen=True)
class Site:
    """The host that passkeys are bound to: a page of another host can never use them."""

    host: str

    @property
    def server(self) -> Fido2Server:
        return Fido2Server(PublicKeyCredentialRpEntity(name="Kepu", id=self.host))

    def ask_for_new(
        self, handle: str, name: str, known: list[AttestedCredentialData]
    ) -> tuple[dict[str, Any], Any]:
        """What the browser is asked in order to make a passkey, and the state to keep until it answers."""
        person = PublicKeyCredentialUserEntity(id=handle.encode(), name=name, display_name=name)
        options, state = self.server.register_begin(
            person, known, user_verification=UserVerificationRequirement.PREFERRED
        )
        return dict(options), state

    def new(self, state: Any, answer: dict[str, Any]) -> AuthenticatorData:
        """The passkey in the browser's answer; raises BadInput when it does not fit what was asked."""
        try:
            return self.server.register_complete(state, answer)
        except _FALSE as error:
            raise BadInput(_("the passkey was not accepted; please try again")) from error

    def ask_for_proof(self, known: list[AttestedCredentialData]) -> tuple[dict[str, Any], Any]:
        """What the browser is asked in order to prove that it holds one of the known passkeys."""
        options, state = self.server.authenticate_begin(
            known, user_verification=UserVerificationRequirement.PREFERRED
        )
        return dict(options), state

    def proof(
        self, state: Any, known: list[AttestedCredentialData], answer: dict[str, Any]
    ) -> tuple[bytes, int]:
        """Id and counter of the passkey that signed; raises BadInput when none of the known did."""
        try:
            used = self.server.authenticate_complete(state, known, answer)
            data = AuthenticatorData(_unpacked(answer["response"]["authenticatorData"]))
        except _FALSE as error:
            raise BadInput(_("the passkey was not accepted; please try again")) from error
        return used.credential_id, data.counter


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def stored(text: str) -> AttestedCredentialData:
    """A passkey as `packed` wrote it."""
    return AttestedCredentialData(_unpacked(text))
