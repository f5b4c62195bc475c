"""Years side by side: differences with the error of linking, breaks, and targets."""

import numpy as np
import pytest
from scipy.special import expit, logit, ndtr
from tests.oracles import in_r

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt.linking import Link, anchors, link
from kepu_engines.survey.trend import Year, change, comparable, linking_error, reach


def at(year, share, se=0.004, framework="cast-2024", modes="home"):
    return Year(year, share, se, framework, modes)


def test_a_difference_has_the_errors_of_both_years_and_of_the_link():
    found = change(at(2026, 0.12, 0.003), at(2024, 0.10, 0.004), linking=0.012)

    assert found.value == pytest.approx(0.02)
    assert found.se == pytest.approx(0.013)
    assert found.low == pytest.approx(0.02 - 1.959964 * 0.013, abs=1e-6)
    assert found.breaks == ()


def test_a_year_without_a_published_error_has_a_difference_and_no_interval():
    found = change(at(2026, 0.12), at(2020, 0.102, None))

    assert found.value == pytest.approx(0.018)
    assert (found.se, found.low, found.high) == (None, None, None)
    assert at(2020, 0.102, None).interval() is None


def test_a_new_framework_or_another_way_of_asking_breaks_the_series():
    now = at(2026, 0.12)
    series = [at(2020, 0.09, framework="cast-2018"), at(2022, 0.10), at(2024, 0.11, None)]

    assert change(now, series[0]).breaks == ("framework",)
    assert change(now, at(2024, 0.1, modes="online", framework="x")).breaks == (
        "framework",
        "modes",
    )
    assert [one.year for one in comparable(now, series)] == [2022, 2026]  # 2024 has no error
    assert [one.year for one in comparable(now, [at(2022, 0.1), at(2024, 0.1, modes="?")])] == [
        2026
    ]


# --- linking --------------------------------------------------------------------------------------


def test_the_link_s_error_is_what_moving_the_cut_does_to_the_share():
    spread = np.array([[0.0009, 0.0003], [0.0003, 0.0016]])
    found = linking_error(Link(1.1, 0.2, spread), 0.12)

    # By hand: people N(0, 1) on the new scale; the cut, moved on the old one, read back.
    rng = np.random.default_rng(1)
    moves = rng.multivariate_normal([1.1, 0.2], spread, 400_000)
    old = 1.1 * 1.1749868 + 0.2
    shares = 1 - ndtr((old - moves[:, 1]) / moves[:, 0])
    assert found == pytest.approx(shares.std(), rel=0.03)


def test_the_link_s_error_of_a_group_is_that_of_moving_the_same_cut():
    spread = np.array([[0.0009, 0.0003], [0.0003, 0.0016]])
    found = linking_error(Link(1.1, 0.2, spread), 0.30, everybody=0.12)

    # By hand: people N(m, 1), 30 % of them above the cut that 12 % of everybody are above.
    rng = np.random.default_rng(1)
    moves = rng.multivariate_normal([1.1, 0.2], spread, 400_000)
    cut, mean = 1.1749868, 1.1749868 - 0.5244005
    shares = 1 - ndtr((1.1 * cut + 0.2 - moves[:, 1]) / moves[:, 0] - mean)
    assert found == pytest.approx(shares.std(), rel=0.03)
    assert linking_error(Link(1.1, 0.2, spread), 0.12, everybody=0.12) == pytest.approx(
        linking_error(Link(1.1, 0.2, spread), 0.12)
    )


def test_items_that_drift_make_the_share_as_uncertain_as_is_told():
    """Twenty common items, each of them a little harder or easier than it was, by chance."""
    rng = np.random.default_rng(4)
    share, cut, told, moved = 0.15, 1.0364334, [], []
    for _ in range(80):
        a, b = rng.uniform(0.8, 1.6, 20), rng.normal(0, 1, 20)
        found = link(anchors(a, b, a, b + rng.normal(0, 0.25, 20)), "mean-sigma")
        told.append(linking_error(found, share))
        moved.append(1 - ndtr((cut - found.shift) / found.slope))

    assert np.sqrt(np.mean(np.square(told))) == pytest.approx(np.std(moved), rel=0.2)


# --- targets --------------------------------------------------------------------------------------


def test_a_year_that_was_measured_decides_by_its_own_figure():
    now = at(2025, 0.1537, 0.005)

    found = reach(now, [at(2024, 0.05)], 0.15, 2025)

    z = (logit(0.1537) - logit(0.15)) / (0.005 / (0.1537 * 0.8463))
    assert found.probability == pytest.approx(ndtr(z))
    assert found.years == (2025,)
    assert reach(at(2025, 0.15), [], 0.15, 2025).probability == pytest.approx(0.5)


