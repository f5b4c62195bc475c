import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.areas.share_level import share_areas

SIZE = 300


def survey(seed, m=38):
    """Districts around 12 %, with one covariate, and as many effective respondents in each."""
    chance = np.random.default_rng(seed)
    x = np.column_stack([np.ones(m), chance.normal(size=m)])
    truth = np.sin(np.clip(x @ [0.35, 0.03] + chance.normal(0, 0.03, m), 0.02, 1.5)) ** 2
    return truth, chance.binomial(SIZE, truth) / SIZE, x


@pytest.fixture(scope="module")
def many():
    """Truth, direct estimate, figure, its error and interval, of 400 surveys of 38 districts."""
    rows = []
    for seed in range(400):
        truth, direct, x = survey(seed)
        found = share_areas(direct, np.full(38, SIZE), x)
        rows.append([truth, direct, found.value, found.se, *found.interval()])
    return np.swapaxes(rows, 0, 1)


def test_figures_lie_nearer_to_the_truth_than_what_was_counted(many):
    truth, direct, value, _se, _low, _high = many

    assert np.mean((value - truth) ** 2) < 0.7 * np.mean((direct - truth) ** 2)


def test_the_error_that_is_told_is_the_error_that_is_made(many):
    truth, _direct, value, se, _low, _high = many

    assert np.mean(se**2) == pytest.approx(np.mean((value - truth) ** 2), rel=0.06)


def test_intervals_hold_as_often_as_they_say(many):
    truth, _direct, _value, _se, low, high = many

    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.95, abs=0.012)


def test_figures_are_not_biased(many):
    truth, _direct, value, _se, _low, _high = many

    assert np.mean(value) == pytest.approx(np.mean(truth), abs=0.0006)


def test_a_district_where_nobody_was_found_is_near_its_like_and_above_zero():
    _truth, direct, x = survey(1)
    direct[0] = 0.0
    found = share_areas(direct, np.full(38, SIZE), x)
    low, high = found.interval()

    assert 0 < found.value[0] < np.median(found.value)
    assert 0 <= low[0] < found.value[0] < high[0] < 1


def test_a_district_where_nobody_was_asked_has_a_wider_interval():
    _truth, direct, x = survey(2)
    direct[0] = np.nan
    found = share_areas(direct, np.full(38, SIZE), x)

    assert found.se[0] > np.max(found.se[1:])


@pytest.mark.parametrize(
    ("share", "size", "words"),
    [
        ([0.1, 1.2], [100, 100], r"in \[0, 1\]"),
        ([0.1, 0.2], [100, 0], "over 0"),
        ([0.1, 0.2], [100], "as many rows"),
    ],
)
def test_what_cannot_be_is_refused_in_words(share, size, words):
    with pytest.raises(EngineError, match=words):
        share_areas(share, size, np.ones((2, 1)))
