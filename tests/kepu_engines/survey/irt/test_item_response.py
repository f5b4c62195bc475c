"""Item response: published figures, closed forms, invariances and refusals."""

import csv

import numpy as np
import pytest
from tests.oracles import SHARED

from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Cancelled
from kepu_engines.survey.irt import posterior, scores
from kepu_engines.survey.irt.fit import Method, fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.models import MODELS
from kepu_engines.survey.irt.responses import packed, responses

pytestmark = pytest.mark.slow

LSAT7 = SHARED / "survey_irt" / "lsat7_patterns.csv"


def simulated(n, items=8, categories=2, seed=1):
    """Answers to graded items, with the slopes and intercepts behind them."""
    chance = np.random.default_rng(seed)
    slope = chance.uniform(0.8, 1.8, items)
    cuts = -np.sort(-chance.normal(0, 1, (items, categories - 1)).cumsum(axis=1) * 0.5, axis=1)
    cuts -= 0.7 * np.arange(categories - 1)
    ability = chance.normal(0, 1, n)
    z = slope * ability[:, None]
    above = chance.random((n, items))
    codes = sum(above < 1 / (1 + np.exp(-(z + cuts[:, k]))) for k in range(categories - 1))
    return codes.astype(int), slope, cuts, ability


@pytest.fixture(scope="module")
def lsat7():
    if not LSAT7.exists():
        pytest.skip("the LSAT7 answers are not here; they may not be shipped")
    with LSAT7.open() as stream:
        rows = [[int(float(cell)) for cell in row] for row in list(csv.reader(stream))[1:]]
    table = np.array(rows)
    return table[:, :5], table[:, 5]


def test_lsat7_is_estimated_as_published(lsat7):
    """Slopes and intercepts that the R package mirt prints for its own example, to 3 digits."""
    codes, many = lsat7
    answers = responses(np.repeat(codes, many, axis=0))

    found = fit(answers, "2pl")

    assert found.loglik == pytest.approx(-2658.805, abs=1e-3)
    assert found.slope == pytest.approx([0.988, 1.081, 1.706, 0.765, 0.736], abs=2e-3)
    assert found.params[:, 1] == pytest.approx([1.856, 0.808, 1.804, 0.486, 1.855], abs=2e-3)
    assert fit(answers, "rasch").loglik == pytest.approx(-2664.901, abs=1e-3)


def test_a_pattern_with_a_weight_counts_as_that_many_persons(lsat7):
    codes, many = lsat7
    asked = many > 0

    weighted = fit(responses(codes[asked], weight=many[asked]), "2pl")
    repeated = fit(responses(np.repeat(codes, many, axis=0)), "2pl")

    assert weighted.loglik == pytest.approx(repeated.loglik, abs=1e-8)
    assert weighted.params == pytest.approx(repeated.params, abs=1e-8)


def test_the_scale_of_weights_changes_no_estimate_and_no_error():
    codes, *_ = simulated(400)
    weight = np.random.default_rng(3).uniform(1, 5, 400)

    one, ten = (responses(codes, weight=weight * scale) for scale in (1, 10))
    first, second = fit(one, "2pl"), fit(ten, "2pl")

    assert first.params == pytest.approx(second.params, abs=1e-8)
    assert errors(first, one).slope(0) == pytest.approx(errors(second, ten).slope(0), rel=1e-5)


@pytest.mark.parametrize("model", ["rasch", "2pl", "grm", "pcm", "gpcm"])
def test_the_order_of_items_does_not_matter(model):
    codes, *_ = simulated(500, categories=2 if MODELS[model].binary else 3)
    order = np.random.default_rng(0).permutation(codes.shape[1])

    straight = fit(responses(codes), model)
    turned = fit(responses(codes[:, order]), model)

    assert turned.params == pytest.approx(straight.params[order], abs=1e-4)


