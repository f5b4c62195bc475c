"""Service points in public places and incentives for private means at /api/."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Line, Named, Path, Spot, named
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import Outside
from kepu.venues import actions, incentives, points
from kepu.venues.api.registry import place_at
from kepu.venues.models import Incentive, ServicePoint
from kepu.venues.states import HostType

router = Router(tags=[n_("Public places and incentives")])

BY_PLACE = Sort("path", read=str)


class PointFilter(Schema):
    place: Path | None = None
    host: HostType | None = None


class ServicePointIn(Given):
    organisation_id: Id = Field(description="That tends it")
    name: Line = Field(min_length=1, max_length=80)
    host: HostType
    place: Path
    offers: str = Field(min_length=1, max_length=300, description="What is there")
    address: Line = Field("", max_length=160)


class ServicePointOut(Schema):
    id: int
    name: str
    host: HostType
    organisation: Named
    place: Spot
    address: str
    offers: str
    looked_on: date
    remark: str


class PointLookIn(Given):
    day: Day
    remark: Line = Field("", max_length=200)


class IncentiveIn(Given):
    title: Line = Field(min_length=1, max_length=120)
    place: Path
    issuer: Line = Field(min_length=1, max_length=120)
    document: Line = Field(min_length=1, max_length=200)
    number: Line = Field("", max_length=80)
    link: Line = Field("", max_length=300, pattern=r"^(https?://\S+)?$")
    helps: str = Field(min_length=1, max_length=300, description="Whom, with what")
    first_day: Day
    last_day: Day | None = None


class IncentiveOut(Schema):
    id: int
    title: str
    place: Spot
    issuer: str
    document: str
    number: str
    link: str
    helps: str
    first_day: date
    last_day: date | None


@router.get(
    "/service-points", auth=None, response=Page[ServicePointOut], summary=n_("Kepu service points")
)
def service_points(
    request: Asked, wanted: Query[PointFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """Open to everybody, place by place."""
    found = points.listed(wanted.place or "", wanted.host or "")
    return page(request, found, _point, BY_PLACE)


@router.post("/service-points", response={201: ServicePointOut}, summary=n_("Open a service point"))
def open_service_point(request: Asked, body: ServicePointIn) -> Status[dict[str, Any]]:
    """For venue managers of the tending unit and officers of the place; 403, 404, 409 rule_broken."""
    said = body.model_dump()
    unit = Organisation.objects.filter(pk=said.pop("organisation_id")).first()
    if unit is None:
        raise Outside(_("there is no such unit"))
    place = place_at(said.pop("place"))
    made = actions.open_point(unit, place=place, by=request.auth, now=clock.now(), **said)
    return Status(201, _point(made))


@router.post(
    "/service-points/{point_id}/looks", response=ServicePointOut,
    summary=n_("Say that somebody looked at a service point"),
)  # fmt: skip
def look_at_service_point(request: Asked, point_id: Id, body: PointLookIn) -> dict[str, Any]:
    """For who keeps it; 403, 404, 409 rule_broken."""
    point = points.one(point_id)
    made = actions.look_at_point(
        point.pk, day=body.day, remark=body.remark, by=request.auth, now=clock.now()
    )
    return _point(made)


@router.get(
    "/incentives",
    auth=None,
    response=Page[IncentiveOut],
    summary=n_("Incentives for private means"),
)
def incentives_listed(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody, place by place; those that ended too."""
    return page(request, incentives.listed(), _incentive, BY_PLACE)


@router.post("/incentives", response={201: IncentiveOut}, summary=n_("Enter an incentive"))
def enter_incentive(request: Asked, body: IncentiveIn) -> Status[dict[str, Any]]:
    """For officers of the place; 403, 409 rule_broken."""
    said = body.model_dump()
    place = place_at(said.pop("place"))
    made = actions.state_incentive(place, by=request.auth, now=clock.now(), **said)
    return Status(201, _incentive(made))


def _point(one: ServicePoint) -> dict[str, Any]:
    plain = ("id", "name", "host", "address", "offers", "looked_on", "remark")
    return {
        **{name: getattr(one, name) for name in plain},
        "organisation": named(one.organisation),
        "place": Spot(path=one.path, name=one.division_now.name),
    }


def _incentive(one: Incentive) -> dict[str, Any]:
    plain = (
        "id", "title", "issuer", "document", "number", "link", "helps", "first_day", "last_day",
    )  # fmt: skip
    place = Spot(path=one.path, name=one.division_now.name)
    return {**{name: getattr(one, name) for name in plain}, "place": place}
