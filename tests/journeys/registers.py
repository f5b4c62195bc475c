"""The registers of the town's offices: experts, courses, campaigns, zones, and a ward to care for."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from PIL import Image

from kepu.appraisal.models import Standard
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.models import Personal
from kepu.kernel.crosswalk import actions as crosswalk
from kepu.kernel.divisions import actions as divisions
from kepu.literacy.actions import (
    back_checks,
    findings,
    interviewing,
    reviews,
    rounds,
    self_tests,
    targets,
)
from kepu.literacy.models import BackCheck
from kepu.orders import actions as orders
from kepu.people.actions import (
    campaigns,
    experts,
    experts_records,
    hours,
    joining,
    places,
    staff,
    training,
    volunteers,
)
from kepu.people.models import PostKind
from kepu.venues import actions as venue_actions
from kepu.venues.actions import count
from kepu.venues.models import Venue
from tests import factories
from tests.journeys import facilities
from tests.kepu.appraisal import standard_factories as standards
from tests.kepu.literacy import doors as at_doors
from tests.kepu.literacy import factories as bank
from tests.kepu.literacy import field_factories as field
from tests.kepu.venues import factories as venues

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from tests.journeys.town import Town

DAY = timedelta(days=1)
CHANGE = """
key: example-2026
title: 示例街道划归示例区
effective: 2026-03-01
source: 示例文件
moved:
  - {path: "50.103.009.", name: "示例50.103.009.", to: "50.104."}
