"""The demo city: plainly fictional people on the real divisions, brought to life by the real actions.

Everybody signs in with one password, made at random for this installation and kept in DATA/keys.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import Subquery
from django.utils import translation

from kepu.config import environment
from kepu.kernel import clock
from kepu.kernel.accounts import actions as register
from kepu.kernel.accounts.models import Organisation, OrganisationKind, Personal, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import BadInput
from kepu.kernel.facts.models import Delivery, Happening
from kepu.kernel.roles import actions as roles
from kepu.kernel.roles.verbs import ROLES
from kepu.orders import actions as orders
from kepu.orders.models import Order
from kepu.people import queries as people
from kepu.people.actions import experts, teams, volunteers
from kepu.people.availability import ALWAYS
from kepu.people.models import Field, Skill, Team
from kepu.people.newcomers import NewTeam
from kepu.web import (
    demo_appraisal,
    demo_awards,
    demo_contributions,
    demo_facilities,
    demo_fieldwork,
    demo_literacy,
    demo_office,
    demo_past,
    demo_returns,
    demo_sharing,
    demo_standards,
    demo_survey,
    demo_targets,
    demo_venues,
    unfinished,
)
from kepu.web.progress import Progress
from kepu.web.speech import chinese, n_, say

SEED = 20260305
INVENTED = "91500000MA5U000010"  # a credit code whose check character is right, of no unit
LAST_LOGIN = "auditor"  # made last

CENTRE = "市科技服务中心（示例）"
# login, name, role, what they come to do; those without a role stand in NO_ROLE
PEOPLE = (
    ("resident", "居民示例", "", n_("orders, rates")),
    ("community", "社区示例", "community_worker", n_("dispatches")),
    ("department", "部门示例", "department_officer", n_("accepts, opens, plans")),
    ("leader", "队长示例", "", n_("claims, schedules, reports")),
    ("volunteer", "队员示例", "", n_("serves, logs hours")),
    ("expert", "专家示例", "", n_("is asked to join")),
    ("venue", "场馆示例", "venue_manager", n_("offers what the venue has")),
    ("district", "区县示例", "district_officer", n_("supervises")),
    ("city", "市级示例", "city_officer", n_("rulebooks, figures")),
    ("signer", "签发示例", "city_officer", n_("names titles, answers appeals")),
    ("secretary", "申报秘书示例", "appraisal_secretary", n_("keeps calls, finds reviewers")),
    ("reviewer", "评审专家示例", "", n_("reviews what applied")),
    ("items", "题库示例", "item_officer", n_("keeps the item bank")),
    ("writer", "命题示例", "item_writer", n_("writes items")),
    ("survey", "测评示例", "survey_officer", n_("keeps and proposes survey results")),
    ("second", "复核示例", "survey_officer", n_("publishes them")),
    ("statistician", "统计示例", "statistician", n_("fills the yearly return of a school")),
    ("supervisor", "督导示例", "field_supervisor", n_("hands out doors, checks interviews")),
    ("interviewer", "访问示例", "interviewer", n_("knocks at doors and interviews")),
    ("analyst", "分析示例", "analyst", n_("reads figures")),
    ("partner", "四川示例", "partner_officer", n_("reads figures of a neighbour")),
    ("system", "运维示例", "system_administrator", n_("deliveries")),
    ("security", "安全示例", "security_administrator", n_("hands out roles")),
    ("auditor", "审计示例", "audit_administrator", n_("reads the audit")),
)
NO_ROLE = {
    "resident": ("居民", "resident"),
    "leader": ("服务队队长", "team leader"),
    "volunteer": ("志愿者", "volunteer"),
    "expert": ("专家", "expert"),
    "reviewer": ("评审专家", "reviewer"),
}

DISHES = (
    ("合理用药小课堂", "medicine", "older", 60, "带上家里的药盒，药师一起看"),
    ("心肺复苏与AED体验", "first-aid", "everybody", 90, "每人都能上手练一遍"),
    ("智能手机入门", "smartphone", "older", 90, "挂号、乘车、视频通话"),
    ("识破网络诈骗", "fraud", "older", 60, "真实套路，当场演示"),
    ("厨房里的科学实验", "experiments", "youth", 60, "在家也能做的安全实验"),
    ("地震和火灾来了怎么办", "disaster", "everybody", 60, "疏散演练和应急包"),
    ("慢性病日常管理", "health", "older", 60, "血压血糖怎么看"),
    ("营养早餐搭配", "nutrition", "everybody", 60, ""),
)

NEEDS = (
    ("社区想办一场防诈骗讲座", "fraud", 60),
    ("老人想学用手机挂号", "smartphone", 25),
    ("小学想请人讲航天", "astronomy", 120),
    ("院坝会上讲讲合理用药", "medicine", 40),
    ("暑期科学实验课", "experiments", 30),
    ("楼道消防演练", "fire-safety", 50),
    ("高血压怎么管", "health", 35),
    ("急救培训", "first-aid", 45),
)


@dataclass
class City:
    """Who and what has been made so far."""

    now: datetime
    random: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    begun: datetime = field(init=False)  # two months ago everybody was there already
    people: dict[str, User] = field(default_factory=dict)
    password_hash: str = field(default_factory=lambda: make_password(password()))
    phones: count[int] = field(default_factory=lambda: count(13800000001))

    def __post_init__(self) -> None:
        self.begun = self.now - timedelta(days=60)


def complete() -> bool:
    """Whether every one of the demo people is there; half a city has a mark (`unfinished`)."""
    return User.objects.filter(login__in=[one[0] for one in PEOPLE]).count() == len(PEOPLE)


def others() -> int:
    """How many people registered after the last of the demo people: they are none of the demo's."""
    last = User.objects.filter(login=LAST_LOGIN).values("pk")
    return User.objects.filter(pk__gt=Subquery(last), erased_at__isnull=True).count()