@pytest.mark.parametrize("name", list(MODELS))
def test_chances_sum_to_one_and_their_derivatives_are_those_of_finite_differences(name):
    many = 2 if MODELS[name].binary else 4
    params = np.array([[1.3, 0.9, -0.2, -1.1][: MODELS[name].parameters(many)]])
    theta = np.linspace(-4, 4, 9)

    logs, slopes = MODELS[name].chances(params, theta)

    assert np.exp(logs).sum(axis=1) == pytest.approx(1)
    for p in range(params.shape[1]):
        step = 1e-6 * np.eye(params.shape[1])[p]
        up, down = (MODELS[name].chances(params + side * step, theta).logs for side in (1, -1))
        assert slopes[:, p] == pytest.approx((up - down) / 2e-6, abs=1e-7)


def test_exponentials_are_those_of_numpy():
    x = np.linspace(-690, 0, 5001)
    found = x - 7.0

    posterior._exponentials(found, -7.0, np.empty(len(x)))

    assert found == pytest.approx(np.exp(x), rel=1e-13)


def test_the_expectation_step_is_bayes_rule_also_with_answers_missing():
    codes, slope, cuts, _ = simulated(300, items=9, categories=3)
    codes[np.random.default_rng(2).random(codes.shape) < 0.3] = -1
    answers = responses(codes[(codes >= 0).any(axis=1)])
    pack = packed(answers)
    theta = np.linspace(-3, 3, 11)
    logs = MODELS["grm"].chances(np.column_stack([slope, cuts]), theta).logs
    columns = [np.log(np.full((1, 11), 1 / 11)), *np.pad(logs, ((0, 0), (1, 0), (0, 0)))]

    summed, loglik = posterior.expect(pack, answers.weight, posterior.table(pack, columns))

    whole = sum(columns[1 + item][answers.codes[:, item] + 1] for item in range(9))
    chance = np.exp(whole) / 11
    assert loglik == pytest.approx(np.log(chance.sum(axis=1)).sum(), rel=1e-12)
    share = chance / chance.sum(axis=1, keepdims=True)
    seen = posterior.counts(pack, summed)[4]
    expected = [share[answers.codes[:, 3] == code - 1].sum(axis=0) for code in range(4)]
    assert seen == pytest.approx(np.array(expected), abs=1e-9)


GUESSED = (-1.4, 0.4)


@pytest.mark.parametrize("model", list(MODELS))
def test_errors_are_those_of_the_curvature_of_the_likelihood(model):
    """The inverse information against second differences of the log-likelihood itself."""
    codes, *_ = simulated(300, items=4, categories=2 if MODELS[model].binary else 3)
    answers = responses(codes)
    guesses = GUESSED if model == "3pl" else None
    found = fit(answers, model, Method(tolerance=1e-7, guess_prior=guesses))
    spread = errors(found, answers)
    at = [(i, p) for i in range(4) for p in range(found.params.shape[1]) if spread.place[i, p] >= 0]

    def loglik(shift, extra=0.0):
        params = found.params.copy()
        for place, step in zip(at, shift, strict=True):
            params[place] += step
        logs = MODELS[model].chances(params, found.nodes).logs
        log_sd = np.log(found.spread[0]) + extra
        prior = -((found.nodes / np.exp(log_sd)) ** 2) / 2
        prior -= np.logaddexp.reduce(prior)
        whole = sum(logs[i][answers.codes[:, i]] for i in range(4)) + prior
        told = (answers.weight * np.logaddexp.reduce(whole, axis=1)).sum()
        if guesses is None:
            return told
        return told - (((params[:, 2] - guesses[0]) / guesses[1]) ** 2).sum() / 2

    size = len(spread.covariance)
    h = 1e-3 * np.eye(size)

    def value(move):
        return loglik(move[: len(at)], move[len(at)] if size > len(at) else 0.0)

    curve = [
        [(value(r + c) - value(r - c) - value(c - r) + value(-r - c)) / 4e-6 for c in h] for r in h
    ]
    assert spread.covariance == pytest.approx(np.linalg.inv(-np.array(curve)), rel=2e-3, abs=1e-5)
    assert (spread.covariance == spread.covariance.T).all()


def test_what_was_simulated_is_recovered_within_its_errors():
    codes, slope, cuts, _ = simulated(20_000, items=12, categories=3, seed=5)
    answers = responses(codes)

    found = fit(answers, "grm")

    spread = errors(found, answers)
    z = [(found.slope[i] - slope[i]) / spread.slope(i) for i in range(12)]
    assert 0.4 < np.sqrt(np.mean(np.square(z))) < 1.6
    assert found.params[:, 1:] == pytest.approx(cuts, abs=0.12)


