"""The demo city's standards: invented ones of a group, one in each state that is worth a look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kepu.appraisal.actions import standards as actions
from kepu.appraisal.actions import standards_open as opened
from kepu.appraisal.queries import standards as queries
from kepu.kernel import clock
from kepu.kernel.accounts import actions as register
from kepu.kernel.accounts.models import OrganisationKind
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.roles import actions as roles

if TYPE_CHECKING:
    from kepu.appraisal.models import Standard
    from kepu.kernel.accounts.models import Organisation, User
    from kepu.web.demo import City

DAY = timedelta(days=1)
CLAUSES = (
    ("1", "范围", "本文件规定了社区科普讲解服务的人员、内容和评价要求。（示例）"),
    ("4", "人员", "讲解员应经过不少于十六学时的培训。（示例）"),
    ("5.1", "内容", "讲解内容应有出处，有争议的应说明。（示例）"),
    ("5.2", "时长", "每场讲解不少于二十分钟，面向儿童的不少于十五分钟。（示例）"),
    ("6", "评价", "每场讲解后应请听众评价，每季度汇总一次。（示例）"),
)
COMMENTS = (
    ("5.2", "儿童坐不住，十五分钟改为十分钟。", "幼儿园试讲三场的体会"),
    ("4", "十六学时太多，村里请不到人，建议八学时。", ""),
    ("", "希望写明无障碍讲解的要求。", "听障老人常来"),
)


def build(city: City) -> None:
    """A proposal, a draft out for comments, one being voted on and one in force."""
    unit = register.register_organisation(
        "示例科普协会", kind=OrganisationKind.INSTITUTE, division=divisions.at("50."), by=None,
        now=city.begun,
    )  # fmt: skip
    drafter, keeper = city.people["drafter50"], city.people["secretary"]
    roles.grant(drafter.pk, role="department_officer", organisation=unit, by=None, now=city.begun)
    _begun(unit, drafter, "科普短视频制作要求（示例）", "product", city.now - DAY)
    in_round = _taken_up(city, unit, drafter, "科普研学服务规范（示例）", city.begun)
    _round(city, in_round, keeper, city.now - 10 * DAY)
    voted = _reviewed(city, unit, drafter, "流动科技馆巡展服务规范（示例）", keeper)
    opened.open_vote(voted.pk, _members(voted, city.now), by=keeper, now=city.now - 2 * DAY)
    _published(city, _reviewed(city, unit, drafter, "社区科普讲解服务规范（示例）", keeper), keeper)


def _begun(unit: Organisation, by: User, title: str, kind: str, now: datetime) -> Standard:
    made = actions.begin(
        unit, by=by, now=now, title=title, level="group", kind=kind, replaces=None,
        about="各地做法不一，居民体验差别大，需要一份大家认可的要求。（示例）",
    )  # fmt: skip
    return actions.propose(made.pk, by=by, now=now)


def _taken_up(city: City, unit: Organisation, by: User, title: str, now: datetime) -> Standard:
    one = _begun(unit, by, title, "service", now)
    actions.decide(
        one.pk, "take_up", seen=one.version, reference="示例标〔2026〕1号", by=city.people["city"],
        now=now,
    )  # fmt: skip
    for number, heading, text in CLAUSES:
        actions.write_clause(one.pk, number, heading=heading, text=text, seen=0, by=by, now=now)
    return one


def _round(city: City, one: Standard, keeper: User, now: datetime) -> list[int]:
    """Thirty days from `now`, with what a resident says in the first of them."""
    opened.open_round(
        one.pk,
        days=30,
        explained="走访十二家场馆，对照了三份已有标准。（示例）",
        by=keeper,
        now=now,
    )
    by = city.people["resident"]
    return [
        opened.comment(one.pk, clause=clause, text=text, reason=why, by=by, now=now + DAY).pk
        for clause, text, why in COMMENTS
    ]


def _reviewed(city: City, unit: Organisation, by: User, title: str, keeper: User) -> Standard:
    """Out for comments, each answered, and passed by the meeting."""
    one = _taken_up(city, unit, by, title, city.begun)
    verdicts = ("partly", "declined", "accepted")
    said = _round(city, one, keeper, city.begun + DAY)
    over = city.begun + 33 * DAY
    for pk, verdict in zip(said, verdicts, strict=True):
        opened.reply(pk, verdict=verdict, reply="起草组讨论后答复（示例）", by=by, now=over)
    opened.close_round(one.pk, by=keeper, now=over)
    opened.send_to_review(one.pk, by=keeper, now=over)
    opened.record_opinion(
        one.pk, held_on=clock.day(over), present=7, passed=True, opinion="结构完整，可以表决。（示例）",
        reference="示例审〔2026〕1号", by=keeper, now=over,
    )  # fmt: skip
    return one


def _members(one: Standard, now: datetime) -> list[User]:
    return queries.may_vote(one, drafters=False, on=clock.day(now))


def _published(city: City, one: Standard, keeper: User) -> None:
    """Voted for by all, published and in force."""
    voting, signing = city.begun + 40 * DAY, city.now - 5 * DAY
    members = _members(one, voting)
    opened.open_vote(one.pk, members, by=keeper, now=voting)
    for member in members:
        opened.vote(one.pk, choice="for", by=member, now=voting)
    opened.close_vote(one.pk, by=keeper, now=voting)
    seen = queries.seen(one.pk, keeper, city.now).version
    actions.decide(
        one.pk, "publish", seen=seen, number=f"T/CQKP 001-{signing.year}",
        in_force_on=clock.day(signing), reference="示例标〔2026〕2号", by=city.people["city"],
        now=signing,
    )  # fmt: skip