def need_nobody_real() -> None:
    """Demo people and real ones never share a city."""
    if User.objects.exists() and not complete():
        raise BadInput(
            say(n_("people are registered here already; load the demo into an empty DATA"))
        )


def need_nobody_yet() -> None:
    """Raises BadInput if anybody is registered, asked of tables that may be older than this Kepu."""
    if User._meta.db_table in connection.introspection.table_names() and User.objects.exists():
        raise BadInput(
            say(
                n_(
                    "people are registered here, and the database is older than this Kepu; "
                    "start `kepu run` once, then this"
                )
            )
        )


def password() -> str:
    """The one password of this installation's demo people."""
    return f"kepu-{environment.secret('demo')[:10]}"


def accounts() -> str:
    """Who can sign in, each called as the pages call them, and for what, as the terminal speaks."""
    said, colon = say(n_("Demo accounts, all with the password")), "：" if chinese() else ": "
    lines = [
        f"  {login:<11} {_called(login, role)}{colon}{say(does)}"
        for login, _name, role, does in PEOPLE
    ]
    return "\n".join([f"{said}  {password()}", *lines])


def _called(login: str, role: str) -> str:
    """In Chinese, as the pages begin; with the English beside it where the terminal is not Chinese."""
    words = NO_ROLE[login] if not role else _titles(role)
    return words[0] if chinese() else " ".join(words)


def _titles(role: str) -> tuple[str, str]:
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(str(ROLES[role].title))
    return found[0], found[1]


def build(progress: Progress) -> None:
    """Make the demo city once, each part in a transaction of its own, so that others can read meanwhile.

    A kill leaves the mark of `unfinished`, and the city is begun anew.
    """
    need_nobody_real()
    if complete():
        return
    unfinished.begin()
    bar = Bar(progress)
    steps = _steps(City(clock.now()), bar)
    bar.whole = sum(tenths for tenths, _step in steps)
    for tenths, step in steps:
        bar.begins(tenths)
        with transaction.atomic():
            step()
        bar.ends()
    unfinished.end()


