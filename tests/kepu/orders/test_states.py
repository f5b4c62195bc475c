from __future__ import annotations

import pytest

from kepu.kernel.errors import RuleBroken
from kepu.kernel.machine import states_of
from kepu.orders.states import ORDER, PLAN, SERVICE, MenuState, OrderState, PlanState


@pytest.mark.parametrize(
    ("machine", "states"), [(ORDER, OrderState), (SERVICE, MenuState), (PLAN, PlanState)]
)
def test_every_state_is_named_in_the_table_and_can_be_reached(machine, states):
    assert machine.reachable() == set(states)
    assert states_of(machine.moves) == set(states)


def test_an_order_ends_in_four_ways():
    ends = {OrderState.CLOSED, OrderState.WITHDRAWN, OrderState.EXPIRED, OrderState.CANCELLED}

    assert ORDER.final() == ends


@pytest.mark.parametrize("state", [s for s in OrderState if s != OrderState.OPEN])
def test_only_an_open_order_is_claimed(state):
    with pytest.raises(RuleBroken):
        ORDER.after(state, "claim")


def test_every_order_that_is_under_way_can_be_withdrawn():
    ended = ORDER.final() | {OrderState.DELIVERED, OrderState.RATED, OrderState.NO_SHOW}

    assert {s for s in OrderState if "withdraw" in ORDER.verbs(s)} == set(OrderState) - ended


def test_the_diagram_shows_every_arrow():
    arrows = sum(len(move.sources) for move in ORDER.moves)

    assert ORDER.diagram().count("-->") == arrows + 1