def test_a_line_through_the_years_is_r_s_weighted_regression(tmp_path):
    now, earlier = at(2026, 0.125, 0.004), [at(2020, 0.08, 0.003), at(2023, 0.11, 0.005)]

    found = reach(now, earlier, 0.15, 2029, linking=0.003)

    told = in_r(
        """
        year <- c(2020, 2023, 2026); p <- c(.08, .11, .125)
        se <- c(.003, .005, sqrt(.004^2 + .003^2)) / (p * (1 - p))
        fit <- lm(qlogis(p) ~ year, weights=1/se^2)
        s <- summary(fit)$sigma; scale <- max(1, s) / s
        ahead <- predict(fit, data.frame(year=2029), se.fit=TRUE)
        tell("share", plogis(ahead$fit)); tell("se", ahead$se.fit * scale)
        tell("chance", pnorm((ahead$fit - qlogis(.15)) / (ahead$se.fit * scale)))
        """,
        tmp_path,
    )
    assert found.share == pytest.approx(told["share"][0], rel=1e-10)
    assert found.se == pytest.approx(told["se"][0], rel=1e-10)
    assert found.probability == pytest.approx(told["chance"][0], rel=1e-9)
    assert found.years == (2020, 2023, 2026)


def test_a_line_through_years_with_a_link_in_common_is_r_s_generalised_least_squares(tmp_path):
    now, earlier = at(2026, 0.125, 0.004), [at(2020, 0.08, 0.003), at(2023, 0.11, 0.005)]
    links = np.array([[0, 0, 0], [0, 3.6e-5, 3.0e-5], [0, 3.0e-5, 4.9e-5]])

    found = reach(now, earlier, 0.15, 2029, links)

    told = in_r(
        """
        year <- c(2020, 2023, 2026) - 2029; p <- c(.08, .11, .125); q <- p * (1 - p)
        v <- diag(c(.003, .005, .004)^2); v[2:3, 2:3] <- v[2:3, 2:3] + c(3.6e-5, 3e-5, 3e-5, 4.9e-5)
        root <- solve(t(chol(v / (q %o% q))))
        fit <- lm(root %*% qlogis(p) ~ 0 + root %*% cbind(1, year)); s <- summary(fit)
        tell("line", coef(fit)[1]); tell("se", s$coefficients[1, 2] * max(1, s$sigma) / s$sigma)
        """,
        tmp_path,
    )
    assert found.share == pytest.approx(expit(told["line"][0]), rel=1e-9)
    assert found.se == pytest.approx(told["se"][0], rel=1e-9)

    two, apart = (
        reach(now, earlier[1:], 0.15, 2029, v) for v in (links[1:, 1:], 4.9e-5 * np.eye(2))
    )
    assert two.se < 0.9 * apart.se  # growth between years is surer by what they have in common


def test_links_of_other_years_are_refused():
    with pytest.raises(EngineError, match=r"the links of 2 years need a covariance \(2, 2\)"):
        reach(at(2026, 0.12), [at(2024, 0.1)], 0.15, 2030, np.zeros((3, 3)))
    with pytest.raises(EngineError, match="2024: the error of a link must not be below 0"):
        Year(2024, 0.1, 0.004, "", "", "", -0.1)


def test_chances_are_kept_where_odds_grow_evenly():
    """Of targets said to be reached with 70 to 90 %, about so many are."""
    rng = np.random.default_rng(9)
    years, said, held = (2020, 2022, 2024, 2026), [], []
    for _ in range(1500):
        growth, start = rng.normal(0.08, 0.03), rng.normal(-2.4, 0.15)
        true = expit(start + growth * (np.array([*years, 2029]) - 2020))
        seen = true[:4] + rng.normal(0, 0.004, 4)
        series = [at(y, float(s)) for y, s in zip(years, seen, strict=True)]
        target = float(np.clip(true[4] + rng.normal(0, 0.012), 0.01, 0.9))
        said.append(reach(series[-1], series[:-1], target, 2029).probability)
        held.append(true[4] >= target)
    said, held = np.array(said), np.array(held)

    for low, high in ((0.1, 0.3), (0.7, 0.9)):
        some = (said > low) & (said < high)
        assert held[some].mean() == pytest.approx(said[some].mean(), abs=0.1)


def test_one_year_cannot_tell_of_another():
    assert reach(at(2026, 0.12), [at(2020, 0.1, None)], 0.15, 2030) is None
    assert reach(at(2026, 0.12), [at(2024, 0.1, framework="older")], 0.15, 2030) is None


def test_percent_in_the_place_of_shares_is_refused():
    with pytest.raises(EngineError, match=r"2024: 15\.37 is no share"):
        at(2024, 15.37)
    with pytest.raises(EngineError, match="2024: the standard error must be above 0"):
        at(2024, 0.1, 0.0)
    with pytest.raises(EngineError, match="the target 15 is no share"):
        reach(at(2026, 0.12), [], 15, 2030)
    with pytest.raises(EngineError, match="2 is no share"):
        linking_error(Link(1, 0, np.eye(2)), 2)


def test_a_linked_figure_has_the_error_of_linking_in_its_own_and_without_one_none():
    now = at(2026, 0.12, 0.003)

    assert now.linked(0.004).se == pytest.approx(0.005)
    assert now.linked(0.004).share == 0.12
    assert at(2026, 0.12, None).linked(0.004).se is None


def test_a_target_of_the_same_year_is_less_sure_by_the_error_of_linking():
    now = at(2026, 0.12, 0.003)

    alone, linked = (reach(now, [], 0.115, 2026, linking=error) for error in (0, 0.004))

    assert alone is not None
    assert linked is not None
    assert linked.se == pytest.approx(alone.se * 5 / 3)
    assert 0.5 < linked.probability < alone.probability
