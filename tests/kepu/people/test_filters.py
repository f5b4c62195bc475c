"""What narrows a list is shown and taken off one by one; the reader's own district stands first."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import division, officer, user
from tests.kepu.people.factories import skill, team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def country():
    division("11.", "甲市")
    division("11.101.", "东城区")
    division("50.", "乙市")
    division("50.103.", "渝中区")
    division("50.104.", "大渡口区")
    division("50.104.001.", "示例街道")
    for path in ("11.101.", "50.103.", "50.104.001."):
        team(path=path)  # the filter offers districts where a team is at home


def page(person, query: str = "") -> str:
    browser = Client(headers={"accept-language": "en"})
    if person:
        browser.force_login(person)
    return browser.get(reverse("teams") + query).content.decode()


def districts(shown: str) -> list[str]:
    (box,) = re.findall(r'<select name="district".*?</select>', shown, re.DOTALL)
    return re.findall(r'<option value="([^"]+)"', box)


def removals(shown: str) -> dict[str, str]:
    found = re.findall(
        r'<a class="pill" href="([^"]*)" aria-label="Remove the filter ([^"]*)"', shown
    )
    return {unescape(what): unescape(href) for href, what in found}


def test_a_resident_finds_the_own_city_and_district_first():
    person = user()
    person.home = division("50.104.001.")
    person.save()

    assert districts(page(None)) == ["11.101.", "50.103.", "50.104."]
    assert districts(page(person)) == ["50.104.", "50.103.", "11.101."]


def test_an_officer_without_a_home_finds_the_district_of_the_office_first():
    assert districts(page(officer("district_officer", "50.103."))) == [
        "50.103.", "50.104.", "11.101.",
    ]  # fmt: skip


def test_each_filter_in_force_is_named_and_can_be_taken_off_alone():
    topic = skill("health")

    shown = removals(page(None, "?q=讲&district=50.103.&skill=health&sort=name&page=2"))

    assert list(shown) == ["Name of the team: 讲", "District: 渝中区", f"Topic: {topic.title}"]
    assert "district=" not in shown["District: 渝中区"]
    for kept in ("q=", "skill=health", "sort=name"):
        assert kept in shown["District: 渝中区"]
    assert "page=" not in shown["District: 渝中区"]


def test_a_list_that_is_not_narrowed_names_no_filter():
    assert removals(page(None)) == {}
    assert removals(page(None, "?sort=name")) == {}


def test_of_several_values_of_one_filter_each_is_taken_off_alone():
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(officer("district_officer", "50.103."))

    shown = removals(
        browser.get(reverse("order-list") + "?state=placed&state=open").content.decode()
    )

    assert len(shown) == 2
    assert sorted(href.rpartition("?")[2] for href in shown.values()) == [
        "state=open", "state=placed",
    ]  # fmt: skip
