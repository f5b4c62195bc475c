"""Venues in every state, by the verbs that lead there."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from kepu.kernel.accounts.models import Organisation, OrganisationKind, User
from kepu.venues import actions
from kepu.venues.models import Alliance, Member, Proposal, SharedPass, Venue
from tests.factories import NOW, division, grant, officer, organisation, user

HERE, THERE = "50.103.", "50.107."
CODE = "91500000MA5U000010"
WHOLE: dict[str, Any] = {
    "kind": "museum",
    "category": "",
    "level": "",
    "about": "六个展厅，周末有实验表演",
    "address": "示例路1号",
    "phone": "023-00000000",
    "lon": 106.57,
    "lat": 29.55,
    "floor_area": 3000,
    "hall_area": 1500,
    "halls": 6,
    "open_days": 300,
    "weekdays": 0b1111110,
    "opens_at": time(9),
    "closes_at": time(17),
    "admission": "free",
    "youth_free_days": 300,
    "full_time": 20,
    "part_time": 4,
    "guides": 5,
    "scenic_grade": None,
    "accessibility": "东门有坡道",
    "safety_checked_on": date(2026, 1, 15),
}
DECISION = {"reason": "消防通道被占用", "reference": "示例科协〔2026〕1号"}


def unit(path: str = HERE, code: str = CODE) -> Organisation:
    found = Organisation.objects.filter(credit_code=code).first()
    return found or organisation("示例科技馆", path, kind=OrganisationKind.VENUE, credit_code=code)


def manager(of: Organisation | None = None) -> User:
    """Who keeps the venues of a unit."""
    person = user("馆长示例")
    grant(person, "venue_manager", of or unit())
    return person


def judge(path: str = HERE) -> User:
    return officer("district_officer", path)


def venue(state: str = "active", *, by: User | None = None, **said: Any) -> Venue:
    """A venue that has come as far as `state`; registered by `by` or by a manager of its own."""
    by = by or manager()
    place = division(said.pop("path", HERE))
    name = said.pop("name", "示例科技馆")
    made = actions.register(unit(), name=name, place=place, by=by, now=NOW, **WHOLE | said)
    ways = {
        "draft": [],
        "submitted": ["submit"],
        "returned": ["submit", "send_back"],
        "active": ["submit", "confirm"],
        "warned": ["submit", "confirm", "warn"],
        "suspended": ["submit", "confirm", "suspend"],
        "revoked": ["submit", "confirm", "revoke"],
        "closed": ["submit", "confirm", "close"],
    }
    for verb in ways[state]:
        step(made, verb, by)
    return Venue.objects.get(pk=made.pk)


def step(of: Venue, verb: str, by: User) -> Venue:
    """One step, by the manager or by an officer of the place."""
    if verb == "submit":
        return actions.submit(of.pk, by=by, now=NOW)
    officer_there = judge(of.path)
    if verb == "confirm":
        seen = Venue.objects.get(pk=of.pk).version
        return actions.confirm(of.pk, seen=seen, by=officer_there, now=NOW)
    return decide(of, verb, by=officer_there, **DECISION)


def decide(of: Venue, verb: str, *, by: User, **said: str) -> Venue:
    """A decision about the venue as it stands now."""
    seen = Venue.objects.get(pk=of.pk).version
    return actions.decide(of.pk, verb, seen=seen, by=by, now=NOW, **said)


def change(of: Venue, by: User, **facts: Any) -> Proposal:
    """A change of confirmed facts that waits for the officers."""
    seen = Venue.objects.get(pk=of.pk).version
    facts = facts or {"halls": 7}
    return actions.propose(of.pk, why="新展厅开放", seen=seen, by=by, now=NOW, **facts)


def alliance(path: str = HERE) -> Alliance:
    return actions.found_alliance(division(path), name="示例联盟", by=judge(path), now=NOW)


def member(of: Alliance, one: Venue, by: User) -> Member:
    """A venue that the keeper took in."""
    asked = actions.ask_to_join(of.pk, venue=one, by=by, now=NOW)
    return actions.answer_join(asked.pk, accept=True, by=judge(of.path), now=NOW)


def shared(of: Alliance, *at: Venue, **changed: Any) -> SharedPass:
    """A free pass, good once at each of these members for ninety days."""
    today = NOW.date()
    said: dict[str, Any] = {
        "title": "示例通票", "first_day": today, "last_day": today + timedelta(days=90), "times": 1,
        "price": Decimal(0),
    }  # fmt: skip
    return actions.share_pass(of.pk, venues=at, by=judge(of.path), now=NOW, **said | changed)
