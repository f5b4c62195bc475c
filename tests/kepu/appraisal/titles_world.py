"""Programmes, applications and titles for tests of titles: `base` of venues, `star` of persons."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from kepu.appraisal.actions import titles
from kepu.appraisal.models import Application, Call, Title
from kepu.kernel.accounts.models import User
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
