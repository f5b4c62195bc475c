"""An expert's record at /api/: one's own whole, another's as far as the officer of the place reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router, Schema
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Id
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Expert
from kepu.people.queries import experts as queries
from kepu.people.queries import experts_records as records
from kepu.people.rules import experts as rules
from kepu.people.states import ExpertState, TitleLevel, Track

router = Router(tags=[n_("Experts")])


class EmploymentOut(Schema):
    """Where the expert works or worked; the unit's number where it is registered here."""

    organisation_id: int | None
    unit: str
    post: str
    first: date
    last: date | None


class ProfessionalTitleOut(Schema):
    name: str
    track: Track
    level: TitleLevel
    since: date
    body: str


class RepresentativeWorkOut(Schema):
    title: str
    kind: str
    year: int
    authors: list[str] = Field(description="Who made it with the expert, masked to a district")
    link: str


class BondOut(Schema):
    """A bond that was declared; a third person's name is masked to a district."""

    party: str
    kind: str
    reason: str
    until: date | None


class ExpertRecordOut(Schema):
    """What stands on the record; the account for fees is never among it."""

    employments: list[EmploymentOut]
    titles: list[ProfessionalTitleOut]
    works: list[RepresentativeWorkOut]
    bonds: list[BondOut]
    confirmed_until: date | None


@router.get("/me/expert/record", response=ExpertRecordOut, summary=n_("Your record as an expert"))
def my_expert_record(request: Asked) -> dict[str, Any]:
    """404 not_found for somebody who is no expert and did not begin to apply."""
    expert = queries.expert_of(request.auth)
    if expert is None:
        raise Outside(_("you have not been invited as an expert"))
    return _record(expert, records.OWN)


@router.get(
    "/experts/{expert_id}/record", response=ExpertRecordOut, summary=n_("The record of an expert")
)
def expert_record(request: Asked, expert_id: Id) -> dict[str, Any]:
    """For officers who answer applications of experts at this place; 404 not_found for others."""
    by, now = request.auth, clock.now()
    expert = queries.expert(expert_id)
    covered = roles.reach(by, Verb.EXPERT_ADMIT, now).covers(expert.path)
    if not covered or expert.state == ExpertState.DRAFT:
        raise Outside(_("there is no such expert"))
    city = rules.why_not_invite_as(by, expert.path, now) is None
    return _record(expert, records.CITY if city else records.OFFICE)


def _record(expert: Expert, sight: records.Sight) -> dict[str, Any]:
    return {
        "employments": expert.employments.select_related("organisation"),
        "titles": expert.titles.all(),
        "works": records.works(expert, sight),
        "bonds": records.declared(expert, sight),
        "confirmed_until": expert.confirmed_until,
    }
