"""Writes of persons, organisations and keys to the API."""

from kepu.kernel.accounts.actions.codes import mark_sent, prove_code, send_code, sweep_codes
from kepu.kernel.accounts.actions.consents import Consenting, give_consent, withdraw_consent
from kepu.kernel.accounts.actions.devices import (
    end_device,
    free_device,
    open_device,
    see_device,
    sweep_devices,
)
from kepu.kernel.accounts.actions.erasure import erase, export
from kepu.kernel.accounts.actions.factors import (
    add_passkey,
    add_totp,
    make_recovery_codes,
    prove_by_code,
    prove_by_passkey,
    remove_factor,
)
from kepu.kernel.accounts.actions.forgetting import forget_words
from kepu.kernel.accounts.actions.guardians import end_grown_guardianships, end_guardianship
from kepu.kernel.accounts.actions.identities import (
    bind_identity,
    end_identity,
    note_failed_proof,
    recognise,
)
from kepu.kernel.accounts.actions.mail import (
    mark_mailed,
    prove_mail,
    send_mail_code,
    sweep_mail_codes,
)
from kepu.kernel.accounts.actions.organisations import (
    change_organisation,
    close_organisation,
    register_organisation,
    relate_organisation,
    reopen_organisation,
)
from kepu.kernel.accounts.actions.passwords import set_password
from kepu.kernel.accounts.actions.people import (
    change_personal,
    change_preferences,
    register,
    register_child,
)
from kepu.kernel.accounts.actions.phone import change_phone, mark_told
from kepu.kernel.accounts.actions.tokens import IssuedToken, issue_token, revoke_token

__all__ = [
    "Consenting",
    "IssuedToken",
    "add_passkey",
    "add_totp",
    "bind_identity",
    "change_organisation",
    "change_personal",
    "change_phone",
    "change_preferences",
    "close_organisation",
    "end_device",
    "end_grown_guardianships",
    "end_guardianship",
    "end_identity",
    "erase",
    "export",
    "forget_words",
    "free_device",
    "give_consent",
    "issue_token",
    "make_recovery_codes",
    "mark_mailed",
    "mark_sent",
    "mark_told",
    "note_failed_proof",
    "open_device",
    "prove_by_code",
    "prove_by_passkey",
    "prove_code",
    "prove_mail",
    "recognise",
    "register",
    "register_child",
    "register_organisation",
    "relate_organisation",
    "remove_factor",
    "reopen_organisation",
    "revoke_token",
    "see_device",
    "send_code",
    "send_mail_code",
    "set_password",
    "sweep_codes",
    "sweep_devices",
    "sweep_mail_codes",
    "withdraw_consent",
]
