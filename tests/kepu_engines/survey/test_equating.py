"""A share by this year's form as it would be by an earlier one: a harder form is no fall of people."""

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.equating import curve, equated
from kepu_engines.survey.irt.linking import Link, anchors, link
from kepu_engines.survey.literacy import CAST_2024, reached, score

pytestmark = pytest.mark.slow
DIMENSIONS = np.repeat(list(CAST_2024.points), [10, 5, 5, 5])
SURE = Link(1.0, 0.0, np.zeros((2, 2)))


def form(seed, harder=0.0):
    """Slopes and difficulties of twenty-five items."""
    chance = np.random.default_rng(seed)
    return chance.uniform(0.8, 1.8, 25), chance.normal(harder, 0.9, 25)


def answered(items, theta, chance):
    """The literate among people of these abilities, as they answer."""
    slope, hard = items
    right = chance.random((len(theta), 25)) < 1 / (1 + np.exp(-slope * (theta[:, None] - hard)))
    parts = {name: right[:, name == DIMENSIONS].mean(axis=1) for name in CAST_2024.points}
    return float(reached(CAST_2024, score(CAST_2024, parts))["literate"].mean())


def curve_of(items):
    return curve(CAST_2024, "literate", DIMENSIONS, *items)


def test_the_chance_to_reach_a_level_is_that_of_people_who_answer():
    items, chance = form(1), np.random.default_rng(2)

    told = curve_of(items)

    for mean in (-0.5, 0.0, 1.0):
        people = mean + chance.standard_normal(200_000)
        assert told.share(mean) == pytest.approx(answered(items, people, chance), abs=0.003)


def test_points_of_two_items_are_counted_by_hand():
    """One item a dimension: who has knowledge and two others right has 80 points, else at most 60."""
    rule, items = CAST_2024, (np.ones(4), np.zeros(4))
    told = curve(rule, "literate", list(rule.points), *items)

    middle = told.chance[
        len(told.chance) // 2
    ]  # at 0 every item is a coin: K and two or three of three
    assert middle == pytest.approx(0.5 * (3 + 1) / 8)


def test_the_same_form_on_the_same_scale_leaves_a_share_as_it_is():
    own = curve_of(form(1))

    found = equated(0.13, own, own, SURE)

    assert found.share == pytest.approx(0.13, abs=1e-9)
    assert (found.rate, found.linking) == (pytest.approx(1, abs=1e-6), 0)


def test_a_harder_form_makes_a_fall_of_a_rise_and_equating_puts_it_right():
    """People became abler by a fifth of a spread, and were asked harder questions."""
    before, after, chance = form(3), form(4, harder=0.9), np.random.default_rng(5)
    people = chance.standard_normal(300_000)
    then, truth = (answered(before, moved + people, chance) for moved in (0.0, 0.2))
    raw = answered(after, people + 0.2, chance)
    slope, hard = after
    # This year's scale has this year's people in its middle: theta then = theta now + 0.2.
    own = curve_of((slope, hard - 0.2))

    found = equated(raw, own, curve_of(before), Link(1.0, 0.2, np.zeros((2, 2))))

    assert truth - then > 0.02  # what people gained
    assert raw - then < -0.02  # what raw points say of it
    assert found.share == pytest.approx(truth, abs=0.004)


def test_the_link_s_error_is_how_far_links_that_differ_lead_apart():
    spread = np.array([[0.0009, 0.0003], [0.0003, 0.0016]])
    own, earlier = curve_of(form(3)), curve_of(form(4))
    moves = np.random.default_rng(1).multivariate_normal([1.1, 0.2], spread, 400)

    found = equated(0.12, own, earlier, Link(1.1, 0.2, spread))

    led = [equated(0.12, own, earlier, Link(*one, np.zeros((2, 2)))).share for one in moves]
    assert found.linking == pytest.approx(np.std(led), rel=0.12)


def test_a_sampling_error_grows_as_the_share_does():
    own, earlier = curve_of(form(3)), curve_of(form(4, harder=-0.5))
    low, high = (equated(share, own, earlier, SURE).share for share in (0.119, 0.121))

    found = equated(0.12, own, earlier, SURE)

    assert found.rate == pytest.approx((high - low) / 0.002, rel=1e-3)
    assert found.rate > 1.2


def test_a_link_of_drawn_items_leads_to_the_earlier_scale():
    slope, hard = form(3)
    common = slice(0, 12)
    found = link(
        anchors(slope[common], hard[common], slope[common] * 1.2, (hard[common] - 0.3) / 1.2)
    )
    own = curve_of((slope * 1.2, (hard - 0.3) / 1.2))  # the same form, seen from this year's people

    told = equated(own.share(0.0), own, curve_of((slope, hard)), found)

    assert told.share == pytest.approx(own.share(0.0), abs=1e-4)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((["knowledge"], [1.0], [0.0]), "these dimensions have no items: method, spirit"),
        ((DIMENSIONS, np.ones(24), np.zeros(25)), "differ in length"),
    ],
)
def test_a_form_that_is_none_is_refused(given, sentence):
    with pytest.raises(EngineError, match=sentence):
        curve(CAST_2024, "literate", *given)


def test_a_share_that_no_people_have_by_the_form_is_refused():
    own = curve_of(form(1, harder=20))

    with pytest.raises(EngineError, match=r"no people reach this level by this form in 0\.5"):
        equated(0.5, own, own, SURE)
