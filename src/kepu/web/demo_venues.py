"""The demo city's venues: bases that press reports name, each with its source, and a few invented ones."""

from __future__ import annotations

import csv
from datetime import date, time, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.states import Level
from kepu.venues import actions, queries

if TYPE_CHECKING:
    from kepu.kernel.divisions.models import Division
    from kepu.web.demo import City

COUNTED = 40  # days for which visits are told
MUSEUM: dict[str, Any] = {
    "kind": "museum", "about": "五个常设展厅和一个儿童乐园，周末有科学实验表演（示例）",
    "address": "示例路1号", "phone": "023-00000000", "lon": 106.566, "lat": 29.556,
    "floor_area": 4200, "hall_area": 2100, "halls": 5, "open_days": 300, "weekdays": 0b1111110,
    "opens_at": time(9), "closes_at": time(17), "admission": "free", "youth_free_days": 300,
    "full_time": 24, "part_time": 10, "guides": 8,
    "accessibility": "东门有坡道，有电梯和无障碍卫生间（示例）",
}  # fmt: skip
HALL: dict[str, Any] = MUSEUM | {
    "kind": "community", "about": "社区科普室，摆着健康、防灾和智能手机的展品（示例）",
    "address": "示例街2号", "phone": "023-00000001", "lon": 106.571, "lat": 29.560,
    "floor_area": 120, "hall_area": 90, "halls": 1, "open_days": 250, "weekdays": 0b0011111,
    "full_time": 1, "part_time": 3, "guides": 1, "accessibility": "门口有坡道（示例）",
}  # fmt: skip
CARAVAN: dict[str, Any] = {
    "kind": "caravan", "about": "车载展品二十件，进学校、进乡镇（示例）", "phone": "023-00000002",
    "admission": "free",
    "full_time": 2, "part_time": 2,
}  # fmt: skip


def build(city: City, home: Division) -> None:
    """What reports name, then a museum and a hall at work, and a caravan that waits for the officer."""
    _reported(city)
    _counted(city)
    checked = clock.day(city.now) - timedelta(days=60)
    here = divisions.below(home.path, Level.COMMUNITY)[0]
    for name, place, about in (("示例科技馆", home, MUSEUM), ("示例社区科普室", here, HALL)):
        venue = _registered(city, name, place, about | {"safety_checked_on": checked})
        actions.confirm(venue, seen=2, by=city.people["district"], now=city.begun)
        _visits(city, venue, about["hall_area"] // 4, about["weekdays"])
    _registered(city, "示例科普大篷车", home, CARAVAN | {"safety_checked_on": checked})


def _reported(city: City) -> None:
    """Bases that press reports name: at their district where the name says it, else at the city."""
    file = resources.files("kepu.venues") / "data" / "reported_bases.csv"
    known = {one.name: one for one in divisions.below("50.", Level.DISTRICT)}
    top = divisions.at("50.")
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        place = known[row["district"]] if row["district"] else top
        actions.list_from_report(
            name=row["name"], place=place, source=row["source"],
            reported_in=int(row["reported"]), level=row["level"], by=None, now=city.begun,
        )  # fmt: skip


def _counted(city: City) -> None:
    """How many municipal bases reports count; names they do not give are not made up."""
    file = resources.files("kepu.venues") / "data" / "reported_counts.csv"
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        actions.tell_reported_count(
            path="50.", period=row["period"], group=row["group"], label=row["label"],
            count=int(row["count"]), source=row["source"], by=None, now=city.begun,
        )  # fmt: skip


def _registered(city: City, name: str, place: Division, about: dict[str, Any]) -> int:
    manager = city.people["venue"]
    unit = queries.units_of(manager, city.begun).get()
    made = actions.register(unit, name=name, place=place, by=manager, now=city.begun, **about)
    return actions.submit(made.pk, by=manager, now=city.begun).pk


def _visits(city: City, venue: int, usual: int, weekdays: int) -> None:
    """So many on each day that the venue was open, told on the day; the same whenever it is built."""
    today = clock.day(city.now)
    for back in range(COUNTED, 0, -1):
        day: date = today - timedelta(days=back)
        if not weekdays >> day.weekday() & 1:
            continue
        visits = usual + 37 * day.day % usual + (usual if day.weekday() > 4 else 0)
        told = city.now - timedelta(days=back)
        actions.count(venue, day=day, visits=visits, by=city.people["venue"], now=told)