"""


def keep(town: Town) -> None:
    """One of each thing that has a page of its own."""
    _expert(town)
    _staff(town)
    _course(town)
    _campaign_and_post(town)
    _places(town)
    _ward(town)
    _bank(town)
    _statistics(town)
    _targets(town)
    _fieldwork(town)
    _venues(town)
    _standards(town)


def _standards(town: Town) -> None:
    """Standards where a page looks different, a comment to answer, and who works on them."""
    by = town.people["drafter"] = standards.proposer()
    town.people["secretary"] = standards.secretary()
    town.values["known_standard"] = standards.known().pk
    states = ("draft", "proposed", "drafting", "comments", "review", "reviewed", "vote", "approved",
              "published")  # fmt: skip
    for number, state in enumerate(states, start=1):
        made = standards.standard(state, by=by, title=f"科普讲解服务规范（{number}）")
        town.values[f"standard_{state}"] = made.pk
    voted = Standard.objects.get(pk=town.values["standard_vote"]).ballots.get()
    town.people["voter"] = voted.voters.first().person
    standards.write(
        Standard.objects.get(pk=town.values["standard_drafting"]), "5.2", "讲解",
        "每场讲解不少于十五分钟。", by=by, seen=1,
    )  # fmt: skip
    said = Standard.objects.get(pk=town.values["standard_comments"])
    town.values["comment"] = standards.comment(said, contact="13800000001").pk


def _venues(town: Town) -> None:
    """A venue at work whose visits are told, one that waits for the officer, and a draft."""
    by = town.people["venue_manager"] = venues.manager()
    for state, name in (("active", "示例馆"), ("submitted", "待审示例馆"), ("draft", "草稿示例馆")):
        made = venues.venue(state, by=by, name=name, phone="" if state == "draft" else "023-0")
        key = {"active": "venue", "submitted": "venue_waiting", "draft": "venue_draft"}[state]
        town.values[key] = made.pk
    _kept_true(town, by)
    _lost_its_venue(town)
    facilities.keep(town, by)
    count(town.values["venue"], day=factories.NOW.date(), visits=1200, by=by, now=factories.NOW)


def _kept_true(town: Town, by: User) -> None:
    """A venue of last year with a picture, a change that waits, and a pass that the resident took."""
    old = venues.venue("active", by=by, name="老示例馆", phone="023-1")
    Venue.objects.filter(pk=old.pk).update(confirmed_at=factories.BEFORE - 60 * DAY)
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")
    picture.seek(0)
    venue_actions.add_file(
        old.pk, kind="photo", words="大厅里的傅科摆（示例）", name="a.jpg", content=picture, by=by,
        now=factories.NOW,
    )  # fmt: skip
    of = venues.alliance("50.103.")
    venues.member(of, old, by)
    free = venues.shared(of, old)
    taken = venue_actions.take_pass(free.pk, by=town.people["resident"], now=factories.NOW)
    changed = Venue.objects.get(pk=town.values["venue"])
    town.values |= {
        "venue_old": old.pk, "alliance": of.pk, "pass": taken.code,
        "venue_change": venues.change(changed, by, halls=7, full_time=25).pk,
    }  # fmt: skip


def _lost_its_venue(town: Town) -> None:
    """An order whose venue was suspended waits for another place."""
    by, loop = town.people["venue_manager"], town.loop
    lost = venues.venue("active", by=by, name="停用示例馆")
    written = orders.write_service(
        orders.Dish(
            title="停用示例馆讲解", topic=factories.skill(), division=loop.community, venue=lost,
            areas=("50.103.",), first_day=factories.BEFORE.date(), department=loop.department,
        ),
        by=loop.officer, now=factories.NOW,
    )  # fmt: skip
    dish = orders.move_service(written.pk, "publish", by=loop.officer, now=factories.NOW)
    town.values["order_lost"] = loop.order("open", service=dish, title="去科技馆听讲解").pk
    venues.decide(lost, "suspend", by=venues.judge(), **venues.DECISION)
    orders.lose_venue(lost.pk, now=factories.NOW)


def _expert(town: Town) -> None:
    city, now = town.people["city"], factories.NOW
    person = town.people["expert"] = factories.user("专家示例")
    home = factories.division("50.")
    asked = experts.invite(person, home=home, fields=[], by=city, now=now)
    experts.accept(asked.pk, consent=True, by=person, now=now)
    experts.activate(asked.pk, by=city, now=now)
    town.values["expert"] = asked.pk
    _record(town, asked.pk)
    _application(town)


def _record(town: Town, expert: int) -> None:
    """Everything an expert can tell of themselves."""
    kept = {"by": town.people["expert"], "now": factories.NOW}
    experts.state_employment(expert, named="示例大学", post="教授", first=date(2012, 9, 1), **kept)
    experts.declare_conflict(expert, reason="", kind="kin", named="亲属示例", **kept)
    experts_records.state_title(
        expert, name="研究员", track="research", level="senior", since=date(2018, 12, 1),
        body="示例市人力社保局", **kept,
    )  # fmt: skip
    work = experts_records.state_work(
        expert, kind="book", title="示例图书", year=2023, coauthors=[], authors=["合著示例"],
        link="https://example.org/", **kept,
    )  # fmt: skip
    experts_records.keep_fee_account(
        expert, holder="专家示例", id_number="11010519491231002X", bank="示例银行",
        account="6222020200012345678", **kept,
    )  # fmt: skip
    town.values |= {"part": "work", "work": work.pk}


def _application(town: Town) -> None:
    """Somebody who applied and waits."""
    person, now = factories.user("申请示例"), factories.NOW
    town.people["applicant"] = person
    made = joining.draft(
        home=factories.division("50.103."), fields=[factories.field()], languages=["zh"],
        about="愿意参加展教项目评审。", by=person, now=now,
    )  # fmt: skip
    experts.state_employment(made.pk, named="示例中学", first=date(2015, 9, 1), by=person, now=now)
    joining.apply(made.pk, consent=True, by=person, now=now)
    town.values["application"] = made.pk


def _staff(town: Town) -> None:
    """A unit with numbers and a name, kept by somebody who keeps another unit too."""
    unit, other = factories.organisation("示例科技馆"), factories.organisation("示例青少年宫")
    by = town.people["staff_keeper"] = factories.officer("statistician", unit)
    factories.grant(by, "statistician", other)
    said = {"full": 12, "full_guide": 5, "part": 8, "part_months": 30, "senior": 1, "middle": 6}
    keeping = {"sector": factories.sector(), "by": by, "now": factories.NOW}
    line = staff.state_staffing(unit, year=2025, counts=said, **keeping)
    staff.name_worker(unit, person=town.people["expert"], time="full", role="guide", **keeping)
    town.values |= {"staff_unit": unit.pk, "staffing": line.pk}


def _course(town: Town) -> None:
    now, district = factories.NOW, town.people["district"]
    course = training.announce_course(
        title="急救入门", place=town.loop.community, starts_at=now + DAY,
        ends_at=now + DAY + timedelta(hours=2), minutes=120, seats=3, room="示例室",
        by=district, now=now,
    )  # fmt: skip
    training.enrol(course.pk, by=town.loop.leader, now=now)
    town.values["course"] = course.pk


def _campaign_and_post(town: Town) -> None:
    now, district = factories.NOW, town.people["district"]
    today = now.date()
    opened = campaigns.open_campaign(
        name="智慧行动", counting="wisdom-action", place=factories.division("50.103."), goal=10,
        first=today, last=today + 9 * DAY, by=district, now=now,
    )  # fmt: skip
    traits = {
        "title_zh": "医院院长",
        "title_en": "Head of the hospital",
        "one_of_three_heads": True,
    }
    kind, _new = PostKind.objects.get_or_create(key="hospital-head", defaults=traits)
    appointed = places.appoint(
        factories.user("院长示例"), kind=kind, place=factories.division("50.103.001."),
        first=date(2026, 1, 1), last=date(2027, 12, 31), by=district, now=now,
    )  # fmt: skip
    town.values |= {"campaign": opened.pk, "post": appointed.pk}


def _places(town: Town) -> None:
    city, now = town.people["city"], factories.NOW
    zone = divisions.set_zone(
        "示例开发区", paths=["50.103.001."], parent_keeps_writing=True,
        valid_from=now.date() + DAY, by=city, now=now,
    )  # fmt: skip
    factories.division("50.103.009.001."), factories.division("50.104.")
    change = crosswalk.apply(CHANGE, by=city, now=now)
    at_work = divisions.set_zone(
        "示例科学城", paths=["50.103.001."], parent_keeps_writing=True, valid_from=now.date(),
        by=city, now=now,
    )  # fmt: skip
    town.values |= {"zone": zone.pk, "zone-at-work": at_work.pk, "change": change.pk}


def _ward(town: Town) -> None:
    ward = accounts.register_child(
        Personal("小示例", born="2016-03-10"), by=town.loop.resident, now=factories.NOW,
        consent=accounts.Consenting("2026-01"), born="1985-05-05",
    )  # fmt: skip
    town.values["ward"] = ward.pk
    now, loop, district = factories.NOW, town.loop, town.people["district"]
    signed_up = volunteers.sign_up(
        person=ward, home=loop.community, by=loop.resident, now=now, consent=True,
        guardian_consent_by=loop.resident,
    )  # fmt: skip
    volunteers.approve_volunteer(signed_up.pk, by=district, now=now)
    hours.propose_service(
        person=ward, source="event", source_id=2, place=loop.community, team=loop.team,
        began_at=now - timedelta(hours=3), ended_at=now - timedelta(hours=1), title="发放科普折页",
        by=loop.leader, now=now,
    )  # fmt: skip


def _bank(town: Town) -> None:
    """An item in every state, booklets, and self-tests at the beginning and at the end."""
    now, keeper = factories.NOW, bank.keeper()
    town.people |= {"keeper": keeper, "item_writer": bank.writer()}
    draft, asked, used = (
        bank.item(state, by=town.people["item_writer"], officer=keeper)
        for state in ("draft", "in_review", "approved")
    )
    bank.calibrate(used, keeper)
    found = findings.Dif(
        grouping="sex", method="mantel_haenszel", size=-0.4, p_value=0.21, level="A", people=600,
        on=now.date(), wave="示例轮次",
    )  # fmt: skip
    findings.record_dif(used.pk, found, by=keeper, now=now)
    review = reviews.ask_review(asked.pk, bank.expert(), by=keeper, now=now)
    town.people["reviewer"] = review.expert.person
    city = bank.stock()
    bank.stock("self_test", dict.fromkeys(bank.SHELF, 10))
    begun, done = (self_tests.begin(bank=city, language="zh-hans", now=now) for _test in "ab")
    while done.finished_at is None:
        position = done.answers.count()
        self_tests.answer(done.key, position=position, chosen=position % 3, now=now)
        done.refresh_from_db()
    town.values |= {
        "draft_item": draft.pk, "asked_item": asked.pk, "used_item": used.pk, "review": review.pk,
        "booklets": bank.assembled(city, keeper).pk, "begun_test": begun.key, "done_test": done.key,
        "computing_sample": bank.sample("computing").pk, "drawn_sample": bank.sample().pk,
        "published_study": bank.study("published").pk,
        "planned_study": bank.study("registered").pk,
        "measured_study": bank.study("measured", compared=False).pk,
        "published_run": bank.run("published", "示例测评").pk,
        "proposed_run": bank.run("proposed", "另一次示例测评").pk,
        "failed_estimate": bank.estimate(
            "failed", failure="answers.csv, row 7, column weight: 0 is not a weight above 0"
        ).pk,
        "computing_estimate": bank.estimate(stage="replicates", done=70, total=200,
            begun_at=now, beat_at=now,
        ).pk,
    }  # fmt: skip


def _statistics(town: Town) -> None:
    """A year that is published and one that is open, with returns in the states that have a page."""
    now = factories.NOW
    keeper = factories.officer("survey_officer", "50.")
    units = [bank.unit("50.103.", f"示例中学{number}") for number in range(4)]
    town.people["statistician"] = units[0][1]
    old, made = (bank.statistics_round(year, keeper) for year in (2024, 2025))
    for of, who in units[:3]:
        bank.handed_in(
            bank.return_of(old, of), who, "locked", volunteers=40, fund_raised=20, fund_gov=12,
            fund_special=9,
        )  # fmt: skip
    rounds.lock_round(old.pk, by=keeper, now=now)
    rounds.publish_round(old.pk, by=town.people["surveyor"], now=now)
    states = ("returned", "submitted", "checked")
    kept = [
        bank.handed_in(
            bank.return_of(made, of), who, state, volunteers=45, fund_raised=22, fund_gov=13
        )
        for (of, who), state in zip(units, states, strict=False)
    ]
    town.values |= {
        "published_round": old.pk, "open_round": made.pk, "returned_return": kept[0].pk,
        "submitted_return": kept[1].pk,
    }  # fmt: skip


def _targets(town: Town) -> None:
    """A year with a capacity index, one that waits for its publication, and a target with two tasks."""
    now, city, here = factories.NOW, town.people["city"], factories.division("50.103.")
    told, waits = bank.compared(town.people["surveyor"])
    aim = targets.Aim(
        share=Decimal(15), above=True, base_year=2020, base_share=Decimal("10.20"),
        source="示例规划",
    )  # fmt: skip
    made = targets.state_target(aim, place=here, year=2026, by=city, now=now)
    todo, done = (
        targets.add_task(made.pk, what=what, responsible=here, due=now.date(), by=city, now=now)
        for what in ("社区讲座", "学校活动")
    )
    targets.finish_task(done.pk, remark="见通报", by=city, now=now)
    town.values |= {
        "compared_round": told.pk, "locked_round": waits.pk, "target": made.pk,
        "task": todo.pk, "done_task": done.pk,
    }  # fmt: skip


def _fieldwork(town: Town) -> None:
    """Doors in the hands of two interviewers, some interviews, and one to ask about again."""
    of = field.fieldwork()
    here, there = field.COMMUNITIES[:2]
    for path, name in ((here, "访问甲"), (there, "访问乙")):
        doors = field.give(of, path, field.interviewer(name=name))
        for door in doors[:3]:
            field.interview(door)
        field.attempt(doors[3], "2.111")
    town.people["interviewer"] = doors[0].interviewer
    stuck = at_doors.sent(doors[4], "attempt", {"outcome": "2.24"}, schema=2)
    interviewing.receive(stuck, by=doors[0].interviewer, now=factories.NOW)
    town.people["supervisor"] = field.supervisor()
    back_checks.draw_back_checks(of.pk, by=town.people["supervisor"], now=factories.NOW)
    town.values |= {
        "fieldwork": of.pk,
        "closed_fieldwork": field.fieldwork("closed").pk,
        "sampled_community": of.sample.communities.get(division__path=here).pk,
        "back_check": BackCheck.objects.earliest("pk").pk,
    }
