from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from kepu.ui import clocks, formats

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)  # 10:00 on a Thursday in Beijing


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(2026, 3, 5, 6, 30, tzinfo=UTC), "今天 14:30"),
        (
            datetime(2026, 3, 5, 16, 0, tzinfo=UTC),
            "明天 00:00",
        ),  # midnight belongs to Beijing's day
        (datetime(2026, 3, 3, 16, 0, tzinfo=UTC), "昨天 00:00"),
        (datetime(2026, 3, 12, 1, 5, tzinfo=UTC), "3 月 12 日(周四) 09:05"),
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), "2025 年 12 月 31 日 23:59"),
    ],
)
def test_moment_is_told_from_beijing(value, shown):
    assert formats.moment(value, NOW) == shown


def test_moment_in_english():
    with translation.override("en"):
        assert formats.moment(datetime(2026, 3, 5, 6, 30, tzinfo=UTC), NOW) == "today 14:30"
        assert formats.day(date(2026, 3, 12), NOW) == "12 Mar (Thu)"


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        formats.moment(datetime(2026, 3, 5, 6, 30), NOW)


def test_time_tag_holds_the_full_date_for_hover():
    tag = formats.time_tag(datetime(2026, 3, 5, 6, 30, tzinfo=UTC), NOW)

    assert 'datetime="2026-03-05T06:30:00+00:00"' in tag
    assert 'title="2026 年 3 月 5 日(周四) 14:30（北京时间）"' in tag
    assert tag.endswith(">今天 14:30</time>")


def test_a_window_of_several_days_names_the_days_alone():
    start = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)

    assert formats.days(start, start + timedelta(hours=2), NOW) == "今天 14:00–16:00"
    assert formats.days(start, start + timedelta(hours=12), NOW) == "今天 – 明天"


def test_span_names_the_second_day_only_when_it_differs():
    start = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)

    assert formats.span(start, start + timedelta(hours=2), NOW) == "今天 14:00–16:00"
    assert formats.span(start, start + timedelta(hours=12), NOW) == "今天 14:00 – 明天 02:00"


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(seconds=59), "不到 1 分钟"),
        (timedelta(minutes=40), "40 分钟"),
        (timedelta(hours=1), "1 小时"),
        (timedelta(hours=1, minutes=20), "1 小时 20 分钟"),
        (timedelta(hours=3, minutes=59), "3 小时"),
        (timedelta(hours=47, minutes=59), "47 小时"),
        (timedelta(days=2), "2 天"),
    ],
)
def test_duration_never_promises_more_time_than_there_is(length, shown):
    assert formats.duration(length) == shown


def test_remaining_turns_into_overdue():
    assert formats.remaining(NOW + timedelta(hours=3), NOW) == "还剩 3 小时"
    assert formats.remaining(NOW - timedelta(minutes=40), NOW) == "已超时 40 分钟"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1600, "1,600 元"),
        (Decimal("1600.5"), "1,600.50 元"),
        (0, "0 元"),
        (-20, "−20 元"),
        (None, ""),
    ],
)
def test_money(value, shown):
    assert formats.money(value) == shown


@pytest.mark.parametrize(
    ("metres", "shown"),
    [
        (848, "850 米"),
        (994, "990 米"),
        (996, "1 公里"),
        (3240, "3.2 公里"),
        (20_000, "20 公里"),
        (123_456, "123 公里"),
    ],
)
def test_distance(metres, shown):
    assert formats.distance(metres) == shown


def test_share_with_its_margin():
    assert formats.share(0.102) == "10.2 %"
    assert formats.share(0.102, 0.005) == "10.2 % ± 0.5"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800000001", "138****0001"),
        ("+86 138 0000 0001", "138****0001"),
        ("12345", "****45"),
        ("", ""),
    ],
)
def test_phone_never_shows_the_middle(number, shown):
    assert formats.phone(number) == shown


@pytest.mark.parametrize(
    ("left", "tone", "words"),
    [
        (timedelta(days=2), "calm", "还剩 2 天"),
        (timedelta(hours=5), "amber", "尽快，还剩 5 小时"),
        (timedelta(minutes=50), "red", "紧急，还剩 50 分钟"),
        (timedelta(0), "red", "紧急，还剩 不到 1 分钟"),
        (-timedelta(hours=2), "over", "已超时 2 小时"),
    ],
)
def test_clock_turns_amber_then_red(left, tone, words):
    face = clocks.read(NOW + left, NOW)

    assert (face.tone, face.words) == (tone, words)


def test_clock_of_a_known_start_warns_in_proportion():
    start = NOW - timedelta(hours=8)

    assert clocks.read(NOW + timedelta(hours=5), NOW, start=start).tone == "calm"
    assert clocks.read(NOW + timedelta(hours=3), NOW, start=start).tone == "amber"


def test_clock_says_whether_it_was_done_in_time():
    assert clocks.read(NOW, NOW, done_at=NOW).tone == "done"
    assert clocks.read(NOW, NOW, done_at=NOW + timedelta(seconds=1)).tone == "over"
