"""S082: an order nobody near can serve is offered next door, and reaches the teams there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import RuleBroken
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, bridge, candidates, reaching
from kepu.orders.models import Order
from kepu.orders.schemas import CLAIMS, CLOCKS, AtEnd
from kepu_engines.core.progress import silent
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def ruled(monkeypatch, kind, **changed):
    """A rulebook in force that says something else."""
    asked = rulebooks.in_force

    def in_force(key, now):
        found = asked(key, now)
        if key != kind:
            return found
        return type(found)(kind, found.version, found.rules.model_copy(update=changed))

    monkeypatch.setattr(rulebooks, "in_force", in_force)


def in_a_row(*codes):
    """Districts one tenth of a degree apart, from west to east, with a team in each; of Chongqing, if they
    name no other province.
    """
    teams = {}
    for n, code in enumerate(codes):
        path = f"{code}." if "." in code else f"50.{code}."
        factories.division(f"{path}001.001.")
        Division.objects.filter(path=path).update(lon=106.0 + n / 10, lat=31.5)
        teams[code] = factories.team(f"队{code}", path=f"{path}001.", areas=(path,))
    return teams


def widely(order):
    Order.objects.filter(pk=order.pk).update(wide=True)
    order.refresh_from_db()
    return order


def test_a_wide_order_reaches_so_many_nearest_districts_as_the_rulebook_says(loop, monkeypatch):
    ruled(monkeypatch, CLAIMS, neighbours=2)
    factories.grant(loop.worker, "community_worker", "50.")
    in_a_row("201", "202", "203", "204", "205")
    order = loop.order("open", division=Division.objects.get(path="50.205.001.001."))
    before = {team.name for team in reaching.teams_for(order, NOW)}

    after = {team.name for team in reaching.teams_for(widely(order), NOW)}

    assert before == {"队205"}
    assert after == {"队205", "队204", "队203"}


def test_across_the_border_of_the_province_only_where_the_rulebook_says_so_and_departments_use_kepu(
    loop, monkeypatch
):
    factories.grant(loop.worker, "community_worker", "50.")
    in_a_row("203", "51.511", "51.512", "204")
    factories.organisation("川内科协示例", "51.512.")
    order = widely(loop.order("open", division=Division.objects.get(path="50.203.001.001.")))
    reached = []
    for across in (False, True):
        ruled(monkeypatch, CLAIMS, neighbours=2, across_provinces=across)
        reached.append({team.name for team in reaching.teams_for(order, NOW)})

    assert reached[0] == {"队203", "队204", loop.team.name}
    assert reached[1] == {"队203", "队51.512", "队204"}


def test_in_the_rulebook_that_kepu_comes_with_orders_stay_in_their_province():
    assert rulebooks.shipped(CLAIMS).across_provinces is False


@pytest.mark.parametrize("across", [False, True])
def test_teams_and_orders_agree_on_who_reaches_what(loop, monkeypatch, across):
    ruled(monkeypatch, CLAIMS, neighbours=1, across_provinces=across)
    factories.grant(loop.worker, "community_worker", "50.")
    factories.grant(loop.worker, "community_worker", "51.")
    for home in ("51.511.", "51.512."):
        factories.organisation(f"科协{home}", home)
    teams = [*in_a_row("201", "202", "51.511", "203", "204", "51.512").values(), loop.team]
    places = Division.objects.filter(level="community")
    orders = [loop.order("open", division=place) for place in places]
    for order in orders[::2]:
        widely(order)

    today = (rulebooks.in_force(CLAIMS, NOW).rules, NOW, [])
    for order in orders:
        able = set(reaching.teams_for(order, NOW))
        group, rows = bridge._groups([order], teams, today, silent)
        for n, team in enumerate(teams):
            listed = Order.objects.filter(reaching.orders_for(team, NOW), pk=order.pk).exists()
            assert (team in able) == listed == reaching.reached_by(order, [team.pk], NOW)
            assert rows[group[0]][n] == listed


def test_teams_next_door_are_suggested_and_planned_for_a_wide_order(loop):
    order = loop.order("open", topic=factories.skill("astronomy"))
    next_door = factories.team(path="50.104.001.", areas=("50.104.",), skills=("astronomy",))
    assert next_door.name not in [one.name for one in candidates.suggestions(order, NOW)]

    actions.widen(order.pk, by=loop.officer, now=NOW)
    order.refresh_from_db()

    assert candidates.suggestions(order, NOW)[0].name == next_door.name
    (line,) = bridge.propose(loop.department, NOW).lines
    assert line.team_id == next_door.pk


def test_a_team_next_door_can_take_a_wide_order_over(loop):
    order = widely(loop.order("claimed"))
    next_door = factories.team(path="50.104.001.", areas=("50.104.",))
    client = Client()
    client.force_login(loop.leader)

    page = client.get(reverse("order-act", args=[order.pk, "hand_over"])).content.decode()

    assert f'value="{next_door.pk}"' in page


@pytest.mark.parametrize(
    ("case", "allowed"),
    [
        ("a team could", False),
        ("nobody knows the topic", True),
        ("the team is full", True),
        ("the team declined", True),
        ("the time ran out", True),
        ("the time ran out and the clock began anew", True),
    ],
)
def test_an_order_is_offered_next_door_when_nobody_near_could_serve_it(loop, case, allowed):
    order, now = loop.order("open"), NOW
    if case == "nobody knows the topic":
        loop.team.skills.clear()
    if case == "the team is full":
        loop.team.week_capacity = loop.team.day_capacity = 1
        loop.team.save()
        loop.order("claimed")
    if case == "the team declined":
        actions.offer(order.pk, team=loop.team, reason="近", by=loop.officer, now=NOW)
        actions.decline_offer(order.pk, team=loop.team, reason="没空", by=loop.leader, now=NOW)
    if case.startswith("the time ran out"):
        now = order.due_at
    if case.endswith("anew"):
        actions.run_clocks(now)

    if allowed:
        assert actions.widen(order.pk, by=loop.officer, now=now).wide
    else:
        with pytest.raises(RuleBroken, match="1 team nearby could still take this order"):
            actions.widen(order.pk, by=loop.officer, now=now)


@pytest.mark.parametrize("at_end", [AtEnd.ESCALATE, AtEnd.WIDEN])
def test_when_time_runs_out_an_order_goes_next_door_by_itself_if_the_rulebook_says_so(
    loop, monkeypatch, at_end
):
    stages = rulebooks.shipped(CLOCKS).stages
    ended = stages["open"].model_copy(update={"at_end": at_end})
    ruled(monkeypatch, CLOCKS, stages={**stages, "open": ended})
    order = loop.order("open")

    actions.run_clocks(order.due_at)

    order.refresh_from_db()
    assert order.wide == (at_end is AtEnd.WIDEN)
    assert order.escalations == 1
    verbs = list(order.steps.values_list("verb", flat=True))
    assert verbs[-2:] == (["widen", "escalate"] if order.wide else ["open", "escalate"])
    again = order.due_at
    actions.run_clocks(again)
    assert order.steps.filter(verb="widen").count() == order.wide


def test_only_open_orders_are_offered_next_door_at_the_end_of_their_time():
    said = rulebooks.shipped(CLOCKS).model_dump(mode="json")
    said["stages"]["placed"]["at_end"] = "widen"

    with pytest.raises(ValueError, match="only an open order"):
        type(rulebooks.shipped(CLOCKS))(**said)


def test_an_order_that_is_reopened_is_asked_of_those_near_first(loop):
    order = widely(loop.order("no_show"))

    again = actions.reopen(order.pk, reason="示例原因", by=loop.worker, now=order.stage_since)

    assert not again.wide
    assert not Order.objects.get(pk=order.pk).wide
