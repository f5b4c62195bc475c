"""Why not?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from kepu.kernel.accounts import queries, retention
from kepu.kernel.accounts.models import (
    Device,
    Factor,
    FactorKind,
    Identity,
    MailCode,
    Organisation,
    SignInCode,
    Token,
    User,
)
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput
from kepu.kernel.roles import ground
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

# What a telephone and an address on the network may ask for; ten codes of five tries a day leave
# a guesser 50 in a million.
RESEND_AFTER = timedelta(seconds=60)
CODES_PER_HOUR = 5
CODES_PER_DAY = 10
CODES_PER_ADDRESS_AND_HOUR = 60  # a library's readers share one address
TRIES_PER_CODE = 5
MAIL_CODES_PER_DAY = 5
FRESH = timedelta(minutes=15)  # how long after signing in a number may be changed


def why_not_register_others(by: User | None, home: Division | None, now: datetime) -> str | None:
    """People are registered by themselves (`by` is None), or by those who place orders for them there."""
    if by is None:
        return None
    path = home.path if home else None
    if path and roles.holds(by, Verb.ORDER_PLACE_FOR, now=now, path=path):
        return None
    if _reaches_all(roles.reach(by, Verb.ACCOUNT_MANAGE, now), {path} if path else set()):
        return None
    return _("you may register people of your own area only")


def why_not_manage(by: User | None, person: User, now: datetime) -> str | None:
    """Who manages accounts manages those that lie wholly in their area and stand below them.

    Whoever changes how somebody signs in can sign in as them. `by` is None at the shell.
    """
    if by is None:
        return None
    reach = roles.reach(by, Verb.ACCOUNT_MANAGE, now)
    if not reach:
        return _("only the person may do this")
    if not _reaches_all(reach, ground.of_person(person, now)):
        return _("this person also belongs to places outside your area")
    if not all(_above(reach, path) for path in ground.administers(person, now)):
        return _("this is an administrator of your own rank; who stands above you does this")
    return None


def _above(reach: roles.Reach, path: str) -> bool:
    return any(path != scope and within(path, scope) for scope in reach.paths)


def _reaches_all(reach: roles.Reach, places: set[str]) -> bool:
    """Whether every place lies within; who belongs nowhere is a matter of the whole city."""
    if not places:
        return reach.covers(settings.CITY)
    return all(reach.covers(path) for path in places)


def why_not_register_child(guardian: User | None, consented: bool) -> str | None:
    """Under 14, a guardian has to consent."""
    if guardian is None or not consented:
        return _("a child under 14 is registered only with a guardian's consent")
    return None


def why_not_guard(guardian: User, now: datetime) -> str | None:
    """A guardian is registered and known to be of age, and so is nobody's ward."""
    if guardian.erased_at or not guardian.is_active:
        return _("the guardian is not registered any more")
    if queries.born(guardian) is None:
        return _("a guardian's own day of birth has to be known; please write it down too")
    if not queries.is_of_age(guardian, now):
        return _("a guardian has to be 18 or older")
    return None


def why_not_become_ward(day_of_birth: date | None, now: datetime) -> str | None:
    """Nobody is taken into care who is, or may be, of age: guardianship would end before it began."""
    if day_of_birth is None:
        return _("state the day of birth: guardianship lasts until the ward is 18")
    if queries.age(day_of_birth, now) >= queries.OF_AGE:
        return _("whoever is 18 or older has no guardian, and registers with an own telephone")
    return None


def why_not_handle(by: User, person: User, now: datetime) -> str | None:
    """A person's data are handled by the person, by a child's guardian, or by who manages accounts."""
    if by.pk == person.pk or (person.guardian_id == by.pk and queries.is_child(person, now)):
        return None
    return why_not_manage(by, person, now)


def why_not_take(person: User) -> str | None:
    """A telephone number, an identity number and an address for mail are one person's each."""
    others = User.objects.exclude(pk=person.pk)
    if person.phone_digest and others.filter(phone_digest=person.phone_digest).exists():
        return _("this telephone number is in use already")
    if person.id_digest and others.filter(id_digest=person.id_digest).exists():
        return _("this identity number is in use already")
    if person.email_digest and others.filter(email_digest=person.email_digest).exists():
        return _("this address for mail is in use already")
    return None


def why_not_erased(person: User) -> str | None:
    """Nothing is done to who is erased."""
    return _("this person has been erased") if person.erased_at else None


