"""What the demo city has behind it: visits that were made, rated and closed, and a month reported.

By the real actions with a clock in the past. The pictures are drawn, so nobody real is in them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.orders import actions as orders
from kepu.orders import queries
from kepu.orders.figures import Month
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.orders.models import Order
    from kepu.web.demo import City

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Visit:
    """One visit: how many days ago (ahead where negative), what, for how many, and what was said of it."""

    ago: int
    title: str
    topic: str
    asked: int
    came: int = 0
    stars: int = 0
    words: str = ""
    answer: str = ""


RATED = (
    Visit(
        45, "合理用药小课堂", "medicine", 40, 36, 5, "讲得很清楚，药盒都看了一遍", "谢谢，下次再来"
    ),
    Visit(41, "智能手机入门", "smartphone", 25, 22, 5, "手把手教，学会了挂号"),
    Visit(36, "识破网络诈骗", "fraud", 60, 71, 4, "内容好，场地小了一点", "下次借用大活动室"),
    Visit(31, "心肺复苏体验", "first-aid", 45, 40, 5, "每个人都上手练了"),
    Visit(26, "高血压怎么管", "health", 35, 33, 5, "血压计会用了"),
    Visit(20, "厨房里的科学实验", "experiments", 30, 28, 5, "孩子们都不想走", "孩子们的问题也很好"),
    Visit(13, "营养早餐搭配", "nutrition", 30, 19, 3, "来的人少，通知晚了", "以后提前三天通知"),
    Visit(5, "防诈骗讲座", "fraud", 50, 47, 5, "案例很真实"),
)
TO_RATE = Visit(2, "院坝会上讲讲合理用药", "medicine", 40, 38)
TO_COME = Visit(-2, "暑期科学实验课", "experiments", 30)


def build(city: City, home: Division) -> None:
    """Visits of the last weeks, one that waits to be rated, one that is to come, and a report."""
    for visit in RATED:
        _rate(city, visit, _deliver(city, visit, _schedule(city, visit, home)))
    _deliver(city, TO_RATE, _schedule(city, TO_RATE, home))
    _schedule(city, TO_COME, home)
    _report(city, home)


def _at(city: City, visit: Visit, hour: int = 9) -> datetime:
    """Half past a full hour on the day of the visit."""
    day = clock.day(city.now) - timedelta(days=visit.ago)
    return datetime.combine(day, time(hour, 30), clock.BEIJING)


def _schedule(city: City, visit: Visit, home: Division) -> Order:
    """The order, as far as a time and a roster of two."""
    start, hands = _at(city, visit), city.people
    begun = min(start - 4 * DAY, city.now - 2 * HOUR)
    wish = orders.Wish(
        title=visit.title, topic=next(one for one in people.skills() if one.key == visit.topic),
        division=home, people=visit.asked, wanted_from=start, wanted_until=start + 3 * HOUR,
        place=f"{home.name[:6]}活动室（示例）",
    )  # fmt: skip
    order = orders.draft(wish, for_whom=hands["resident"], by=hands["resident"], now=begun)
    orders.place(order.pk, by=hands["resident"], now=begun)
    department = Organisation.objects.get(name="市科技服务中心（示例）")
    soon, later = begun + HOUR / 2, begun + HOUR
    orders.dispatch(order.pk, department=department, by=hands["community"], now=soon)
    orders.accept(order.pk, by=hands["department"], now=soon)
    orders.open_to_teams(order.pk, by=hands["department"], now=soon)
    team = people.teams_led(hands["leader"]).get()
    orders.claim(order.pk, team=team, by=hands["leader"], now=later)
    orders.schedule(order.pk, starts_at=start, by=hands["leader"], now=later)
    orders.set_roster(order.pk, people_ids=_both(city), by=hands["leader"], now=later)
    return order


def _both(city: City) -> list[int]:
    return [city.people[login].pk for login in ("leader", "volunteer")]


def _deliver(city: City, visit: Visit, order: Order) -> Order:
    """The visit takes place, with a picture, and the hours of those who made it."""
    hands, start = city.people, _at(city, visit)
    leader, half, end = hands["leader"], start + HOUR / 2, start + HOUR
    for member in (leader, hands["volunteer"]):
        orders.check_in(order.pk, code=order.check_in_code, by=member, now=start)
    shot = orders.Shot(uuid5(NAMESPACE_URL, f"demo {order.number}"), "photo", half, "示例.png")
    orders.attach(order.pk, shot, io.BytesIO(drawing(visit.came)), by=leader, now=half)
    orders.mark_roster(order.pk, presences=dict.fromkeys(_both(city), "came"), by=leader, now=half)
    orders.deliver(order.pk, attended=visit.came, by=leader, now=end)
    orders.certify_hours(order.pk, by=hands["department"], now=end + 2 * HOUR)
    return order


def _rate(city: City, visit: Visit, order: Order) -> None:
    """The resident agrees and rates; what is over long enough closes."""
    hands, evening = city.people, _at(city, visit, 19)
    orders.confirm_hours(order.pk, by=hands["resident"], now=evening)
    orders.rate(order.pk, stars=visit.stars, words=visit.words, by=hands["resident"], now=evening)
    if visit.answer:
        orders.answer(order.pk, words=visit.answer, by=hands["leader"], now=evening + HOUR)
    rated = queries.by_id(order.pk)
    over = rated.due_at if rated else None
    if over and over <= city.now:
        orders.run_out(order.pk, now=over)


def _report(city: City, home: Division) -> None:
    """The district has reported on the last month; its townships are still awaited."""
    month = Month.before(clock.day(city.now))
    orders.file_report(
        divisions.district_path(home.path) or home.path, month=month,
        remark="本月以用药、防诈骗和急救为主（示例）。", by=city.people["district"],
        now=min(month.ends() + 2 * DAY, city.now),
    )  # fmt: skip


def drawing(people_there: int) -> bytes:
    """A room with a board and as many heads before it: a picture for who looks at the evidence."""
    from PIL import Image, ImageDraw  # asked late: a start does without it

    picture = Image.new("RGB", (640, 420), "#F6F5F1")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 300, 640, 420), fill="#E4E0D5")
    pen.rounded_rectangle((190, 50, 450, 190), 12, fill="#FFFFFF", outline="#0B6E6E", width=6)
    for row, width in enumerate((180, 140, 200)):
        pen.rectangle((220, 82 + 30 * row, 220 + width, 92 + 30 * row), fill="#B9CFCB")
    pen.ellipse((478, 96, 522, 140), fill="#B45309")
    pen.rounded_rectangle((466, 142, 534, 262), 18, fill="#0B6E6E")
    for number in range(min(people_there, 30)):
        left, top = 40 + 58 * (number % 10), 270 + 44 * (number // 10)
        pen.ellipse(
            (left, top, left + 30, top + 30), fill=("#175CD3", "#4D7C0F", "#A21CAF")[number % 3]
        )
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()
