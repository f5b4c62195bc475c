"""A call of ten thousand applications with their files, reviews and points, written in bulk."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

AT_ONCE = 1000
FILES, EACH, EXPERTS = 6, 3, 600
CODE = "bench"
RULES = """
title: 示例大型评审
title_en: A large example
text: 示例
subject: unit
decided_at: province
recommended_at: district
classes: [{key: school, title: 学校}, {key: hall, title: 场馆}, {key: firm, title: 企业}]
levels:
  - {key: gold, title: 一等, title_en: first, cut: 85}
  - {key: silver, title: 二等, title_en: second, cut: 70}
form:
  - {key: open_days, title: 开放天数, kind: number, unit: 天, most: 366}
  - {key: about, title: 特色, kind: text}
evidence:
  - {key: rules, title: 管理制度, most: 100, megabytes: 500, kinds: [pdf]}
rubric:
  - {key: safety, title: 安全, points: 20}
  - {key: education, title: 教育活动, points: 40}
  - {key: people, title: 队伍, points: 20}
  - key: days
    title: 开放
    points: 20
    measure: open_days
    bands: [{least: 300, points: 20}, {least: 200, points: 10}]
reviewing: {each: 3, load: 100, years: 3}
quota: {total: 2000}
notice: {workdays: 5, reply: 5}
term: {years: 3}
"""
CRITERIA = {"safety": 20, "education": 40, "people": 20}


@dataclass(frozen=True)
class Filled:
    """The call and who keeps it, and an officer of its busiest district."""

    call: Any
    secretary: Any
    district: Any
    applicant: Any
    draft: Any


def fill(city: Any, size: int, now: datetime) -> Filled:
    """`size` applications whose reviews are in, and a tenth more that wait for their district."""
    chance = random.Random(3)
    secretary, busiest = _officers(city, now)
    call = _call(secretary, now)
    people = [resident for district in city.districts for resident in district.residents]
    experts = _experts(city, now)
    homes = [one for district in city.districts for one in district.communities[:20]]
    waiting = size // 10
    states = ["in_review"] * size + ["submitted"] * waiting
    made = [
        one
        for some in _parts(enumerate(states))
        for one in _applications(call, some, homes, people, chance, now)
    ]
    for some in _parts(made):
        _files(some, now)
        _steps(some, secretary, now)
    for some in _parts(made[:size]):
        _reviews(some, experts, secretary, chance, now)
    return Filled(call, secretary, busiest, people[0], _draft(call, people[0], homes[0], now))


def _parts(found: Any) -> Iterator[list[Any]]:
    source = iter(found)
    while some := list(islice(source, AT_ONCE)):
        yield some


def _officers(city: Any, now: datetime) -> tuple[Any, Any]:
    from kepu.kernel.roles.models import Grant

    busiest = max(city.districts, key=lambda district: len(district.communities))
    other = next(one for one in city.districts if one is not busiest)
    since = now - timedelta(days=400)
    Grant.objects.create(
        person=other.worker, role="appraisal_secretary", path="50.", valid_from=since
    )
    Grant.objects.create(
        person=busiest.worker, role="district_officer", path=busiest.path, valid_from=since
    )
    return other.worker, busiest.worker


def _call(secretary: Any, now: datetime) -> Any:
    from kepu.appraisal.models import Call
    from kepu.kernel.divisions import queries as divisions
    from kepu.kernel.rulebooks import queries as rulebooks
    from kepu.kernel.rulebooks.models import Rulebook

    Rulebook.objects.create(
        kind=f"appraisal.{CODE}", version=1, effective_from=date(2020, 1, 1), text=RULES,
        digest=hashlib.sha256(RULES.encode()).hexdigest(), issued_at=now - timedelta(days=900),
    )  # fmt: skip
    rulebooks.forget()
    call = Call(
        programme=CODE, rules_version=1, title="示例申报", opens_at=now - timedelta(days=90),
        closes_at=now + timedelta(days=30), state="open", made_by=secretary, made_at=now,
    )  # fmt: skip
    call.place(divisions.at("50."))
    call.save()
    return call


def _experts(city: Any, now: datetime) -> list[Any]:
    from kepu.people.models import Expert

    made = []
    for n in range(EXPERTS):
        district = city.districts[n % len(city.districts)]
        person = district.residents[n // len(city.districts) % len(district.residents)]
        if any(one.person_id == person.pk for one in made):
            continue
        expert = Expert(
            person=person, state="active", invited_by=city.districts[0].officer, invited_at=now,
            consent_at=now, consent_version=1, most_duties=100, confirmed_at=now,
            confirmed_until=date(2099, 1, 1),
        )  # fmt: skip
        expert.place(person.home)
        made.append(expert)
    return list(Expert.objects.bulk_create(made))


def _applications(
    call: Any, some: Any, homes: list[Any], people: list[Any], chance: random.Random, now: datetime
) -> list[Any]:
    from kepu.appraisal.models import Application
    from kepu.kernel.accounts.models import Organisation, OrganisationKind
    from kepu.kernel.roles.models import Grant

    units = []
    for n, _state in some:
        unit = Organisation(name=f"示例单位{n}", kind=OrganisationKind.VENUE)
        unit.place(homes[n % len(homes)])
        units.append(unit)
    Organisation.objects.bulk_create(units)
    Grant.objects.bulk_create(
        Grant(
            person=people[n % len(people)], role="venue_manager", organisation=unit,
            valid_from=now - timedelta(days=90),
        )
        for (n, _state), unit in zip(some, units, strict=True)
    )  # fmt: skip
    made = []
    for (n, state), unit in zip(some, units, strict=True):
        one = Application(
            call=call, code=f"{n:06d}", klass=("school", "hall", "firm")[n % 3], organisation=unit,
            subject_name=unit.name, state=state, since=now - timedelta(days=9),
            answers={"open_days": chance.randint(150, 366), "about": "示例特色" * 20},
            due_at=now + timedelta(hours=chance.randint(-200, 900)), made_by=people[n % len(people)],
            made_at=now - timedelta(days=40), version=4, told_late_at=now,
        )  # fmt: skip
        one.place(unit.division_now)
        made.append(one)
    return list(Application.objects.bulk_create(made))


def _draft(call: Any, by: Any, home: Any, now: datetime) -> Any:
    """One that is still written, by somebody who stands for its unit: for the upload."""
    from kepu.appraisal.models import Application
    from kepu.kernel.accounts.models import Organisation, OrganisationKind
    from kepu.kernel.roles.models import Grant

    unit = Organisation(name="示例上传单位", kind=OrganisationKind.VENUE)
    unit.place(home)
    unit.save()
    Grant.objects.create(
        person=by, role="venue_manager", organisation=unit, valid_from=now - timedelta(days=9)
    )
    one = Application(
        call=call, code="999999", klass="hall", organisation=unit, subject_name=unit.name,
        since=now, made_by=by, made_at=now,
    )  # fmt: skip
    one.place(home)
    one.save()
    return one


def _files(some: list[Any], now: datetime) -> None:
    from kepu.appraisal.models import Evidence
    from kepu.kernel.accounts import keys
    from kepu.kernel.files.models import StoredFile
    from kepu.kernel.files.queries import owner_of_name

    def named(by: Any) -> bytes:
        return keys.seal(by.data_key, {"stem": "示例材料"}, owner_of_name(by))

    files = StoredFile.objects.bulk_create(
        StoredFile(
            owner=one.made_by, purpose="appraisal.evidence", sealed_name=named(one.made_by), kind="pdf",
            sha256=hashlib.sha256(f"{one.pk}:{n}".encode()).hexdigest(), size=200_000, path=one.path,
            created_at=now,
        )
        for one in some
        for n in range(FILES)
    )  # fmt: skip
    pairs = zip((one for one in some for _n in range(FILES)), files, strict=True)
    Evidence.objects.bulk_create(
        Evidence(application=one, key="rules", file=file, added_by=one.made_by, added_at=now)
        for one, file in pairs
    )


def _steps(some: list[Any], secretary: Any, now: datetime) -> None:
    from kepu.appraisal.models import ApplicationStep

    way = (("submit", "submitted"), ("recommend", "recommended"), ("pass_check", "checked"))
    ApplicationStep.objects.bulk_create(
        ApplicationStep(
            application=one, verb=verb, state=state, at=now,
            by=one.made_by if verb == "submit" else secretary,
        )
        for one in some
        for verb, state in (way if one.state == "in_review" else way[:1])
    )  # fmt: skip


def _reviews(
    some: list[Any], experts: list[Any], secretary: Any, chance: random.Random, now: datetime
) -> None:
    """Each judged by three, who are severe or lenient as people are."""
    from kepu.appraisal.models import Review, Score

    made = Review.objects.bulk_create(
        Review(
            application=one, expert=expert, state="done", asked_by=secretary, asked_at=now,
            due_at=now, pledged_at=now, done_at=now, comment="示例意见",
        )
        for one in some
        for expert in chance.sample(experts, EACH)
    )  # fmt: skip
    Score.objects.bulk_create(
        Score(review=review, criterion=key, points=_points(review, most, chance))
        for review in made
        for key, most in CRITERIA.items()
    )


def _points(review: Any, most: int, chance: random.Random) -> int:
    share = 0.72 + 0.08 * chance.gauss(0, 1) + 0.05 * ((review.expert_id % 7) - 3) / 3
    share += 0.1 * ((review.application_id * 7919) % 100 - 50) / 50
    return round(min(max(share, 0.0), 1.0) * most * 100)
