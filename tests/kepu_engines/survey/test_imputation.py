"""Answers drawn where a booklet left questions out: exact where nothing is missing, right where it is."""

import numpy as np
import pytest
from scipy.special import expit

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.imputation import pooled, pooled_together
from kepu_engines.survey.irt.completing import completed
from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.responses import Responses, responses


def test_rubin_s_rules_by_hand():
    values = np.array([[10.0, 5], [12, 5], [11, 5]])
    found = pooled(values, np.array([[2.0, 1], [2, 1], [2, 1]]), np.array([60, 60]))

    between = 4 / 3 * 1.0
    share = between / (4 + between)
    own = 61 / 63 * 60 * (1 - share)
    assert found.value == pytest.approx([11, 5])
    assert found.se == pytest.approx([np.sqrt(4 + between), 1])
    assert found.measurement == pytest.approx([share, 0])
    assert found.df[0] == pytest.approx(1 / (share**2 / 2 + 1 / own))
    assert found.df[1] == pytest.approx(61 / 63 * 60)


def test_figures_that_move_together_are_joined_with_what_they_share():
    """By hand: of two figures, and of their difference, which the copies agree on."""
    values = np.array([[[10.0], [4]], [[12], [6]], [[11], [5]]])
    each = np.array([[4.0, 1], [1, 2]])
    found = pooled_together(values, np.tile(each[None, :, :, None], (3, 1, 1, 1)), 60)

    alone = pooled(values[:, 0], np.full((3, 1), 2.0), np.array([60]))
    assert found.value[:, 0] == pytest.approx([11, 5])
    assert found.covariance[:, :, 0] == pytest.approx(each + 4 / 3)
    assert found.freedom(np.array([[1.0], [0]])) == pytest.approx(alone.df)
    assert found.freedom(np.array([[1.0], [-1]])) == pytest.approx(61 / 63 * 60)


def test_one_copy_is_what_the_design_says():
    each = np.array([[4.0, 1], [1, 2]])
    found = pooled_together(np.array([[[10.0], [4]]]), each[None, :, :, None], 60)

    assert (found.covariance[:, :, 0] == each).all()
    assert found.freedom(np.array([[1.0], [0]])).tolist() == [60]


def form(rng, persons, items=16, asked=9):
    """Persons with a form each, of which a booklet holds some items; and what all would be."""
    slope, hard = np.linspace(0.8, 1.7, items), 1.6 * np.sin(np.arange(items)) + 0.3
    ability = rng.normal(size=persons)
    right = rng.random((persons, items)) < expit(slope * (ability[:, None] - hard))
    order = rng.random((persons, items)).argsort(axis=1).argsort(axis=1)
    return right, np.where(order < asked, right, -1).astype(np.int8)


def of_persons(codes):
    """Responses with a row for each person."""
    ones, rows = np.ones(len(codes)), np.zeros(len(codes), np.int32)
    return Responses(
        codes, ones, ones, rows, tuple(map(str, range(codes.shape[1]))), len(codes), False
    )


def test_where_everything_was_asked_nothing_is_drawn():
    right, _codes = form(np.random.default_rng(1), 400)
    answers = of_persons(right.astype(np.int8))
    found = fit(answers, "2pl")

    drawn = completed(found, answers, errors(found, answers), draws=3, seed=5)
    copies = [one.right for one in drawn]

    assert len(copies) == 3
    assert all((copy == right).all() for copy in copies)


def test_what_was_answered_stays_and_draws_come_again():
    _right, codes = form(np.random.default_rng(2), 500)
    answers = of_persons(codes)
    found = fit(answers, "2pl")
    spread = errors(found, answers)

    first = [one.right for one in completed(found, answers, spread, draws=2, seed=5)]
    again = [one.right for one in completed(found, answers, spread, draws=2, seed=5)]

    told = codes >= 0
    assert all((copy[told] == (codes[told] == 1)).all() for copy in first)
    assert (first[0] != first[1]).any()
    assert all((a == b).all() for a, b in zip(first, again, strict=True))


@pytest.mark.slow
def test_the_share_above_a_cut_is_found_with_its_whole_error():
    """Surveys of one law: counting blanks as wrong misses by far, draws do not."""
    rng = np.random.default_rng(7)
    everybody, _codes = form(rng, 200_000)
    truth, rows = (everybody.sum(axis=1) >= 11).mean(), []
    for survey in range(20):
        _right, codes = form(rng, 400, asked=8)
        answers = of_persons(codes)
        found = fit(answers, "2pl")
        drawn = completed(found, answers, errors(found, answers), draws=5, seed=survey * 10)
        copies = [one.right for one in drawn]
        above = np.array([[(copy.sum(axis=1) >= 11).mean()] for copy in copies])
        se = np.sqrt(above * (1 - above) / 400)
        told = pooled(above, se, np.array([399]))
        naive = ((codes == 1).sum(axis=1) >= 11).mean()
        rows.append((told.value[0], told.se[0], naive, se.mean()))
    value, se, naive, plain = np.array(rows).T

    off = value - truth
    assert abs(off.mean()) < 3 * off.std() / np.sqrt(20)
    assert naive.mean() < truth / 2
    assert se.mean() == pytest.approx(off.std(), rel=0.45)  # 20 surveys know a spread to 16 %
    assert se.mean() > 1.05 * plain.mean()  # as if all had been answered, it were less
    assert (np.abs(off) < 2.1 * se).mean() > 0.79


def test_what_cannot_be_drawn_is_refused():
    _right, codes = form(np.random.default_rng(3), 300)
    answers = of_persons(codes)
    found = fit(answers, "2pl")
    spread = errors(found, answers)
    rasch = fit(answers, "rasch")

    with pytest.raises(EngineError, match="at least two draws"):
        next(completed(found, answers, spread, draws=1, seed=1))
    with pytest.raises(EngineError, match="by the model 2pl, not rasch"):
        next(completed(rasch, answers, spread, draws=2, seed=1))
    with pytest.raises(EngineError, match="at least two copies"):
        pooled(np.ones((1, 2)), np.ones((1, 2)), np.array([9, 9]))
    few = responses(codes[:, :4][(codes[:, :4] >= 0).any(axis=1)])
    with pytest.raises(EngineError, match="each person must have a row"):
        next(completed(found, few, spread, draws=2, seed=1))
