"""Reads of persons and of what lets them in."""

from __future__ import annotations

from calendar import isleap
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from kepu.kernel import clock
from kepu.kernel.accounts import keys, phones
from kepu.kernel.accounts.masks import Masked, mask
from kepu.kernel.accounts.models import (
    Consent,
    Device,
    Factor,
    FactorKind,
    Identity,
    Organisation,
    OrganisationKind,
    SignInCode,
    Token,
    User,
)
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import BadInput

CHILD_UNDER = 14  # data of younger children are handled by the guardian, who consents (PIPL 31)
OF_AGE = 18  # guardianship itself ends (Civil Code 17)


def person(pk: int) -> User:
    """The person by id; raises User.DoesNotExist."""
    return User.objects.get(pk=pk)


def by_phone(phone: str) -> User | None:
    """The person who has this number, or None; what is no number belongs to nobody. One query."""
    try:
        number = phones.normalise(phone)
    except BadInput:
        return None
    return User.objects.filter(phone_digest=keys.digest("phone", number)).first()


def by_word(word: str) -> User | None:
    """The person of this login, pseudonym or telephone, written in full; there is no search."""
    found = User.objects.filter(Q(login=word) | Q(pseudonym=word)).first()
    return found or by_phone(word)


def by_id_number(number: str) -> User | None:
    """The person who has this identity number, or None. One query."""
    return User.objects.filter(id_digest=keys.digest("id_number", number)).first()


def by_token(secret: str, now: datetime) -> User | None:
    """The active person whose living key to the API this is. One query."""
    token = (
        Token.objects.select_related("user")
        .filter(digest=keys.digest("token", secret), user__is_active=True)
        .first()
    )
    return token.user if token and token.lives(now) else None


def subject_digest(issuer: str, subject: str) -> str:
    """The fingerprint by which an account elsewhere is known again."""
    return keys.digest("subject", f"{issuer} {subject}")


def identity(issuer: str, subject: str) -> Identity | None:
    """The binding of this account elsewhere, with its person, or None. One query."""
    found = Identity.objects.select_related("user")
    return found.filter(subject_digest=subject_digest(issuer, subject)).first()


def masked(user: User) -> Masked:
    """The person's values with their middles taken out."""
    return mask(user.personal)


def masked_phone(user: User) -> str:
    """138****0001, or nothing."""
    return phones.mask(user.personal.phone)


def born(user: User) -> date | None:
    """The day of birth, where it is known."""
    known = user.personal.born
    return date.fromisoformat(known) if known else None


def age(day_of_birth: date, now: datetime) -> int:
    """Whole years on the Beijing day of `now`; who is born on 29 February ages on 1 March."""
    today = clock.day(now)
    before_birthday = (today.month, today.day) < (day_of_birth.month, day_of_birth.day)
    return today.year - day_of_birth.year - before_birthday


def is_child(user: User, now: datetime) -> bool:
    """Whether a guardian has to consent for this person."""
    day_of_birth = born(user)
    return day_of_birth is not None and age(day_of_birth, now) < CHILD_UNDER


def is_of_age(user: User, now: datetime) -> bool:
    """Whether the person is known to be 18 or older."""
    day_of_birth = born(user)
    return day_of_birth is not None and age(day_of_birth, now) >= OF_AGE


@dataclass(frozen=True)
class Ward:
    """Somebody in one's care: until when the guardian handles the data, and until when they are a ward."""

    person: User
    handled: bool
    handled_until: date | None
    guarded_until: date | None


def wards(guardian: User, now: datetime) -> list[Ward]:
    """Everybody in the guardian's care, the youngest last. One query; days of birth are unsealed."""
    found = guardian.wards.filter(erased_at__isnull=True).order_by("pk")
    return [
        Ward(one, is_child(one, now), birthday(one, CHILD_UNDER), birthday(one, OF_AGE))
        for one in found
    ]


def birthday(user: User, years: int) -> date | None:
    """The day the person is so many years old; who is born on 29 February ages on 1 March."""
    day = born(user)
    if day is None:
        return None
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


def standing_consent(person: User, what: str) -> Consent | None:
    """The consent that stands now for `what`, or None. One query."""
    return Consent.objects.filter(person=person, what=what, withdrawn_at__isnull=True).first()


def codes_since(moment: datetime) -> int:
    """How many sign-in codes were sent to telephones since then; older than a day, they are gone."""
    return SignInCode.objects.filter(created_at__gt=moment).count()


def department_paths() -> QuerySet[Organisation, str]:
    """Where the departments that work are at home. One query."""
    units = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, active=True).order_by()
    return units.values_list("path", flat=True).distinct()


def by_credit_code(code: str) -> Organisation | None:
    """The organisation with this unified social credit code, or None. One query."""
    return Organisation.objects.filter(credit_code=code).first()


@dataclass(frozen=True)
class Kin:
    """Units that a unit hangs together with: above and below it, and those it was merged with."""

    line: frozenset[int]
    merged: frozenset[int]


def kin_of(units: Collection[int]) -> dict[int, Kin]:
    """What each of these units hangs together with; the line of what it was merged with is its own.

    One query, for the few units that are a part of another or were merged.
    """
    tied = Organisation.objects.exclude(parent=None, merged_into=None).order_by()
    above: dict[int, set[int]] = defaultdict(set)
    below: dict[int, set[int]] = defaultdict(set)
    with_it: dict[int, set[int]] = defaultdict(set)
    for pk, parent, into in tied.values_list("pk", "parent", "merged_into"):
        if parent:
            above[pk].add(parent)
            below[parent].add(pk)
        if into:
            with_it[pk].add(into)
            with_it[into].add(pk)
    return {one: _kin(one, above, below, with_it) for one in units}


def _kin(
    unit: int, above: dict[int, set[int]], below: dict[int, set[int]], with_it: dict[int, set[int]]
) -> Kin:
    """Upwards and downwards, each step with what was merged; never down again from above."""
    same = _reached({unit}, with_it)
    line = set()
    for way in (above, below):
        steps = {pk: way.get(pk, set()) | with_it.get(pk, set()) for pk in {*way, *with_it}}
        line |= _reached(same, steps)
    return Kin(frozenset(line - same), frozenset(same - {unit}))


def _reached(start: Collection[int], steps: Mapping[int, set[int]]) -> set[int]:
    found, ahead = set(start), list(start)
    while ahead:
        new = steps.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return found


def living_tokens(user: User, now: datetime) -> QuerySet[Token]:
    """Keys to the API that still open, the newest first."""
    return user.tokens.filter(revoked_at__isnull=True, expires_at__gt=now).order_by("-created_at")


def devices(user: User) -> QuerySet[Device]:
    """Browsers in which the person is signed in, the one seen last first."""
    return user.devices.filter(ended_at__isnull=True).order_by("-seen_at")


def factors(user: User) -> QuerySet[Factor]:
    """The person's second factors, the oldest first; recovery codes stand in for one and are not one."""
    return user.factors.exclude(kind=FactorKind.RECOVERY).order_by("created_at", "pk")


def homes_named(text: str) -> list[Division]:
    """Townships and communities that people mean by `text`, however they write it."""
    homes = (Level.TOWNSHIP, Level.COMMUNITY)
    return [one for one in divisions.meant(text, limit=60) if one.level in homes][:20]
