"""Factories: plain functions that make what a test needs; the trait that matters is named."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kepu.kernel.accounts.models import Organisation, OrganisationKind, Personal, User
from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles.models import Grant
from kepu.orders import actions
from kepu.orders.models import AutoPlan, Order
from kepu.people.models import Field, Membership, Sector, Skill, Team, TeamArea, Volunteer
from kepu.people.states import MemberRole, TeamState
from kepu.people.vocabularies import shipped

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=BEIJING)
BEFORE = datetime(2026, 1, 1, tzinfo=BEIJING)
_count = itertools.count(1)

LEVELS = (Level.PROVINCE, Level.DISTRICT, Level.TOWNSHIP, Level.COMMUNITY)


def division(path: str = "50.103.001.001.", name: str = "") -> Division:
    """The division at `path`, and those above it, made where they are missing."""
    found = Division.objects.filter(path=path).first()
    if found:
        return found
    *above, _here = path.rstrip(".").split(".")
    return Division.objects.create(
        path=path,
        parent=division("".join(f"{part}." for part in above)) if above else None,
        level=LEVELS[len(above)],
        name=name or f"示例{path}",
        lon=106.5 + len(above) / 100,
        lat=29.5 + len(above) / 100,
    )


def user(name: str = "张示例", **personal: str) -> User:
    """A person who can be told apart; pass phone, email and so on as wanted."""
    number = next(_count)
    person = User(login=f"user{number}", created_at=BEFORE)
    person.keep(Personal(name=name, **personal))
    person.proved_email = person.email_digest or ""
    person.set_password("correct horse battery")
    person.save()
    return person


def organisation(name: str = "示例部门", path: str = "50.103.", **traits: Any) -> Organisation:
    unit = Organisation(name=name, kind=traits.pop("kind", OrganisationKind.DEPARTMENT), **traits)
    unit.place(division(path))
    unit.save()
    return unit


def grant(person: User, role: str, where: str | Organisation, **traits: Any) -> Grant:
    """Give `person` a role at a path or in an organisation."""
    place = {"organisation": where} if isinstance(where, Organisation) else {"path": where}
    return Grant.objects.create(person=person, role=role, valid_from=BEFORE, **place, **traits)


def officer(role: str, where: str | Organisation, name: str = "李示例") -> User:
    """A person who holds one role."""
    person = user(name)
    grant(person, role, where)
    return person


# --- people and orders ----------------------------------------------------------------------------


def skill(key: str = "health") -> Skill:
    found = Skill.objects.filter(key=key).first()
    return found or Skill.objects.create(key=key, title_zh=key, title_en=key)


def sectors() -> None:
    """The sectors that ship, in their order; a test that empties tables takes them away."""
    for word in shipped("sectors"):
        said = {key: value for key, value in word.items() if key != "key"}
        Sector.objects.get_or_create(key=word["key"], defaults=said)


def sector(key: str = "venue") -> Sector:
    """One of the sectors that ship."""
    sectors()
    return Sector.objects.get(key=key)


def field(key: str = "physics") -> Field:
    return Field.objects.get_or_create(key=key, defaults={"title_zh": key, "title_en": key})[0]


def team(
    name: str = "",
    *,
    leader: User | None = None,
    path: str = "50.103.001.",
    areas: tuple[str, ...] = ("50.103.",),
    skills: tuple[str, ...] = ("health",),
    **traits: Any,
) -> Team:
    """An approved team with a leader; by default it serves the whole district."""
    number = next(_count)
    leader = leader or user(f"队长{number}")
    made = Team(
        name=name or f"示例服务队{number}",
        state=traits.pop("state", TeamState.APPROVED),
        applied_by=leader,
        applied_at=BEFORE,
        joined_at=traits.pop("joined_at", BEFORE.replace(year=2024)),
        **traits,
    )
    made.place(division(path))
    made.lon, made.lat = made.division_now.lon, made.division_now.lat
    made.save()
    made.skills.add(*(skill(key) for key in skills))
    for area in areas:
        TeamArea.objects.create(team=made, path=division(area).path)
    member(made, leader, role=MemberRole.LEADER)
    return made


def member(of: Team, person: User | None = None, role: str = MemberRole.MEMBER) -> User:
    """An active member of the team, registered as a volunteer."""
    person = person or user(f"队员{next(_count)}")
    slot = Membership.objects.filter(person=person).count() + 1
    Membership.objects.create(
        team=of, person=person, role=role, state="active", slot=slot, asked_at=BEFORE, since=BEFORE
    )
    volunteer(person, of.path)
    return person


def volunteer(person: User, path: str = "50.103.001.") -> Volunteer:
    found = Volunteer.objects.filter(person=person).first()
    if found:
        return found
    made = Volunteer(
        person=person,
        number=f"V{next(_count):09d}",
        state="active",
        applied_at=BEFORE,
        active_at=BEFORE,
        consent_at=BEFORE,
        consent_version=0,
    )
    made.place(division(path))
    made.save()
    return made


@dataclass
class Loop:
    """Everybody an order meets, in one place, and the way to any state through the real actions."""

    resident: User
    worker: User
    officer: User
    department: Organisation
    leader: User
    team: Team
    community: Division

    def order(self, state: str = "placed", **wish: Any) -> Order:
        """An order that has come as far as `state`, by the verbs that lead there."""
        path = {
            "draft": [],
            "placed": ["place"],
            "dispatched": ["place", "dispatch"],
            "declined": ["place", "dispatch", "decline"],
            "accepted": ["place", "dispatch", "accept"],
            "open": ["place", "dispatch", "accept", "open"],
            "claimed": ["place", "dispatch", "accept", "open", "claim"],
            "scheduled": ["place", "dispatch", "accept", "open", "claim", "schedule"],
            "no_show": ["place", "dispatch", "accept", "open", "claim", "schedule", "no_show"],
            "delivered": ["place", "dispatch", "accept", "open", "claim", "schedule", "deliver"],
            "rated": [
                "place",
                "dispatch",
                "accept",
                "open",
                "claim",
                "schedule",
                "deliver",
                "rate",
            ],
        }
        made = self.drafted(**wish)
        for verb in path[state]:
            getattr(self, verb)(made)
        return Order.objects.get(pk=made.pk)

    def drafted(self, *, by: User | None = None, **wish: Any) -> Order:
        """Written down by the resident, or by a worker for the resident."""
        start = NOW + timedelta(days=1)
        asked = {
            "title": "健康讲座",
            "topic": skill(),
            "division": self.community,
            "wanted_from": start,
            "wanted_until": start + timedelta(days=7),
            "place": "示例社区活动室",
            "people": 20,
            **wish,
        }
        return actions.draft(
            actions.Wish(**asked), for_whom=self.resident, by=by or self.resident, now=NOW
        )

    def plan(self, now: datetime = NOW) -> AutoPlan:
        """An auto-plan of the department, as the worker leaves it."""
        return worked_on(actions.make_plan(self.department, by=self.officer, now=now), now)

    def place(self, order: Order) -> None:
        actions.place(order.pk, by=self.resident, now=NOW)

    def dispatch(self, order: Order) -> None:
        actions.dispatch(order.pk, department=self.department, by=self.worker, now=NOW)

    def decline(self, order: Order) -> None:
        actions.decline(order.pk, reason="没有人手", by=self.officer, now=NOW)

    def accept(self, order: Order) -> None:
        actions.accept(order.pk, by=self.officer, now=NOW)

    def open(self, order: Order) -> None:
        actions.open_to_teams(order.pk, by=self.officer, now=NOW)

    def claim(self, order: Order) -> None:
        actions.claim(order.pk, team=self.team, by=self.leader, now=NOW)

    def schedule(self, order: Order) -> None:
        actions.schedule(order.pk, starts_at=order.wanted_from, by=self.leader, now=NOW)

    def no_show(self, order: Order) -> None:
        late = order.wanted_from + timedelta(hours=2)
        actions.report_no_show(order.pk, by=self.resident, now=late)

    def deliver(self, order: Order) -> None:
        begin = order.wanted_from
        actions.check_in(order.pk, code=order.check_in_code, by=self.leader, now=begin)
        actions.deliver(order.pk, attended=18, by=self.leader, now=begin + timedelta(hours=1))

    def rate(self, order: Order) -> None:
        actions.rate(order.pk, stars=5, by=self.resident, now=order.wanted_from + timedelta(days=1))


def worked_on(plan: AutoPlan, now: datetime = NOW) -> AutoPlan:
    """The plan after the worker has done what it was asked to do with it."""
    assert actions.take_up_plan(plan.pk, now=now)
    actions.work_on_plan(plan.pk, taken=now)
    return AutoPlan.objects.get(pk=plan.pk)


def loop(community: str = "50.103.001.001.") -> Loop:
    """A resident, a worker of the community, a department of the district, and a team."""
    home = division(community)
    district = ".".join(community.split(".")[:2]) + "."
    resident = user("居民示例", phone=f"+86138{next(_count):08d}")
    department = organisation("示例卫健委", district)
    leader = user("队长示例")
    return Loop(
        resident=resident,
        worker=officer("community_worker", community, "社区示例"),
        officer=officer("department_officer", department, "部门示例"),
        department=department,
        leader=leader,
        team=team(
            leader=leader,
            areas=(district,),
            path=".".join(community.split(".")[:3]) + ".",
            day_capacity=3,
        ),
        community=home,
    )
