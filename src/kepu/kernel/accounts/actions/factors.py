"""Set up, prove and remove second factors."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from fido2.webauthn import AttestedCredentialData

from kepu.kernel.accounts import keys, queries, rules, totp
from kepu.kernel.accounts.models import Factor, FactorKind, User
from kepu.kernel.accounts.passkeys import Site, packed, stored
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require

RECOVERY_CODES = 10


@transaction.atomic
def add_totp(person: User, *, secret: str, code: str, by: User, now: datetime) -> Factor:
    """Take an authenticator app into use, once it has shown a right code."""
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_own(by, person))
    require(rules.why_not_add_totp(person))
    step = totp.matching_step(secret, code, after=0, now=now)
    if step is None:
        raise BadInput(_("this code is not right; please type the one shown now"))

    return _add(person, FactorKind.TOTP, {"secret": secret}, "", counter=step, by=by, now=now)


@transaction.atomic
def add_passkey(
    person: User,
    *,
    site: Site,
    state: Any,
    answer: dict[str, Any],
    title: str,
    by: User,
    now: datetime,
) -> Factor:
    """Take a passkey into use, once the browser has proved that it made it for this site."""
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_own(by, person))
    made = site.new(state, answer)
    if made.credential_data is None:
        raise BadInput(_("the passkey was not accepted; please try again"))

    values = {"credential": packed(made.credential_data), "host": site.host}
    return _add(
        person, FactorKind.PASSKEY, values, title[:60], counter=made.counter, by=by, now=now
    )


@transaction.atomic
def make_recovery_codes(person: User, *, by: User, now: datetime) -> list[str]:
    """Ten codes for the day the telephone is lost. Shown once; older ones stop working."""
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_own(by, person))
    require(rules.why_not_make_recovery_codes(person))

    person.factors.filter(kind=FactorKind.RECOVERY).delete()
    codes = [f"{secrets.randbelow(10**10):010}" for _number in range(RECOVERY_CODES)]
    values = {"codes": [keys.digest("recovery", code) for code in codes]}
    _add(person, FactorKind.RECOVERY, values, "", counter=0, by=by, now=now)
    return codes


@transaction.atomic
def prove_by_code(person: User, *, code: str, now: datetime) -> bool:
    """Whether the code is the authenticator app's, not used before, or an unused recovery code."""
    person = User.objects.select_for_update().get(pk=person.pk)
    given = "".join(code.replace("-", " ").split())
    return _prove_totp(person, given, now) or _prove_recovery(person, given, now)


@transaction.atomic
def prove_by_passkey(
    person: User, *, site: Site, state: Any, answer: dict[str, Any], now: datetime
) -> bool:
    """Whether a known passkey signed what this site asked.

    Its counter has to grow, where it keeps one: a counter that does not tells of a copied key.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    known = {credential.credential_id: factor for factor, credential in passkeys(person, site.host)}
    try:
        used, counter = site.proof(state, [c for _f, c in passkeys(person, site.host)], answer)
    except BadInput:
        return False
    factor = known[used]
    if counter <= factor.counter and (counter or factor.counter):
        return False
    _use(factor, counter, now)
    return True


@transaction.atomic
def remove_factor(factor_id: int, *, by: User, now: datetime) -> None:
    """Stop using a second factor. The last one stays where a role asks for it."""
    factor = Factor.objects.select_for_update().get(pk=factor_id)
    authorize(rules.why_not_own(by, factor.user))
    require(rules.why_not_remove_factor(factor, now))

    audit.record(by, "factor.remove", factor, now=now, kind=factor.kind)
    factor.delete()
    if not queries.factors(by).exists():
        by.factors.all().delete()


def passkeys(person: User, host: str) -> list[tuple[Factor, AttestedCredentialData]]:
    """The person's passkeys for this host."""
    found = person.factors.filter(kind=FactorKind.PASSKEY)
    opened = [(factor, _values(factor)) for factor in found]
    return [(f, stored(v["credential"])) for f, v in opened if v["host"] == host]


def _add(
    person: User,
    kind: FactorKind,
    values: dict[str, Any],
    title: str,
    *,
    counter: int,
    by: User,
    now: datetime,
) -> Factor:
    assert person.data_key is not None  # noqa: S101 (who is erased owns nothing and signs in nowhere)
    factor = Factor.objects.create(
        user=person,
        kind=kind,
        title=title,
        sealed=keys.seal(person.data_key, values, _owner(person, kind)),
        counter=counter,
        created_at=now,
    )
    audit.record(by, "factor.add", factor, now=now, kind=kind)
    return factor


def _prove_totp(person: User, code: str, now: datetime) -> bool:
    factor = person.factors.filter(kind=FactorKind.TOTP).first()
    if factor is None:
        return False
    step = totp.matching_step(_values(factor)["secret"], code, after=factor.counter, now=now)
    if step is None:
        return False
    _use(factor, step, now)
    return True


def _prove_recovery(person: User, code: str, now: datetime) -> bool:
    factor = person.factors.filter(kind=FactorKind.RECOVERY).first()
    if factor is None or person.data_key is None:
        return False
    given, left = keys.digest("recovery", code), _values(factor)["codes"]
    unused = [one for one in left if not hmac.compare_digest(one, given)]
    if len(unused) == len(left):
        return False
    factor.sealed = keys.seal(person.data_key, {"codes": unused}, _owner(person, factor.kind))
    factor.used_at = now
    factor.save(update_fields=["sealed", "used_at"])
    audit.record(person, "factor.use_recovery", factor, now=now, left=len(unused))
    return True


def _use(factor: Factor, counter: int, now: datetime) -> None:
    factor.counter, factor.used_at = counter, now
    factor.save(update_fields=["counter", "used_at"])


def _values(factor: Factor) -> dict[str, Any]:
    assert factor.user.data_key is not None  # noqa: S101 (erasing deletes factors first)
    return keys.unseal(factor.user.data_key, factor.sealed, _owner(factor.user, factor.kind))


def _owner(person: User, kind: str) -> str:
    return f"{person.pseudonym}:{kind}"
