"""Every register stands in the order that is chosen, and is taken away as it stands on the page."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from kepu.kernel import clock
from kepu.people import registers
from tests.factories import NOW, division, organisation
from tests.kepu.people.factories import served, team, volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What a row of each register is known by, as `cast` has put one into each.
KNOWN = {
    "team-list": "示例队甲",
    "stations": "示例站",
    "campaigns": "示例行动",
    "calls": "示例召集",
    "courses": "示例班",
    "volunteer-list": "王**",
    "posts": "王示例",
    "experts": "王示例",
    "nominations": "示例服务队",
    "units": "示例院",
    "hours-ledger": "示例讲座",
}
OF_THE_DISTRICT = ("volunteer-list", "hours-ledger")
REGISTERS = {one.kind: one for one in registers.REGISTERS}
ORDERS = [(kind, order) for kind, one in REGISTERS.items() for order in one.orders]


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


def taken(cast, who, kind, query=""):
    """The file as rows; an answer that is no file as its status."""
    address = reverse("register-export", args=[kind, "csv"])
    answer = cast["as"](who).get(f"{address}?{query}")
    if answer.status_code != 200:
        return answer.status_code
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.mark.parametrize(("kind", "order"), ORDERS)
def test_each_order_of_each_register_is_offered_and_answers(cast, kind, order):
    team(name="示例队甲", path="50.103.001.")
    organisation("示例院")
    served(volunteer("周示例"), 60, title="示例讲座")
    who = "officer" if kind in OF_THE_DISTRICT else "city"

    page = cast["as"](who).get(reverse(REGISTERS[kind].page) + f"?sort={order}")
    rows = taken(cast, who, kind, f"sort={order}")

    assert page.status_code == 200
    assert f'href="?sort={order}" aria-current="true"' in page.content.decode()
    assert rows[0] == [str(column.label) for column in REGISTERS[kind].columns]
    assert any(KNOWN[kind] in "".join(row) for row in rows[1:])


def test_a_list_and_its_file_stand_in_the_same_order(cast):
    team(name="乙队", path="50.103.001.")
    team(name="甲队", path="50.103.001.")
    newest = ["甲队", "乙队"]

    page = cast["as"]("nobody").get(reverse("teams") + "?sort=new&q=队").content.decode()
    rows = taken(cast, "stranger", "team-list", "sort=new&q=队")

    assert sorted(newest, key=page.index) == newest
    assert [row[0] for row in rows if row[0] in newest] == newest


def test_a_file_holds_what_the_filters_leave(cast):
    team(name="乙队", path="50.103.001.")
    division("50.104.001.")
    team(name="丙队", path="50.104.001.")

    rows = taken(cast, "city", "team-list", "district=50.104.")

    assert [row[0] for row in rows[1:]] == ["丙队"]


@pytest.mark.parametrize(
    ("kind", "who", "answer"),
    [
        ("posts", "colleague", 1),  # of another district: the heads of the columns alone
        ("posts", "officer", 2),
        ("posts", "stranger", 403),
        ("experts", "officer", 1),
        ("experts", "stranger", 403),
        ("experts", "city", 2),
        ("nominations", "colleague", 1),
        ("nominations", "owner", 403),
        ("stations", "nobody", 302),
        ("volunteer-list", "colleague", 1),
        ("volunteer-list", "stranger", 403),
        ("units", "stranger", 403),
        ("hours-ledger", "colleague", 1),
        ("hours-ledger", "city", 403),
        ("secrets", "city", 404),
    ],
)
def test_nobody_takes_away_more_than_the_page_shows(cast, kind, who, answer):
    found = taken(cast, who, kind)

    assert (found if isinstance(found, int) else len(found)) == answer


def test_who_is_not_signed_in_is_offered_no_file(cast):
    address = reverse("register-export", args=["stations", "csv"])

    assert address not in cast["as"]("nobody").get(reverse("stations")).content.decode()
    assert address in cast["as"]("stranger").get(reverse("stations")).content.decode()


def test_volunteers_are_listed_without_their_full_names(cast):
    page = cast["as"]("officer").get(reverse("volunteers")).content.decode()
    heads, *rows = taken(cast, "officer", "volunteer-list")
    names = [row[heads.index("Name")] for row in rows]

    assert names
    assert all(name[1:] == "*" * len(name[1:]) for name in names)
    assert all(name in page for name in names)


@pytest.mark.parametrize(
    ("kind", "words", "others"),
    [
        ("campaigns", "行动", "别的"),
        ("calls", "示例 召集", "示例 别的"),  # every word
        ("courses", "示例室", "别的"),  # the room as well
        ("posts", "示例50.103.001.", "别的"),
        ("experts", "示例院", "王示例"),  # a name is sealed and finds nobody
        ("nominations", "事迹", "别的"),
        ("volunteer-list", "0", "王示例"),
    ],
)
def test_each_register_is_searched_in_chinese(cast, kind, words, others):
    unit = organisation("示例院")
    cast["expert"].employments.create(organisation=unit, first=NOW.date())
    who = "officer" if kind == "volunteer-list" else "city"

    found, missed = (taken(cast, who, kind, f"q={asked}") for asked in (words, others))

    assert any(KNOWN[kind] in "".join(row) for row in found[1:])
    assert missed[1:] == []


@pytest.mark.parametrize("kind", ["posts", "experts", "volunteer-list"])
def test_people_are_found_by_a_login_in_full_and_the_page_says_so(cast, kind):
    who = "officer" if kind == "volunteer-list" else "city"
    login = cast["owner"].login

    whole, part = (taken(cast, who, kind, f"q={asked}") for asked in (login, login[:3]))
    page = cast["as"](who).get(reverse(REGISTERS[kind].page)).content.decode()

    assert KNOWN[kind] in "".join(whole[1])
    assert part[1:] == []
    assert "a login, telephone or pseudonym in full" in page
