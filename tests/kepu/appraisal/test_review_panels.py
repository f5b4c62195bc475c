"""Panels: found, looked at, carried out; by fit and by lot."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta

import pytest

from kepu.appraisal import actions, bridge, queries
from kepu.appraisal.models import Application, Call, Panels, Review
from kepu.appraisal.states import ApplicationState, PanelsState, ReviewState
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.people.actions import experts as people
from kepu.people.actions import experts_records as accounts
from kepu.people.models import Duty
from tests.factories import NOW, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.review_world import AWAY, FAR, HERE, told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def of():
    return world.call()


def sat(panels: Panels) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for seat in panels.seats.filter(expert__isnull=False).select_related("application"):
        found.setdefault(seat.application.code, set()).add(seat.expert_id)
    return found


def test_a_proposal_fills_every_panel_and_asks_nobody(of):
    rows = [world.checked(of, f"{n}号秘密馆示例") for n in range(3)]
    for _one in range(4):
        world.expert()

    panels = world.proposed(of)

    assert panels.state == PanelsState.PROPOSED
    assert {code: len(who) for code, who in sat(panels).items()} == {one.code: 2 for one in rows}
    assert panels.summary["filled"] == panels.summary["seats"] == 6
    assert panels.summary["value"] <= panels.summary["bound"]
    assert not Review.objects.exists()


def test_nobody_carries_more_than_the_programme_or_the_expert_allows(of):
    for n in range(4):
        world.checked(of, f"{n}号秘密馆示例")
    tired, able = world.expert(most=1), world.expert(most=9)

    panels = world.proposed(of)

    nobody_shut = Application.objects.none()
    assert queries.reviewing.loads(panels, nobody_shut) == [(able.pk, 3), (tired.pk, 1)]
    nobody = panels.seats.filter(expert=None)
    assert nobody.count() == 4
    assert "2 experts" in nobody[0].reason


def test_a_missing_seat_says_how_many_are_bound_and_how_many_full(of):
    world.checked(of)
    world.expert(path=HERE)
    world.expert(most=1)
    full = world.expert(most=1)
    people.assign(full.pk, source="other", source_id=1, by=user(), now=NOW)

    panels = world.proposed(of)

    (seat,) = panels.seats.filter(expert=None)
    assert seat.reason == ("of 3 experts 1 may not judge it and 1 carry the most already; 1 found")


def test_fields_and_class_bring_the_fitting_and_places_are_spread():
    of = world.call(fields=["physics", "law"])
    world.checked(of)
    for name in ("同城一示例", "同城二示例"):
        world.expert(name, FAR)
    elsewhere = world.expert("外区示例", AWAY)
    world.expert("无关示例", AWAY, ("botany",))

    panels = world.proposed(of)

    (who,) = sat(panels).values()
    assert elsewhere.pk in who
    assert panels.summary["doubles"] == 0
    assert panels.summary["experts"] == 3


@pytest.mark.parametrize("fits", [{"tracks": ["popular"]}, {"fields": ["law"]}])
def test_who_knows_the_class_is_found_for_it_first(fits):
    hall = {"key": "hall", "title": "场馆类", **fits}
    of = factories.call(**world.SAID | {"classes": [hall]})
    world.checked(of)
    others = [world.expert() for _one in range(4)]
    knows = world.expert(fields=("law",) if "fields" in fits else ("physics",))
    for who, track in [(knows, "popular"), *((one, "research") for one in others)]:
        accounts.state_title(
            who.pk, name="馆员", track=track, level="senior", since=date(2020, 1, 1), body="示例",
            by=who.person, now=NOW,
        )  # fmt: skip

    panels = world.proposed(of)

    (panel,) = sat(panels).values()
    assert knows.pk in panel
    reasons = dict(panels.seats.values_list("expert", "reason"))
    assert {pk for pk, reason in reasons.items() if "knows the class" in reason} == {knows.pk}


def test_carrying_out_asks_each_expert_counts_a_duty_and_tells_numbers_only(of):
    row = world.checked(of)
    crowd = [world.expert(), world.expert()]
    panels = world.proposed(of)

    actions.panels.ask_panels(panels.pk, by=factories.secretary(), now=NOW)
    panels = world.worked_on(panels, NOW)

    assert panels.state == PanelsState.DONE
    assert set(row.reviews.values_list("state", "drawn")) == {(ReviewState.ASKED, "fit")}
    assert Application.objects.get(pk=row.pk).state == ApplicationState.IN_REVIEW
    assert Duty.objects.filter(source="appraisal.review", until=None).count() == 2
    said = told(crowd[0].person)
    assert "有1份申报材料" in said[-1]
    assert not any("秘密馆" in one for one in said)


def test_what_has_moved_on_since_the_proposal_is_left_out_and_says_so(of):
    row = world.checked(of)
    bound, free = world.expert(), world.expert()
    panels = world.proposed(of)
    people.declare_conflict(
        bound.pk, person=row.made_by, kind="kin", reason="", by=bound.person, now=NOW
    )

    actions.panels.ask_panels(panels.pk, by=factories.secretary(), now=NOW)
    panels = world.worked_on(panels, NOW)

    assert list(row.reviews.values_list("expert", flat=True)) == [free.pk]
    assert "left out" in panels.seats.get(expert=bound).reason


def test_a_second_proposal_seeks_only_what_is_lacking_and_asks_nobody_twice(of):
    row = world.checked(of)
    first, second = world.expert(), world.expert()
    review = world.asked(row, first)
    actions.reviewing.recuse(review.pk, reason="旧识", by=first.person, now=NOW)

    panels = world.proposed(of)

    assert sat(panels) == {row.code: {second.pk}}
    assert panels.summary["seats"] == 2


def test_only_the_secretary_seeks_and_only_where_somebody_lacks(of):
    with pytest.raises(NotAllowed):
        actions.panels.propose_panels(of.pk, by=factories.decider(), now=NOW)
    with pytest.raises(RuleBroken, match="no application lacks"):
        actions.panels.propose_panels(of.pk, by=factories.secretary(), now=NOW)


def test_who_asks_while_the_worker_is_at_it_gets_the_same_proposal(of):
    world.checked(of)
    by = factories.secretary()
    first = actions.panels.propose_panels(of.pk, by=by, now=NOW)

    assert actions.panels.propose_panels(of.pk, by=by, now=NOW) == first


def test_a_proposal_is_put_away_and_a_dropped_one_is_not_carried_out(of):
    world.checked(of)
    world.expert()
    panels = world.proposed(of)
    by = factories.secretary()

    actions.panels.drop_panels(panels.pk, by=by, now=NOW)

    with pytest.raises(RuleBroken, match="put away"):
        actions.panels.ask_panels(panels.pk, by=by, now=NOW)


def test_without_any_expert_every_seat_is_empty_and_says_so(of):
    world.checked(of)

    panels = world.proposed(of)

    assert panels.state == PanelsState.PROPOSED
    assert [seat.expert for seat in panels.seats.all()] == [None, None]
    assert "of 0 experts" in panels.seats.all()[0].reason


# --- by lot ---------------------------------------------------------------------------------------


@pytest.fixture
def lots():
    return world.call(by_lot=True)


def after(of: Call):
    return of.closes_at + timedelta(minutes=1)


def drawn(of: Call) -> Panels:
    return world.proposed(of, after(of))


def test_no_lot_is_drawn_before_the_close_nor_without_a_sealed_seed(lots):
    world.checked(lots)
    by = factories.secretary()
    with pytest.raises(RuleBroken, match="closed"):
        actions.panels.propose_panels(lots.pk, by=by, now=NOW)
    lots.refresh_from_db()
    assert lots.seed is None

    Call.objects.filter(pk=lots.pk).update(sealed_seed=None)
    with pytest.raises(RuleBroken, match="no seed was sealed"):
        actions.panels.propose_panels(lots.pk, by=by, now=after(lots))


def test_the_seed_is_fixed_when_the_call_opens_and_told_with_the_draw(lots):
    world.checked(lots)
    committed = lots.seed_digest
    told = json.dumps(list(Entry.objects.values()), default=str)

    panels = drawn(lots)

    lots.refresh_from_db()
    assert hashlib.sha256(f"{lots.seed}:{lots.seed_salt}".encode()).hexdigest() == committed
    assert (lots.sealed_seed, panels.inputs["seed"]) == (None, lots.seed)
    assert (committed in told, str(lots.seed) in told) == (True, False)
    assert factories.call(code="plain", **world.SAID).seed_digest == ""


def test_the_seed_of_a_second_draw_is_that_of_the_first(lots):
    world.checked(lots)
    first = drawn(lots).inputs["seed"]
    Panels.objects.update(state=PanelsState.DROPPED)

    assert world.proposed(lots, after(lots)).inputs["seed"] == first


def test_the_same_inputs_draw_the_same_panels(lots):
    rows = [world.checked(lots, f"{n}号秘密馆示例") for n in range(3)]
    crowd = [world.expert(most=3) for _one in range(6)]

    panels = drawn(lots)

    assert panels.drawn == "lot"
    again = bridge.replay(panels.inputs)
    named = {
        code: {panels.numbered[number - 1] for number in numbers} for code, numbers in again.items()
    }
    assert named == sat(panels)
    assert sorted(panels.numbered) == [one.pk for one in crowd]
    assert set(panels.inputs["codes"]) == {one.code for one in rows}
    other = bridge.replay({**panels.inputs, "seed": panels.inputs["seed"] + 1})
    assert other.keys() == again.keys()


def test_a_ticket_is_what_everybody_can_compute():
    told = hashlib.sha256(b"42:ABCDEF:7").hexdigest()

    assert bridge.ticket(42, "ABCDEF", 7) == int(told[:3], 16)


def test_another_seed_brings_other_panels():
    inputs = {"codes": list("ABCDEFGH"), "wanted": [2] * 8, "room": [4] * 12, "barred": {}}

    found = [bridge.replay({**inputs, "seed": seed}) for seed in range(5)]

    assert len({str(one) for one in found}) == 5


def test_nobody_draws_until_he_likes_it(lots):
    world.checked(lots)
    world.expert()
    panels = drawn(lots)

    with pytest.raises(RuleBroken, match="carried out"):
        actions.panels.drop_panels(panels.pk, by=factories.secretary(), now=after(lots))


def test_who_may_not_meet_draws_nothing_together(lots):
    row = world.checked(lots)
    near = world.expert(path=HERE)
    world.expert()

    panels = drawn(lots)

    number = panels.numbered.index(near.pk) + 1
    assert panels.inputs["barred"] == {row.code: [number]}
    assert near.pk not in sat(panels)[row.code]
