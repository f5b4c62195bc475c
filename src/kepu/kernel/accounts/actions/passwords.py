"""Give staff a name and a password to sign in with."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts import rules
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


@transaction.atomic
def set_password(
    person: User, password: str, *, by: User | None, now: datetime, login: str | None = None
) -> User:
    """Set the password, and the login name where one is given. Other browsers are signed out by it.

    `by` is None at the shell. Raises NotAllowed if `by` is neither the person nor a manager of
    accounts, BadInput if the password is weak or the name malformed, RuleBroken if the name is taken.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_set_password(by, person, now))
    require(rules.why_not_erased(person))
    if login is not None:
        if not _LOGIN.fullmatch(login):
            raise BadInput(_("a login name has 3 to 60 of a-z, 0-9, point, dash and underscore"))
        require(rules.why_not_login(person, login))
        person.login = login
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from error

    person.set_password(password)
    person.save(update_fields=["login", "password"])
    audit.record(by, "person.set_password", person, now=now)
    return person
