"""Links of two years: exact ones, and errors that are as large as links of drawn samples differ."""

import itertools

import numpy as np
import pytest
from scipy.optimize import least_squares

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt.concurrent import concurrent
from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.linking import METHODS, anchors, link
from kepu_engines.survey.irt.responses import responses

pytestmark = pytest.mark.slow
LEVELS = np.linspace(-1.2, 1.2, 8)


def asked(chance, people=700, mean=0.0, spread=1.0, moved=0.0):
    theta = mean + spread * chance.normal(size=people)
    z = 1.3 * (theta[:, None] - LEVELS - moved)
    return (z > chance.logistic(size=z.shape)).astype(int)


def calibrated(codes):
    answers = responses(codes)
    found = fit(answers, "2pl")
    spread = errors(found, answers)
    return found, spread.together(found, range(len(LEVELS)))


def linked(seed, method, drift=0.0):
    chance = np.random.default_rng(seed)
    moved = drift * chance.normal(size=len(LEVELS))
    (old, before), (new, after) = (
        calibrated(asked(chance)),
        calibrated(asked(chance, mean=0.4, spread=1.2, moved=moved)),
    )
    b = [[year.difficulty(item)[0] for item in range(len(LEVELS))] for year in (old, new)]
    return link(anchors(old.slope, b[0], new.slope, b[1]), method, before, after)


@pytest.mark.parametrize("drift", [0.0, 0.3])
def test_the_error_of_a_link_is_as_large_as_links_of_drawn_samples_differ(drift):
    """With and without items that moved between the years, by chance."""
    found = [linked(seed, "mean-sigma", drift) for seed in range(12)]

    for at, values in enumerate(([one.slope for one in found], [one.shift for one in found])):
        told = np.sqrt(np.mean([one.covariance[at, at] for one in found]))
        assert 0.55 < told / np.std(values, ddof=1) < 1.8


def test_without_drift_nearly_all_of_the_error_is_sampling_and_with_it_less():
    still, drifted = (
        np.mean([one.sampling[1, 1] / one.covariance[1, 1] for one in links])
        for links in ([linked(s, "mean-sigma", d) for s in range(5)] for d in (0.0, 0.6))
    )

    assert still > 0.75
    assert drifted < 0.5


@pytest.mark.parametrize("method", list(METHODS))
def test_errors_that_all_anchors_share_are_counted_and_the_jackknife_sees_none(method):
    """The old year's difficulties all too large by one unknown amount: the shift is off by as much."""
    items = anchors(np.ones(8), LEVELS, np.ones(8), LEVELS)
    shared = np.kron(np.ones((8, 8)), [[0, 0], [0, 0.04]])

    found = link(items, method, old=shared)

    assert found.covariance == pytest.approx(np.diag([0, 0.04]), abs=2e-4)
    assert link(items, method).covariance == pytest.approx(np.zeros((2, 2)), abs=1e-9)


def test_a_covariance_of_another_size_is_refused():
    items = anchors(np.ones(8), LEVELS, np.ones(8), LEVELS)

    with pytest.raises(EngineError, match="covariance of the new anchors must be 16 x 16"):
        link(items, new=np.eye(3))


def together(seed, drift=0.0, own=0):
    """Two years in one table; `own` items were asked in the second year alone."""
    chance = np.random.default_rng(seed)
    moved = drift * chance.normal(size=len(LEVELS))
    old = asked(chance)
    old[:, len(LEVELS) - own :] = -1
    codes = np.vstack([old, asked(chance, mean=0.4, spread=1.2, moved=moved)])
    answers = responses(codes, group=np.repeat([0, 1], 700))
    found = fit(answers, "2pl")
    return concurrent(answers, found, errors(found, answers))


def test_a_concurrent_link_finds_the_second_year_within_its_errors():
    found = together(5, own=2)

    slope, shift = np.sqrt(np.diag(found.link.covariance))
    assert 0.03 < shift < 0.15
    assert found.link.shift == pytest.approx(0.4, abs=3 * shift)
    assert found.link.slope == pytest.approx(1.2, abs=3 * slope)
    assert found.common == tuple(f"item {n}" for n in range(1, 7))


def test_items_that_moved_add_to_a_concurrent_link_what_sampling_does_not_tell():
    still, drifted = (together(1, drift).link for drift in (0.0, 0.8))

    assert still.sampling[1, 1] > 0.6 * still.covariance[1, 1]
    assert drifted.sampling[1, 1] < 0.6 * drifted.covariance[1, 1]


def test_a_concurrent_link_needs_three_common_items():
    with pytest.raises(EngineError, match="at least three common items, not 2"):
        together(1, own=6)


# --- each method against a minimiser of its own, where items drifted ------------------------------

