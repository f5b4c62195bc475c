"""What the officers of the demo city keep: a few plainly fictional entries in every register."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from kepu.kernel import clock
from kepu.kernel.accounts import actions as register
from kepu.kernel.accounts.models import Organisation, OrganisationKind, Personal, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles import actions as roles
from kepu.orders import actions as orders
from kepu.people import queries as people
from kepu.people.actions import campaigns, experts, hours, objections, places, training
from kepu.people.queries.vocabulary import post_kinds
from kepu.web import demo_experts

if TYPE_CHECKING:
    from kepu.web.demo import City

STATIONS = (
    # kind, tier, level of its place, name
    ("civilisation", "centre", Level.DISTRICT, "新时代文明实践中心"),
    ("civilisation", "institute", Level.TOWNSHIP, "新时代文明实践所"),
    ("party_mass", "institute", Level.TOWNSHIP, "党群服务中心"),
    ("civilisation", "station", Level.COMMUNITY, "新时代文明实践站"),
    ("community", "station", Level.COMMUNITY, "社区服务站"),
)
EXPERTS = (
    ("周示例", "教授", ("physics", "education"), "示例大学物理学院"),
    ("吴示例", "主任医师", ("clinical-medicine", "public-health"), "示例医院"),
    ("郑示例", "研究员", ("agronomy", "environment"), "示例农业科学院"),
    ("王示例", "高级工程师", ("safety", "energy"), "示例安全研究所"),
)
COURSES = (
    # title, days from today, minutes, skill, where
    ("科普讲解基本功（示例）", 6, 120, "science-history", "渝中区图书馆三楼（示例）"),
    ("心肺复苏教员班（示例）", 12, 240, "first-aid", "示例医院培训室"),
    ("智能手机怎么教老人（示例）", 20, 90, "smartphone", ""),
)


def build(city: City) -> None:
    """A few entries in each register, by the real actions."""
    _stations(city)
    _posts(city)
    _experts(city)
    _services(city)
    _campaigns(city)
    _models(city)
    _calls(city)
    _training(city)
    _contract(city)
    _deputy(city)


def _somebody(city: City, name: str, home: Division) -> User:
    personal = Personal(name=name, phone=f"+86{next(city.phones)}", born="1975-06-01")
    return register.register(personal, home=home, by=None, now=city.begun)


def _stations(city: City) -> None:
    """In the home district and in a few others, one of each tier and kind."""
    others = city.random.sample(list(divisions.below("50.", Level.DISTRICT)), 6)
    for district in [divisions.at("50.103."), *(d for d in others if d.path != "50.103.")]:
        for kind, tier, level, name in STATIONS:
            here = district if level == Level.DISTRICT else divisions.below(district.path, level)[0]
            places.open_station(
                name=f"{here.name}{name}（示例）", kind=kind, tier=tier, place=here,
                open_hours="周一至周五 9:00-17:00", address=f"{here.name}示例路1号",
                by=city.people["officer50"], now=city.begun,
            )  # fmt: skip


def _posts(city: City) -> None:
    """The three heads of a few townships, one of them with a deputy."""
    year = clock.day(city.now).year
    term = (date(year - 1, 1, 1), date(year + 2, 12, 31))
    by, kinds = city.people["officer50"], list(post_kinds()[:3])
    for number, township in enumerate(divisions.below("50.103.", Level.TOWNSHIP)[:4]):
        for kind in kinds[: 3 if number < 2 else 2]:
            head = _somebody(city, f"{kind.title_zh[:2]}示例{number + 1}", township)
            places.appoint(
                head, kind=kind, place=township, first=term[0], last=term[1], by=by, now=city.begun
            )
    township = divisions.below("50.103.", Level.TOWNSHIP)[0]
    places.appoint(
        _somebody(city, "副职示例", township), kind=kinds[0], place=township,
        first=term[0], last=term[1], deputy=True, by=by, now=city.begun,
    )  # fmt: skip


def _experts(city: City) -> None:
    """Four experts at work; the demo expert is still asked."""
    top, by = divisions.at("50."), city.people["city"]
    known = {field.key: field for field in people.fields()}
    for name, rank, keys, employer in EXPERTS:
        person = _somebody(city, name, top)
        expert = experts.invite(
            person, home=top, fields=[known[key] for key in keys], rank=rank, by=by, now=city.begun
        )
        experts.accept(expert.pk, consent=True, by=person, now=city.begun)
        experts.activate(expert.pk, by=by, now=city.begun)
        unit = _unit(city, employer)
        experts.state_employment(
            expert.pk, organisation=unit, first=date(2015, 9, 1), by=person, now=city.begun
        )
        demo_experts.record(expert, rank, now=city.begun)
    experts.declare_conflict(
        expert.pk, organisation=_unit(city, "示例科技公司"), reason="担任技术顾问",
        by=person, now=city.begun,
    )  # fmt: skip
    demo_experts.application(_somebody(city, "申请示例", divisions.at("50.103.")), now=city.now)


def _unit(city: City, name: str) -> Organisation:
    kind = OrganisationKind.FIRM if "公司" in name else OrganisationKind.INSTITUTE
    return register.register_organisation(
        name, kind=kind, division=divisions.at("50."), by=None, now=city.begun
    )


def _services(city: City) -> None:
    """Service of the last days, certified by the leader and confirmed by the resident."""
    team = people.teams_led(city.people["leader"]).get()
    volunteer, leader = city.people["volunteer"], city.people["leader"]
    for number in range(1, 11):
        began = clock.day(city.now) - timedelta(days=number)
        start = datetime.combine(began, datetime.min.time(), clock.BEIJING) + timedelta(hours=14)
        end = start + timedelta(minutes=60 + 15 * (number % 4))
        service = hours.propose_service(
            person=volunteer, source="demo.visit", source_id=number, place=team.division_now,
            began_at=start, ended_at=end, by=volunteer, now=end + timedelta(hours=1), team=team,
            receiver=city.people["resident"], title="社区科普讲座（示例）",
            skills=list(people.skills()[:2]),
        )  # fmt: skip
        hours.certify(service.pk, by=leader, now=end + timedelta(hours=2))
        hours.confirm(service.pk, by=city.people["resident"], now=end + timedelta(hours=3))


def _campaigns(city: City) -> None:
    today, by = clock.day(city.now), city.people["officer50"]
    campaigns.open_campaign(
        name="科技志愿服务“智慧行动”（示例）", counting="wisdom-action", place=divisions.at("50."),
        first=today - timedelta(days=20), last=today + timedelta(days=40), goal=200, by=by,
        now=city.begun, about="把科普讲到院坝、课堂和车间。本活动为演示，口径以规则手册为准。",
    )  # fmt: skip
    campaigns.open_campaign(
        name="渝中健康科普周（示例）", counting="health-week", place=divisions.at("50.103."),
        first=today - timedelta(days=3), last=today + timedelta(days=4), goal=30, by=by,
        now=city.begun,
    )  # fmt: skip


def _models(city: City) -> None:
    """One team named, one volunteer on public notice and objected to, one just put forward."""
    by, reviewer, day = city.people["officer50"], city.people["city"], timedelta(days=1)
    home, year = divisions.at("50.103."), clock.day(city.now).year
    team = people.teams_led(city.people["leader"]).get()
    named = campaigns.nominate(
        place=home, year=year, team=team, by=by, now=city.begun,
        deeds="一年里走进三十个社区，讲急救、讲用药，居民好评（示例）。",
    )  # fmt: skip
    campaigns.pass_nomination(named.pk, by=reviewer, now=city.begun)
    campaigns.publish_nomination(named.pk, by=reviewer, now=city.begun)
    campaigns.name_model(named.pk, by=reviewer, now=city.begun + 20 * day)
    shown = campaigns.nominate(
        place=home, year=year, person=city.people["volunteer"], by=by, now=city.now - day,
        deeds="每周六到社区教老人用手机，风雨无阻（示例）。",
    )  # fmt: skip
    campaigns.pass_nomination(shown.pk, by=reviewer, now=city.now)
    campaigns.publish_nomination(shown.pk, by=reviewer, now=city.now)
    objections.object_to_nomination(
        shown.pk, by=city.people["resident"], now=city.now,
        reason="上个月有一次约好了没有来，请核实（示例）。",
    )  # fmt: skip
    campaigns.nominate(
        place=home, year=year, person=city.people["leader"], by=by, now=city.now,
        deeds="带出一支能讲会做的服务队（示例）。",
    )  # fmt: skip


def _calls(city: City) -> None:
    by, now = city.people["officer50"], city.now
    skills = {skill.key: skill for skill in people.skills()}
    call = campaigns.call_for_volunteers(
        title="科普日现场讲解员（示例）", place=divisions.at("50.103."), target=6,
        deadline=now + timedelta(days=9), by=by, now=now,
        about="周六 9:00 在示例科技馆集合，讲解两小时，管午餐。",
    )  # fmt: skip
    campaigns.answer_call(call.pk, by=city.people["leader"], now=now)
    campaigns.call_for_volunteers(
        title="汛期急救科普小分队（示例）", place=divisions.at("50."), target=20,
        deadline=now + timedelta(days=15), by=by, now=now, skills=[skills["first-aid"]],
        about="备勤一周，需要时到安置点讲急救自救。",
    )  # fmt: skip


def _training(city: City) -> None:
    """Three courses to come, and one that the demo volunteer has passed."""
    by, volunteer = city.people["officer50"], city.people["volunteer"]
    skills = {skill.key: skill for skill in people.skills()}
    past = _course(city, "志愿服务入门（示例）", -9, 90, "communication", "示例社区活动室")
    seat = training.enrol(past, by=volunteer, now=city.begun)
    done = city.now - timedelta(days=8)
    training.enter_result(seat.pk, attended=True, passed=True, by=by, now=done)
    training.finish_course(past, by=by, now=done)
    for title, days, minutes, skill, room in COURSES:
        course = _course(city, title, days, minutes, skill if skill in skills else "health", room)
        if days == COURSES[0][1]:
            training.enrol(course, by=volunteer, now=city.now)


def _course(city: City, title: str, days: int, minutes: int, skill: str, room: str) -> int:
    day = clock.day(city.now) + timedelta(days=days)
    start = datetime.combine(day, datetime.min.time(), clock.BEIJING) + timedelta(hours=9)
    course = training.announce_course(
        title=title, place=divisions.at("50.103."), starts_at=start,
        ends_at=start + timedelta(minutes=minutes), minutes=minutes, seats=30, room=room,
        link="" if room else "https://example.org/course", by=city.people["officer50"],
        now=city.begun, skills=[one for one in people.skills() if one.key == skill],
        about="由示例讲师授课；通过后记入志愿者档案。",
    )  # fmt: skip
    return course.pk


def _contract(city: City) -> None:
    """A purchased service of the city-wide department."""
    today = clock.day(city.now)
    orders.sign_contract(
        number=f"示例购字{today.year}-001", yuan=Decimal("60000"), services=40,
        buyer=Organisation.objects.get(name="市科技服务中心（示例）"),
        seller=Organisation.objects.get(name="示例科技公司"),
        first_day=today - timedelta(days=20), last_day=today + timedelta(days=340),
        by=city.people["department"], now=city.begun,
    )  # fmt: skip


def _deputy(city: City) -> None:
    """Somebody who stands in for the district officer."""
    person = _somebody(city, "副岗示例", divisions.at("50.103."))
    roles.grant(
        person.pk, role="district_officer", path="50.103.", post="B", by=None, now=city.begun
    )
