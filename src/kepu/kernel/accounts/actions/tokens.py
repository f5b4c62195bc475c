"""Keys to the API."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from kepu.kernel.accounts import keys, queries, rules
from kepu.kernel.accounts.models import Token, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require

PREFIX = "kepu_"  # so that scanners of published code recognise a leaked key
LIFETIME = timedelta(days=90)


class IssuedToken(NamedTuple):
    """A key as it is shown once, beside what is kept of it."""

    token: Token
    secret: str


@transaction.atomic
def issue_token(
    person: User, *, title: str, by: User, now: datetime, lifetime: timedelta = LIFETIME
) -> IssuedToken:
    """Make a key that acts for the person at the API. Its secret is returned here and never again."""
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_own(by, person))
    require(rules.why_not_issue_token(queries.living_tokens(person, now).count()))

    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=person,
        digest=keys.digest("token", secret),
        title=title.strip()[:60],
        created_at=now,
        expires_at=now + lifetime,
    )
    audit.record(by, "token.issue", token, now=now)
    return IssuedToken(token, secret)


@transaction.atomic
def revoke_token(token_id: int, *, by: User, now: datetime) -> Token:
    """Make a key useless from now on."""
    token = Token.objects.select_for_update().get(pk=token_id)
    authorize(rules.why_not_own(by, token.user))
    require(rules.why_not_revoke(token))

    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    audit.record(by, "token.revoke", token, now=now)
    return token
