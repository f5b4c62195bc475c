"""Where one serves is chosen on the page; officers take away tables in which people are masked."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


def page(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["language"] = "en"
    client.force_login(person)
    return client


@pytest.fixture
def places(db):
    names = ("50.103.001.", "50.103.002.", "50.104.001.")
    return {path: factories.division(path) for path in (*names, "50.103.", "50.104.")}


def sent(*places, **also) -> dict[str, object]:
    chosen = {"townships": [], "districts": []}
    for place in places:
        chosen["districts" if place.level == "district" else "townships"].append(place.pk)
    return chosen | {"about": "", "day_capacity": 1, "week_capacity": 3} | also


def served(one) -> list[str]:
    return sorted(one.areas.values_list("path", flat=True))


def test_a_leader_chooses_towns_and_whole_districts(places):
    team = factories.team(areas=("50.103.001.",))
    address, client = reverse("team-edit", args=[team.pk]), page(team.applied_by)

    shown = client.get(address).content.decode()
    answer = client.post(address, sent(places["50.103.002."], places["50.104."]))

    assert shown.count(" checked") == 2  # the topic, and the town
    assert answer.status_code == 302
    assert served(team) == ["50.103.002.", "50.104."]


def test_what_a_chosen_district_holds_is_not_said_twice(places):
    team = factories.team()

    page(team.applied_by).post(
        reverse("team-edit", args=[team.pk]), sent(places["50.103.002."], places["50.103."])
    )

    assert served(team) == ["50.103."]


@pytest.mark.parametrize("path", [None, "50.104.001."])
def test_nowhere_and_a_town_of_another_district_are_refused(places, path):
    team = factories.team(areas=("50.103.001.",))
    chosen = [places[path]] if path else []

    answer = page(team.applied_by).post(reverse("team-edit", args=[team.pk]), sent(*chosen))

    assert answer.status_code == 422
    assert served(team) == ["50.103.001."]


def test_a_town_elsewhere_that_is_served_already_may_stay(places):
    team = factories.team(areas=("50.103.001.", "50.104.001."))

    page(team.applied_by).post(reverse("team-edit", args=[team.pk]), sent(places["50.104.001."]))

    assert served(team) == ["50.104.001."]


def test_a_volunteer_chooses_where_to_serve(places):
    one = factories.volunteer(factories.user())

    answer = page(one.person).post(reverse("volunteer-profile"), sent(places["50.104."]))

    assert answer.status_code == 302
    assert served(one) == ["50.104."]


# --- tables ---------------------------------------------------------------------------------------


def take(person, kind, format="csv"):
    return page(person).get(reverse("people-export", args=[kind, format]))


def text(answer) -> str:
    return answer.getvalue().decode("utf-8-sig")


@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        ("district_officer", "50.103.", 200),
        ("district_officer", "50.104.", 200),
        ("community_worker", "50.103.001.001.", 403),
        (None, None, 403),
    ],
)
@pytest.mark.parametrize("kind", ["teams", "volunteers"])
def test_officers_take_away_what_lies_in_their_place(kind, role, where, status):
    team = factories.team("示例服务队甲")
    number = factories.volunteer(team.applied_by).number
    factories.division("50.104.")
    person = factories.officer(role, where) if role else team.applied_by

    answer = take(person, kind)

    assert answer.status_code == status
    named = "示例服务队甲" if kind == "teams" else number
    assert (status == 200 and named in text(answer)) == (where == "50.103.")


def test_people_are_masked_in_what_is_taken_away():
    leader = factories.user("王示例", phone="+8613800000001")
    factories.team(leader=leader)
    officer = factories.officer("district_officer", "50.103.")

    both = text(take(officer, "teams")) + text(take(officer, "volunteers"))

    assert "王**" in both
    assert "138****0001" in both
    assert "王示例" not in both
    assert "13800000001" not in both


def test_a_workbook_is_a_workbook_and_other_kinds_are_not_there():
    factories.division("50.103.")
    officer = factories.officer("district_officer", "50.103.")

    assert take(officer, "volunteers", "xlsx").getvalue()[:2] == b"PK"
    assert take(officer, "volunteers", "pdf").status_code == 404
    assert take(officer, "experts").status_code == 404


def test_a_table_of_many_costs_no_query_a_row(django_assert_max_num_queries):
    from kepu.people import exporting

    for _ in range(6):
        factories.team()
    officer = factories.officer("district_officer", "50.103.")

    with django_assert_max_num_queries(30):
        list(exporting.teams(officer, "", factories.NOW).rows)
        list(exporting.volunteers(officer, "", factories.NOW).rows)
