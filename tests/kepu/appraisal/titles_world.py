"""Programmes, applications and titles for tests of titles: `base` of venues, `star` of persons."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from kepu.appraisal.actions import terms, timing, titles
from kepu.appraisal.models import Appeal, Application, Call, Title, YearReport
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.models import Rulebook
from tests.factories import NOW, division, officer
from tests.kepu.venues import factories as venues

CITY = "50."
SIGNED = {"reason": "消防通道被占用", "reference": "示例科协〔2026〕7号"}
BASE = """
title: 示例市科普基地
title_en: Base of an example city
text: 示例
subject: venue
classes: [{key: hall, title: 场馆类}, {key: scenic, title: 旅游景区类}]
levels:
  - {key: gold, title: 市级, title_en: municipal, cut: 80, base_level: municipal}
  - {key: silver, title: 区县级, title_en: district, cut: 60, base_level: district}
rubric: [{key: all, title: 全部, points: 100}]
notice: {workdays: 5, reply: 5}
term:
  {years: 3, report_due: '12-15', at_risk: 30, warn_after: 5, rectify: 60, renew: 180, binds_venue: true}
recognises: [district_base]
"""
STAR = """
title: 年度科普人物
title_en: Kepu person of the year
text: 示例
subject: person
levels: [{key: named, title: 年度人物, title_en: person of the year, cut: 60}]
rubric: [{key: all, title: 全部, points: 100}]
notice: {workdays: 5, reply: 5}
"""


def programme(code: str = "base", text: str = BASE, now: datetime = NOW) -> str:
    """A version of a programme that is in force since the first of the year."""
    if not Rulebook.objects.filter(kind=f"appraisal.{code}").exists():
        Rulebook.objects.create(
            kind=f"appraisal.{code}",
            version=1,
            effective_from=date(now.year, 1, 1),
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            issued_at=now,
        )
        rulebooks.forget()
    return code


def decider() -> User:
    """Who names, warns and revokes."""
    return officer("city_officer", CITY)


SPOT = BASE.replace(
    "rubric:",
    """inspection: {inspectors: 2}
checklist: [{key: exits, title: 疏散通道畅通, kind: yes_no, must: true}]
rubric:""",
)


def spot_call() -> Call:
    """A call of a programme with a checklist for spot checks."""
    programme("spot_base", SPOT)
    return call("spot_base")


def call(code: str = "base", title: str = "2026 年度") -> Call:
    """A call of the city, open."""
    programme(code, {"star": STAR}.get(code, BASE))
    made = Call(
        programme=code, rules_version=1, title=title, opens_at=NOW.replace(month=1),
        closes_at=NOW.replace(month=2), state="open", made_by=officer("appraisal_secretary", CITY),
        made_at=NOW,
    )  # fmt: skip
    made.place(division(CITY))
    made.save()
    return made


def application(of: Call | None = None, **said: Any) -> Application:
    """An application that stands in public notice: for a venue of its own unless told otherwise."""
    of = of or Call.objects.filter(programme="base").first() or call()
    if "person" not in said and "venue" not in said:
        said["venue"] = venues.venue(name=f"示例馆{Application.objects.count()}", **BASE_VENUE)
    venue = said.get("venue")
    if venue:
        said |= {"organisation": venue.organisation, "subject_name": venue.name}
    made = Application(
        call=of, code=f"A{Application.objects.count():04d}", state="noticed", since=NOW,
        made_by=said.pop("by", None) or decider(), made_at=NOW,
        klass=said.pop("klass", "hall" if venue else ""), **said,
    )  # fmt: skip
    made.place(venue.division_now if venue else division("50.103."))
    made.save()
    return made


BASE_VENUE: dict[str, Any] = {"kind": "base", "category": "hall", "level": "district"}


def title(of: Application | None = None, *, by: User | None = None, **said: Any) -> Title:
    """A title in force since NOW, or since `now`."""
    of = of or application()
    return titles.grant(
        of,
        grade=said.pop("grade", "gold" if of.venue_id else "named"),
        reference=said.pop("reference", "示例科协〔2026〕1号"),
        by=by or decider(),
        now=said.pop("now", NOW),
    )


def keeper(of: Title) -> User:
    """Who manages the unit that holds it."""
    found = roles.officers_of(of.organisation_id or 0, Verb.APPRAISAL_APPLY, now=NOW).first()
    assert found is not None
    return found


def report(of: Title, year: int = 2027) -> YearReport:
    """The report of a year, still to be filled."""
    timing.open_reports(now=datetime(year, 1, 2, 10, tzinfo=BEIJING))
    return of.reports.get(year=year)


def decide(of: Title, verb: str, *, by: User | None = None, **said: Any) -> Title:
    """A signed decision about the title as it stands now."""
    usual = SIGNED | {"seen": Title.objects.get(pk=of.pk).version, "now": NOW}
    return terms.decide(of.pk, verb, by=by or decider(), **usual | said)


def appealed(of: Title) -> Appeal:
    """The holder's appeal against a warning that was given just before."""
    seen = Title.objects.get(pk=of.pk).version
    terms.warn(of.pk, reason="展品损坏", seen=seen, by=decider(), now=NOW)
    return terms.appeal(of.pk, text="申诉秘示例", by=keeper(of), now=NOW)
