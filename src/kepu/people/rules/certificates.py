"""Why not? Certificates."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Certificate
from kepu.people.queries.hours import minutes_of
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules.hours import why_not_silent
from kepu.people.rules.oneself import why_not_decide_about_ward


def why_not_issue(person: User, now: datetime) -> str | None:
    """There are confirmed hours to certify, as many as the management rules ask."""
    fewest = policy.management(now).certificates.fewest_minutes
    if minutes_of(person) < fewest:
        return _("there are no confirmed hours to certify yet")
    return None


def why_not_revoke_as(by: User, certificate: Certificate, now: datetime) -> str | None:
    """An officer of the volunteer's place revokes, never one's own."""
    if by.pk == certificate.person_id:
        return _("nobody revokes his own certificate")
    if ward := why_not_decide_about_ward(by, certificate.person):
        return ward
    volunteer = volunteer_of(certificate.person)
    path = volunteer.path if volunteer else None
    if path and roles.holds(by, Verb.VOLUNTEER_APPROVE, now=now, path=path):
        return None
    return _("only an officer of the volunteer's place may revoke a certificate")


def why_not_revoke(certificate: Certificate, reason: str) -> str | None:
    """Still valid, and for a stated reason."""
    if not certificate.valid:
        return _("this certificate is revoked already")
    return why_not_silent(reason)
