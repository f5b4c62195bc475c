"""Titles in the town: held, suspended, revoked, with reports, an appeal, and one to be recognised."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kepu.appraisal.actions import terms
from kepu.appraisal.models import Call, YearReport
from tests import factories
from tests.kepu.appraisal import titles_world as world

if TYPE_CHECKING:
    from tests.journeys.town import Town

LOWER = """
title: 区县级科普基地
text: 示例
subject: venue
levels: [{key: named, title: 区县级, cut: 60}]
rubric: [{key: all, title: 全部, points: 100}]
notice: {workdays: 5, reply: 5}
"""


def keep(town: Town) -> None:
    """A title in each state that a page is about."""
    before = factories.NOW - timedelta(days=50)
    world.programme(now=before)
    made = {
        name: world.title(now=before)
        for name in ("title", "title_suspended", "title_revoked", "title_reported")
    }
    town.people["title_holder"] = world.keeper(made["title"])
    reports = {
        name: YearReport.objects.create(
            title=title, year=2026, due_on=factories.NOW.date() + timedelta(days=20)
        )
        for name, title in made.items()
    }
    one = reports["title_reported"]
    terms.hand_in(
        one.pk, text="全年开放三百天，举办科普活动四十场，服务青少年两万人次。",
        figures={"open_days": 300, "activities": 40}, seen=1, by=world.keeper(one.title),
        now=factories.NOW,
    )  # fmt: skip
    world.decide(made["title_suspended"], "suspend")
    world.decide(made["title_revoked"], "revoke")
    appealed = world.title()
    town.values |= {name: title.number for name, title in made.items()} | {
        "title_report": reports["title"].pk,
        "title_report_in": one.pk,
        "title_appeal": world.appealed(appealed).pk,
        "title_lower": _lower(),
    }


def _lower() -> str:
    world.programme("district_base", LOWER)
    call = Call.objects.filter(programme="district_base").first() or world.call("district_base")
    return world.title(world.application(call, klass=""), grade="named").number
