"""Writes of persons, organisations and keys to the API."""

from kepu.kernel.accounts.actions.consents import Consenting, give_consent, withdraw_consent
from kepu.kernel.accounts.actions.erasure import erase, export
from kepu.kernel.accounts.actions.organisations import register_organisation
from kepu.kernel.accounts.actions.people import change_personal, change_preferences, register
from kepu.kernel.accounts.actions.tokens import IssuedToken, issue_token, revoke_token

__all__ = [
    "Consenting",
    "IssuedToken",
    "change_personal",
    "change_preferences",
    "erase",
    "export",
    "give_consent",
    "issue_token",
    "register",
    "register_organisation",
    "revoke_token",
    "withdraw_consent",
]
