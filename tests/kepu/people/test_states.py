from __future__ import annotations

import pytest

from kepu.people.states import MACHINES, VERBS

FINAL = {
    "team": {"refused", "dissolved"},
    "membership": {"declined", "left", "removed"},
    "volunteer": set(),
    "service": {"confirmed", "dropped"},
    "absence": {"lifted"},
    "expert": set(),
    "worker": {"declined", "ended"},
    "nomination": {"named", "rejected"},
    "objection": {"upheld", "overruled", "settled"},
    "call": {"closed"},
    "course": {"held", "cancelled"},
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_is_reachable(name):
    machine = MACHINES[name]

    assert machine.reachable() == set(type(machine.start))


@pytest.mark.parametrize("name", MACHINES)
def test_the_states_that_end_it_are_known(name):
    assert MACHINES[name].final() == FINAL[name]


def test_every_verb_is_among_those_that_are_translated():
    used = {move.verb for machine in MACHINES.values() for move in machine.moves}

    assert used == set(VERBS)
