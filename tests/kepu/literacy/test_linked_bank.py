"""A bank whose waves stand on one scale: when a wave is linked, and what was entered before."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from django.apps import apps

from kepu.literacy.bridge.linking import Common, link_of
from kepu.literacy.models import Calibration
from kepu.literacy.queries import items as bank
from kepu.literacy.queries import learnt
from kepu.literacy.states import Use
from tests.factories import NOW
from tests.kepu.literacy import factories


def common(difficulties, slope=1.0, shift=0.0):
    """Items as the bank has them, and as a wave of abler people would."""
    return [
        Common(Calibration(discrimination=1.2, difficulty=b), 1.2 * slope, (b - shift) / slope)
        for b in difficulties
    ]


def test_a_wave_is_linked_by_three_items_and_not_by_two():
    found = link_of(common([-1.0, 0.0, 1.0], slope=1.1, shift=0.4))

    assert (found.slope, found.shift) == (
        pytest.approx(1.1, abs=1e-4),
        pytest.approx(0.4, abs=1e-4),
    )
    assert link_of(common([-1.0, 1.0])) is None


def test_items_that_are_all_alike_link_nothing():
    assert link_of(common([0.5, 0.5, 0.5, 0.5])) is None


def test_what_the_bank_knows_of_guessing_is_known_to_the_link():
    asked = common(np.linspace(-1, 1, 6))
    for one in asked:
        one.known.guessing = 0.25

    assert link_of(asked).shift != pytest.approx(
        link_of(common(np.linspace(-1, 1, 6))).shift, abs=0.05
    )


@pytest.mark.django_db
def test_what_runs_entered_before_there_was_a_link_stands_alone():
    run, place = factories.run("published"), factories.stock()
    (item, known), *_others = bank.calibrated(place.path, Use.SURVEY)
    entered = Calibration.objects.create(
        item=item, model="2pl", difficulty=0.3, difficulty_se=0.1, people=400, on=NOW.date(),
        wave=learnt.wave(run), recorded_by=known.recorded_by, recorded_at=NOW,
    )  # fmt: skip

    import_module("kepu.literacy.migrations.0009_linked_calibrations").stand_alone(apps, None)

    entered.refresh_from_db()
    assert entered.alone
    assert not Calibration.objects.get(pk=known.pk).alone
    assert (
        bank.calibrated(place.path, Use.SURVEY)[0][1] == known
    )  # and is mixed with no other scale
