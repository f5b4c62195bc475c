"""What tests of this room need: volunteers, teams, services."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from kepu.kernel.accounts.models import User
from kepu.people.models import Entry, Membership, Service, Skill, Team, Volunteer
from kepu.people.models.teams import TeamArea
from kepu.people.states import (
    MemberRole,
    MembershipState,
    ServiceState,
    TeamState,
    VolunteerState,
)
from tests.factories import BEFORE, NOW, division, user

HOME = "50.103.001.001."
_count = itertools.count(1)


def skill(key: str = "health") -> Skill:
    found = Skill.objects.filter(key=key).first()
    return found or Skill.objects.create(key=key, title_zh=key, title_en=key)


def volunteer(
    name: str = "王示例", *, path: str = HOME, born: str = "1990-05-06", **traits: Any
) -> User:
    """A person who is an active volunteer."""
    person = user(name, born=born)
    register(person, path=path, **traits)
    return person


def register(person: User, *, path: str = HOME, **traits: Any) -> Volunteer:
    values = {
        "state": VolunteerState.ACTIVE,
        "consent_at": BEFORE,
        "consent_version": 0,
        "applied_at": BEFORE,
        "active_at": BEFORE,
        "number": f"V{next(_count):06}",
        **traits,
    }
    found = Volunteer(person=person, **values)
    found.place(division(path))
    found.save()
    return found


def team(*, leader: User | None = None, path: str = "50.103.001.", **traits: Any) -> Team:
    """An approved team that serves the township it is at home in."""
    leader = leader or volunteer("赵示例")
    number = next(_count)
    values = {
        "name": f"示例服务队 {number}",
        "state": TeamState.APPROVED,
        "applied_by": leader,
        "applied_at": BEFORE,
        "joined_at": BEFORE,
        **traits,
    }
    found = Team(**values)
    found.place(division(path))
    found.save()
    TeamArea.objects.create(team=found, path=path)
    join(found, leader, role=MemberRole.LEADER)
    return found


def join(found: Team, person: User, *, role: str = MemberRole.MEMBER) -> Membership:
    slot = person.memberships.filter(state=MembershipState.ACTIVE).count() + 1
    return Membership.objects.create(
        team=found,
        person=person,
        role=role,
        state=MembershipState.ACTIVE,
        slot=slot,
        asked_at=BEFORE,
        since=BEFORE,
    )


def service(
    person: User, *, began_at: datetime | None = None, minutes: int = 120, **traits: Any
) -> Service:
    """A proposed service of yesterday, straight into the table."""
    began = began_at or NOW - timedelta(days=1)
    values = {
        "source": "orders.order",
        "source_id": next(_count),
        "began_at": began,
        "ended_at": began + timedelta(minutes=minutes),
        "minutes": minutes,
        "proposed_by": person,
        "proposed_at": NOW,
        **traits,
    }
    found = Service(person=person, **values)
    found.place(division(HOME))
    found.save()
    return found


def served(person: User, minutes: int, *, days_ago: int = 1, **traits: Any) -> Entry:
    """Confirmed minutes in the ledger, as if both sides had agreed; long ones spread over days."""
    entry = None
    organiser, receiver = user("钱示例"), user("孙示例")
    while minutes > 0:
        part = min(minutes, 720)
        done = service(
            person,
            began_at=NOW - timedelta(days=days_ago),
            minutes=part,
            state=ServiceState.CONFIRMED,
            certified_by=organiser,
            certified_at=NOW,
            confirmed_by=receiver,
            confirmed_at=NOW,
            **traits,
        )
        entry = Entry.objects.create(
            person=person, team=done.team, service=done, minutes=part, by=receiver, at=NOW
        )
        minutes -= part
        days_ago += 1
    assert entry is not None
    return entry
