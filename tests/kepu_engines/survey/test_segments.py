"""Latent classes against published figures, a direct likelihood, and classes that are known."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design
from kepu_engines.survey.replicates import bootstrap
from kepu_engines.survey.segments import Patterns, chosen, fit, means, several

# Stouffer & Toby's role conflict (1951), 216 persons, as Goodman (1974) has it: + or - on A, B, C, D.
CONFLICT = (42, 23, 6, 25, 6, 24, 7, 38, 1, 4, 1, 6, 2, 9, 2, 20)
FOUR = (2, 2, 2, 2)


def conflict() -> tuple[Patterns, np.ndarray]:
    every = np.array(list(product((0, 1), repeat=4)))
    return Patterns.of(every, FOUR), np.array(CONFLICT, float)


def drawn(n: int = 4000, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Three classes of known sizes that answer five questions; 10 % of the answers are missing."""
    chance = np.random.default_rng(seed)
    kind = chance.choice(3, n, p=(0.5, 0.3, 0.2))
    yes = np.array(
        [[0.9, 0.8, 0.1, 0.1, 0.2], [0.2, 0.1, 0.9, 0.8, 0.2], [0.9, 0.9, 0.9, 0.9, 0.9]]
    )
    answers = (chance.random((n, 5)) < yes[kind]).astype(int)
    answers[chance.random((n, 5)) < 0.1] = -1
    return kind, answers


def test_a_published_example_to_its_printed_digits():
    patterns, counts = conflict()
    # as rows of persons: each counts 1
    persons = Patterns.of(np.repeat(patterns.codes, counts.astype(int), axis=0), FOUR)
    found = fit(persons, np.ones(216), 2, seed=5)
    assert found.people == 216
    assert found.share.round(3).tolist() == [0.721, 0.279]
    assert found.answer[1, :, 0].round(3).tolist() == [0.993, 0.940, 0.927, 0.769]
    assert found.answer[0, :, 0].round(3).tolist() == [0.714, 0.330, 0.354, 0.132]
    joint = np.array(
        [found.share[t] * found.answer[t][range(4), patterns.codes].prod(1) for t in (0, 1)]
    )
    expected = 216 * joint.sum(0)
    ratio = 2 * (counts * np.log(counts / expected)).sum()
    assert round(ratio, 2) == 2.72
    assert 15 - found.parameters == 6


def test_equal_weights_are_the_plain_likelihood_and_bic_chooses():
    patterns, counts = conflict()
    persons = Patterns.of(np.repeat(patterns.codes, counts.astype(int), axis=0), FOUR)
    found = several(persons, np.full(216, 7.5), 4)
    assert [len(one) for one in found] == [1, 2, 3]  # four classes have 19 figures of 15 patterns

    def minus(x: np.ndarray) -> float:
        p = 1 / (1 + np.exp(-x))
        yes = p[1:].reshape(2, 4)
        told = np.where(patterns.codes[:, None, :] == 0, yes, 1 - yes).prod(2)
        return -float(counts @ np.log(told @ [p[0], 1 - p[0]]))

    direct = minimize(minus, [-1, 3, 2, 2, 1, 1, -1, -1, -2], method="BFGS")
    assert found[1].loglik == pytest.approx(-direct.fun, abs=1e-5)
    assert found[1].bic == pytest.approx(2 * direct.fun + 9 * np.log(216), abs=1e-4)
    assert len(chosen(found)) == 2
    assert found[1].reached == found[1].ends == 5


def test_known_classes_are_found_again_with_gaps_and_weights():
    kind, answers = drawn()
    weight = np.where(kind == 2, 0.5, 1.0)  # the third class was asked twice as often
    patterns = Patterns.of(answers, (2,) * 5)
    found = chosen(several(patterns, weight, 4, starts=4))
    people = np.array([0.5, 0.3, 0.1]) / 0.9
    assert len(found) == 3
    assert found.share == pytest.approx(people, abs=0.03)
    assert found.answer[0, :, 1] == pytest.approx([0.9, 0.8, 0.1, 0.1, 0.2], abs=0.05)
    assert found.people < len(kind)
    assert 0.4 < found.entropy < 0.95


def test_means_in_classes_are_free_of_the_error_of_assigning():
    kind, answers = drawn(12_000)
    chance = np.random.default_rng(9)
    literate = (chance.random(kind.size) < np.array([0.05, 0.15, 0.60])[kind]).astype(float)
    patterns = Patterns.of(answers, (2,) * 5)
    weight = np.ones(kind.size)
    found = fit(patterns, weight, 3, starts=6)
    chances = found.posterior(patterns)
    told = means(chances, patterns, weight, literate[:, None])[:, 0]
    assert told == pytest.approx([0.05, 0.15, 0.60], abs=0.025)
    best = chances[patterns.row].argmax(1)
    naive = [literate[best == one].mean() for one in range(3)]
    assert naive[2] < 0.54 < told[2]  # who is assigned by mistake pulls the plain mean down
    # the same by the matrix of wrong assignments, as Vermunt (2010) writes it
    each = chances[patterns.row]
    wrong = (each.T @ each) / each.sum(0)[:, None]
    star = each @ np.linalg.inv(wrong)
    assert told == pytest.approx(star.T @ literate / star.sum(0), rel=1e-9)


def test_errors_of_sizes_know_that_classes_are_not_seen():
    kind, answers = drawn(2000)
    patterns, weight = Patterns.of(answers, (2,) * 5), np.ones(2000)
    design = Design.of(np.zeros(2000, int), np.arange(2000) // 4, weight)
    found = fit(patterns, weight, 3, starts=6)
    y = (kind == 1).astype(float)[:, None]
    spread = bootstrap(design, 60, 4).spread(found.figures(patterns, y))
    share, answer, told = found.split(spread.value, 1)
    assert share == pytest.approx(found.share, abs=1e-4)
    assert answer == pytest.approx(found.answer, abs=1e-3)
    assert told[1, 0] == pytest.approx(1, abs=0.1)
    errors = found.split(spread.se, 1)[0]
    plain = np.sqrt(found.share * (1 - found.share) / 2000)
    assert (errors > plain).all()
    assert (errors < 6 * plain).all()


@pytest.mark.parametrize(
    ("answers", "categories", "classes", "words"),
    [
        ([[0, 1], [1, 0]], (2, 2), 2, "as many figures as the answers can tell"),
        ([[0, 1, 2]], (2, 2, 2), 1, "question 3: a code is not in"),
        ([[0, 0, 0]], (2, 2, 1), 1, "question 3 has one answer"),
    ],
)
def test_what_cannot_be_told_is_refused(answers, categories, classes, words):
    def told():
        return fit(Patterns.of(answers, categories), np.ones(len(answers)), classes)

    with pytest.raises(EngineError, match=words):
        told()
