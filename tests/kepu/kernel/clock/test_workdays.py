"""Working days against the real calendar of the State Council."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kepu.kernel import clock
from kepu.kernel.clock import BEIJING, workdays


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        ("2025-01-01", False, "New Year's Day, a Wednesday"),
        ("2025-01-26", True, "a Sunday made up for the Spring Festival"),
        ("2025-01-27", True, "the Monday before it"),
        ("2025-01-28", False, "New Year's Eve of the old calendar"),
        ("2025-02-04", False, "the last day of the Spring Festival, a Tuesday"),
        ("2025-02-05", True, "the first day after it"),
        ("2025-02-08", True, "a Saturday made up"),
        ("2025-02-09", False, "a plain Sunday"),
        ("2025-04-27", True, "a Sunday made up for Labour Day"),
        ("2025-09-28", True, "a Sunday made up for National Day"),
        ("2025-10-08", False, "the eighth day of National Day and Mid-Autumn"),
        ("2025-10-11", True, "a Saturday made up"),
        ("2025-11-06", True, "a plain Thursday"),
    ],
)
def test_offices_work_as_the_state_council_announced(day, works, why):
    assert workdays.is_workday(date.fromisoformat(day)) is works, why


@pytest.mark.parametrize(
    ("moment", "days", "after"),
    [
        ("2025-01-24T10:00", 1, "2025-01-26T10:00"),  # Friday to the made-up Sunday
        ("2025-01-24T10:00", 3, "2025-02-05T10:00"),  # over the whole Spring Festival
        ("2025-01-27T17:30", 2, "2025-02-06T17:30"),
        ("2025-02-05T09:00", 3, "2025-02-08T09:00"),  # the made-up Saturday counts
        ("2025-02-08T09:00", 1, "2025-02-10T09:00"),  # the Sunday after it does not
        ("2025-01-30T09:00", 1, "2025-02-05T09:00"),  # begun on a holiday: the first working day
        ("2025-03-07T23:59", 1, "2025-03-10T23:59"),  # a plain weekend
        ("2025-03-07T10:00", 0, "2025-03-07T10:00"),
    ],
)
def test_a_term_counts_from_the_next_working_day_at_the_same_time(moment, days, after):
    assert workdays.add_workdays(at(moment), days) == at(after)


def test_the_day_of_a_term_is_the_day_in_beijing_not_in_utc():
    friday_evening_in_utc = datetime(2025, 3, 7, 16, 30, tzinfo=UTC)  # 00:30 on Saturday in Beijing

    found = workdays.add_workdays(friday_evening_in_utc, 1)

    assert found == at("2025-03-10T00:30")
    assert found.tzinfo is UTC
    assert clock.day(friday_evening_in_utc) == date(2025, 3, 8)


def test_terms_do_not_run_backward():
    with pytest.raises(ValueError, match="forward"):
        workdays.add_workdays(at("2025-03-07T10:00"), -1)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2025-01-24", "2025-02-08", 6),  # 26, 27 January; 5, 6, 7, 8 February
        ("2025-10-01", "2025-10-08", 0),
        ("2025-03-07", "2025-03-07", 0),
        ("2025-03-10", "2025-03-07", 0),
    ],
)
def test_working_days_between_leave_out_the_first_and_take_in_the_last(first, last, days):
    found = workdays.workdays_between(date.fromisoformat(first), date.fromisoformat(last))

    assert found == days


def test_adding_and_counting_agree_on_every_day_of_a_year():
    for number in range(365):
        day = date.fromordinal(date(2025, 1, 1).toordinal() + number)
        after = workdays.add_workdays(datetime(day.year, day.month, day.day, tzinfo=BEIJING), 5)
        assert workdays.workdays_between(day, after.date()) == 5


@pytest.mark.django_db
def test_a_year_not_yet_announced_counts_plain_weekdays_and_says_so():
    assert workdays.last_known_year() == 2026
    assert workdays.is_workday(date(2027, 10, 1))  # National Day, but not announced: a Friday
    assert not workdays.is_workday(date(2027, 10, 2))
    assert workdays.add_workdays(at("2027-09-30T10:00"), 1) == at("2027-10-01T10:00")