def why_not_erase(person: User, now: datetime) -> str | None:
    """The law and open promises keep some data for a time; every reason is told."""
    reasons = retention.reasons(person, now)
    return why_not_erased(person) or ("; ".join(reasons) or None)


def why_not_own(by: User, owner: User) -> str | None:
    """Keys, devices and factors belong to one person alone."""
    return None if by.pk == owner.pk else _("only the person may do this")


def why_not_issue_token(count: int) -> str | None:
    """A person keeps few keys, so that they know each."""
    return _("you have ten keys already; revoke one first") if count >= 10 else None


def why_not_use_token(person: User, now: datetime) -> str | None:
    """A key made before an office came does not go round the second proof which that office asks for."""
    if must_set_up_second_factor(person, now) and not queries.factors(person).exists():
        return _("your role needs a second factor: set one up under “My account” to use this key")
    return None


def why_not_revoke(token: Token) -> str | None:
    """A key is revoked once."""
    return _("this key has been revoked already") if token.revoked_at else None


def why_not_register_organisation(by: User | None, division: Division, now: datetime) -> str | None:
    """Organisations are registered by Kepu's import, or by who approves teams or manages accounts."""
    if by is None:
        return None
    able = (Verb.ACCOUNT_MANAGE, Verb.TEAM_APPROVE)
    if any(roles.holds(by, verb, now=now, path=division.path) for verb in able):
        return None
    return _("only an officer of this area may register organisations")


def why_not_take_credit_code(code: str, unit: Organisation | None = None) -> str | None:
    """A unified social credit code is one unit's. One query."""
    known = queries.by_credit_code(code) if code else None
    if known is None or known == unit:
        return None
    return _("a unit with this credit code is registered already: %(name)s") % {"name": known.name}


def why_not_relate_organisation(
    unit: Organisation, parent: Organisation | None, merged_into: Organisation | None
) -> str | None:
    """A unit is no part of itself or of its parts, and was not merged into one that was merged into it.

    One query for each unit above.
    """
    if _leads_back(unit, parent, "parent"):
        return _("a unit is no part of itself, nor of one of its own parts")
    if _leads_back(unit, merged_into, "merged_into"):
        return _("a unit is not merged into itself, nor into one that was merged into it")
    return None


def _leads_back(unit: Organisation, to: Organisation | None, by: str) -> bool:
    at, seen = to.pk if to else None, set[int]()
    while at is not None and at not in seen:
        if at == unit.pk:
            return True
        seen.add(at)
        at = Organisation.objects.filter(pk=at).values_list(by, flat=True).first()
    return False


def why_not_turn_organisation(unit: Organisation, active: bool) -> str | None:
    """What is closed is not closed again, nor opened what is open."""
    if unit.active != active:
        return None
    return _("this unit is not closed") if active else _("this unit is closed already")


def birthday(text: str, now: datetime) -> date | None:
    """The day of birth in `text`; raises BadInput when there is no such day, or it is still to come."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(_("the day of birth is not a date")) from None
    if not 0 <= queries.age(day, now) <= 130:
        raise BadInput(_("the day of birth cannot be right"))
    return day


def why_not_send_code(
    phone_digest: str, address_digest: str, now: datetime, *, known: bool = False
) -> str | None:
    """Codes cost money and are guessed at: each number, each address and the city get so many. Three
    queries.

    A browser that is `known` has as many for itself, and is served when a flood has used up the
    city's, so that nobody uses them up from elsewhere.
    """
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    codes = SignInCode.objects.filter(phone_digest=phone_digest, created_at__gt=day)
    if known:
        codes = codes.filter(address_digest=address_digest)
    sent = list(codes.order_by("-created_at").values_list("created_at", flat=True))
    if sent and now - sent[0] < RESEND_AFTER:
        return _("a code was just sent; please wait a minute before asking for another")
    if sum(at > hour for at in sent) >= CODES_PER_HOUR or len(sent) >= CODES_PER_DAY:
        return _("too many codes were sent to this number; please try again later")
    near = SignInCode.objects.filter(address_digest=address_digest, created_at__gt=hour)
    if near.count() >= CODES_PER_ADDRESS_AND_HOUR:
        return _("too many codes were asked for from your network; please try again later")
    if not known and queries.codes_since(day) >= settings.SIGN_IN_CODES_PER_DAY:
        return _(
            "too many codes were sent in the whole city today; please try again tomorrow, or ask a "
            "community worker to order for you"
        )
    return None


def why_not_prove_code(kept: SignInCode, now: datetime) -> str | None:
    """A code is good once, for five minutes and five tries."""
    if kept.used_at or now >= kept.expires_at or kept.attempts >= TRIES_PER_CODE:
        return _("this code is used up or too old; please ask for a new one")
    return None


def must_set_up_second_factor(person: User, now: datetime) -> bool:
    """Whether the person can do nothing else before a second factor is set up."""
    asked = settings.REQUIRE_SECOND_FACTOR == "required"
    return asked and roles.needs_second_factor(person, now)


def why_not_add_totp(person: User) -> str | None:
    """One authenticator app at a time."""
    if person.factors.filter(kind=FactorKind.TOTP).exists():
        return _("an authenticator app is set up already; remove it first")
    return None


def why_not_make_recovery_codes(person: User) -> str | None:
    """Recovery codes stand in for a second factor, so there has to be one."""
    if queries.factors(person).exists():
        return None
    return _("set up an authenticator app or a passkey first")


def why_not_remove_factor(factor: Factor, now: datetime) -> str | None:
    """The last second factor stays where a role asks for one."""
    others = queries.factors(factor.user).exclude(pk=factor.pk)
    if factor.kind == FactorKind.RECOVERY or others.exists():
        return None
    if must_set_up_second_factor(factor.user, now):
        return _("your role needs a second factor; set up another one before removing this")
    return None


def why_not_set_password(by: User | None, person: User, now: datetime) -> str | None:
    """People set their own password; managers of accounts set a first one."""
    return None if by == person else why_not_manage(by, person, now)


def why_not_login(person: User, login: str) -> str | None:
    """A login name is one person's."""
    if User.objects.exclude(pk=person.pk).filter(login=login).exists():
        return _("this login name is taken")
    return None


