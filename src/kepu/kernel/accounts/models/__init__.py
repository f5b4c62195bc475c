"""Persons, organisations, and what lets a person in."""

from kepu.kernel.accounts.models.access import (
    Device,
    Factor,
    FactorKind,
    Identity,
    MailCode,
    PhoneChange,
    SignInCode,
    Token,
)
from kepu.kernel.accounts.models.organisations import Organisation, OrganisationKind
from kepu.kernel.accounts.models.people import Consent, Personal, User, UserManager, new_pseudonym

__all__ = [
    "Consent",
    "Device",
    "Factor",
    "FactorKind",
    "Identity",
    "MailCode",
    "Organisation",
    "OrganisationKind",
    "Personal",
    "PhoneChange",
    "SignInCode",
    "Token",
    "User",
    "UserManager",
    "new_pseudonym",
]
