"""Severity of reviewers: held to generalised least squares written out, and to simulations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import f, norm

from kepu_engines.core.errors import EngineError
from kepu_engines.judging.severity import calibrate


def call(seed=0, applications=30, reviewers=8, panel=3, severity=4.0, noise=2.0):
    draw = np.random.default_rng(seed)
    deserved, lenient = draw.normal(70, 6, applications), draw.normal(0, severity, reviewers)
    who = np.argsort(draw.random((applications, reviewers)), axis=1)[:, :panel].ravel()
    which = np.repeat(np.arange(applications), panel)
    score = deserved[which] + lenient[who] + draw.normal(0, noise, len(which))
    return which, who, score, deserved, lenient


def written_out(which, who, score):
    """REML of the whole model with its whole matrices, and generalised least squares there."""
    x, z = np.eye(which.max() + 1)[which], np.eye(who.max() + 1)[who]

    def parts(logs):
        between2, within2 = np.exp(logs)
        inverse = np.linalg.inv(between2 * z @ z.T + within2 * np.eye(len(score)))
        covariance = np.linalg.inv(x.T @ inverse @ x)
        mean = covariance @ x.T @ inverse @ score
        return inverse, covariance, mean, between2

    def minus_twice(logs):
        inverse, covariance, mean, _ = parts(logs)
        left = score - x @ mean
        return (
            -np.linalg.slogdet(inverse)[1]
            - np.linalg.slogdet(covariance)[1]
            + left @ inverse @ left
        )

    best = minimize(
        minus_twice, [1.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}
    )
    inverse, covariance, mean, between2 = parts(best.x)
    lenient = between2 * z.T @ inverse @ (score - x @ mean)
    left_over = inverse - inverse @ x @ covariance @ x.T @ inverse
    lenient_error = np.sqrt(between2 - between2**2 * np.diag(z.T @ left_over @ z))
    return np.sqrt(np.exp(best.x)), mean, np.sqrt(np.diag(covariance)), lenient, lenient_error


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_likelihood_of_the_whole_model(seed):
    which, who, score, *_ = call(seed)

    found = calibrate(which, who, score)
    spreads, mean, error, lenient, lenient_error = written_out(which, who, score)

    assert [found.between, found.within] == pytest.approx(spreads, rel=1e-4)
    assert found.score == pytest.approx(mean, abs=1e-3)
    assert found.error == pytest.approx(error, rel=1e-3)
    assert found.leniency == pytest.approx(lenient, abs=1e-3)
    assert found.leniency_error == pytest.approx(lenient_error, rel=1e-3)


def test_severity_is_recovered_and_errors_hold():
    which, who, score, deserved, lenient = call(1, 2000, 200, severity=5, noise=5)

    found = calibrate(which, who, score)

    assert np.corrcoef(found.leniency, lenient)[0, 1] >= 0.95
    assert found.between == pytest.approx(5, rel=0.12)
    assert found.within == pytest.approx(5, rel=0.03)
    held = np.abs(found.score - deserved) < norm.ppf(0.975) * found.error
    assert held.mean() == pytest.approx(0.95, abs=0.015)
    held = np.abs(found.leniency - lenient) < norm.ppf(0.975) * found.leniency_error
    assert held.mean() == pytest.approx(0.95, abs=0.04)


def test_fewer_applications_are_judged_wrongly_than_by_means():
    wrong = np.zeros(2)
    for seed in range(5):
        which, who, score, deserved, _ = call(seed, 800, 80, severity=6, noise=4)
        found = calibrate(which, who, score)
        for n, told in enumerate((found.raw, found.score)):
            wrong[n] += ((told >= 75) != (deserved >= 75)).sum()

    assert wrong[1] <= 0.75 * wrong[0]


def test_reviewers_who_do_not_differ_are_left_as_they_are():
    which, who, score, *_ = call(4, 300, 20, severity=0, noise=3)

    found = calibrate(which, who, score)

    assert found.between < 0.7
    assert found.score == pytest.approx(found.raw, abs=0.5)


def test_who_gave_few_scores_is_corrected_little():
    which, who, score, deserved, _ = call(5, 60, 6, severity=4)
    few, many = [0], list(range(30))
    which = np.concatenate([which, few, many])
    who = np.concatenate([who, [6] * len(few), [7] * len(many)])
    raised = deserved[[*few, *many]] + 8
    found = calibrate(which, who, np.concatenate([score, raised]))

    assert 0 < found.leniency[6] < found.leniency[7]
    assert found.leniency_error[6] > found.leniency_error[7]


def test_adding_points_to_all_moves_scores_and_no_reviewer():
    which, who, score, *_ = call(6)
    first, moved = calibrate(which, who, score), calibrate(which, who, score + 10)

    assert moved.score == pytest.approx(first.score + 10)
    assert moved.leniency == pytest.approx(first.leniency, abs=1e-6)
    assert moved.error == pytest.approx(first.error)


def test_chances_say_how_sure_a_cut_is():
    which, who, score, *_ = call(7)
    found = calibrate(which, who, score)
    cut = float(found.score[0])

    chance = found.chance_above(cut)

    assert chance[0] == pytest.approx(0.5)
    assert (np.argsort(chance) == np.argsort((found.score - cut) / found.error)).all()
    assert ((chance > 0) & (chance < 1)).all()


def test_who_scores_at_random_is_noticed_and_others_rarely():
    noticed, wrongly = 0, 0
    for seed in range(20):
        which, who, score, *_ = call(seed, 200, 20, severity=4, noise=2)
        draw = np.random.default_rng(seed)
        score = np.where(who == 3, draw.uniform(50, 90, len(score)), score)
        strange = calibrate(which, who, score).strange(0.05)
        noticed += strange[3]
        wrongly += strange.sum() - strange[3]

    assert noticed == 20
    assert wrongly <= 3


@pytest.mark.parametrize("severity", [0, 4])
def test_nobody_is_strange_in_an_honest_call(severity):
    strange = [
        calibrate(*call(seed, 60, 60, severity=severity)[:3]).strange(0.2).any()
        for seed in range(60)
    ]

    assert sum(strange) <= 18  # 12 are expected, with a standard deviation of 3


def test_who_sits_beside_a_strange_reviewer_is_not_accused():
    noticed, wrongly = 0, 0
    for seed in range(30):
        which, who, score, *_ = call(seed, 120, 20, panel=2, severity=4, noise=2)
        shared = which < 12
        who = np.where(shared, np.tile([0, 1], 120), who)  # the first two share twelve applications
        draw = np.random.default_rng(seed)
        score = np.where(shared, 70 + draw.normal(0, 2, len(score)), score)
        score = np.where(who == 0, draw.uniform(50, 90, len(score)), score)
        found = calibrate(which, who, score).strange(0.01)
        noticed += found[0]
        wrongly += found[1:].sum()

    assert noticed == 30
    assert wrongly <= 1


def test_two_who_only_ever_sat_together_are_named_together_or_not_at_all():
    which, who, score, *_ = call(3, 100, 10, severity=1, noise=1)
    draw = np.random.default_rng(3)
    pair = np.repeat(np.arange(100, 120), 2)
    found = calibrate(
        np.concatenate([which, pair]),
        np.concatenate([who, np.tile([10, 11], 20)]),
        np.concatenate([score, np.where(np.arange(40) % 2, 70, draw.uniform(40, 95, 40))]),
    )

    assert np.flatnonzero(found.strange()).tolist() == [10, 11]


def deletion(which, who, score, one):
    """The F law of leaving one reviewer out, by least squares fitted twice, every leniency free."""

    def squares(kept):
        x = np.column_stack(
            [np.eye(which.max() + 1)[which[kept]], np.eye(who.max() + 1)[who[kept]]]
        )
        fitted = np.linalg.lstsq(x, score[kept], rcond=None)
        left = score[kept] - x @ fitted[0]
        return left @ left, len(x) - fitted[2]

    (whole, free), (rest, fewer) = squares(np.ones(len(who), dtype=bool)), squares(who != one)
    return f.sf((whole - rest) / (free - fewer) / (rest / fewer), free - fewer, fewer)


@pytest.mark.parametrize("severity", [0, 4])
@pytest.mark.parametrize("sizes", [(15, 12), (60, 4)])  # fewer scores of each than reviewers; more
def test_strangeness_is_that_of_leaving_each_reviewer_out(sizes, severity):
    which, who, score, *_ = call(8, *sizes, severity=severity)

    found = calibrate(which, who, score)

    expected = [
        deletion(which, who, score, one) if (who == one).sum() > 1 else 1 for one in range(sizes[1])
    ]
    assert found.strangeness == pytest.approx(expected, rel=1e-5)


def test_exactly_consistent_reviewers_are_known_exactly():
    which, who, score, deserved, _ = call(1, severity=0, noise=0, reviewers=3)
    found = calibrate(which, who, score + np.array([0.0, 5.0, -5.0])[who])

    assert found.between == pytest.approx(5, rel=1e-6)
    assert found.within < 1e-4
    assert found.leniency == pytest.approx([0, 5, -5], abs=1e-6)
    assert found.score == pytest.approx(deserved, abs=1e-6)
    # Three reviewers drawn from a population: their mean is off by its standard deviation over root three.
    assert found.error == pytest.approx(5 / np.sqrt(3), rel=1e-6)
    assert not found.strange().any()


@pytest.mark.parametrize("noise", [1e-2, 1e-4])
def test_almost_exactly_consistent_reviewers_have_the_spread_they_show(noise):
    which, who, score, *_ = call(1, severity=0, noise=noise, reviewers=3)
    found = calibrate(which, who, score + np.array([0.0, 5.0, -5.0])[who])

    assert found.between == pytest.approx(5, rel=1e-2)
    assert found.within == pytest.approx(noise, rel=0.2)


def test_where_nothing_tells_leniency_from_noise_means_stay():
    found = calibrate([0, 0], [0, 1], [3.0, 5.0])

    assert found.between == 0
    assert found.score == found.raw


@pytest.mark.parametrize(("severity", "reviewers"), [(0, 4), (1, 4), (4, 8)])
def test_intervals_of_short_calls_hold(severity, reviewers):
    held = []
    for seed in range(200):
        which, who, score, deserved, _ = call(seed, 12, reviewers, 2, severity=severity)
        found = calibrate(which, who, score)
        held.append(np.abs(found.score - deserved) < found.margin(0.95))

    assert np.mean(held) >= 0.938


def test_boards_that_share_no_reviewer_are_told_apart():
    found = calibrate(
        [0, 0, 1, 1, 3, 3, 4, 5], [0, 1, 1, 2, 3, 4, 4, 5], [3.0, 4, 6, 6.5, 2, 4, 3, 1]
    )

    assert found.board.tolist() == [0, 0, -1, 1, 1, 2]


def test_an_application_nobody_scored_has_no_score():
    found = calibrate([0, 0, 2, 2], [0, 1, 0, 1], [3.0, 4.0, 6.0, 6.5])

    assert np.isnan(found.score[1])
    assert np.isnan(found.raw[1])
    assert np.isnan(found.chance_above(3)[1])
    assert not np.isnan(found.score[[0, 2]]).any()


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (([0, 0], [1, 1], [3.0, 4.0]), "reviewer 1 scores application 0 twice"),
        (([0, 1], [1, 1], [3.0, 4.0]), "no application has two scores"),
        (([0, 0], [0, 1], [3.0, 3.0]), "nothing to calibrate"),
        (([0, 0], [0, 1], [3.0, np.nan]), "score must hold finite"),
        (([], [], []), "one score for each pair"),
        (([0, 0], [0, 1], [3.0]), "one score for each pair"),
        (([-1, 0], [0, 1], [3.0, 4.0]), "application must lie"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(scores, words):
    with pytest.raises(EngineError, match=words):
        calibrate(*scores)
