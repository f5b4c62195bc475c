"""Which team to ask: the ranking as a table, and the desk and department pages that use it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from kepu.kernel import clock
from kepu.kernel.errors import RuleBroken
from kepu.kernel.rulebooks.queries import shipped
from kepu.orders import actions, announcing, candidates, suggest
from kepu.orders.models import Offer, Order
from kepu.orders.schemas import CLAIMS, Suggesting
from kepu.orders.suggest import Candidate
from kepu.people.models import Team, Volunteer
from tests import factories
from tests.factories import NOW

USUAL = Candidate(
    team_id=1, name="甲队", skilled=True, km=10.0, week_capacity=4, booked=1, held=2, cap=12,
    stars=4.0, ratings=3, last_claim=NOW - timedelta(days=20),
)  # fmt: skip


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    "better",
    [
        {"km": 2.0},
        {"booked": 0},
        {"held": 0},
        {"stars": 4.8},
        {"last_claim": NOW - timedelta(days=50)},
        {"last_claim": None},
        {"week_capacity": 8},
    ],
)
def test_each_part_alone_lifts_a_team_above_its_equal(better):
    other = replace(USUAL, team_id=2, name="乙队", **better)

    found = suggest.rank([USUAL, other], shipped(CLAIMS), NOW)

    assert [one.name for one in found] == ["乙队", "甲队"]


@pytest.mark.parametrize(
    "worse",
    [{"booked": 4}, {"km": 61.0}, {"held": 12}, {"held": 3, "cap": 3}],
    ids=["week full", "too far", "holds enough", "may hold fewer"],
)
def test_a_team_that_cannot_come_is_not_suggested(worse):
    assert suggest.rank([replace(USUAL, **worse)], shipped(CLAIMS), NOW) == []


def test_knowing_the_topic_outweighs_being_a_little_nearer():
    near = replace(USUAL, team_id=2, name="近而不会", skilled=False, km=1.0)

    assert suggest.rank([near, USUAL], shipped(CLAIMS), NOW)[0].name == "甲队"


def test_equals_stand_in_a_fixed_order_and_the_list_is_short():
    teams = [replace(USUAL, team_id=n, name=str(n)) for n in (3, 1, 2, 9, 8, 7)]

    assert [one.team_id for one in suggest.rank(teams, shipped(CLAIMS), NOW)] == [1, 2, 3, 7, 8]


def test_the_reasons_say_the_figures_that_counted():
    assert suggest.reasons(USUAL, NOW) == (
        "knows the topic", "10.0 km away", "3 visits free that week", "has 2 orders",
        "4.0 stars from 3 ratings", "last claimed 20 days ago",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("worse", "reason"),
    [
        ({"clashes": True}, "has other visits at the wanted hours"),
        ({"members_free": 0}, "no member has said to be free then"),
    ],
)
def test_who_is_not_free_at_the_wanted_hours_comes_later_and_it_is_said(worse, reason):
    other = replace(USUAL, team_id=0, name="没空", **worse)

    found = suggest.rank([other, USUAL], shipped(CLAIMS), NOW)

    assert [one.name for one in found] == ["甲队", "没空"]
    assert reason in found[1].reasons
    assert "2 members are free then" in suggest.reasons(replace(USUAL, members_free=2), NOW)


def test_what_counts_is_what_the_rulebook_says():
    near = replace(USUAL, team_id=2, name="近", km=1.0, stars=3.5)
    only = {"near": 0, "skill": 0, "free": 0, "load": 0, "turn": 0}
    usual = shipped(CLAIMS)
    by_stars = usual.model_copy(update={"suggesting": Suggesting(**only)})

    assert suggest.rank([USUAL, near], usual, NOW)[0].name == "近"
    assert suggest.rank([USUAL, near], by_stars, NOW)[0].name == "甲队"
    with pytest.raises(ValueError, match="at least one weight"):
        Suggesting(**only, rating=0)


def test_a_turn_is_due_in_full_after_the_rulebooks_days():
    rules = shipped(CLAIMS)
    longest = rules.suggesting.longest_turn_days

    days = [0, longest / 2, longest, 3 * longest]
    due = [suggest.due(NOW - timedelta(days=some), rules, NOW) for some in days]

    assert due == [0, 0.5, 1, 1]
    assert suggest.due(None, rules, NOW) == 1


def test_a_fit_lies_between_nothing_and_all():
    best = replace(USUAL, km=0.0, booked=0, held=0, stars=5.0, last_claim=None)
    worst = replace(USUAL, skilled=False, km=60.0, booked=4, held=12, stars=1.0, last_claim=NOW)

    assert suggest.fit(best, shipped(CLAIMS), NOW) == pytest.approx(1.0)
    assert suggest.fit(worst, shipped(CLAIMS), NOW) == pytest.approx(0.0)


def test_a_degree_of_latitude_is_111_kilometres():
    assert suggest.great_circle(106.5, 29.0, 106.5, 30.0) == pytest.approx(111.19, abs=0.01)
    assert suggest.great_circle(106.5, 29.0, 106.5, 29.0) == 0.0


def test_a_week_runs_from_monday_to_monday():
    begin, end = suggest.week_of(NOW)

    assert (begin.isoweekday(), end - begin) == (1, timedelta(days=7))
    assert begin <= NOW < end


# --- from the database to the page ----------------------------------------------------------------


@pytest.fixture
def spring(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def reader(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.mark.django_db
def test_teams_are_read_with_few_queries_and_those_elsewhere_left_out(
    loop, django_assert_max_num_queries
):
    order = loop.order("open")
    loop.order("rated")
    factories.team("外区队", areas=("50.107.",), path="50.107.")
    for number in range(4):
        factories.team(f"邻队{number}")
    factories.team("不会", skills=("fraud",))

    with django_assert_max_num_queries(14):
        found = candidates.suggestions(order, NOW)

    assert {one.name for one in found} == {loop.team.name, "邻队0", "邻队1", "邻队2", "邻队3"}


def new_with_three(loop):
    """A team that joined ten days ago and holds the three orders a new team may hold."""
    fresh = factories.team("新队", joined_at=NOW - timedelta(days=10))
    for _ in range(3):
        actions.claim(loop.order("open").pk, team=fresh, by=fresh.applied_by, now=NOW)
    return fresh


def late_with_two(loop):
    """A team that nobody of came five times, with the two orders it may hold still."""
    for _ in range(5):
        loop.order("no_show")
    for _ in range(2):
        loop.order("claimed")
    return loop.team


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("full", "why"), [(new_with_three, "a new team"), (late_with_two, "late or absent")]
)
def test_a_team_that_may_hold_no_more_is_neither_suggested_nor_told_nor_asked(loop, full, why):
    team, other = full(loop), factories.team("邻队")
    order = loop.order("open")

    suggested = {one.name for one in candidates.suggestions(order, NOW)}
    told = announcing.announce(order, NOW)

    assert "邻队" in suggested
    assert team.name not in suggested
    assert other.pk in told
    assert team.pk not in told
    with pytest.raises(RuleBroken, match=f"{team.name} holds .*{why}"):
        actions.offer(order.pk, team=team, reason="近", by=loop.officer, now=NOW)
    assert not Offer.objects.exists()


def members_free(order, team):
    found = candidates.candidates([order], NOW)[order.pk]
    return next(one.members_free for one in found if one.team_id == team.pk)


@pytest.mark.django_db
def test_visits_that_fill_the_wanted_hours_and_members_free_time_are_read_for_all_teams(loop):
    ten = NOW + timedelta(days=1)
    hours = {"wanted_from": ten, "wanted_until": ten + timedelta(hours=2)}
    order = loop.order("open", **hours)
    Team.objects.update(day_capacity=1)
    busy = loop.order("claimed")
    actions.schedule(busy.pk, starts_at=ten + timedelta(minutes=30), by=loop.leader, now=NOW)
    other, silent = factories.team("邻队"), factories.team("不说")
    friday_morning, sunday = 1 << 8, 1 << 12
    for mask in (friday_morning, sunday):
        said = factories.volunteer(factories.member(other))
        Volunteer.objects.filter(pk=said.pk).update(availability=mask)

    found = {one.name: one for one in candidates.candidates([order], NOW)[order.pk]}

    assert {name: one.clashes for name, one in found.items()} == {
        loop.team.name: True, "邻队": False, "不说": False,
    }  # fmt: skip
    assert (found["邻队"].members_free, found[silent.name].members_free) == (1, None)
    Volunteer.objects.filter(availability__gt=0).update(availability=sunday)
    assert members_free(order, other) is None  # its leader has said nothing
    Volunteer.objects.update(availability=sunday)
    assert members_free(order, other) == 0
    Team.objects.update(day_capacity=2)
    assert not candidates.candidates([order], NOW)[order.pk][0].clashes


@pytest.mark.django_db
def test_an_officer_asks_a_suggested_team_and_it_is_not_suggested_again(loop, spring):
    order = loop.order("open")
    client = reader(loop.officer)

    assert f"Ask this team {loop.team.name}" in client.get(f"/orders/{order.pk}/").content.decode()
    client.post(f"/orders/{order.pk}/ask/{loop.team.pk}/")

    offer = Offer.objects.get()
    assert (offer.team, offer.by) == (loop.team, loop.officer)
    assert "knows the topic" in offer.reason
    page = client.get(f"/orders/{order.pk}/").content.decode()
    assert f"Ask this team {loop.team.name}" not in page
    assert client.post(f"/orders/{order.pk}/ask/{loop.team.pk}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), [("worker", 403), ("leader", 403), ("resident", 403)])
def test_nobody_but_the_department_asks_or_reads_figures_of_teams(loop, spring, who, status):
    order = loop.order("open")
    client = reader(getattr(loop, who))

    assert "Teams that fit" not in client.get(f"/orders/{order.pk}/").content.decode()
    assert client.post(f"/orders/{order.pk}/ask/{loop.team.pk}/").status_code == status
    assert not Offer.objects.exists()


@pytest.mark.django_db
def test_a_worker_merges_like_orders_from_the_order_page(loop, spring):
    first, second = loop.order("placed"), loop.order("placed")
    other = loop.order("placed", topic=factories.skill("fraud"), title="防诈骗")
    client = reader(loop.worker)

    page = client.get(f"/orders/{second.pk}/do/merge/").content.decode()
    assert first.number in page
    assert f"{other.number} " not in page
    refused = client.post(f"/orders/{second.pk}/do/merge/", {"into": other.pk})
    assert refused.status_code == 422
    assert client.post(f"/orders/{second.pk}/do/merge/", {"into": first.pk}).status_code == 302

    assert Order.objects.get(pk=first.pk).people == 40
    assert Order.objects.get(pk=second.pk).merged_into_id == first.pk


@pytest.mark.django_db
def test_an_order_without_its_like_says_why_it_is_not_merged(loop, spring):
    order = loop.order("placed")

    page = reader(loop.worker).get(f"/orders/{order.pk}/").content.decode()

    assert "no like order of this township" in page