def test_guessing_is_recovered_with_a_prior():
    chance = np.random.default_rng(8)
    ability = chance.normal(0, 1, 20_000)
    b = np.linspace(-1, 1.5, 10)
    p = 0.2 + 0.8 / (1 + np.exp(-1.4 * (ability[:, None] - b)))
    codes = (chance.random(p.shape) < p).astype(int)

    found = fit(responses(codes), "3pl", Method(guess_prior=(-1.4, 0.5)))

    assert 1 / (1 + np.exp(-found.params[:, 2])) == pytest.approx(np.full(10, 0.2), abs=0.07)
    assert [found.difficulty(i)[0] for i in range(10)] == pytest.approx(b, abs=0.2)


@pytest.mark.parametrize("seed", [1, 2])
def test_where_nobody_guesses_the_model_with_guessing_is_no_worse_than_without(seed):
    """Guesses run to their bound there; slopes and intercepts must still reach their best."""
    codes, *_ = simulated(1500, items=12, seed=seed)
    answers = responses(codes)

    with_guesses, without = fit(answers, "3pl"), fit(answers, "2pl")

    assert with_guesses.loglik >= without.loglik - 0.05
    assert with_guesses.iterations < 300


def guessed(n, seed, mean=0.0, spread=1.0):
    """Answers to items of which one in five is guessed right by those who do not know."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(mean, spread, n)
    p = 0.2 + 0.8 / (1 + np.exp(-1.4 * (ability[:, None] - LEVELS)))
    return (chance.random(p.shape) < p).astype(int), ability


LEVELS = np.linspace(-1, 1.5, 10)
PRIOR = Method(guess_prior=(-1.4, 0.5))


def test_guessing_with_weights_recovers_the_population_and_its_errors_are_larger():
    """The able were drawn more often; their weights undo it. Errors are those of weighted people."""
    codes, ability = guessed(24_000, seed=9)
    chance = 1 / (1 + np.exp(-ability))
    drawn = np.random.default_rng(2).random(len(ability)) < chance
    weighted = responses(codes[drawn], weight=1 / chance[drawn])
    plain = responses(codes[drawn])

    found, naive = fit(weighted, "3pl", PRIOR), fit(plain, "3pl", PRIOR)
    told, small = errors(found, weighted), errors(naive, plain)

    b = np.array([found.difficulty(item)[0] for item in range(10)])
    se = np.array([told.difficulty(found, item)[0] for item in range(10)])
    assert np.abs(b - LEVELS).max() < 0.25
    assert np.sqrt(np.mean(((b - LEVELS) / se) ** 2)) < 2
    off = [naive.difficulty(item)[0] - LEVELS[item] for item in range(10)]
    assert np.mean(off) < -0.2
    assert np.mean([told.slope(i) > small.slope(i) for i in range(10)]) >= 0.8


@pytest.mark.parametrize("scale", [1 / 1500, 1000])
def test_a_prior_on_guessing_says_as_much_whatever_the_weights_add_to(scale):
    codes, _ability = guessed(1500, seed=6)
    weight = np.random.default_rng(3).uniform(1, 3, len(codes))
    weight /= weight.mean()

    one, other = (responses(codes, weight=each) for each in (weight, weight * scale))
    first, second = fit(one, "3pl", PRIOR), fit(other, "3pl", PRIOR)

    assert second.params == pytest.approx(first.params, abs=1e-4)
    told = [errors(*each).covariance for each in ((first, one), (second, other))]
    assert told[1] == pytest.approx(told[0], rel=1e-2, abs=1e-5)


def test_guessing_of_two_groups_recovers_the_second_within_its_errors():
    first, second = guessed(5000, seed=1)[0], guessed(5000, seed=2, mean=0.5, spread=1.2)[0]
    answers = responses(np.vstack([first, second]), group=np.repeat([0, 1], 5000))

    found = fit(answers, "3pl", PRIOR)

    place = errors(found, answers).of(len(found.params) + 1)
    se_mean, se_log = np.sqrt(np.diag(place)[:2])
    assert 0.01 < se_mean < 0.06
    assert found.mean[1] == pytest.approx(0.5, abs=3 * se_mean)
    assert np.log(found.spread[1]) == pytest.approx(np.log(1.2), abs=3 * se_log)
    assert 1 / (1 + np.exp(-found.params[:, 2])) == pytest.approx(np.full(10, 0.2), abs=0.08)


def test_a_second_group_has_its_own_mean_and_spread():
    chance = np.random.default_rng(4)
    group = np.repeat([0, 1], 8000)
    ability = np.where(group == 0, chance.normal(0, 1, 16000), chance.normal(0.5, 1.3, 16000))
    z = 1.2 * (ability[:, None] - np.linspace(-1, 1, 12))
    codes = (chance.random(z.shape) < 1 / (1 + np.exp(-z))).astype(int)

    found = fit(responses(codes, group=group), "2pl")

    assert found.mean == pytest.approx([0, 0.5], abs=0.06)
    assert found.spread == pytest.approx([1, 1.3], abs=0.07)


def test_scores_order_people_and_plausible_values_spread_as_people_do():
    codes, _, _, ability = simulated(4000, items=30)
    answers = responses(codes)
    found = fit(answers, "2pl")

    for way in (scores.expected, scores.likeliest, scores.weighted):
        assert np.corrcoef(way(found, answers).ability, ability)[0, 1] > 0.88
    drawn = scores.plausible(found, answers, draws=5, seed=1)
    assert drawn.std() == pytest.approx(1, abs=0.04)
    assert (drawn == scores.plausible(found, answers, draws=5, seed=1)).all()


def test_the_likeliest_ability_is_nearer_the_middle_than_the_weighted_one():
    codes, *_ = simulated(2000, items=10)
    answers = responses(codes)
    found = fit(answers, "2pl")
    perfect = (answers.codes == 1).all(axis=1)

    near, far = scores.likeliest(found, answers), scores.weighted(found, answers)

    assert 0 < near.ability[perfect][0] < far.ability[perfect][0] < 6


@pytest.mark.parametrize("name", list(MODELS))
def test_information_is_the_expected_square_of_the_slope_by_ability(name):
    codes, *_ = simulated(3000, categories=2 if MODELS[name].binary else 3)
    found = fit(responses(codes), name, Method(guess_prior=(-2, 0.5) if name == "3pl" else None))
    theta, h = np.linspace(-2, 2, 5), 1e-5

    logs = [MODELS[name].chances(found.params, theta + move).logs for move in (-h, 0, h)]

    square = ((logs[2] - logs[0]) / (2 * h)) ** 2
    assert scores.information(found, theta) == pytest.approx((np.exp(logs[1]) * square).sum(axis=1))


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        ([[1, 0], [1, 1]], "item 1 tells nothing: everyone got it right"),
        ([[0, 0], [0, 1]], "item 1 tells nothing: everyone got it wrong"),
        ([[-1, 0], [-1, 1]], "Nobody answered item 1"),
        ([[0, 0], [2, 1]], "Nobody gave answer 1 to item 1"),
        ([[0, 0], [1, 1], [-1, -1]], "row 3 gave no answer"),
        ([[0, -2], [1, 1]], "A code is unknown"),
        ([[0.0, 1.0]], "must be whole numbers"),
    ],
)
def test_answers_that_tell_nothing_are_refused(codes, sentence):
    with pytest.raises(EngineError, match=sentence):
        responses(codes)


def test_a_fit_that_does_not_converge_is_refused():
    codes, *_ = simulated(200)

    with pytest.raises(EngineError, match="did not converge in 3 passes"):
        fit(responses(codes), "2pl", Method(limit=3))


def test_a_model_for_right_and_wrong_refuses_more_categories():
    codes, *_ = simulated(200, categories=3)

    with pytest.raises(EngineError, match="item 1 has 3 categories"):
        fit(responses(codes), "2pl")


def test_a_fit_can_be_stopped():
    def stop(stage, done, total):
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit(responses(simulated(200)[0]), "2pl", progress=stop)
