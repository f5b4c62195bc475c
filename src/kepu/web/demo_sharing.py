"""What venues of the demo city share: an alliance with its passes, and a dish served at a venue."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from kepu.kernel import clock
from kepu.orders import actions as orders
from kepu.people import queries as people
from kepu.venues import actions, queries
from kepu.venues.models import Venue

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division
    from kepu.venues.models import Alliance
    from kepu.web.demo import City

DAY = timedelta(days=1)
MEMBERS = ("示例科技馆", "示例健康体验馆", "示例航天体验馆", "示例气象科普馆")
ASKING = "示例印刷博物馆"
AT_VENUE = "跟着讲解员看展（示例）"


def build(city: City, home: Division) -> None:
    """An alliance that a fifth venue asks to join, its passes, one of them used, and a dish."""
    _passes(city, _alliance(city, home))
    _dish_at(city, home)


def _alliance(city: City, home: Division) -> Alliance:
    keeper, since = city.people["district"], city.now - 40 * DAY
    made = actions.found_alliance(
        home, name="示例科普场馆联盟", by=keeper, now=since,
        about="互相推荐，共用讲解员和临展；每季度轮流办一次开放日（示例）。",
    )  # fmt: skip
    for venue in _venues(*MEMBERS):
        member = actions.ask_to_join(made.pk, venue=venue, by=_manager(city, venue), now=since)
        actions.answer_join(member.pk, accept=True, by=keeper, now=since + DAY)
    (asking,) = _venues(ASKING)
    actions.ask_to_join(made.pk, venue=asking, by=_manager(city, asking), now=city.now - 2 * DAY)
    return made


def _passes(city: City, alliance: Alliance) -> None:
    """A free one, which the demo resident took and used once, and one that the alliance sells."""
    today, since, by = clock.day(city.now), city.now - 30 * DAY, city.people["district"]
    free = actions.share_pass(
        alliance.pk, title="亲子科普通票（示例）", venues=_venues(*MEMBERS[:3]),
        first_day=clock.day(since), last_day=today + 150 * DAY, times=2, price=Decimal(0),
        about="每馆可用两次，一名大人带一名孩子（示例）。", by=by, now=since,
    )  # fmt: skip
    actions.share_pass(
        alliance.pk, title="研学年票（示例）", venues=_venues(*MEMBERS), first_day=today,
        last_day=today + 365 * DAY, times=12, price=Decimal(60),
        about="在任一成员场馆购买，含讲解（示例）。", by=by, now=since,
    )  # fmt: skip
    held = actions.take_pass(free.pk, by=city.people["resident"], now=city.now - 9 * DAY)
    (museum,) = _venues(MEMBERS[0])
    actions.stamp(held.code, venue_id=museum.pk, by=_manager(city, museum), now=city.now - 6 * DAY)


def _dish_at(city: City, home: Division) -> None:
    """Served at the museum: while that is suspended, nobody can order it."""
    leader, (museum,) = city.people["leader"], _venues(MEMBERS[0])
    dish = orders.Dish(
        title=AT_VENUE, topic=next(one for one in people.skills() if one.key == "experiments"),
        division=home, areas=(home.path,), first_day=clock.day(city.now) - 30 * DAY,
        team=people.teams_led(leader).get(), audience="youth", minutes=90, month_capacity=8,
        description="志愿者带队看展，一起做两个实验（示例）。", venue=museum,
    )  # fmt: skip
    made = orders.write_service(dish, by=leader, now=city.begun)
    orders.move_service(made.pk, "publish", by=leader, now=city.begun)


def _venues(*names: str) -> list[Venue]:
    """Registered venues of these names, in their order."""
    found = {one.name: one for one in Venue.objects.filter(name__in=names, source="")}
    return [found[name] for name in names]


def _manager(city: City, venue: Venue) -> User:
    """Who manages the venue: of the demo manager's unit its predecessor registered two."""
    demo, unit = city.people["venue"], venue.organisation
    if unit in queries.units_of(demo, city.now):
        return demo
    assert venue.registered_by is not None  # noqa: S101 (every venue here is a unit's)
    return venue.registered_by
