"""One-time codes for signing in by telephone.

A code is bound to the browser that asked for it: who guesses at another's number spends only the
attempts of the own code. Known and unknown numbers are treated alike up to the moment the code is
proved, so nothing tells who has an account.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts import keys, phones, rules
from kepu.kernel.accounts.models import SignInCode
from kepu.kernel.errors import BadInput, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import SignInCodeIssued

LIFETIME = timedelta(minutes=5)
KEPT = timedelta(days=1)  # as long as the limits look back


class SentCode(NamedTuple):
    """What was kept, and the code in clear for the one who sends it."""

    kept: SignInCode
    code: str


class Message(NamedTuple):
    """A code on its way out."""

    phone: str
    code: str


@transaction.atomic
def send_code(phone: str, *, address: str, now: datetime, known: bool = False) -> SentCode:
    """Make a code for a number and hand it to the worker to send.

    `address` is where the request comes from: on the network, or, where it is `known`, a browser that
    the owner of the number came in by before. Raises BadInput if the number cannot receive short
    messages, and RuleBroken if one was sent a moment ago or too many were sent.
    """
    number = phones.normalise(phone)
    if not phones.is_mobile(number):
        raise BadInput(_("this number cannot receive short messages"))
    phone_digest, address_digest = keys.digest("phone", number), keys.digest("address", address)
    require(rules.why_not_send_code(phone_digest, address_digest, now, known=known))

    code = f"{secrets.randbelow(10**6):06}"
    kept = SignInCode.objects.create(
        phone_digest=phone_digest,
        address_digest=address_digest,
        code_digest=_digest(phone_digest, code),
        sealed=keys.seal_for_transit({"phone": number, "code": code}, phone_digest),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    facts.publish(SignInCodeIssued(at=now, code_id=kept.pk))
    return SentCode(kept, code)


@transaction.atomic
def prove_code(code_id: int, *, code: str, now: datetime) -> str | None:
    """The telephone number that is proved by `code`, or None; every try is counted.

    It returns instead of raising, for a refusal would undo the count.
    """
    kept = SignInCode.objects.select_for_update().filter(pk=code_id).first()
    if kept is None or rules.why_not_prove_code(kept, now):
        return None
    kept.attempts += 1
    given = _digest(kept.phone_digest, "".join(code.split()))
    right = hmac.compare_digest(given, kept.code_digest)
    if right:
        kept.used_at = now
    kept.save(update_fields=["attempts", "used_at"])
    return str(_opened(kept)["phone"]) if right else None


def message(code_id: int, *, now: datetime) -> Message | None:
    """What the worker has to send, or None when it came too late or was sent already."""
    kept = SignInCode.objects.filter(pk=code_id).first()
    if kept is None or kept.used_at or now >= kept.expires_at:
        return None
    values = _opened(kept)
    return Message(values["phone"], values["code"]) if "code" in values else None


@transaction.atomic
def mark_sent(code_id: int) -> None:
    """Forget the code in clear; the number stays sealed until the code is used or gone."""
    kept = SignInCode.objects.select_for_update().get(pk=code_id)
    kept.sealed = keys.seal_for_transit({"phone": _opened(kept)["phone"]}, kept.phone_digest)
    kept.save(update_fields=["sealed"])


def sweep_codes(*, now: datetime) -> int:
    """Delete codes that no limit looks back to. Returns how many."""
    return SignInCode.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _opened(kept: SignInCode) -> dict[str, str]:
    return keys.open_from_transit(kept.sealed, kept.phone_digest)


def _digest(phone_digest: str, code: str) -> str:
    return keys.digest("code", f"{phone_digest}:{code}")