def why_not_bind(by: User | None, person: User, now: datetime) -> str | None:
    """Who somebody is elsewhere is said by who manages the account, or at the shell."""
    if by is not None and not roles.holds(by, Verb.ACCOUNT_MANAGE, now=now):
        return _("only a security administrator may bind an account")
    return why_not_manage(by, person, now)


def why_not_bind_subject(person: User, digest: str) -> str | None:
    """An account elsewhere is one person's here."""
    if Identity.objects.exclude(user=person).filter(subject_digest=digest).exists():
        return _("this account is bound to another person already; end that first")
    return None


def why_not_send_mail_code(person: User, now: datetime) -> str | None:
    """Codes go to an address that is there and not proved yet; a person gets so many a day. One query."""
    if not person.email_digest:
        return _("you have not given an address for mail")
    if person.email_is_proved:
        return _("this address is confirmed already")
    sent = list(
        MailCode.objects.filter(user=person, created_at__gt=now - timedelta(days=1))
        .order_by("-created_at")
        .values_list("created_at", flat=True)
    )
    if sent and now - sent[0] < RESEND_AFTER:
        return _("a code was just sent; please wait a minute before asking for another")
    if len(sent) >= MAIL_CODES_PER_DAY:
        return _("too many codes were sent today; please try again tomorrow")
    return None


def why_not_prove_mail(kept: MailCode, person: User, now: datetime) -> str | None:
    """A code is good once, for half an hour and five tries, for the address it was sent to."""
    if kept.used_at or now >= kept.expires_at or kept.attempts >= TRIES_PER_CODE:
        return _("this code is used up or too old; please ask for a new one")
    if kept.email_digest != person.email_digest:
        return _("this code was sent to another address")
    return None


def why_not_change_phone(by: User, person: User, now: datetime) -> str | None:
    """A number is changed by its person; a guardian gives a ward the first one."""
    if by.pk == person.pk:
        return None
    first = not person.phone_digest and not queries.is_of_age(person, now)
    if person.guardian_id == by.pk and (first or queries.is_child(person, now)):
        return None
    return _("only the person may do this")


def why_not_fresh(device: Device | None, by: User, now: datetime) -> str | None:
    """Whoever finds a browser open must not take the account over: sign in anew first."""
    if device is None or device.user_id != by.pk or device.ended_at:
        return _("please sign in first")
    if now - device.signed_in_at > FRESH:
        return _("you signed in more than 15 minutes ago; please sign in again first")
    return None


def why_not_same_phone(known: str, number: str) -> str | None:
    """A change changes something."""
    return _("this is the number you have already") if known == number else None


def why_not_end_guardianship(ward: User, now: datetime) -> str | None:
    """Guardianship lasts until the ward is 18."""
    if ward.guardian_id is None:
        return _("nobody guards this person")
    if not queries.is_of_age(ward, now):
        return _("guardianship lasts until the ward is 18")
    return None
