"""One scheduled order, one thing of every kind that hangs on it or lies beside it, and who knocks.

What people would not want told is in it, each word of it a secret with those of `WHO` who may read it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from PIL import Image

from kepu.appraisal.actions import deciding
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.models import Personal, User
from kepu.kernel.divisions.models import Zone
from kepu.kernel.facts.models import Delivery
from kepu.kernel.roles import actions as roles
from kepu.literacy.actions import addresses, booklets, reviews, targets
from kepu.literacy.models import BackCheck
from kepu.literacy.states import Checked
from kepu.orders import actions
from kepu.orders.actions.syncing import Sent
from kepu.orders.models import AutoPlan, Order
from kepu.people.actions import (
    absences,
    campaigns,
    experts,
    experts_records,
    places,
    staff,
    state_absence,
    training,
)
from kepu.people.models import Expert, Objection, PostKind
from kepu.web import context
from tests import factories
from tests.factories import NOW
from tests.kepu.appraisal import factories as applications
from tests.kepu.appraisal import standard_factories as standards
from tests.kepu.appraisal import titles_world as titles
from tests.kepu.literacy import factories as bank
from tests.kepu.literacy import field_factories as field
from tests.kepu.venues import factories as venues
from tests.worlds import standing

WHO = ("owner", "colleague", "stranger", "nobody")
NEAR = ("leader", "member")  # of the team that comes

# Each secret with those of WHO and NEAR who may read it. The resident knows who comes, and the team
# where to; what a household, an objector or an expert said stays with an office that none of them is.
SECRETS: dict[str, frozenset[str]] = {
    secret: frozenset(may.split())
    for may, secrets in {
        "owner leader": ("居民秘示例", "13800007777", "示例楼秘密七层"),
        "owner": ("孩子秘示例",),
        "owner leader member": ("队长秘示例", "13800007701"),
        "leader member": ("队员秘示例", "住院秘示例"),
        "member": ("13800007702",),
        "": (
            "专家秘示例",
            "13800007703",
            "亲属秘示例",
            "合著秘示例",
            "6222020200017777777",
            "异议人秘示例",
            "异议理由秘示例",
            "示例路秘密八号",
            "回访秘示例",
            "意见联系秘示例",
            "公示异议秘示例",
        ),
    }.items()
    for secret in secrets
}


@dataclass
class World:
    """One scheduled order, what hangs on it, and who comes to its door."""

    loop: factories.Loop
    order: Order
    values: dict[str, Any]
    people: dict[str, User]  # who knocks, and who keeps a secret
    clients: dict[str, Client]


@pytest.fixture(scope="module")
def standing_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with standing(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def world(standing_world: World, db: None, settings: Any, at_noon: None) -> World:
    """The world of the file, in which what a test does is undone, and browsers of the test's own."""
    settings.API_PER_MINUTE = settings.API_PER_MINUTE_UNKNOWN = 100_000
    made = deepcopy(standing_world)
    made.clients = {who: signed_in(made.people.get(who)) for who in WHO}
    return made


