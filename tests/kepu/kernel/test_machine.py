from __future__ import annotations

import pytest
from django.db import models
from django.utils.translation import gettext_lazy as _

from kepu.kernel.errors import RuleBroken
from kepu.kernel.machine import Machine, Move


class Lamp(models.TextChoices):
    OFF = "off", _("off")
    ON = "on", _("on")
    BROKEN = "broken", _("broken")
    ART = "art", _("art")


LAMP = Machine(
    start=Lamp.OFF,
    moves=(
        Move("switch", (Lamp.OFF,), Lamp.ON),
        Move("switch", (Lamp.ON,), Lamp.OFF),
        Move("drop", (Lamp.OFF, Lamp.ON), Lamp.BROKEN),
    ),
)


def test_one_verb_may_lead_to_different_states_from_different_ones():
    assert LAMP.after("off", "switch") == Lamp.ON
    assert LAMP.after("on", "switch") == Lamp.OFF


def test_the_way_back_is_a_verb_that_undoes_the_move_and_there_may_be_none():
    assert LAMP.way_back("off", "on") == "switch"
    assert LAMP.way_back("on", "broken") is None


def test_a_verb_that_leads_nowhere_is_refused_with_a_sentence():
    with pytest.raises(RuleBroken, match="switch") as refusal:
        LAMP.after("broken", "switch")

    assert refusal.value.reason == LAMP.why_not("broken", "switch")
    assert refusal.value.status == 409


@pytest.mark.parametrize("verb", ["fly", "", "Switch"])
def test_an_unknown_verb_is_refused_like_any_other(verb):
    with pytest.raises(RuleBroken):
        LAMP.after("off", verb)


def test_an_unknown_state_is_a_fault_of_ours_not_a_refusal():
    with pytest.raises(ValueError, match="melted"):
        LAMP.after("melted", "switch")


def test_two_ways_from_one_state_by_one_verb_are_refused_when_written_down():
    with pytest.raises(ValueError, match="two ways"):
        Machine(
            start=Lamp.OFF,
            moves=(
                Move("switch", (Lamp.OFF,), Lamp.ON),
                Move("switch", (Lamp.OFF, Lamp.ON), Lamp.BROKEN),
            ),
        )


def test_verbs_come_in_the_order_of_the_table():
    assert LAMP.verbs("on") == ["switch", "drop"]
    assert LAMP.verbs("broken") == []


def test_a_state_that_no_row_leads_to_is_not_reachable():
    assert LAMP.reachable() == {"off", "on", "broken"}
    assert LAMP.final() == {"broken", "art"}


def test_the_diagram_has_an_arrow_for_every_source_of_every_move():
    arrows = LAMP.diagram().splitlines()

    assert "    [*] --> off" in arrows
    assert "    on --> broken: drop" in arrows
    assert len(arrows) == 2 + 4
