"""A bank whose waves stand on one scale: when a wave is linked, and what stands alone."""

from __future__ import annotations

import numpy as np
import pytest

from kepu.kernel.audit.models import Entry
from kepu.literacy.actions import joining
from kepu.literacy.bridge.linking import Common, link_of
from kepu.literacy.models import Calibration, Item
from kepu.literacy.queries import learnt
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


@pytest.fixture
def apart(db):
    """A bank's items, of which the last four are known from a wave alone, on a scale of its own; and a
    later run that asked three of those beside three of the others, and was linked to the bank by these.
    """
    place, run = factories.stock(counts={"knowledge": 10}), factories.run("published")
    items = list(Item.objects.filter(path=place.path).order_by("pk"))
    known = {one.item_id: one for one in Calibration.objects.all()}
    for wave, scale, those, slope, shift in (
        ("测评甲 #9", "测评甲 #9", items[6:], 1.25, 0.5),
        (learnt.wave(run), "", items[3:9], 1.0, 0.0),
    ):
        for item in those:
            one = known[item.pk]
            Calibration.objects.create(
                item=item, model="2pl", difficulty=(one.difficulty - shift) / slope,
                difficulty_se=0.08, discrimination=one.discrimination * slope, people=400,
                on=NOW.date(), wave=wave, scale=scale, recorded_by=one.recorded_by, recorded_at=NOW,
            )  # fmt: skip
    truth = {item: known[item.pk].difficulty for item in items[6:]}
    Calibration.objects.filter(wave="一", item__in=items[6:]).delete()
    return run, items, truth


def test_a_wave_that_stood_alone_is_joined_once_items_lead_to_the_bank_and_parted_with_them(apart):
    run, items, truth = apart
    alone = Calibration.objects.filter(wave="测评甲 #9").order_by("item_id")
    before = list(alone.values_list("difficulty", "difficulty_se", "discrimination", "scale"))
    by = alone[0].recorded_by

    joining.join_scales(run, items=items, by=by, now=NOW)
    joining.join_scales(run, items=items, by=by, now=NOW)  # nothing is left to join

    for one in alone:
        assert one.difficulty == pytest.approx(truth[one.item], abs=1e-3)
        assert one.discrimination == pytest.approx(1.3, abs=1e-3)
        assert one.difficulty_se >= 1.25 * 0.08 - 1e-6
        assert not one.alone
        assert one.raw_difficulty == pytest.approx((truth[one.item] - 0.5) / 1.25)
    assert Entry.objects.filter(verb="run.join_scales").count() == 1

    Calibration.objects.filter(wave=learnt.wave(run)).delete()
    joining.part_scales(run, by=by, now=NOW)

    told = alone.values_list("difficulty", "difficulty_se", "discrimination", "scale")
    assert list(told) == before
    assert {(one.raw_difficulty, len(one.joins)) for one in alone.all()} == {(None, 0)}


def test_two_items_in_common_join_nothing(apart):
    run, items, _truth = apart
    Calibration.objects.filter(wave=learnt.wave(run), item__in=items[8:]).delete()

    joining.join_scales(run, items=items, by=factories.user(), now=NOW)

    assert all(one.alone for one in Calibration.objects.filter(wave="测评甲 #9"))
