"""The menu: what can be ordered at a place, and writing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Id, Key, Path, Topic, Words
from kepu.kernel.cursors import Sort
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput, Outside
from kepu.orders import actions, dishes, queries, rules
from kepu.orders.api.shapes import ServiceChange, ServiceIn, ServiceOut, TopicsIn
from kepu.orders.api.showing import dish, topic
from kepu.orders.models import Contract, Service
from kepu.orders.states import MenuState
from kepu.people import queries as people
from kepu.venues import queries as venues

if TYPE_CHECKING:
    from kepu.people.models import Skill
    from kepu.venues.models import Venue

router = Router(tags=[n_("Menu")])

BY_TITLE = Sort("title", read=str)


class MenuFilter(Schema):
    """Which dishes."""

    place: Path
    topic: Key | None = None
    q: Words | None = None


@router.get(
    "/menu", auth=None, response=Page[ServiceOut], summary=n_("What can be ordered at a place")
)
def menu(request: Asked, wanted: Query[MenuFilter], paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody; `q` is looked for as on the page of the menu; 422 bad_input."""
    found = queries.menu(wanted.place, clock.now()).prefetch_related("areas")
    found = dishes.narrowed(found, {"q": wanted.q or "", "topic": wanted.topic})
    return page(request, found, dish, BY_TITLE)


@router.get("/services/{service_id}", response=ServiceOut, summary=n_("One service"))
def service(request: Asked, service_id: Id) -> dict[str, Any]:
    """A published one is for everybody, others for who may publish them; 404 not_found."""
    return dish(_found(request, service_id))


@router.post("/services", response={201: ServiceOut}, summary=n_("Write a service for the menu"))
def write_service(request: Asked, body: ServiceIn) -> Status[dict[str, Any]]:
    """As a draft, for a team or a department; 403 not_allowed, 404 not_found, 409 rule_broken."""
    made = actions.write_service(_dish(body), by=request.auth, now=clock.now())
    return Status(201, dish(_dishes().get(pk=made.pk)))


@router.post("/services/{service_id}", response=ServiceOut, summary=n_("Change a service"))
def change_service(request: Asked, service_id: Id, body: ServiceChange) -> dict[str, Any]:
    """Orders keep the words they were ordered by; 403 not_allowed, 404 not_found, 409 rule_broken."""
    service = _found(request, service_id)
    changed = _changed(service, body)
    actions.change_service(service_id, changed, seen=body.version, by=request.auth, now=clock.now())
    return dish(_dishes().get(pk=service_id))


def _changed(service: Service, body: ServiceChange) -> actions.Dish:
    plain = body.model_dump(exclude={"topic", "areas", "version", "contract_id", "venue_id"})
    named = "contract_id" in body.model_fields_set
    at_venue = "venue_id" in body.model_fields_set
    return actions.Dish(
        **plain,
        topic=_topic(body.topic),
        team=service.team,
        department=service.department,
        contract=_contract(body.contract_id) if named else service.contract,
        venue=_venue(body.venue_id) if at_venue else service.venue,
        areas=tuple(area.path for area in _areas(body.areas)),
        division=service.division_now,
    )


@router.post(
    "/services/{service_id}/{verb}", response=ServiceOut,
    summary=n_("Publish, pause or take down a service"),
)  # fmt: skip
def move_service(
    request: Asked, service_id: Id, verb: Literal["publish", "pause", "take-down"]
) -> dict[str, Any]:
    """Orders made of it stay; 403 not_allowed, 404 not_found, 409 rule_broken."""
    _found(request, service_id)
    actions.move_service(service_id, verb.replace("-", "_"), by=request.auth, now=clock.now())
    return dish(_dishes().get(pk=service_id))


@router.get(
    "/departments/{department_id}/topics", response=list[Topic],
    summary=n_("Topics a department answers for"),
)  # fmt: skip
def answers_for(request: Asked, department_id: Id) -> list[Topic]:
    """Only for officers who publish for the department; 404 not_found."""
    return [topic(one) for one in queries.answers_for(_department(request, department_id))]


@router.post(
    "/departments/{department_id}/topics", response=list[Topic],
    summary=n_("Say which topics a department answers for"),
)  # fmt: skip
def answer_for(request: Asked, department_id: Id, body: TopicsIn) -> list[Topic]:
    """At the department's place and below; those named before and not now are gone.

    404 not_found, 422 bad_input.
    """
    department = _department(request, department_id)
    wanted = [_topic(key) for key in body.topics]
    actions.answer_for(department, wanted, by=request.auth, now=clock.now())
    return [topic(one) for one in queries.answers_for(department)]


def _department(request: Asked, department_id: int) -> Organisation:
    if rules.why_not_publish_for(
        request.auth, team=None, department_id=department_id, now=clock.now()
    ):
        raise Outside(_("there is no such department among those you work for"))
    return Organisation.objects.get(pk=department_id)


def _dishes() -> QuerySet[Service]:
    return Service.objects.select_related(
        "topic", "team", "department", "venue__organisation"
    ).prefetch_related("areas")


def _found(request: Asked, service_id: int) -> Service:
    service = _dishes().filter(pk=service_id).first()
    if service is None or _hidden(request, service):
        raise Outside(_("there is no such service"))
    return service


def _hidden(request: Asked, service: Service) -> bool:
    if service.state == MenuState.PUBLISHED:
        return False
    refused = rules.why_not_publish_for(
        request.auth, team=service.team, department_id=service.department_id, now=clock.now()
    )
    return refused is not None


def _dish(body: ServiceIn) -> actions.Dish:
    team = people.team(body.team_id) if body.team_id else None
    department = Organisation.objects.get(pk=body.department_id) if body.department_id else None
    topic = _topic(body.topic)
    apart = {"topic", "team_id", "department_id", "areas", "contract_id", "venue_id"}
    plain = body.model_dump(exclude=apart)
    areas = _areas(body.areas)
    return actions.Dish(
        **plain,
        topic=topic,
        team=team,
        department=department,
        contract=_contract(body.contract_id),
        venue=_venue(body.venue_id),
        areas=tuple(area.path for area in areas),
        division=team.division_now if team else department.division_now if department else areas[0],
    )


def _contract(contract_id: int | None) -> Contract | None:
    """The rules then say whether it is the department's own; one of nobody is refused as well."""
    if contract_id is None:
        return None
    found = Contract.objects.filter(pk=contract_id).first()
    if found is None:
        raise BadInput(_("there is no contract of this number"), field="contract_id")
    return found


def _venue(venue_id: int | None) -> Venue | None:
    """One of the public register; whether it can be used is asked by the action."""
    if venue_id is None:
        return None
    found = venues.public().filter(pk=venue_id).first()
    if found is None:
        raise BadInput(_("there is no such venue"), field="venue_id")
    return found


def _topic(key: str) -> Skill:
    topic = people.skills().filter(key=key).first()
    if topic is None:
        raise BadInput(_("choose a topic of the list, or a service of the menu"), field="topic")
    return topic


def _areas(paths: list[str]) -> list[Division]:
    found = list(divisions.current().filter(path__in=paths))
    if len(found) < len(set(paths)):
        raise BadInput(_("one of the places does not exist"))
    return found