DRIFTED = {
    "a_old": [0.7, 1.9, 1.1, 1.4, 0.9, 1.6, 1.2, 0.8],
    "b_old": [-1.8, -1.1, -0.4, 0.1, 0.5, 0.9, 1.4, 2.2],
    "a_new": [0.9, 1.7, 1.5, 1.4, 0.7, 2.1, 1.1, 1.1],
    "b_new": [-2.0, -1.5, -0.3, -0.6, 0.4, 0.3, 1.2, 1.1],
}
GUESSES = np.array([0.2, 0.1, 0.0, 0.25, 0.15, 0.0, 0.2, 0.1])


def by_hand(method, guess):
    """Slope and shift by least squares over a fine grid of people N(0, 1) on the old scale."""
    a, b, c, d = (np.array(DRIFTED[name]) for name in ("a_old", "b_old", "a_new", "b_new"))
    theta = np.linspace(-4, 4, 801)
    root = np.sqrt(np.exp(-(theta**2) / 2) / np.exp(-(theta**2) / 2).sum())

    def right(slope, hard):
        z = np.exp(-slope[:, None] * (theta - hard[:, None]))
        return guess[:, None] + (1 - guess[:, None]) / (1 + z)

    def apart(at):
        gap = right(a, b) - right(c / at[0], at[0] * d + at[1])
        return (gap * root).ravel() if method == "haebara" else gap.sum(axis=0) * root

    return least_squares(apart, [1.0, 0.0], xtol=1e-14, ftol=1e-14, gtol=1e-14).x


@pytest.mark.parametrize("guess", [np.zeros(8), GUESSES], ids=["2pl", "3pl"])
@pytest.mark.parametrize("method", ["haebara", "stocking-lord"])
def test_a_method_finds_the_least_of_its_own_criterion_where_items_drifted(method, guess):
    items = anchors(**DRIFTED, c_old=guess, c_new=guess)

    found = link(items, method)

    assert (found.slope, found.shift) == pytest.approx(tuple(by_hand(method, guess)), abs=2e-4)


def test_methods_are_told_apart_by_items_that_drifted():
    found = {method: link(anchors(**DRIFTED), method) for method in METHODS}
    old, new = (np.array(DRIFTED[name]) for name in ("b_old", "b_new"))

    slope = old.std() / new.std()
    sigma = found["mean-sigma"]
    assert (sigma.slope, sigma.shift) == pytest.approx((slope, old.mean() - slope * new.mean()))
    values = [(one.slope, one.shift) for one in found.values()]
    for one, other in itertools.combinations(values, 2):
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 0.01


@pytest.mark.parametrize("method", list(METHODS))
def test_the_error_of_each_method_is_how_far_links_by_other_items_differ(method):
    """Fifteen items out of a great many, each moved by chance between the years; persons without end."""
    links = []
    for seed in range(50):
        chance = np.random.default_rng(1000 + seed)
        slope, hard = chance.uniform(0.7, 1.9, 15), chance.normal(0, 1, 15)
        moved, turned = chance.normal(0, 0.25, 15), np.exp(chance.normal(0, 0.15, 15))
        links.append(
            link(anchors(slope, hard, slope * turned * 1.1, (hard + moved - 0.3) / 1.1), method)
        )

    for at, values in enumerate(([one.slope for one in links], [one.shift for one in links])):
        told = np.sqrt(np.mean([one.covariance[at, at] for one in links]))
        assert told / np.std(values, ddof=1) == pytest.approx(1, abs=0.3)
        assert np.mean(values) == pytest.approx((1.1, 0.3)[at], abs=0.05)


def calibrated_with_errors(chance, hard):
    """Difficulties as a calibration has them: off by what all share and by what each has for itself."""
    found = hard + chance.normal(0, 0.08) + chance.normal(0, 0.1, hard.size)
    steep = np.exp(chance.normal(0, 0.05, hard.size))
    own = np.diag(np.tile([0.05**2, 0.1**2], hard.size))
    return steep, found, own + np.kron(np.ones((hard.size,) * 2), [[0, 0], [0, 0.08**2]])


def test_the_interval_of_a_link_covers_as_stated_if_the_earlier_year_s_sampling_is_counted():
    """Items drift by chance; both years know them by people drawn, whose errors are shared in part."""
    inside = {"both": 0, "new alone": 0}
    for seed in range(400):
        chance = np.random.default_rng(seed)
        hard = np.linspace(-1.5, 1.5, 20)
        a, b, old = calibrated_with_errors(chance, hard)
        c, d, new = calibrated_with_errors(chance, hard - 0.3 + chance.normal(0, 0.1, 20))
        items = anchors(a, b, c, d)
        for name, given in (("both", {"old": old, "new": new}), ("new alone", {"new": new})):
            found = link(items, "mean-sigma", **given)
            inside[name] += abs(found.shift - 0.3) < 1.96 * found.error(0.0)

    assert 0.92 < inside["both"] / 400 < 0.98
    assert inside["new alone"] / 400 < 0.9
