"""Times, money, distances and shares as people say them, in the language of the page.

Pure: the moment a text is relative to comes in as `now`. Stored times are UTC; what is shown is
Beijing time.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from markupsafe import Markup

# China keeps one hour and no summer time, so a fixed offset is exact and needs no zone database.
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _beijing(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown: store it in UTC")
    return value.astimezone(BEIJING)


_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


def _weekday(value: date) -> str:
    return str(_WEEKDAYS[value.weekday()])


_MONTHS = (
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
)


def _month(value: date) -> str:
    return str(_MONTHS[value.month - 1])


def _as_day(value: date | datetime) -> date:
    return _beijing(value).date() if isinstance(value, datetime) else value


_NEAR = {
    -1: pgettext_lazy("day", "yesterday"),
    0: pgettext_lazy("day", "today"),
    1: pgettext_lazy("day", "tomorrow"),
}


def day(value: date | datetime | None, now: datetime) -> str:
    """今天, 明天, 昨天, else 3 月 5 日(周四), with the year when it is another one."""
    if value is None:
        return ""
    shown, today = _as_day(value), _beijing(now).date()
    if near := _NEAR.get((shown - today).days):
        return str(near)
    if shown.year == today.year:
        return _of_the_year(shown)
    parts = {"year": shown.year, "month": _month(shown), "day": shown.day}
    return _("%(day)s %(month)s %(year)s") % parts


def _of_the_year(shown: date) -> str:
    parts = {"month": _month(shown), "day": shown.day, "weekday": _weekday(shown)}
    return _("%(day)s %(month)s (%(weekday)s)") % parts


def moment(value: datetime | None, now: datetime) -> str:
    """今天 14:30."""
    if value is None:
        return ""
    return f"{day(value, now)} {_beijing(value):%H:%M}"


def dated(value: datetime) -> str:
    """3 月 5 日(周四) 14:30: for a sentence that is kept, and may be read when today is another day."""
    return f"{_of_the_year(_as_day(value))} {_beijing(value):%H:%M}"


def full(value: date | datetime) -> str:
    """The whole date in words, for the hover of a short one."""
    shown = _as_day(value)
    parts = {
        "year": shown.year,
        "month": _month(shown),
        "day": shown.day,
        "weekday": _weekday(shown),
    }
    text = _("%(day)s %(month)s %(year)s (%(weekday)s)") % parts
    if isinstance(value, datetime):
        return _("%(date)s %(time)s Beijing time") % {
            "date": text,
            "time": f"{_beijing(value):%H:%M}",
        }
    return text


def _time_tag(value: date | datetime, text: str) -> Markup:
    stamp = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, full(value), text)


def time_tag(value: datetime | None, now: datetime) -> Markup:
    """A moment as `<time>` with the full date on hover."""
    return _time_tag(value, moment(value, now)) if value is not None else Markup("")


def day_tag(value: date | datetime | None, now: datetime) -> Markup:
    """A day as `<time>` with the full date on hover."""
    return _time_tag(value, day(value, now)) if value is not None else Markup("")


def span(start: datetime, end: datetime, now: datetime) -> str:
    """今天 14:30-16:00; both days when they differ."""
    if _beijing(start).date() == _beijing(end).date():
        return f"{moment(start, now)}–{_beijing(end):%H:%M}"
    return f"{moment(start, now)} – {moment(end, now)}"


def days(start: datetime, end: datetime, now: datetime) -> str:
    """今天 14:30-16:00; of a window of several days the days alone, for a card."""
    if _beijing(start).date() == _beijing(end).date():
        return span(start, end, now)
    return f"{day(start, now)} – {day(end, now)}"


def duration(length: timedelta) -> str:
    """The length in its one or two largest units: 3 天, 4 小时, 1 小时 20 分钟."""
    length = abs(length)
    if length < MINUTE:
        return _("less than a minute")
    days, hours, minutes = length // DAY, length // HOUR, length // MINUTE
    if days >= 2:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if hours >= 3:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    rest = minutes - hours * 60
    in_minutes = ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest}
    if not hours:
        return in_minutes
    in_hours = ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return f"{in_hours} {in_minutes}" if rest else in_hours


def hours(minutes: int) -> str:
    """Hours to the minute: 12 小时 30 分钟."""
    whole, rest = divmod(minutes, 60)
    words = ngettext("%(n)s hour", "%(n)s hours", whole) % {"n": f"{whole:,}"}
    odd = ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest}
    return f"{words} {odd}" if rest else words


def remaining(due: datetime, now: datetime) -> str:
    """还剩 3 小时, or 已超时 40 分钟."""
    if due < now:
        return _("%(length)s overdue") % {"length": duration(now - due)}
    return _("%(length)s left") % {"length": duration(due - now)}


def ago(value: datetime, now: datetime) -> str:
    """5 分钟前 within the last day, else the moment itself."""
    if timedelta(0) <= now - value < DAY:
        return _("%(length)s ago") % {"length": duration(now - value)}
    return moment(value, now)


def count(value: int) -> str:
    """1,600."""
    return f"{value:,}"


def decimal(value: float | Decimal, places: int = 1) -> str:
    """1,234.5 with a real minus sign."""
    return f"{value:,.{places}f}".replace("-", "−")


def money(value: int | Decimal | float | None) -> str:
    """1,600 元; cents only where there are any."""
    if value is None:
        return ""
    amount = Decimal(str(value))
    places = 0 if amount == amount.to_integral_value() else 2
    return _("%(amount)s yuan") % {"amount": decimal(amount, places)}


def distance(metres: float | None) -> str:
    """850 米 below a kilometre, then 3.2 公里, then 120 公里; whole numbers stay whole."""
    if metres is None:
        return ""
    nearest = round(metres / 10) * 10
    if nearest < 1000:
        return _("%(n)s m") % {"n": nearest}
    kilometres = round(metres / 1000, 1 if metres < 100_000 else 0)
    return _("%(n)s km") % {"n": decimal(kilometres, 0 if kilometres == int(kilometres) else 1)}


def share(value: float | None, margin: float | None = None, places: int = 1) -> str:
    """A fraction as 10.2 %, with its margin as ± 0.5 percentage points."""
    if value is None:
        return ""
    text = f"{decimal(value * 100, places)} %"
    return text if margin is None else f"{text} ± {decimal(margin * 100, places)}"


def phone(number: str | None) -> str:
    """138****0001: the first three and the last four figures, never the middle."""
    if not number:
        return ""
    figures = "".join(c for c in number if c.isdigit())
    if figures.startswith("86") and len(figures) == 13:
        figures = figures[2:]
    if len(figures) < 11:
        return "*" * max(len(figures) - 2, 4) + figures[-2:]
    return f"{figures[:3]}****{figures[-4:]}"


def size(octets: int) -> str:
    """820 KB, 3.4 MB."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))} KB"
    return f"{decimal(octets / 1_000_000)} MB"


FILTERS = {
    "ago": ago,
    "amount": decimal,
    "bytes": size,
    "capfirst": capfirst,  # what a sentence calls "placed" stands alone as "Placed"
    "count_words": count,
    "day": day,
    "day_tag": day_tag,
    "days": days,
    "distance": distance,
    "duration": duration,
    "full_time": full,
    "moment": moment,
    "money": money,
    "phone": phone,
    "remaining": remaining,
    "share": share,
    "span": span,
    "time_tag": time_tag,
}
