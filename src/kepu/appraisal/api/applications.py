"""Applications at /api/, for who applies: begin, answer, show, hand in, withdraw."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Status
from pydantic import Field

from kepu.appraisal import queries
from kepu.appraisal.actions import applications as actions
from kepu.appraisal.actions import evidence
from kepu.appraisal.api.shapes import (
    ApplicationFileOut,
    ApplicationOut,
    OneApplicationOut,
    Said,
    application_out,
    file_out,
    whole_application,
)
from kepu.appraisal.models import Application
from kepu.appraisal.programme import fitness
from kepu.appraisal.programme.conditions import Answer
from kepu.appraisal.programme.schema import Programme, Subject
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.api import versions
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Key, Path
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput, Outside
from kepu.venues import queries as venues

router = Router(tags=[n_("Appraisal")])
LONGEST = 11 * 2**20  # letters of a content; the whole body has 12 MB
NUMBERS = 10**15  # beyond it a number is not exact in every language


class ApplicationIn(Given):
    """For whom: a venue of the caller's units, a unit, or a place; persons give where they are counted."""

    class_key: Key | None = None
    venue_id: Id | None = None
    organisation_id: Id | None = None
    place: Path | None = None


class AnswersIn(Given):
    version: int = Field(ge=1, description="That the caller looked at")
    answers: dict[Key, Said] = Field(
        max_length=200, description="All of them, by key; what is left out is not answered any more"
    )


class ApplicationSeenIn(Given):
    version: int = Field(ge=1, description="That the caller looked at")


class ApplicationFileIn(Given):
    key: Key = Field(description="The entry of the list of evidence")
    name: str = Field(min_length=1, max_length=200)
    content: str = Field(
        max_length=LONGEST, description="Base64; at most 8 MB before it. Larger files: on the page"
    )