@pytest.fixture
def one_frame_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame of a page is drawn once for each person; to draw it thousands of times takes minutes."""
    drawn: dict[int, Any] = {}
    draw = context._for

    def frame(person: Any, *rest: Any) -> Any:
        if person.pk not in drawn:
            drawn[person.pk] = draw(person, *rest)
        return drawn[person.pk]

    monkeypatch.setattr(context, "_for", frame)


@pytest.fixture
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def build() -> World:
    """All of it at the moment the factories call now; nobody has signed in yet."""
    loop = factories.loop()
    _name(loop.resident, "居民秘示例", "+8613800007777")
    _name(loop.leader, "队长秘示例", "+8613800007701")
    order = loop.order("scheduled", place="示例楼秘密七层")
    people = {
        "owner": loop.resident,
        "colleague": _colleague(),
        "stranger": factories.user("路人示例"),
        "leader": loop.leader,
        "member": factories.member(loop.team, factories.user("队员秘示例", phone="+8613800007702")),
        "expert": factories.user("专家秘示例", phone="+8613800007703"),
        "objector": factories.user("异议人秘示例"),
        "officer": factories.officer("district_officer", "50.103."),
        "city": factories.officer("city_officer", "50."),
        "supervisor": field.supervisor("50.103."),
        "drafter": standards.proposer(),
        "secretary": applications.secretary(),
    }
    return World(loop, order, _values(loop, order, people), people, {})


def _name(person: User, name: str, phone: str) -> None:
    person.keep(Personal(name=name, phone=phone, born=person.personal.born))
    person.save()


def _colleague() -> User:
    """Everything one can be in the order loop, in the district next door."""
    person = factories.user("邻区示例")
    elsewhere = factories.organisation("邻区部门", "50.104.")
    factories.grant(person, "community_worker", factories.division("50.104.001.001.").path)
    factories.grant(person, "district_officer", "50.104.")
    factories.grant(person, "department_officer", elsewhere)
    factories.team(leader=person, path="50.104.001.", areas=("50.104.",))
    return person


def signed_in(person: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
        client.get(reverse("about"))  # the device is noted once
    return client


def _values(loop: factories.Loop, order: Order, people: dict[str, User]) -> dict[str, Any]:
    """A value for every part of an address; what belongs to the order where something can."""
    plan = AutoPlan.objects.create(
        department=loop.department,
        path="50.103.",
        state="proposed",
        made_by=loop.officer,
        made_at=NOW,
    )
    dish = actions.Dish(
        title="示例服务", topic=factories.skill(), division=order.division_now, areas=("50.103.",),
        first_day=NOW.date(), team=loop.team,
    )  # fmt: skip
    sent = Sent(
        uuid="6f1c0f52-7d6c-4e0a-9c29-0d4f1c0a2222", kind="check_out", order_id=order.pk,
        device_time=NOW - timedelta(hours=1), data={},
    )  # fmt: skip
    return {
        "order_id": order.pk,
        "team_id": loop.team.pk,
        "department_id": loop.department.pk,
        "plan_id": plan.pk,
        "service_id": actions.write_service(dish, by=loop.leader, now=NOW).pk,
        "absence_id": _absence(loop, people["member"]),
        "evidence_id": _photograph(loop, order),
        "event_id": actions.receive(sent, by=loop.leader, now=NOW).pk,
        "membership_id": loop.team.memberships.earliest("pk").pk,
        "volunteer_id": loop.leader.volunteer.pk,
        "person_id": loop.resident.pk,
        "pseudonym": loop.leader.pseudonym,
        "star": 1,
        "grant_id": loop.worker.grants.get().pk,
        "delivery_id": Delivery.objects.earliest("pk").pk,
        "child_id": _child(loop.resident),
        "path": order.path,
        "rest": "nothing",
        "code": "nothing",
        "key": "6f1c0f52-7d6c-4e0a-9c29-0d4f1c0a3333",
        **_registers(loop, people),
        **_bank(),
        **_venues(),
        **_titles(),
        **_application(),
        "clause_number": "5.2",
        **_standard(people["drafter"]),
        **dict.fromkeys(("token_id", "device_id", "factor_id", "file_id", "notice_id"), 4711),
    }


def _application() -> dict[str, int]:
    """An application in public notice that is objected to, of a venue that none of the four keeps."""
    one = applications.application("noticed")
    raised = deciding.object_to(
        one.pk, text="公示异议秘示例", by=factories.user("公示异议人示例"), now=NOW
    )
    return {
        "application_id": one.pk, "appraisal_call_id": one.call_id, "raised_id": raised.pk,
    }  # fmt: skip


def _titles() -> dict[str, Any]:
    """A title with a report and an appeal, of a venue that none of the four keeps or decides about."""
    title = titles.title()
    appeal = titles.appealed(title)
    return {"title": title.number, "report_id": titles.report(title).pk, "appeal_id": appeal.pk}


def _venues() -> dict[str, Any]:
    """A venue with a change that waits, in an alliance with a pass; no one of the four keeps it."""
    by = venues.manager()
    one, of = venues.venue("active", by=by), venues.alliance()
    inside, works = venues.member(of, one, by), venues.works()
    return {
        "facility_plan_id": works.plan_id,
        "project_id": works.pk,
        "milestone_id": venues.milestone(works, NOW.date()).pk,
        "contribution_id": venues.gift(works).pk,
        "progress_id": 4711,
        "line_id": 4711,
        "point_id": venues.service_point().pk,
        "incentive_id": venues.incentive().pk,
        "venue_id": one.pk,
        "change_id": venues.change(one, by).pk,
        "alliance_id": of.pk,
        "member_id": inside.pk,
        "pass_id": venues.shared(of, one, price=9).pk,
        "listed_id": 4711,
    }


def _registers(loop: factories.Loop, people: dict[str, User]) -> dict[str, int]:
    """One thing of each register of the order's district, kept by the city."""
    city, place = people["city"], factories.division("50.103.")
    kind = PostKind.objects.get_or_create(key="hospital-head")[0]
    days = {"first": NOW.date(), "last": NOW.date() + timedelta(days=30)}
    kept = {"by": city, "now": NOW}
    made = {
        "station_id": places.open_station(
            name="示例中心", kind="community", tier="centre", place=place, **kept
        ),
        "post_id": places.appoint(
            loop.leader, kind=kind, place=factories.division("50.103.001."), **days, **kept
        ),
        "expert_id": experts.invite(people["expert"], home=place, fields=[], **kept),
        "campaign_id": campaigns.open_campaign(
            name="示例行动", counting="wisdom-action", place=place, **days, **kept
        ),
        "nomination_id": campaigns.nominate(
            team=loop.team, place=place, year=2026, deeds="示例", **kept
        ),
        "call_id": campaigns.call_for_volunteers(
            title="示例召集", place=place, target=1, deadline=NOW + timedelta(days=1), **kept
        ),
        "course_id": training.announce_course(
            title="示例课", place=place, starts_at=NOW + timedelta(days=1), minutes=60, seats=1,
            ends_at=NOW + timedelta(days=1, hours=1), room="示例室", **kept,
        ),
    }  # fmt: skip
    told = _record(made["expert_id"], loop)
    seat = training.enrol(made["course_id"].pk, by=loop.leader, now=NOW)
    away = roles.take_leave(loop.officer.pk, **days, by=loop.officer, now=NOW)
    zone = Zone.objects.create(name="示例区")
    objected = Objection.objects.create(
        nomination=made["nomination_id"],
        person=people["objector"],
        reason="异议理由秘示例",
        made_at=NOW,
    )
    return told | {name: thing.pk for name, thing in made.items()} | {
        "objection_id": objected.pk,
        "enrolment_id": seat.pk, "leave_id": away.pk, "zone_id": zone.pk, "change_id": 4711,
    }  # fmt: skip