class Bar:
    """How far the city is: a step counts by the tenths of a second that it costs on a first start."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.whole = self.passed = self.now = self.shown = 0

    def begins(self, tenths: int) -> None:
        self.now = tenths
        self.within(0)

    def within(self, share: float) -> None:
        """Say how much of the step is done; it never goes back."""
        self.shown = max(self.shown, self.passed + round(share * self.now))
        self.progress("demo city", self.shown, self.whole)

    def ends(self) -> None:
        self.passed += self.now


def _steps(city: City, bar: Bar) -> tuple[tuple[int, Callable[[], None]], ...]:
    """What each costs, and what it does."""
    home, place = _home()
    return (
        (1, lambda: _officials(city, home, place)),
        (1, lambda: _departments(city, home)),
        (5, lambda: _teams(city, place)),
        (1, lambda: _menu(city, home)),
        (18, lambda: _orders(city)),
        (42, lambda: demo_past.build(city, place)),
        (6, lambda: demo_office.build(city)),
        (27, lambda: _bank(city)),
        (360, lambda: _survey(city, bar)),
        (28, lambda: _statistics(city, home)),
        (1, lambda: demo_targets.build(city, home)),
        (7, lambda: demo_venues.build(city, home)),
        (110, lambda: _fieldwork(city)),
        (6, lambda: _standards(city)),
        (49, lambda: _appraisal(city, home)),
        (1, lambda: demo_sharing.build(city, home)),
        (2, lambda: demo_facilities.build(city, home)),
        (1, lambda: _administrators(city)),
        (1, _tell_of_the_last_step),
    )


def _tell_of_the_last_step() -> None:
    """Where an order stands is told; what came before is past, and no pile of notices greets a newcomer."""
    moves = Happening.objects.filter(name="OrderMoved").order_by("pk")
    last = {kept.data["order_id"]: kept.pk for kept in moves}
    Delivery.objects.filter(fact__in=moves).exclude(fact__in=last.values()).delete()


def _home() -> tuple[Division, Division]:
    """渝中区, and its first community."""
    district = divisions.at("50.103.")
    return district, divisions.below(district.path, Level.COMMUNITY)[0]


def _person(city: City, login: str, name: str, home: Division) -> User:
    personal = Personal(name=name, phone=f"+86{next(city.phones)}", born="1985-06-01")
    person = register.register(personal, home=home, by=None, now=city.begun)
    person.login = login
    person.password = city.password_hash
    person.save(update_fields=["login", "password"])
    city.people[login] = person
    return person


def _named(city: City, login: str, home: Division) -> User:
    return _person(city, login, next(one[1] for one in PEOPLE if one[0] == login), home)


def _officials(city: City, district: Division, place: Division) -> None:
    top = divisions.at("50.")
    for login, home, role, path in (
        ("community", place, "community_worker", place.path),
        ("district", district, "district_officer", district.path),
        ("city", top, "city_officer", top.path),
        ("analyst", top, "analyst", top.path),
        ("partner", divisions.at("51."), "partner_officer", "51."),
    ):
        person = _named(city, login, home)
        roles.grant(person.pk, role=role, path=path, by=None, now=city.begun)
    _named(city, "resident", place)
    expert = _named(city, "expert", district)
    experts.invite(
        expert, home=divisions.at("50."), fields=list(Field.objects.all()[:2]),
        by=city.people["city"], now=city.begun,
    )  # fmt: skip


def _unit(
    city: City, name: str, kind: OrganisationKind, home: Division, code: str = ""
) -> Organisation:
    return register.register_organisation(
        name, kind=kind, division=home, by=None, now=city.begun, credit_code=code
    )


def _departments(city: City, district: Division) -> None:
    officer = _named(city, "department", district)
    manager = _named(city, "venue", district)
    skills = {skill.key: skill for skill in people.skills()}
    health = _unit(city, "渝中区卫生健康委（示例）", OrganisationKind.DEPARTMENT, district)
    city_wide = _unit(city, CENTRE, OrganisationKind.DEPARTMENT, divisions.at("50."))
    venue = _unit(city, "示例科技馆", OrganisationKind.VENUE, district, INVENTED)
    topics = [skills[key] for key in ("health", "medicine", "first-aid", "nutrition")]
    orders.answer_for(health, topics, by=None, now=city.begun)
    orders.answer_for(city_wide, list(skills.values()), by=None, now=city.begun)
    for unit in (health, city_wide):
        roles.grant(
            officer.pk, role="department_officer", organisation=unit, by=None, now=city.begun
        )
    roles.grant(manager.pk, role="venue_manager", organisation=venue, by=None, now=city.begun)


def _volunteer(city: City, login: str, name: str, home: Division) -> User:
    person = _person(city, login, name, home)
    profile = volunteers.sign_up(
        person=person, home=home, by=person, now=city.begun, consent=True, availability=ALWAYS
    )
    volunteers.approve_volunteer(profile.pk, by=city.people["officer50"], now=city.begun)
    return person


def _teams(city: City, place: Division) -> None:
    """A team in each of twelve districts, the first of them led by the demo leader."""
    officer = _person(city, "officer50", "市级审批示例", divisions.at("50."))
    roles.grant(officer.pk, role="district_officer", path="50.", by=None, now=city.begun)
    skills = list(people.skills())
    leader = _volunteer(city, "leader", "队长示例", place)
    # All that the city asks for but the stars: what a team has not named, its page tells it.
    wanted = {topic for _title, topic, _people in NEEDS} - {"astronomy"}
    able = [one for n, one in enumerate(skills) if n < 12 or one.key in wanted]
    first = _team(city, "渝中科普先锋队（示例）", leader, place, able)
    member = _volunteer(city, "volunteer", "队员示例", place)
    asked = teams.ask_to_join(first.pk, by=member, now=city.begun)
    teams.admit(asked.pk, by=leader, now=city.begun)
    for number, district in enumerate(_districts(city, 12), start=1):
        community = divisions.below(district.path, Level.COMMUNITY)[0]
        head = _volunteer(city, f"leader{number}", f"{district.name[:2]}队长示例", community)
        some = city.random.sample(skills, 8)
        _team(city, f"{district.name}科技志愿服务队（示例）", head, community, some)


def _team(city: City, name: str, leader: User, home: Division, skills: list[Skill]) -> Team:
    new = NewTeam(
        name=name, home=home, leader=leader, skills=skills,
        areas=[divisions.district_path(home.path) or home.path], day_capacity=2, week_capacity=6,
    )  # fmt: skip
    team = teams.apply_for_team(new, by=leader, now=city.begun)
    return teams.approve_team(team.pk, by=city.people["officer50"], now=city.begun)


def _districts(city: City, number: int) -> list[Division]:
    found = [d for d in divisions.below("50.", Level.DISTRICT) if d.path != "50.103."]
    return city.random.sample(found, number)


def _menu(city: City, district: Division) -> None:
    team = people.teams_led(city.people["leader"]).get()
    skills = {skill.key: skill for skill in people.skills()}
    for title, topic, audience, minutes, description in DISHES:
        dish = orders.Dish(
            title=title, topic=skills[topic], division=district, areas=(district.path,),
            first_day=clock.day(city.now) - timedelta(days=30), team=team, audience=audience,
            minutes=minutes, description=description, month_capacity=10,
        )  # fmt: skip
        made = orders.write_service(dish, by=city.people["leader"], now=city.begun)
        orders.move_service(made.pk, "publish", by=city.people["leader"], now=city.begun)


def _orders(city: City) -> None:
    """Orders all over the city, each taken as far as chance will have it."""
    places = [_home()[1]] * 8 + [
        city.random.choice(list(divisions.below(district.path, Level.COMMUNITY)[:40]))
        for district in _districts(city, 30)
        for _copy in range(city.random.choice((0, 1, 1, 2, 3, 5)))
    ]
    worker = _person(city, "worker50", "市级派单示例", divisions.at("50."))
    roles.grant(worker.pk, role="district_officer", path="50.", by=None, now=city.begun)
    for number, place in enumerate(places):
        _one_order(city, worker, place, far=number % 6)


def _one_order(city: City, worker: User, place: Division, far: int) -> None:
    title, topic, heads = city.random.choice(NEEDS)
    begun = city.now - timedelta(hours=city.random.randint(1, 20))
    start = clock.day(city.now) + timedelta(days=city.random.randint(1, 6))
    wanted = datetime.combine(start, datetime.min.time(), clock.BEIJING) + timedelta(hours=9)
    wish = orders.Wish(
        title=title, topic=Skill.objects.get(key=topic), division=place, people=heads,
        wanted_from=wanted, wanted_until=wanted + timedelta(days=5, hours=8),
        place=f"{place.name[:6]}活动室（示例）",
    )  # fmt: skip
    resident = _resident(city, place)
    order = orders.draft(wish, for_whom=resident, by=worker, now=begun)
    orders.place(order.pk, by=worker, now=begun)
    _carry_on(city, worker, order, far, begun)


def _carry_on(city: City, worker: User, order: Order, far: int, now: datetime) -> None:
    officer = city.people["department"]
    department = Organisation.objects.get(name=CENTRE)
    if far >= 1:
        orders.dispatch(order.pk, department=department, by=worker, now=now)
    if far >= 2:
        orders.accept(order.pk, by=officer, now=now)
    if far >= 3:
        orders.open_to_teams(order.pk, by=officer, now=now)


def _resident(city: City, place: Division) -> User:
    if place == _home()[1]:
        return city.people["resident"]
    number = next(city.phones)
    personal = Personal(name=f"居民示例{number % 1000}", phone=f"+86{number}")
    return register.register(personal, home=place, by=None, now=city.begun)


def _bank(city: City) -> None:
    for login in ("items", "writer"):
        _named(city, login, divisions.at("50."))
    demo_literacy.build(city)


def _survey(city: City, bar: Bar) -> None:
    for login in ("survey", "second"):
        _named(city, login, divisions.at("50."))
    demo_survey.build(city, bar.within)


def _statistics(city: City, home: Division) -> None:
    _named(city, "statistician", home)
    demo_returns.build(city, home)


def _fieldwork(city: City) -> None:
    home, top = divisions.at(demo_fieldwork.HOME), divisions.at("50.")
    for login in ("supervisor", "interviewer"):
        _named(city, login, home)
    moving = [_person(city, f"interviewer{n}", f"访问示例{n}", top) for n in range(1, 9)]
    demo_fieldwork.build(city, moving)


def _standards(city: City) -> None:
    top = divisions.at("50.")
    _person(city, "drafter50", "标准起草示例", top)
    secretary = _named(city, "secretary", top)
    roles.grant(secretary.pk, role="appraisal_secretary", path="50.", by=None, now=city.begun)
    demo_standards.build(city)


def _appraisal(city: City, home: Division) -> None:
    top = divisions.at("50.")
    _named(city, "reviewer", top)
    # Whoever decided answers no appeal against it: that takes a second officer.
    signer = _named(city, "signer", top)
    roles.grant(signer.pk, role="city_officer", path=top.path, by=None, now=city.begun)
    demo_appraisal.build(city, home)
    demo_awards.build(
        secretary=city.people["secretary"], nominator=city.people["leader"],
        nominee=city.people["volunteer"], now=city.now,
    )  # fmt: skip
    unit = Organisation.objects.get(name="示例科技馆")
    demo_contributions.undertake(
        unit, keeper=city.people["venue"], reviewing=Organisation.objects.get(name=CENTRE),
        reviewer=city.people["department"], now=city.now,
    )  # fmt: skip
    demo_contributions.state(unit, by=city.people["venue"], now=city.now)


def _administrators(city: City) -> None:
    top = divisions.at("50.")
    for login, role in (
        ("system", "system_administrator"),
        ("security", "security_administrator"),
        ("auditor", "audit_administrator"),
    ):
        person = _named(city, login, top)
        roles.grant(person.pk, role=role, path=top.path, by=None, now=city.begun)
