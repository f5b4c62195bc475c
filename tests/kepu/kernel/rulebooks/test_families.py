"""Kinds of rulebook that a city adds to a family: named, shown and begun by their first version."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.errors import Outside
from kepu.kernel.rulebooks import actions, queries, registry
from kepu.kernel.rulebooks.registry import Family, Rules
from tests.factories import NOW, officer, user

pytestmark = pytest.mark.django_db
TOMORROW = clock.day(NOW) + timedelta(days=1)
KEY = "prize.young"


class Prize(Rules):
    title: str
    winners: int


@pytest.fixture(autouse=True)
def _family(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    family = Family("prize", "prize", Prize, called=lambda rules: rules.title)
    monkeypatch.setitem(registry.FAMILIES, "prize", family)


def issue(title: str = "青年奖", *, day=TOMORROW):
    text = f"title: {title}\nwinners: 3\n"
    by = officer("city_officer", "50.")
    return actions.issue(KEY, text=text, effective_from=day, by=by, now=NOW)


def browser(person) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(person)
    return made


def test_a_kind_that_a_city_added_goes_by_the_name_its_latest_version_gives_it():
    issue()
    issue("青年科普奖", day=TOMORROW + timedelta(days=30))

    assert [(kind.key, kind.title) for kind in queries.kinds("prize.")] == [(KEY, "青年科普奖")]
    assert queries.kind(KEY).title == "青年科普奖"


def test_before_its_first_day_there_are_no_rules_and_the_pages_say_so():
    issue()
    page = browser(user())

    with pytest.raises(Outside, match="no version"):
        queries.in_force(KEY, NOW)
    shown = page.get(reverse("rulebook", args=[KEY]))
    assert shown.status_code == 200
    assert "No version is in force yet" in shown.content.decode()
    assert "not in force yet" in page.get(reverse("rulebooks")).content.decode()
    assert page.get(reverse("rulebook-file", args=[KEY])).status_code == 404


def test_from_its_first_day_on_it_is_in_force():
    issue()

    ruling = queries.in_force(KEY, NOW + timedelta(days=1))

    assert (ruling.version, ruling.rules.winners) == (1, 3)


def test_the_first_version_is_told_as_new_and_the_second_by_what_it_changes():
    issue()
    issue("青年科普奖", day=TOMORROW + timedelta(days=30))
    page = browser(user())

    first = page.get(reverse("rulebook-version", args=[KEY, 1])).content.decode()
    second = page.get(reverse("rulebook-version", args=[KEY, 2])).content.decode()

    assert "everything in it is new" in first
    assert "everything in it is new" not in second
    assert "青年科普奖" in second


def test_a_word_of_which_there_is_no_version_has_no_page_but_a_city_officer_may_begin_it():
    office = browser(officer("city_officer", "50."))
    form = {"effective_from": TOMORROW, "text": "title: 新奖\nwinners: 1\n"}

    checked = office.post(reverse("rulebook-issue", args=["prize.new"]), form | {"do": "check"})
    issued = office.post(reverse("rulebook-issue", args=["prize.new"]), form | {"do": "issue"})

    assert browser(user()).get(reverse("rulebook", args=["prize.other"])).status_code == 404
    assert "everything in it is new" in checked.content.decode()
    assert issued.status_code == 302
    assert queries.kind("prize.new").title == "新奖"


def test_a_word_no_family_takes_is_nowhere():
    office = browser(officer("city_officer", "50."))

    assert office.get(reverse("rulebook-issue", args=["prize.New!"])).status_code == 404
    assert office.get(reverse("rulebook-issue", args=["nobody.new"])).status_code == 404