def _standard(drafter: User) -> dict[str, int]:
    """A draft that is out for comments, with what somebody said of it and how to ask them back."""
    made = standards.standard("comments", by=drafter)
    said = standards.comment(made, by=factories.user("意见人秘示例"), contact="意见联系秘示例")
    return {"standard_id": made.pk, "comment_id": said.pk}


def _record(expert: Expert, loop: factories.Loop) -> dict[str, Any]:
    """What an expert tells in confidence, and a list of kepu workers that asks for the name."""
    kept = {"by": expert.person, "now": NOW}
    bond = experts.declare_conflict(expert.pk, reason="", kind="kin", named="亲属秘示例", **kept)
    work = experts_records.state_work(
        expert.pk,
        kind="book",
        title="示例书",
        year=2024,
        coauthors=[],
        authors=["合著秘示例"],
        **kept,
    )
    experts_records.keep_fee_account(
        expert.pk, holder="示例", id_number="11010519491231002X", bank="示例银行",
        account="6222020200017777777", **kept,
    )  # fmt: skip
    unit, sector = loop.department, factories.sector()
    keeping = {"sector": sector, "by": loop.officer, "now": NOW}
    line = staff.state_staffing(unit, year=2025, counts={"full": 1}, **keeping)
    worker = staff.name_worker(unit, person=expert.person, time="full", role="guide", **keeping)
    return {
        "conflict_id": bond.pk, "part": "work", "row_id": work.pk, "unit_id": unit.pk,
        "staffing_id": line.pk, "worker_id": worker.pk,
    }  # fmt: skip


