"""Stars and certificates of a volunteer's record at /api/."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Given
from kepu.kernel.errors import Outside
from kepu.people.actions import certificates as certificate_actions
from kepu.people.actions import records as actions
from kepu.people.api.wards import ForWhom, ward_of
from kepu.people.api.words import person_of
from kepu.people.models import Certificate, Honour
from kepu.people.queries import certificates
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules.records import why_not_recognise_as
from kepu.people.rules.volunteers import why_not_see_record

router = Router(tags=[n_("Teams and volunteers")])


class StarIn(Given):
    star: int = Field(ge=1, le=9)


class HonourOut(Schema):
    """A title that a volunteer was given."""

    title: str
    star: int | None
    on: date


class RevocationIn(Given):
    reason: str = Field(min_length=1, max_length=200)


class CertificateOut(Schema):
    """Whether a certificate of service is valid; none is, once it was revoked."""

    code: str
    valid: bool
    issued_at: datetime
    revoked_at: datetime | None


@router.post(
    "/volunteers/{pseudonym}/stars", response={201: HonourOut}, summary=n_("Recognise a star")
)
def recognise_star(request: Asked, pseudonym: str, body: StarIn) -> Status[Honour]:
    """By the level that the rulebook names; 403 not_allowed, 404 not_found, 409 rule_broken."""
    by, person, now = request.auth, person_of(pseudonym), clock.now()
    volunteer = volunteer_of(person)
    # A wider level recognises its stars without reading the record.
    if volunteer is None or (
        why_not_see_record(by, person, now) and why_not_recognise_as(by, volunteer, body.star, now)
    ):
        raise Outside(_("there is no such record"))
    return Status(201, actions.recognise_star(person, star=body.star, by=by, now=now))


@router.post("/me/certificates", response={201: CertificateOut}, summary=n_("Certify your hours"))
def issue_certificate(request: Asked, wanted: Query[ForWhom]) -> Status[Certificate]:
    """All confirmed hours up to now, or a ward's; without new ones it is the same certificate.

    403 not_allowed, 404 not_found, 409 rule_broken.
    """
    by, whose = request.auth, ward_of(request, wanted) or request.auth
    return Status(201, certificate_actions.issue_certificate(whose, by=by, now=clock.now()))


@router.post(
    "/certificates/{code}/revoke", response=CertificateOut, summary=n_("Revoke a certificate")
)
def revoke_certificate(request: Asked, code: str, body: RevocationIn) -> Certificate:
    """With a reason, for good; 403 not_allowed, 404 not_found, 409 rule_broken."""
    found, now = certificates.by_code(code), clock.now()
    if found is None or why_not_see_record(request.auth, found.person, now):
        raise Outside(_("there is no such certificate"))
    return certificate_actions.revoke_certificate(
        found.pk, reason=body.reason, by=request.auth, now=now
    )
