"""Facilities to come of the demo city, all invented: plans of the city and of a district."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.venues import actions, facilities, queries

if TYPE_CHECKING:
    from kepu.kernel.divisions.models import Division
    from kepu.venues.models import FacilityPlan, Project
    from kepu.web.demo import City

DAY = timedelta(days=1)
DOCUMENT = "示例：国民经济和社会发展第十五个五年规划纲要"
HALL: dict[str, Any] = {
    "name": "示例科学会堂", "works": "new", "goal": "hall", "flagship": True, "lon": 106.53,
    "lat": 29.58, "floor_area": 32000, "needed": Decimal(480_000_000), "address": "示例大道1号",
}  # fmt: skip
WORKSHOP: dict[str, Any] = {
    "name": "示例机床工业博物馆", "works": "reuse", "goal": "industry", "former": "示例机床厂三号厂房",
    "lon": 106.55, "lat": 29.55, "floor_area": 5200, "needed": Decimal(18_000_000),
    "address": "示例路88号",
}  # fmt: skip
SAFETY: dict[str, Any] = {
    "name": "示例安全体验馆", "works": "extension", "goal": "safety", "floor_area": 900,
    "needed": Decimal(2_600_000), "address": "示例街6号",
}  # fmt: skip


def build(city: City, home: Division) -> None:
    """Two published plans; of three projects one is late, and means came from two sides."""
    top, year = divisions.at("50."), clock.day(city.now).year
    of_city = _plan(city, top, "示例市科普基础设施规划", "city", year)
    of_home = _plan(city, home, f"{home.name}科普基础设施规划（示例）", "district", year)
    _project(city, of_city, home, HALL, "city", (("立项", -200), ("开工", 120), ("开放", 900)))
    late = (("立项", -180), ("厂房加固", -20), ("布展", 160), ("开放", 240))
    workshop = _project(city, of_home, home, WORKSHOP, "district", late)
    _project(city, of_home, home, SAFETY, "district", (("施工图", 30), ("开放", 150)))
    for plan, keeper in ((of_city, "city"), (of_home, "district")):
        actions.move_plan(plan.pk, "publish", by=city.people[keeper], now=city.begun)
    _under_way(city, workshop)
    _public_places(city, home)


def _plan(city: City, place: Division, title: str, keeper: str, year: int) -> FacilityPlan:
    return actions.state_plan(
        place, title=title, first_year=year, last_year=year + 4, document=DOCUMENT,
        number="示例发〔2026〕1号", about="补齐空白区域，盘活工业遗产（示例）。",
        by=city.people[keeper], now=city.begun,
    )  # fmt: skip


def _project(
    city: City,
    plan: FacilityPlan,
    place: Division,
    about: dict[str, Any],
    keeper: str,
    steps: tuple[tuple[str, int], ...],
) -> Project:
    by, today = city.people[keeper], clock.day(city.now)
    unit = queries.units_of(city.people["venue"], city.begun).get()
    made = actions.add_project(
        plan.pk, place=place, organisation=unit, by=by, now=city.begun, **about
    )
    for title, days in steps:
        due: date = today + days * DAY
        row = actions.add_milestone(made.pk, title=title, due=due, by=by, now=city.begun)
        if title == "立项":
            actions.reach_milestone(row.pk, day=due, by=by, now=city.now)
    return made


def _under_way(city: City, one: Project) -> None:
    manager, keeper = city.people["venue"], city.people["district"]
    actions.step_project(one.pk, "begin", by=keeper, now=city.now - 50 * DAY)
    actions.report_progress(
        one.pk,
        words="屋面已修，行车梁加固未完（示例）",
        share=45,
        by=manager,
        now=city.now - 5 * DAY,
    )
    one = facilities.project_seen(one.pk, keeper, city.now)  # its plan is published by now
    today = clock.day(city.now)
    for giver, form, yuan, days in (
        ("示例区财政", "budget", 6_000_000, 80), ("示例机床股份公司", "in_kind", 2_400_000, 40),
    ):  # fmt: skip
        actions.enter_contribution(
            one, giver=giver, form=form, amount=Decimal(yuan), received_on=today - days * DAY,
            words="厂房加固和展品（示例）", by=keeper, now=city.now - 3 * DAY,
        )  # fmt: skip


def _public_places(city: City, home: Division) -> None:
    """A service point in a library and one in a station, and a rule that nobody issued."""
    by, since = city.people["venue"], city.now - 60 * DAY
    unit = queries.units_of(by, city.begun).get()
    for name, host, offers in (
        ("示例图书馆科普角", "library", "两台触摸屏、四十册科普图书（示例）"),
        ("示例车站科普屏", "station", "候车厅一块屏幕，每周换一期（示例）"),
    ):
        point = actions.open_point(
            unit, place=home, name=name, host=host, offers=offers, by=by, now=since
        )
        actions.look_at_point(
            point.pk, day=clock.day(city.now) - 9 * DAY, remark="完好（示例）", by=by, now=city.now
        )
    actions.state_incentive(
        home, title="示例：社会力量捐建科普设施奖补办法", issuer="示例区科技局",
        document="示例：社会力量捐建科普设施奖补办法", number="示例科〔2026〕3号",
        helps="捐赠或投资建设科普设施的单位，按示例比例奖补（纯属示例）",
        first_day=clock.day(since), last_day=None, by=city.people["district"], now=since,
    )  # fmt: skip
