"""Judge a credential by the issuer's document and lists of status that lie at hand: no network is asked.

Source: W3C Verifiable Credentials Data Model v2.0, section 7.1; Controlled Identifiers v1.0, section 3.3.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel.credentials import multibase, proofs, status
from kepu.kernel.errors import BadInput, Refusal

LARGEST = 4 * 1024 * 1024  # octets of a file


@dataclass(frozen=True)
class Verdict:
    """`faults` are sentences; none means that it holds. `unseen` tells what could not be looked at."""

    faults: tuple[str, ...]
    unseen: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.faults


def read(text: str | bytes) -> dict[str, Any]:
    """A document as JSON: no name twice, one object. Raises BadInput."""
    if len(text) > LARGEST:
        raise BadInput(_("this file is too large for a credential"))
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as fault:
        raise BadInput(_("this file is not JSON")) from fault
    if not isinstance(found, dict):
        raise BadInput(_("this file is not a credential"))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def verify(
    credential: Mapping[str, Any],
    issuer: Mapping[str, Any],
    lists: Iterable[Mapping[str, Any]],
    now: datetime,
) -> Verdict:
    """Whether the credential holds at `now`, by this issuer's document and these lists of status."""
    try:
        return _verified(credential, issuer, list(lists), now)
    except Refusal as refusal:
        return Verdict((refusal.reason,))


def _verified(
    credential: Mapping[str, Any],
    issuer: Mapping[str, Any],
    lists: list[Mapping[str, Any]],
    now: datetime,
) -> Verdict:
    if fault := _unsigned(credential, issuer) or _out_of_time(credential, now):
        return Verdict((fault,))
    faults, unseen = [], []
    for entry in _entries(credential):
        found = [one for one in lists if one.get("id") == entry.get("statusListCredential")]
        if not found:
            unseen.append(_unlooked(entry))
        elif fault := _by_list(entry, found[-1], issuer, now):
            faults.append(fault)
    return Verdict(tuple(faults), tuple(unseen))


def _unsigned(document: Mapping[str, Any], issuer: Mapping[str, Any]) -> str:
    """Why the document does not count as signed by this issuer; empty where it does."""
    if issuer_of(document) != issuer.get("id"):
        return _("another issuer stands in it: %(issuer)s") % {"issuer": issuer_of(document)}
    proof = document.get("proof")
    named = proof.get("verificationMethod") if isinstance(proof, Mapping) else None
    methods = issuer.get("verificationMethod")
    found = [one for one in methods if _is_method(one, named)] if isinstance(methods, list) else []
    if not found or found[0].get("controller") != issuer.get("id"):
        return _("the issuer has no key of this name")
    if found[0].get("revoked") or named not in (issuer.get(proofs.PURPOSE) or ()):
        return _("the issuer has withdrawn the key that it was signed with")
    if not proofs.holds(document, multibase.public_key(found[0].get("publicKeyMultibase"))):
        return _(
            "the signature does not belong to these words: the file was changed, or never signed"
        )
    return ""


def _is_method(one: object, named: object) -> bool:
    return isinstance(one, Mapping) and one.get("id") == named and one.get("type") == "Multikey"


def issuer_of(document: Mapping[str, Any]) -> object:
    """The address of who issued it, or None."""
    issuer = document.get("issuer")
    return issuer.get("id") if isinstance(issuer, Mapping) else issuer


def _out_of_time(credential: Mapping[str, Any], now: datetime) -> str:
    begins, ends = _moment(credential.get("validFrom")), _moment(credential.get("validUntil"))
    if begins and now < begins:
        return _("it does not hold before %(moment)s") % {"moment": proofs.stamp(begins)}
    if ends and now > ends:
        return _("it held until %(moment)s") % {"moment": proofs.stamp(ends)}
    return ""


def _moment(told: object) -> datetime | None:
    if told is None:
        return None
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError as fault:
        raise BadInput(_("a date in it cannot be read")) from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _entries(credential: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    told = credential.get("credentialStatus")
    rows = told if isinstance(told, list) else [told] if told else []
    if not all(isinstance(one, Mapping) for one in rows):
        raise BadInput(_("what it says of its status cannot be read"))
    return rows


def _by_list(
    entry: Mapping[str, Any], held: Mapping[str, Any], issuer: Mapping[str, Any], now: datetime
) -> str:
    """What a list says against the credential; empty where it says nothing."""
    if fault := _unsigned(held, issuer):
        return _("the list of status does not count: %(fault)s") % {"fault": fault}
    if _outdated(held, now):
        return _("the list of status is out of date: please fetch it anew")
    subject = held.get("credentialSubject")
    purpose = entry.get("statusPurpose")
    position = str(entry.get("statusListIndex"))
    if not isinstance(subject, Mapping) or subject.get("statusPurpose") != purpose:
        return _("the list of status is for another purpose")
    if not position.isdecimal() or len(position) > 12:
        return _("what it says of its status cannot be read")
    if not status.is_set(subject.get("encodedList"), int(position)):
        return ""
    if purpose == "suspension":
        return _("it is suspended")
    return _("it was revoked")


def _outdated(held: Mapping[str, Any], now: datetime) -> bool:
    """Whether its time has run out; a list that tells no end counts for a day."""
    begins, ends = _moment(held.get("validFrom")), _moment(held.get("validUntil"))
    if ends is not None:
        return now > ends
    return begins is None or now - begins > status.LASTS


def _unlooked(entry: Mapping[str, Any]) -> str:
    return _(
        "whether it was revoked or suspended since was not looked at: %(list)s is not at hand"
    ) % {"list": entry.get("statusListCredential")}
