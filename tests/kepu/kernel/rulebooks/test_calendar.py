from __future__ import annotations

import time
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.clock import BEIJING, workdays
from kepu.kernel.errors import BadInput
from kepu.kernel.rulebooks import actions, calendar, queries, reading
from tests.factories import NOW, division, officer

pytestmark = pytest.mark.django_db

# An invented year: what is announced for 2027 was not known when this was written.
NEXT = """
until: 2027-12-31
rest:
  - {first: 2027-01-01, last: 2027-01-03}
  - {first: 2027-10-01, last: 2027-10-07}
work: [2027-02-20]
"""


@pytest.fixture
def announced(monkeypatch):
    """The calendar of 2027 in force, whatever day it is."""
    actions.issue(
        "calendar", text=NEXT, effective_from=date(2026, 3, 6), by=officer("city_officer", "50."),
        now=NOW,
    )  # fmt: skip
    queries.forget()


def test_a_city_officer_hands_the_next_year_in_and_clocks_follow_it(announced):
    assert not workdays.is_workday(date(2027, 10, 1))  # a Friday
    assert workdays.is_workday(date(2027, 2, 20))  # a Saturday
    thursday = datetime(2027, 9, 30, 10, tzinfo=BEIJING)
    assert workdays.add_workdays(thursday, 1).date() == date(2027, 10, 8)
    assert workdays.last_known_day() == date(2027, 12, 31)


def test_what_ships_with_kepu_is_not_changed_by_it(announced):
    assert not workdays.is_workday(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("day", "warned"), [("2026-11-01", False), ("2026-11-02", True), ("2027-01-05", True)]
)
def test_the_end_of_the_calendar_is_told_60_days_before(day, warned):
    now = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=BEIJING)

    assert (calendar.warning(now) is not None) == warned


def test_the_warning_goes_once_the_next_year_is_in_force(announced):
    assert calendar.warning(datetime(2026, 12, 1, tzinfo=BEIJING)) is None


def test_officers_read_the_warning_on_their_first_page_and_with_the_rulebooks(monkeypatch):
    monkeypatch.setattr(calendar, "SOON", 10_000)
    division("50.")
    client = Client()
    client.force_login(officer("city_officer", "50."))

    for page in ("home", "rulebooks"):
        assert "The calendar ends soon" in client.get(reverse(page)).content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("until: 2027-12-31\nwork: [2027-02-22]", "weekend"),
        ("until: 2027-06-30\nrest: [{first: 2027-10-01, last: 2027-10-07}]", "after"),
        ("until: 2027-12-31\nrest: [{first: 2027-10-07, last: 2027-10-01}]", "first before"),
        ("until: 2027-12-31\nwork: [2027-02-20, 2027-02-20]\nrest: [{first: 2027-02-20, last: 2027-02-20}]",
         "twice"),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_is_refused_in_words(text, words):
    with pytest.raises(BadInput, match=words):
        reading.read("calendar", text)


# --- no text costs more than it says


@pytest.mark.parametrize(
    "text",
    [
        "until: " + "[" * 3_000 + "]" * 3_000,
        "\n".join(" " * depth + "a:" for depth in range(400)),
        "- " * 3_000 + "a",
        "rest: [" + "1, " * 60_000 + "1]",
        "until: &a [1]\nrest: [*a, *a]",
    ],
    ids=["brackets", "indents", "dashes", "words", "aliases"],
)
def test_a_text_too_deep_or_long_is_refused_at_once(text):
    begun = time.process_time()

    with pytest.raises(BadInput):
        reading.read("calendar", text)

    assert time.process_time() - begun < 5
