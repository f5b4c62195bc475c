"""What teams and departments do with the menu, and the contracts behind purchased dishes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require
from kepu.orders import contracts, rules, whereabouts
from kepu.orders.models import Contract, DepartmentTopic, DishVersion, Service, ServiceArea
from kepu.orders.states import SERVICE, Audience, MenuState
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division
    from kepu.people.models import Skill, Team
    from kepu.venues.models import Venue


@dataclass(frozen=True)
class Dish:
    """What is offered, by whom (a team or a department), where and how often."""

    title: str
    topic: Skill
    division: Division
    areas: tuple[str, ...]
    first_day: date
    team: Team | None = None
    department: Organisation | None = None
    contract: Contract | None = None
    description: str = ""
    audience: str = Audience.EVERYBODY
    minutes: int = 60
    needs: str = ""
    month_capacity: int = 20
    last_day: date | None = None
    venue: Venue | None = None

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise BadInput(_("give the service a title"))
        if not self.areas:
            raise BadInput(_("name at least one area where the service is offered"))
        if not 10 <= self.minutes <= 600:
            raise BadInput(_("a service lasts 10 to 600 minutes"))
        if (self.team is None) == (self.department is None):
            raise BadInput(_("a service is offered by one team or by one department"))
        if self.last_day and self.last_day < self.first_day:
            raise BadInput(_("the last day must not come before the first"))


@transaction.atomic
def write_service(dish: Dish, *, by: User, now: datetime) -> Service:
    """Write a dish for the menu, as a draft; `move_service(..., "publish")` puts it there."""
    department_id = dish.department.pk if dish.department else None
    authorize(rules.why_not_publish_for(by, team=dish.team, department_id=department_id, now=now))
    require(contracts.why_not_stand_on(dish.contract, department_id, now))
    require(whereabouts.why_not_at(dish.venue.pk if dish.venue else None))

    service = Service(
        title=dish.title.strip(),
        description=dish.description.strip(),
        topic=dish.topic,
        audience=dish.audience,
        minutes=dish.minutes,
        needs=dish.needs.strip(),
        team=dish.team,
        department=dish.department,
        contract=dish.contract,
        venue=dish.venue,
        month_capacity=dish.month_capacity,
        first_day=dish.first_day,
        last_day=dish.last_day,
    )
    service.place(dish.division)
    service.save()
    _set_areas(service, dish.areas)
    _keep_version(service, by, now)
    audit.record(by, "service.write", service, now=now)
    return service


@transaction.atomic
def change_service(service_id: int, dish: Dish, *, seen: int, by: User, now: datetime) -> Service:
    """Say anew what a dish is, where and how often; who offers it stays.

    What was ordered keeps the words it was ordered by. Raises RuleBroken if the dish was taken down,
    or changed since the version `seen`.
    """
    service = Service.objects.select_for_update().get(pk=service_id)
    authorize(
        rules.why_not_publish_for(
            by, team=service.team, department_id=service.department_id, now=now
        )
    )
    require(rules.why_not_change_service(service, seen))
    require(contracts.why_not_stand_on(dish.contract, service.department_id, now))
    venue_id = dish.venue.pk if dish.venue else None
    require(whereabouts.why_not_at(venue_id if venue_id != service.venue_id else None))

    service.title, service.description = dish.title.strip(), dish.description.strip()
    service.needs, service.topic, service.audience = dish.needs.strip(), dish.topic, dish.audience
    service.minutes, service.month_capacity = dish.minutes, dish.month_capacity
    service.first_day, service.last_day = dish.first_day, dish.last_day
    service.contract, service.version = dish.contract, service.version + 1
    service.venue = dish.venue
    service.save(update_fields=_CHANGED)
    _set_areas(service, dish.areas)
    _keep_version(service, by, now)
    audit.record(by, "service.change", service, now=now, version=service.version)
    return service


_CHANGED = [
    "title", "description", "needs", "topic", "audience", "minutes", "month_capacity", "first_day",
    "last_day", "contract", "venue", "version",
]  # fmt: skip


def _set_areas(service: Service, paths: Iterable[str]) -> None:
    service.areas.all().delete()
    ServiceArea.objects.bulk_create(
        ServiceArea(service=service, path=path) for path in sorted(set(paths))
    )


def _keep_version(service: Service, by: User, now: datetime) -> None:
    said = ("title", "description", "topic_id", "audience", "minutes", "needs")
    DishVersion.objects.create(
        service=service,
        number=service.version,
        by=by,
        at=now,
        **{name: getattr(service, name) for name in said},
    )


@transaction.atomic
def write_services(dishes: Iterable[Dish], *, by: User, now: datetime) -> list[Service]:
    """Write every dish of a table as a draft, or none of them.

    Of two who hand in one table at once the second finds its dishes written: RuleBroken.
    """
    wanted = list(dishes)
    for team_id, department_id in {_side(dish) for dish in wanted}:
        team = _locked_side(team_id, department_id)
        authorize(rules.why_not_publish_for(by, team=team, department_id=department_id, now=now))
        titles = [d.title.strip() for d in wanted if _side(d) == (team_id, department_id)]
        require(rules.why_not_write(titles, team_id=team_id, department_id=department_id))
    return [write_service(dish, by=by, now=now) for dish in wanted]


def _side(dish: Dish) -> tuple[int | None, int | None]:
    return (dish.team.pk if dish.team else None, dish.department.pk if dish.department else None)


def _locked_side(team_id: int | None, department_id: int | None) -> Team | None:
    """Who writes for one team or department waits for the one before; the team, if it is one."""
    if team_id is not None:
        return people.locked_team(team_id)
    Organisation.objects.select_for_update(no_key=True).get(pk=department_id)
    return None


@transaction.atomic
def move_service(service_id: int, verb: str, *, by: User, now: datetime) -> Service:
    """Publish, pause or take down a dish. What was ordered of it already is not touched."""
    service = Service.objects.select_for_update().get(pk=service_id)
    authorize(
        rules.why_not_publish_for(
            by, team=service.team, department_id=service.department_id, now=now
        )
    )
    after = SERVICE.after(service.state, verb)
    require(whereabouts.why_not_at(service.venue_id if after == MenuState.PUBLISHED else None))
    service.state = after
    service.save(update_fields=["state"])
    audit.record(by, f"service.{verb}", service, now=now)
    return service


@transaction.atomic
def answer_for(
    department: Organisation, topics: Iterable[Skill], *, by: User | None, now: datetime
) -> list[DepartmentTopic]:
    """Say which topics a department answers for; the desk then suggests it. None is Kepu itself."""
    if by is not None:
        authorize(rules.why_not_publish_for(by, team=None, department_id=department.pk, now=now))
    wanted = list(topics)
    DepartmentTopic.objects.filter(department=department).exclude(topic__in=wanted).delete()
    for topic in wanted:
        DepartmentTopic.objects.get_or_create(department=department, topic=topic)
    audit.record(by, "department.answer_for", department, now=now, topics=len(wanted))
    return list(DepartmentTopic.objects.filter(department=department))


@transaction.atomic
def sign_contract(
    *,
    number: str,
    buyer: Organisation,
    seller: Organisation,
    yuan: Decimal,
    services: int,
    first_day: date,
    last_day: date,
    by: User,
    now: datetime,
) -> Contract:
    """Record a purchased service: `services` visits for `yuan` in all, between two days (S086)."""
    authorize(contracts.why_not_sign(by, buyer.pk, now))
    require(contracts.why_not_say(number, buyer.pk, seller.pk, (first_day, last_day)))
    if yuan <= 0 or services < 1:
        raise BadInput(_("a contract buys at least one service for more than nothing"))

    contract = Contract.objects.create(
        number=number.strip(),
        buyer=buyer,
        seller=seller,
        yuan=yuan,
        services=services,
        first_day=first_day,
        last_day=last_day,
        signed_by=by,
        signed_at=now,
    )
    audit.record(by, "contract.sign", contract, now=now, services=services)
    return contract
