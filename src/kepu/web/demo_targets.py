"""The demo city's targets: that of the plan, with its source, and invented ones with tasks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.literacy.actions import targets

if TYPE_CHECKING:
    from kepu.kernel.divisions.models import Division
    from kepu.web.demo import City

PLAN = targets.Aim(
    share=Decimal(15), above=True, base_year=2020, base_share=Decimal("10.20"),
    source="重庆市全民科学素质行动规划纲要实施方案（2021—2025年），渝府办发〔2021〕138号",
)  # fmt: skip
AHEAD = 2  # years from now to the invented targets
TASKS = (
    ("学校科学教育实践活动（示例）", -1, True),
    ("社区科普大学开班（示例）", 0, True),
    ("院坝科普讲座进村（示例）", 0, False),
    ("区县科技馆展品更新（示例）", 1, False),
)


def build(city: City, home: Division) -> None:
    """The plan's target of the city, and a later one of city and home district that are examples."""
    top, officer, local = divisions.at("50."), city.people["city"], city.people["district"]
    targets.state_target(PLAN, place=top, year=2025, by=officer, now=city.begun)
    year = clock.day(city.now).year
    # Their bases are of the invented survey; the city's target holds what the plan reaches.
    for place, share, base, who in ((top, 15, "8.38", officer), (home, 16, "12.10", local)):
        aim = targets.Aim(
            share=Decimal(share), above=False, base_year=year - 2, base_share=Decimal(base),
            source="示例规划（虚构）",
        )  # fmt: skip
        made = targets.state_target(aim, place=place, year=year + AHEAD, by=who, now=city.begun)
    for what, later, done in TASKS:
        task = targets.add_task(
            made.pk, what=what, responsible=home, due=date(year + later, 11, 30), by=local,
            now=city.begun,
        )  # fmt: skip
        if done:
            targets.finish_task(task.pk, remark="见工作通报（示例）", by=local, now=city.now)
