"""What the shell of the machine does to accounts. `by` is None: whoever holds the machine acts as Kepu."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from kepu.kernel.accounts.models import Personal, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput, require
from kepu.kernel.roles.models import Grant
from kepu.web import rules
from kepu.web.speech import n_, say


@transaction.atomic
def add_account(login: str, *, name: str, password: str, by: User | None, now: datetime) -> User:
    """Add a person who signs in with a password.

    Raises BadInput if login, name or password cannot be used, and RuleBroken if the login is taken.
    """
    checked(login, name)
    require(rules.why_not_login(login))
    person = User(login=login, created_at=now)
    person.keep(Personal(name=name))
    strong(password, person)
    person.set_password(password)
    person.save()
    audit.record(by, "person.register", person, now=now)
    return person


@transaction.atomic
def set_password(login: str, *, password: str, by: User | None, now: datetime) -> User:
    """Set a person's password; raises BadInput if there is no such login or it is too weak."""
    person = find(login)
    strong(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record(by, "person.set_password", person, now=now)
    return person


@transaction.atomic
def grant_role(login: str, role: str, path: str, *, by: User | None, now: datetime) -> Grant:
    """Give a role at a division's path.

    Raises BadInput if login, role or path are unknown, and RuleBroken if it is held already or
    must be kept apart from a role the person holds.
    """
    person = find(login)
    known_role(role)
    known_path(path)
    require(rules.why_not_grant(person, role, path, now))
    given = Grant.objects.create(person=person, role=role, path=path, valid_from=now, granted_by=by)
    audit.record(by, "role.grant", given, now=now, role=role, person=person.pk, at=path)
    return given


@transaction.atomic
def note_export(sheet: str, scope: str, rows: int, *, by: User | None, now: datetime) -> None:
    """Keep that a table left the house by the shell: which, of where, how many rows."""
    about = divisions.current().filter(path=scope).first() or Division(pk=0, path=scope)
    audit.record(by, "sheet.export", about, now=now, sheet=sheet, rows=rows)


def checked(login: str, name: str) -> None:
    if not login.isprintable() or not login.strip() or len(login) > 60 or login != login.strip():
        raise BadInput(say(n_("a login has 1 to 60 characters")))
    if not name.strip() or len(name) > 60:
        raise BadInput(say(n_("a name has 1 to 60 characters")))


def find(login: str) -> User:
    person = User.objects.select_for_update().filter(login=login).first()
    if person is None:
        raise BadInput(say(n_("nobody signs in as %(login)s"), login=repr(login)))
    return person


def known_login(login: str) -> User:
    """Who signs in so; raises BadInput if nobody does."""
    person = User.objects.filter(login=login).first()
    if person is None:
        raise BadInput(say(n_("nobody signs in as %(login)s"), login=repr(login)))
    return person


def strong(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise BadInput("; ".join(error.messages)) from None


def known_role(role: str) -> None:
    from kepu.kernel.roles.verbs import ROLES, HeldAt

    here = [key for key, found in ROLES.items() if HeldAt.PATH in found.held_at]
    if role not in here:
        raise BadInput(
            say(
                n_("there is no role %(role)s held at a path; there are: %(roles)s"),
                role=repr(role),
                roles=", ".join(here),
            )
        )


def known_path(path: str) -> None:
    if not divisions.current().filter(path=path).exists():
        raise BadInput(
            say(
                n_("there is no division at %(path)s; a path looks like 50. or 50.103."),
                path=repr(path),
            )
        )