@router.get("/me/applications", response=Page[ApplicationOut], summary=n_("Your applications"))
def my_applications(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Of the caller, of the units they apply for and of their places, the newest first."""
    return page(request, queries.applications.own(request.auth, clock.now()), application_out)


@router.post(
    "/appraisal/calls/{call_id}/applications", response={201: OneApplicationOut},
    summary=n_("Begin an application"),
)  # fmt: skip
def start_application(request: Asked, call_id: Id, body: ApplicationIn) -> Status[dict[str, Any]]:
    """Kept as a draft; 403 not_allowed, 404 not_found, 409 rule_broken, 422 bad_input."""
    now = clock.now()
    call = queries.calls.seen(call_id, request.auth, now)
    applicant = applicant_of(request.auth, queries.calls.programme(call), body)
    made = actions.start(call.pk, applicant, by=request.auth, now=now)
    return Status(201, shown(request, made.pk))


@router.get(
    "/appraisal/applications/{application_id}", response=OneApplicationOut,
    summary=n_("One application"),
)  # fmt: skip
def application(request: Asked, application_id: Id) -> dict[str, Any]:
    """For its writers, and its officers once it was handed in; 404 not_found."""
    return shown(request, application_id)


@router.post(
    "/appraisal/applications/{application_id}/answers", response=OneApplicationOut,
    summary=n_("Answer the questions"),
)  # fmt: skip
def answer_application(request: Asked, application_id: Id, body: AnswersIn) -> dict[str, Any]:
    """Whole or not; 403 not_allowed, 404 not_found, 409 rule_broken, 422 bad_input."""
    one = found(request, application_id)
    said = _answers(one, queries.calls.programme(one.call), body.answers)
    actions.answer(one.pk, said, seen=body.version, by=request.auth, now=clock.now())
    return shown(request, one.pk)


@router.post(
    "/appraisal/applications/{application_id}/files", response={201: ApplicationFileOut},
    summary=n_("Show a file"),
)  # fmt: skip
def add_application_file(
    request: Asked, application_id: Id, body: ApplicationFileIn
) -> Status[dict[str, Any]]:
    """Under an entry of the list of evidence; 403, 404, 409 rule_broken, 422 bad_input."""
    one = found(request, application_id)
    try:
        content = base64.b64decode(body.content, validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadInput(_("this file is damaged")) from error
    made = evidence.add(
        one.pk, body.key, io.BytesIO(content), body.name, by=request.auth, now=clock.now()
    )
    return Status(201, file_out(made))


@router.post(
    "/appraisal/applications/{application_id}/files/{file_id}/take-back",
    response=OneApplicationOut, summary=n_("Take a file back"),
)  # fmt: skip
def take_application_file_back(request: Asked, application_id: Id, file_id: Id) -> dict[str, Any]:
    """While the application is written; 403 not_allowed, 404 not_found, 409 rule_broken."""
    one = found(request, application_id)
    row = one.evidence.filter(pk=file_id).first()
    if row is None:
        raise Outside(_("this file is not there any more"))
    evidence.take_back(row.pk, by=request.auth, now=clock.now())
    return shown(request, one.pk)


@router.post(
    "/appraisal/applications/{application_id}/submit", response=OneApplicationOut,
    summary=n_("Hand it in"),
)  # fmt: skip
def submit_application(
    request: Asked, application_id: Id, body: ApplicationSeenIn
) -> dict[str, Any]:
    """409 rule_broken says in one sentence what is missing; 403 not_allowed, 404 not_found."""
    one = found(request, application_id)
    actions.submit(one.pk, seen=body.version, by=request.auth, now=clock.now())
    return shown(request, one.pk)


@router.post(
    "/appraisal/applications/{application_id}/withdraw", response=OneApplicationOut,
    summary=n_("Withdraw the application"),
)  # fmt: skip
def withdraw_application(
    request: Asked, application_id: Id, body: ApplicationSeenIn
) -> dict[str, Any]:
    """It is not judged any further; 403 not_allowed, 404 not_found, 409 rule_broken."""
    one = found(request, application_id)
    actions.withdraw(one.pk, seen=body.version, by=request.auth, now=clock.now())
    return shown(request, one.pk)


def found(request: Asked, application_id: int) -> Application:
    """One that the caller may see."""
    return queries.applications.seen(application_id, request.auth, clock.now())


def shown(request: Asked, application_id: int) -> dict[str, Any]:
    """As it stands now, under its version."""
    one = found(request, application_id)
    versions.note(request, one.version)
    own = queries.applications.is_own(one, request.auth, clock.now())
    return whole_application(one, queries.calls.programme(one.call), own=own)


def applicant_of(person: User, programme: Programme, body: ApplicationIn) -> Applicant:
    klass, now = body.class_key or "", clock.now()
    if programme.subject is Subject.VENUE:
        kept = venues.standing_of(person, now)
        venue = next((one for one in kept if one.pk == body.venue_id), None)
        if venue is None:
            raise BadInput(_("please choose the venue that applies"))
        return Applicant(venue.division_now, klass, venue.organisation, venue.pk)
    if programme.subject is Subject.UNIT:
        units = queries.applications.units_of(person, now).select_related("division_now")
        unit = units.filter(pk=body.organisation_id or 0).first()
        if unit is None:
            raise BadInput(
                _("You stand for no unit. Your security administrator can give you the role.")
            )
        return Applicant(unit.division_now, klass, unit)
    place = Division.objects.filter(path=body.place or "").first()
    if place is None:
        raise BadInput(_("there is no such place"))
    return Applicant(place, klass)


def _answers(one: Application, programme: Programme, given: dict[str, Said]) -> dict[str, Answer]:
    """What was sent, as the form would have it. Raises BadInput for what is not asked, or no answer."""
    asked = {each.key: each for each in programme.of_class(programme.form, one.klass)}
    if unknown := sorted(set(given) - set(asked)):
        raise BadInput(_("this programme does not ask for %(key)s") % {"key": unknown[0]})
    told: dict[str, Answer] = {}
    for key, value in given.items():
        if value is None or value == "":
            continue
        question, answer = asked[key], fitness.parse(asked[key], value)
        if isinstance(answer, int | float) and abs(answer) > NUMBERS:
            raise BadInput(_("%(question)s: a number is needed") % {"question": question})
        if reason := fitness.why_not_answer(question, answer):
            raise BadInput(f"{question}{_(': ')}{reason}")
        told[key] = answer
    return told
