"""The register of units at /api/."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.accounts import actions
from kepu.kernel.accounts import rules as accounts
from kepu.kernel.accounts.models import Organisation, OrganisationKind
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Line, Named, Path, Spot, Words, named
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import authorize, require
from kepu.people.api.words import any_unit, place_at
from kepu.people.queries import units as queries
from kepu.people.rules import units as rules

router = Router(tags=[n_("Units")])

BY_NAME = Sort("sort_key", read=str)


class UnitOut(Schema):
    """A unit; one that is closed takes no order and no role."""

    id: int
    name: str
    kind: OrganisationKind
    place: Spot
    credit_code: str | None
    active: bool
    part_of: Named | None
    merged_into: Named | None


class UnitIn(Given):
    """What a unit is called, what it is, and its unified social credit code."""

    name: Line = Field(min_length=1, max_length=120)
    kind: OrganisationKind
    credit_code: Line = Field(min_length=18, max_length=18)


class NewUnitIn(UnitIn):
    place: Path


class KinIn(Given):
    """What a unit hangs together with; null where there is none."""

    parent_id: Id | None = Field(None, description="The unit it is a part of")
    merged_into_id: Id | None = Field(None, description="The unit it was merged into")


class UnitFilter(Schema):
    """Which units."""

    q: Words | None = None
    place: Path | None = None
    kind: OrganisationKind | None = None
    active: bool | None = Field(None, description="At work, or closed")


@router.get("/organisations", response=Page[UnitOut], summary=n_("Units of your places, by name"))
def organisations(
    request: Asked, wanted: Query[UnitFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """For who manages accounts or approves teams, closed ones too; 403 not_allowed."""
    now = clock.now()
    authorize(rules.why_not_keep_units(request.auth, now))
    found = queries.units_kept(
        request.auth, now, words=wanted.q or "", scope=wanted.place or "", kind=wanted.kind or "",
        active=wanted.active,
    )  # fmt: skip
    return page(request, found, _unit, BY_NAME)


@router.post("/organisations", response={201: UnitOut}, summary=n_("Register a unit"))
def register_organisation(request: Asked, body: NewUnitIn) -> Status[dict[str, Any]]:
    """For officers of the place; 403 not_allowed, 409 rule_broken, 422 bad_input."""
    place, now = place_at(body.place), clock.now()
    authorize(accounts.why_not_register_organisation(request.auth, place, now))
    require(accounts.why_not_take_credit_code(body.credit_code.upper()))
    made = actions.register_organisation(
        body.name, kind=body.kind, division=place, credit_code=body.credit_code, by=request.auth,
        now=now,
    )  # fmt: skip
    return Status(201, _unit(made))


@router.post(
    "/organisations/{organisation_id}/change", response=UnitOut, summary=n_("Change a unit")
)
def change_organisation(request: Asked, organisation_id: Id, body: UnitIn) -> dict[str, Any]:
    """For officers of its place; 404 not_found, 409 rule_broken, 422 bad_input."""
    now = clock.now()
    unit = queries.unit_kept(organisation_id, request.auth, now)
    changed = actions.change_organisation(
        unit.pk, name=body.name, kind=body.kind, credit_code=body.credit_code, by=request.auth,
        now=now,
    )  # fmt: skip
    return _unit(changed)


@router.post(
    "/organisations/{organisation_id}/kin",
    response=UnitOut,
    summary=n_("Say what a unit is part of and merged into"),
)
def relate_organisation(request: Asked, organisation_id: Id, body: KinIn) -> dict[str, Any]:
    """For officers of its place; 404 not_found, 409 rule_broken, 422 bad_input."""
    now = clock.now()
    unit = queries.unit_kept(organisation_id, request.auth, now)
    related = actions.relate_organisation(
        unit.pk, parent=any_unit(body.parent_id), merged_into=any_unit(body.merged_into_id),
        by=request.auth, now=now,
    )  # fmt: skip
    return _unit(related)


@router.post("/organisations/{organisation_id}/close", response=UnitOut, summary=n_("Close a unit"))
def close_organisation(request: Asked, organisation_id: Id) -> dict[str, Any]:
    """It takes no new order and no role; 404 not_found, 409 rule_broken."""
    now = clock.now()
    unit = queries.unit_kept(organisation_id, request.auth, now)
    return _unit(actions.close_organisation(unit.pk, by=request.auth, now=now))


@router.post(
    "/organisations/{organisation_id}/reopen", response=UnitOut, summary=n_("Open a unit again")
)
def reopen_organisation(request: Asked, organisation_id: Id) -> dict[str, Any]:
    """It takes orders and roles again; 404 not_found, 409 rule_broken."""
    now = clock.now()
    unit = queries.unit_kept(organisation_id, request.auth, now)
    return _unit(actions.reopen_organisation(unit.pk, by=request.auth, now=now))


def _unit(unit: Organisation) -> dict[str, Any]:
    return {
        "id": unit.pk, "name": unit.name, "kind": unit.kind, "credit_code": unit.credit_code,
        "place": {"path": unit.path, "name": unit.division_now.name}, "active": unit.active,
        "part_of": named(unit.parent), "merged_into": named(unit.merged_into),
    }  # fmt: skip
