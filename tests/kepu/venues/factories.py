"""Venues in every state, by the verbs that lead there."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from kepu.kernel.accounts.models import Organisation, OrganisationKind, User
from kepu.venues import actions
from kepu.venues.models import (
    Alliance,
    Contribution,
    DayCount,
    FacilityPlan,
    Incentive,
    Member,
    Milestone,
    Project,
    Proposal,
    ServicePoint,
    SharedPass,
    Subsidy,
    Venue,
)
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


# --- facilities to come ---------------------------------------------------------------------------

PLAN: dict[str, Any] = {
    "title": "示例区科普基础设施规划", "first_year": 2026, "last_year": 2030,
    "about": "每个街道都有科普场所", "document": "示例区国民经济和社会发展规划",
    "number": "示例〔2026〕1号", "link": "https://example.org/plan",
}  # fmt: skip
WORKS: dict[str, Any] = {
    "name": "示例工业博物馆", "works": "reuse", "goal": "industry", "flagship": False,
    "former": "示例机床厂旧厂房", "address": "示例路9号", "lon": 106.57, "lat": 29.55,
    "floor_area": 6000, "needed": Decimal("8000000"),
}  # fmt: skip


def facility_plan(path: str = HERE, *, published: bool = True, **said: Any) -> FacilityPlan:
    """A plan of a place with one project; read by everybody unless `published` is false."""
    by = judge(path)
    made = actions.state_plan(division(path), by=by, now=NOW, **PLAN | said)
    actions.add_project(made.pk, place=division(path), organisation=unit(), by=by, now=NOW, **WORKS)
    if published:
        actions.move_plan(made.pk, "publish", by=by, now=NOW)
    return FacilityPlan.objects.get(pk=made.pk)


def works(plan: FacilityPlan | None = None, state: str = "planned") -> Project:
    """The project of a plan, come as far as `state`."""
    one = (plan or facility_plan()).projects.get()
    ways = {
        "planned": [],
        "building": ["begin"],
        "finished": ["begin", "finish"],
        "stopped": ["stop"],
    }
    for verb in ways[state]:
        actions.step_project(one.pk, verb, reason="资金未到位", by=judge(one.path), now=NOW)
    return Project.objects.get(pk=one.pk)


def milestone(one: Project, due: date, title: str = "封顶") -> Milestone:
    return actions.add_milestone(one.pk, title=title, due=due, by=judge(one.path), now=NOW)


def gift(to: Project | Venue, **said: Any) -> Contribution:
    """What a company gave to a project or venue."""
    given: dict[str, Any] = {
        "giver": "示例实业公司", "form": "donation", "amount": Decimal(200000),
        "received_on": NOW.date(), "words": "展品购置",
    }  # fmt: skip
    return actions.enter_contribution(to, by=judge(to.path), now=NOW, **given | said)


def open_days(of: Venue, days: int, year: int, visits: int = 40) -> None:
    """Visitors on so many days of a year; told in bulk, for a year is longer than the days of grace."""
    by, first = manager(), date(year, 1, 1)
    DayCount.objects.bulk_create(
        DayCount(venue=of, day=first + timedelta(days=n), visits=visits, counted_by=by, at=NOW)
        for n in range(days)
    )


def subsidy(of: Venue, step: str = "granted", amount: int = 100_000, **said: Any) -> Subsidy:
    """A line of the ledger of last year, entered by an officer of the place."""
    line: dict[str, Any] = {
        "year": NOW.year - 1, "step": step, "amount": Decimal(amount), "reference": "示例财〔2026〕8号",
        "day": NOW.date(),
    }  # fmt: skip
    return actions.enter_subsidy(of.pk, **line | {"by": judge(of.path), "now": NOW} | said)


def incentive(path: str = HERE, **said: Any) -> Incentive:
    """An invented rule of a place; as a document would say it."""
    about: dict[str, Any] = {
        "title": "示例：捐建科普设施奖补办法", "issuer": "示例区科技局",
        "document": "示例：社会力量办科普奖补办法",
        "number": "示例科〔2026〕3号", "helps": "捐赠或投资建设科普设施的单位，按示例比例奖补",
        "first_day": NOW.date() - timedelta(days=10), "last_day": None,
    }  # fmt: skip
    return actions.state_incentive(division(path), by=judge(path), now=NOW, **about | said)


def service_point(**said: Any) -> ServicePoint:
    """A corner in a library that the unit tends."""
    about: dict[str, Any] = {
        "place": division(HERE), "name": "示例图书馆科普角", "host": "library",
        "offers": "两台触摸屏、四十册图书", "address": "示例路2号二楼",
    }  # fmt: skip
    return actions.open_point(unit(), **{"by": judge(), "now": NOW} | about | said)
