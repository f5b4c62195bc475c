"""Standards in every state, by the verbs that lead there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kepu.appraisal.actions import standards as actions
from kepu.appraisal.actions import standards_open as opened
from kepu.appraisal.models import Comment, Standard
from kepu.kernel.accounts.models import Organisation, User
from kepu.people.actions import experts
from tests.factories import NOW, division, grant, officer, organisation, user

HOME = "50."
CODE = "91500000MA5U000029"
SIGNED = {"reason": "复审认为已过时", "reference": "示例标〔2026〕1号"}
DAY = timedelta(days=1)
AFTER = NOW + 31 * DAY  # when a round that began now is over


def unit(name: str = "示例科普协会", code: str = CODE) -> Organisation:
    found = Organisation.objects.filter(credit_code=code).first()
    return found or organisation(name, HOME, credit_code=code)


def proposer(of: Organisation | None = None) -> User:
    """Who speaks for a unit."""
    person = user("起草人示例")
    grant(person, "department_officer", of or unit())
    return person


def secretary() -> User:
    return officer("appraisal_secretary", HOME, "秘书示例")


def decider() -> User:
    return officer("city_officer", HOME, "签发人示例")


def expert(name: str = "专家示例") -> User:
    """An expert at work, who may vote."""
    city, person = decider(), user(name)
    asked = experts.invite(person, home=division(HOME), fields=[], by=city, now=NOW)
    experts.accept(asked.pk, consent=True, by=person, now=NOW)
    experts.activate(asked.pk, by=city, now=NOW)
    return person


def standard(state: str = "drafting", *, by: User | None = None, **about: Any) -> Standard:
    """A standard that has come as far as `state`; one of a group unless `level` says otherwise."""
    by = by or proposer()
    usual = {
        "title": "科普讲解服务规范", "title_en": "Kepu guiding", "level": "group", "kind": "service",
        "about": "讲解员服务没有统一的要求，居民体验不一", "replaces": None,
    }  # fmt: skip
    made = actions.begin(unit(), by=by, now=NOW, **usual | about)
    way = ["propose", "take_up", "open_round", "close_round", "send_to_review", "pass_review",
           "open_vote", "carry", "publish", "abolish"]  # fmt: skip
    states = ["draft", "proposed", "drafting", "comments", "answered", "review", "reviewed", "vote",
              "approved", "published", "abolished"]  # fmt: skip
    for verb in way[: states.index(state)]:
        go(made, verb, by)
    return Standard.objects.get(pk=made.pk)


def go(of: Standard, verb: str, by: User) -> None:
    """One step, by whom it belongs to; from the end of the round on, at AFTER."""
    STEPS[verb](of, by)


def _taken_up(of: Standard, by: User) -> None:
    decide(of, "take_up", reference="示例标〔2026〕1号")
    write(of, "1", "范围", "本文件规定了科普讲解服务的要求。", by=by)
    write(of, "5.2", "讲解", "每场讲解不少于二十分钟。", by=by)


def _carried(of: Standard, _by: User) -> None:
    for row in of.ballots.get().voters.select_related("person"):
        opened.vote(of.pk, choice="for", by=row.person, now=AFTER)
    opened.close_vote(of.pk, by=secretary(), now=AFTER)


def _published(of: Standard, _by: User) -> None:
    number = f"T/CQKP {of.pk:03d}-2026"
    said = {"number": number, "in_force_on": AFTER.date(), "reference": "示例标〔2026〕2号"}
    decide(of, "publish", now=AFTER, **said)


STEPS = {
    "propose": lambda of, by: actions.propose(of.pk, by=by, now=NOW),
    "take_up": _taken_up,
    "open_round": lambda of, _by: opened.open_round(
        of.pk, days=30, explained="调研了十二家场馆", by=secretary(), now=NOW
    ),
    "close_round": lambda of, _by: opened.close_round(of.pk, by=secretary(), now=AFTER),
    "send_to_review": lambda of, _by: opened.send_to_review(of.pk, by=secretary(), now=AFTER),
    "pass_review": lambda of, _by: opinion(of, passed=True),
    "open_vote": lambda of, _by: opened.open_vote(
        of.pk, [expert() for _ in range(4)], by=secretary(), now=AFTER
    ),
    "carry": _carried,
    "publish": _published,
    "abolish": lambda of, _by: decide(of, "abolish", now=AFTER, **SIGNED),
}


def write(of: Standard, number: str, heading: str, text: str, *, by: User, seen: int = 0) -> None:
    actions.write_clause(of.pk, number, heading=heading, text=text, seen=seen, by=by, now=NOW)


def decide(
    of: Standard, verb: str, *, by: User | None = None, now: Any = NOW, **said: Any
) -> Standard:
    """A decision about the standard as it stands now."""
    seen = Standard.objects.get(pk=of.pk).version
    return actions.decide(of.pk, verb, seen=seen, by=by or decider(), now=now, **said)


def opinion(of: Standard, *, passed: bool, present: int = 5) -> None:
    opened.record_opinion(
        of.pk, held_on=NOW.date(), present=present, passed=passed, opinion="结构完整",
        reference="示例审〔2026〕1号", by=secretary(), now=AFTER,
    )  # fmt: skip


def comment(of: Standard, *, by: User | None = None, **said: Any) -> Comment:
    usual = {"clause": "5.2", "text": "二十分钟太长，改为十五分钟", "reason": "儿童坐不住"}
    return opened.comment(of.pk, by=by or user("居民示例"), now=NOW + DAY, **usual | said)


def known(number: str = "GB/T 45952-2025", **about: Any) -> Standard:
    """One that others made, known from a list."""
    usual = {"level": "national", "kind": "evaluation", "known": "经核实"}
    return actions.list_known(
        number=number, title="科技馆运行评估规范", place=division(HOME), source="示例名录", by=None,
        now=NOW, **usual | about,
    )  # fmt: skip