def _bank() -> dict[str, int]:
    """An item in review, an expert asked about it, and booklets: of a bank none of the four keeps."""
    keeper, item = bank.keeper(), bank.item("in_review")
    asked = reviews.ask_review(item.pk, bank.expert(), by=keeper, now=NOW)
    made = booklets.ask_booklets(
        title="示例题本", bank=factories.division("50."), booklets=1, items=5, most_common=0,
        by=keeper, now=NOW,
    )  # fmt: skip
    return {
        "item_id": item.pk, "review_id": asked.pk, "set_id": made.pk, "run_id": bank.run().pk,
        "estimate_id": bank.estimate().pk, "sample_id": bank.sample().pk, **_statistics(), **_fieldwork(),
    }  # fmt: skip


def _statistics() -> dict[str, Any]:
    """A year of statistics of the city, the return of a unit that none of the four fills or checks, and
    a target with a task, which none of the four keeps.
    """
    of, who = bank.unit("50.103.")
    made = bank.statistics_round()
    one = bank.handed_in(bank.return_of(made, of), who)
    city = factories.officer("city_officer", "50.")
    aim = targets.Aim(Decimal(15), True, 2020, Decimal("10.2"), "示例")
    kept = {"by": city, "now": NOW}
    target = targets.state_target(aim, place=factories.division("50.103."), year=2025, **kept)
    task = targets.add_task(
        target.pk, what="讲座", responsible=target.division_at, due=date(2025, 6, 30), **kept
    )
    return {
        "round_id": made.pk, "return_id": one.pk, "section": "staff", "what": "districts",
        "target_id": target.pk, "task_id": task.pk,
    }  # fmt: skip


def _fieldwork() -> dict[str, int]:
    """Fieldwork in the order's district, of which none of the four is an officer."""
    of = field.fieldwork()
    case = of.cases.earliest("pk")
    addresses.take_addresses(of.pk, found={case.pk: "示例路秘密八号"}, by=of.made_by, now=NOW)
    check = BackCheck.objects.create(
        case=case,
        drawn_at=NOW,
        found=Checked.choices[0][0],
        remark="回访秘示例",
        by=of.made_by,
        at=NOW,
    )
    return {"fieldwork_id": of.pk, "community_id": case.community_id, "check_id": check.pk}


def _absence(loop: factories.Loop, member: User) -> int:
    """One that the volunteer objects to, with words about an illness."""
    stated = state_absence(
        person=member, team=loop.team, source="test", source_id=1, title="", by=loop.leader,
        expected_at=NOW - timedelta(days=1), excused=False, now=NOW,
    )  # fmt: skip
    absences.object_to(stated.pk, reason="住院秘示例", by=member, now=NOW)
    return stated.pk


def _child(guardian: User) -> int:
    return accounts.register_child(
        Personal("孩子秘示例", born="2016-03-10"), by=guardian, now=NOW,
        consent=accounts.Consenting("2026-01"), born="1985-05-05",
    ).pk  # fmt: skip


def _photograph(loop: factories.Loop, order: Order) -> int:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG")
    content.seek(0)
    shot = actions.Shot("6f1c0f52-7d6c-4e0a-9c29-0d4f1c0a4444", "photo", NOW)
    during = order.starts_at + timedelta(minutes=10)
    return actions.attach(order.pk, shot, content, by=loop.leader, now=during).pk
