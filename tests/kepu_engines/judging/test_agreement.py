"""Agreement of reviewers, held to published and hand-worked values."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.judging.agreement import alpha, kappa

NAN = math.nan
# Krippendorff (2011), section D: four observers, twelve units; a dot there is nan here.
OBSERVERS = np.array([
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]).T  # fmt: skip


@pytest.mark.parametrize(
    ("scale", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_is_that_of_its_author(scale, published):
    assert round(alpha(OBSERVERS, scale), 3) == published


def test_reviewers_who_agree_have_one_and_who_contradict_less_than_none():
    assert alpha([[1, 1], [5, 5], [3, 3]]) == 1
    assert alpha([[1, 5], [5, 1]]) < 0


def test_where_all_scores_are_equal_there_is_no_agreement_to_tell():
    assert math.isnan(alpha([[2, 2], [2, 2]]))
    assert math.isnan(kappa([1, 1], [1, 1]))


def written_out(scores: np.ndarray, scale: str) -> float:
    """Krippendorff's coincidences, value by value, in whole matrices."""
    values, codes = np.unique(scores, return_inverse=True)
    together, pairs = np.zeros((len(values), len(values))), scores.shape[1] - 1
    for row in codes.reshape(scores.shape):
        for one, first in enumerate(row):
            for other, second in enumerate(row):
                together[first, second] += (one != other) / pairs
    margins = together.sum(axis=1)
    place = values if scale == "interval" else np.cumsum(margins) - margins / 2
    apart = np.subtract.outer(place, place) ** 2 if scale != "nominal" else 1 - np.eye(len(values))
    expected = (np.outer(margins, margins) * apart).sum() / (margins.sum() - 1)
    return 1 - (together * apart).sum() / expected


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval"])
def test_alpha_of_many_different_values_is_the_written_out_one_in_little_memory(scale):
    draw = np.random.default_rng(3)
    few = np.round(draw.normal(70, 6, (60, 1)) + draw.normal(0, 3, (60, 3)), 1)
    many = draw.normal(70, 6, (20_000, 1)) + draw.normal(0, 3, (20_000, 3))

    assert alpha(few, scale) == pytest.approx(written_out(few, scale), abs=1e-12)
    tracemalloc.start()
    found = alpha(many, scale)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    # 36 of 45 parts of the variance lie between applications
    assert found == pytest.approx(0 if scale == "nominal" else 0.8, abs=0.02)
    assert peak < 40 * many.nbytes


def test_large_and_small_scores_agree_as_their_shares_do():
    table = OBSERVERS * 1e200

    assert alpha(table, "interval") == pytest.approx(alpha(OBSERVERS, "interval"))


def test_kappa_by_hand():
    # 20 + 15 of 50 agree; by chance half do: (0.7 - 0.5) / 0.5
    first = [0] * 25 + [1] * 25
    second = [0] * 20 + [1] * 5 + [0] * 10 + [1] * 15

    assert kappa(first, second) == pytest.approx(0.4)


def test_weights_ask_how_far_classes_lie_apart():
    first, near, far = [0, 1, 2, 3] * 5, [1, 2, 3, 3] * 5, [3, 1, 2, 0] * 5

    assert kappa(first, near, "quadratic") > kappa(first, far, "quadratic")
    assert kappa(first, near) < kappa(first, far)
    with_two = [kappa([0, 1, 1, 0], [0, 1, 0, 0], one) for one in ("none", "linear", "quadratic")]
    assert with_two[0] == pytest.approx(with_two[1]) == pytest.approx(with_two[2])


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: alpha([1, 2]), "two dimensions"),
        (lambda: alpha([[1, NAN], [NAN, 2]]), "no application has two scores"),
        (lambda: alpha([[1, 2, math.inf]]), "finite, or nan"),
        (lambda: alpha([[1, 2, -math.inf]], "ordinal"), "finite, or nan"),
        (lambda: alpha([[1, 2]], "ratio"), "no scale called ratio"),
        (lambda: kappa([1], [1, 2]), "same applications"),
        (lambda: kappa([], []), "same applications"),
        (lambda: kappa([0], [0], "cubic"), "no weights called cubic"),
    ],
)
def test_what_cannot_be_compared_is_refused(work, words):
    with pytest.raises(EngineError, match=words):
        work()
