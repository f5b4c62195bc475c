"""The menu as residents read it and as those who offer do: narrowed, sorted, paged and taken away."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.registers import PAGE
from kepu.orders import actions
from kepu.orders.actions.menu import Dish
from kepu.orders.models import Rating
from kepu.orders.registers import MENU, OWN_DISHES
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PLACE = "50.103.001.001."


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def dishes(loop):
    """A talk of the neighbours' team, an older lesson of the department, and a visit from far away."""
    far = factories.team(name="远方队", path="50.104.001.", areas=("50.103.",))
    offers = [
        (loop.leader, {"title": "合理用药", "team": loop.team, "audience": "older"}),
        (loop.officer, {"title": "家庭急救课", "department": loop.department, "first_day": 9,
                        "topic": factories.skill("safety"), "description": "心肺复苏"}),
        (far.memberships.get(role="leader").person, {"title": "望远镜进院坝", "team": far, "first_day": 2,
                                     "topic": factories.skill("astronomy")}),
    ]  # fmt: skip
    return [offered(by, **said) for by, said in offers]


def offered(by, state="publish", first_day=5, **said):
    wanted = {"topic": factories.skill(), "areas": ("50.103.",),
              "division": factories.division("50.103.001."), **said}  # fmt: skip
    side = said.get("team") or said["department"]
    wanted["division"] = side.division_now
    made = actions.write_service(
        Dish(first_day=NOW.date() - timedelta(days=first_day), **wanted), by=by, now=NOW
    )
    if state:
        actions.move_service(made.pk, state, by=by, now=NOW)
    return made


def rate(loop, dish, *stars):
    """The dish is ordered, served and rated as often as there are stars."""
    for given in stars:
        order = loop.order("placed", service=dish, topic=dish.topic, title=dish.title)
        Rating.objects.create(order=order, team=loop.team, stars=given, by=loop.resident, at=NOW)


def reader(person=None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if person:
        client.force_login(person)
    return client


def shown(page: str, titles) -> list[str]:
    """Those of the titles that the page has as a head, from the top down."""
    return sorted((t for t in titles if f">{t}<" in page), key=lambda t: page.index(f">{t}<"))


def taken(person, kind, query=""):
    address = reverse("register-export", args=[kind, "csv"])
    answer = reader(person).get(f"{address}?{query}")
    if answer.status_code != 200:
        return answer.status_code
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["合理用药", "家庭急救课", "望远镜进院坝"]),
        ("sort=new", ["望远镜进院坝", "合理用药", "家庭急救课"]),
        ("sort=rated", ["家庭急救课", "望远镜进院坝", "合理用药"]),
        ("q=用药", ["合理用药"]),
        ("q=复苏", ["家庭急救课"]),  # what happens is read too
        ("q=远方队 望远", ["望远镜进院坝"]),  # every word, each anywhere
        ("q=远方队 用药", []),
        ("topic=safety", ["家庭急救课"]),
        ("audience=older", ["合理用药"]),
        ("district=50.104.", ["望远镜进院坝"]),
        ("by=示例卫健委", ["家庭急救课"]),
    ],
)
def test_the_menu_and_its_file_hold_what_is_asked_for_in_the_same_order(
    loop, dishes, query, titles
):
    rate(loop, dishes[1], 5, 5)
    rate(loop, dishes[0], 3)
    every = [one.title for one in dishes]

    page = reader(loop.resident).get(f"{reverse('menu')}?place={PLACE}&{query}").text
    heads, *rows = taken(loop.worker, "menu", f"place={PLACE}&{query}")

    assert shown(page, every) == titles
    assert [row[0] for row in rows] == titles
    assert heads == [str(column.label) for column in MENU.columns]


def test_few_ratings_weigh_less_than_many(loop, dishes):
    rate(loop, dishes[0], 5)
    rate(loop, dishes[1], *[5] * 6)
    rate(loop, dishes[2], 2)

    page = reader(loop.resident).get(f"{reverse('menu')}?place={PLACE}&sort=rated").text

    titles = [dishes[1].title, dishes[0].title, dishes[2].title]
    assert shown(page, titles) == titles
    assert "5.0 · 6 ratings" in page


def test_a_long_menu_goes_on_over_pages_each_dish_once(loop):
    titles = [f"讲座{n:02d}" for n in range(PAGE + 3)]
    for title in titles:
        offered(loop.leader, title=title, team=loop.team)
    client = reader()

    first = client.get(f"{reverse('menu')}?place={PLACE}&q=讲座").text
    second = client.get(f"{reverse('menu')}?place={PLACE}&q=讲座&page=2").text

    assert shown(first, titles) == titles[:PAGE]
    assert shown(second, titles) == titles[PAGE:]
    assert 'rel="next"' in first
    assert 'rel="next"' not in second


def test_nothing_found_says_what_to_do_next(loop, dishes):
    page = reader(loop.resident).get(f"{reverse('menu')}?place={PLACE}&q=潜水").text

    assert "Nothing on the menu fits this" in page
    assert f'href="{reverse("new-order")}"' in page
    assert 'value="潜水"' in page


def test_the_file_is_of_the_place_that_was_chosen_before(loop, dishes):
    client = reader(loop.worker)
    client.get(f"{reverse('menu')}?place={PLACE}")

    page = client.get(reverse("menu")).text

    assert f"{reverse('register-export', args=['menu', 'csv'])}?place={PLACE}" in page


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["未写完", "合理用药"]),
        ("state=draft", ["未写完"]),
        ("q=用药", ["合理用药"]),
        ("sort=end", ["合理用药", "未写完"]),
    ],
)
def test_one_narrows_sorts_and_takes_away_what_one_offers(loop, dishes, query, titles):
    offered(loop.leader, state="", title="未写完", team=loop.team)

    page = reader(loop.leader).get(f"{reverse('manage-menu')}?{query}").text
    heads, *rows = taken(loop.leader, "own-menu", query)

    assert shown(page, ["未写完", *(one.title for one in dishes)]) == titles
    assert [row[0] for row in rows] == titles
    assert heads == [str(column.label) for column in OWN_DISHES.columns]


def test_nobody_takes_away_what_others_offer(loop, dishes):
    assert taken(loop.resident, "own-menu") == 403
    assert [row[0] for row in taken(loop.officer, "own-menu")[1:]] == ["家庭急救课"]
