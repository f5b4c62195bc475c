"""Volunteers beside a sample of homes: against closed forms, against R, and where the truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit
from tests.oracles import in_r

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design
from kepu_engines.survey.modes.combining import combine, effective, together, volunteers
from kepu_engines.survey.modes.effect import Overlap, shift, without
from kepu_engines.survey.modes.estimators import (
    ESTIMATORS,
    Meeting,
    Told,
    doubly_robust,
    mass_imputation,
    propensity,
)
from kepu_engines.survey.modes.fitting import logistic, straight
from kepu_engines.survey.modes.kinds import kinds
from kepu_engines.survey.replicates import bootstrap

ALL = np.zeros(3, np.int64)


def counts(share=False):
    """Three kinds of people, of whom the model knows all there is."""
    x = np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 1]])
    people, asked = np.array([5000.0, 3000, 2000]), np.array([10.0, 60, 30])
    return Told(Meeting(x, people, asked), np.array([6.0, 30, 3]), share)


@pytest.mark.parametrize("estimator", ESTIMATORS.values(), ids=ESTIMATORS)
def test_where_every_kind_has_its_own_column_all_three_are_post_stratification(estimator):
    told = counts()

    found = estimator(told, ALL, 1)

    by_hand = told.of.people @ (told.sums / told.of.asked) / told.of.people.sum()
    assert found == pytest.approx([by_hand], rel=1e-10)


def test_domains_are_figures_of_their_own_kinds():
    found = mass_imputation(counts(), np.array([0, 1, 1]), 2)

    assert found == pytest.approx([0.6, (3000 * 0.5 + 2000 * 0.1) / 5000], rel=1e-10)


def test_a_kind_in_which_nobody_is_right_has_a_small_chance_and_no_end():
    told = counts(share=True)
    rare = Told(told.of, np.array([0.0, 30, 3]), share=True)

    model = rare.model

    assert 0 < model[0] < 0.02
    assert model[1] == pytest.approx(0.5, abs=0.01)


def test_the_models_are_those_of_r(tmp_path):
    rng = np.random.default_rng(8)
    x = np.column_stack([np.ones(12), rng.normal(size=(12, 2))])
    trials = rng.uniform(20, 60, 12)
    hits = trials * rng.uniform(0.1, 0.6, 12)
    np.savetxt(tmp_path / "t.csv", np.column_stack([x, trials, hits]), delimiter=",")
    told = in_r(
        """
        t <- read.csv("t.csv", header=FALSE)
        g <- suppressWarnings(glm(cbind(V5, V4 - V5) ~ V2 + V3, quasibinomial, t,
          control=glm.control(epsilon=1e-14, maxit=100)))
        tell("chance", fitted(g))
        tell("mean", fitted(lm(I(V5 / V4) ~ V2 + V3, t, weights=V4)))
        """,
        tmp_path,
    )

    assert logistic(x, hits, trials) == pytest.approx(told["chance"], rel=1e-10)
    assert straight(x, hits, trials) == pytest.approx(told["mean"], rel=1e-10)


# --- the truth known -----------------------------------------------------------------------------


CATEGORY = ("a", "b", "c")


def city(rng, mode=0.0):
    """A city of three kinds by two; its homes drawn fairly, its volunteers by kind."""
    size = 20_000
    age, town = rng.integers(0, 3, size), rng.integers(0, 2, size)
    ability = -1.2 + 0.7 * age + 0.5 * town
    right = rng.random(size) < expit(ability)
    homes = rng.choice(size, 900, replace=False)
    eager = rng.random(size) < expit(-4.2 + 0.9 * age + 0.6 * town)
    answer = rng.random(size) < expit(ability + mode)
    label = {"age": np.array(CATEGORY)[age], "town": np.where(town, "town", "country")}
    return right, answer, homes, np.flatnonzero(eager), label


def drawn(rng, estimator, replicates=60):
    """One estimate from volunteers alone, with its error, and the truth."""
    right, _answer, homes, eager, label = city(rng)
    one, other = ({n: w[rows] for n, w in label.items()} for rows in (homes, eager))
    found = kinds(one, other)
    y = right[eager].astype(float)
    nowhere = np.zeros(len(found.x), np.int64)

    def figure(weights):
        met = Meeting(found.x, found.sums(0, weights[0]), found.sums(1, weights[1]))
        return estimator(Told(met, found.sums(1, weights[1] * y), share=True), nowhere, 1)

    weight = np.full(900, 20_000 / 900)
    sample = Design.of(np.zeros(900, np.int64), np.arange(900), weight)
    pair = [bootstrap(sample, replicates, 3), volunteers(replicates, 4, rows=eager.size)]
    told = together(pair, figure)
    return told.value[0], told.se[0], right.mean(), y.mean()


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ESTIMATORS.values(), ids=ESTIMATORS)
def test_the_choice_to_take_part_is_undone_and_the_error_is_as_told(estimator):
    rng = np.random.default_rng(11)
    runs = np.array([drawn(rng, estimator) for _ in range(60)])
    value, se, truth, plain = runs.T

    off = value - truth
    assert (plain - truth).mean() > 0.04  # as they came, volunteers are too good
    assert abs(off.mean()) < 3 * off.std() / np.sqrt(off.size) + 0.002
    assert se.mean() == pytest.approx(off.std(), rel=0.25)
    assert (np.abs(off) < 1.96 * se).mean() > 0.86


def test_doubly_robust_holds_when_one_of_the_models_is_wrong():
    # Volunteers' answers follow the kinds, but the columns know only a constant in one model.
    full, alone = np.array([[1.0, 0], [1, 1]]), np.ones((2, 1))
    people, asked = np.array([6000.0, 4000]), np.array([40.0, 160])
    sums, nowhere = np.array([8.0, 96]), np.zeros(2, np.int64)
    truth = (6000 * 0.2 + 4000 * 0.6) / 10_000

    class Blind(Told):
        @property
        def model(self):
            return straight(alone, self.sums, self.of.asked)

    class Deaf(Meeting):
        @property
        def chance(self):
            return logistic(alone, self.asked, self.people)

    blind = Blind(Meeting(full, people, asked), sums, share=False)
    deaf = Told(Deaf(full, people, asked), sums, share=False)
    assert mass_imputation(blind, nowhere, 1)[0] - truth > 0.1
    assert propensity(deaf, nowhere, 1)[0] - truth > 0.1
    assert doubly_robust(blind, nowhere, 1)[0] == pytest.approx(truth, rel=1e-9)
    assert doubly_robust(deaf, nowhere, 1)[0] == pytest.approx(truth, rel=1e-9)


def test_the_error_of_mass_imputation_is_kim_s_formula(tmp_path):
    """R: the homes' share of the variance by svymean, the model's by svyglm, at the homes' means."""
    rng = np.random.default_rng(5)
    age = [rng.integers(0, 3, n) for n in (400, 700)]
    town = [rng.integers(0, 2, n) for n in (400, 700)]
    y = rng.normal(50 + 6 * age[1] + 3 * town[1], 10)
    weight = rng.uniform(50, 150, 400)
    homes, online = ({"age": a, "town": t} for a, t in zip(age, town, strict=True))
    found, place = kinds(homes, online), np.zeros(6, np.int64)
    for name, columns in (("home", (age[0], town[0], weight)), ("online", (age[1], town[1], y))):
        np.savetxt(tmp_path / f"{name}.csv", np.column_stack(columns), delimiter=",")

    def figure(weights):
        met = Meeting(found.x, found.sums(0, weights[0]), found.sums(1, weights[1]))
        return mass_imputation(Told(met, found.sums(1, weights[1] * y), share=False), place, 1)

    pair = [
        bootstrap(Design.of(np.zeros(400, int), np.arange(400), weight), 1500, 1),
        volunteers(1500, 2, rows=700),
    ]
    told = together(pair, figure)
    r = in_r(
        """
        h <- read.csv("home.csv", header=FALSE); o <- read.csv("online.csv", header=FALSE)
        hd <- svydesign(id=~1, weights=~V3, data=h); od <- svydesign(id=~1, weights=~1, data=o)
        g <- svyglm(V3 ~ factor(V1) + factor(V2), od)
        hd <- update(hd, m = as.numeric(predict(lm(V3 ~ factor(V1) + factor(V2), o), h)))
        x <- model.matrix(~ factor(V1) + factor(V2), h); middle <- colSums(x * h$V3) / sum(h$V3)
        m <- svymean(~m, hd)
        tell("mean", coef(m))
        tell("se", sqrt(SE(m)^2 + as.numeric(t(middle) %*% vcov(g) %*% middle)))
        """,
        tmp_path,
    )

    assert told.value == pytest.approx(r["mean"], rel=1e-10)
    assert told.se == pytest.approx(r["se"], rel=0.06)  # 1,500 replicates know it to 2 %


# --- what the way of asking does ------------------------------------------------------------------


def test_the_effect_of_a_random_half_is_the_difference_of_its_halves():
    told = Overlap(np.ones((1, 1)), np.array([[4e6], [6e6]]), np.array([[4e5], [9e5]]), share=True)

    found = shift(told, np.ones(1), np.zeros(1, np.int64), 1)

    assert found == pytest.approx([logit(0.15) - logit(0.10)], abs=1e-5)
    assert without(np.array([0.15]), found, share=True) == pytest.approx([0.10], abs=1e-5)


def test_the_effect_on_points_is_a_regression_s(tmp_path):
    rng = np.random.default_rng(3)
    kind, mode = rng.integers(0, 3, 300), rng.integers(0, 2, 300)
    points = rng.normal(50 + 5 * kind + 2.5 * mode, 9)
    np.savetxt(tmp_path / "t.csv", np.column_stack([kind, mode, points]), delimiter=",")
    x = np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 1]])
    asked, sums = (
        np.array([np.bincount(kind[mode == m], w[mode == m], 3) for m in (0, 1)])
        for w in (np.ones(300), points)
    )

    found = shift(Overlap(x, asked, sums, share=False), np.ones(3), ALL, 1)

    told = in_r(
        """t <- read.csv("t.csv", header=FALSE)
        tell("effect", coef(lm(V3 ~ factor(V1) + V2, t))["V2"])""",
        tmp_path,
    )
    assert found == pytest.approx(told["effect"], rel=1e-10)


def test_an_overlap_of_other_people_than_live_there_tells_the_same_effect():
    # Two kinds with the same effect on the log odds; the overlap has far more of the second.
    odds = np.array([-2.0, 0.5])
    asked = np.array([[1e6, 9e6], [1e6, 9e6]])
    sums = asked * expit(np.array([odds, odds + 0.4]))
    told = Overlap(np.array([[1.0, 0], [1, 1]]), asked, sums, share=True)
    people, place = np.array([7000.0, 3000]), np.zeros(2, np.int64)

    found = shift(told, people, place, 1)

    home, online = (people @ expit(odds + more) / 10_000 for more in (0, 0.4))
    assert found == pytest.approx([logit(online) - logit(home)], abs=1e-5)


# --- together -------------------------------------------------------------------------------------


def test_the_weight_of_least_error_is_the_inverse_variance_where_there_is_no_bias():
    spread = np.array([[[4.0, 0], [0, 1]]])

    found = combine(np.array([10.0]), np.array([11.0]), spread, "precision", (ALL, ALL))

    assert found.bias == [0]  # 1 apart, where chance alone explains 5
    assert found.share == pytest.approx([0.8])
    assert found.value == pytest.approx([10.8])
    assert found.error == pytest.approx([np.sqrt(0.04 * 4 + 0.64)])


def test_volunteers_far_off_the_homes_hardly_count_and_what_they_add_is_told():
    spread = np.array([[[4.0, 0], [0, 1]]])

    found = combine(np.array([10.0]), np.array([30.0]), spread, "precision", (ALL, ALL))

    bias = np.sqrt(400 - 5)
    assert found.bias == pytest.approx([bias])
    assert found.share == pytest.approx([4 / (5 + bias**2)])
    assert found.error[0] ** 2 == pytest.approx(found.se[0] ** 2 + (found.share[0] * bias) ** 2)
    assert found.error[0] < 2


def test_shares_of_the_effective_respondents_are_known_before_the_answers():
    spread = np.array([[[1.0, 0.2], [0.2, 1]]])
    sizes = effective(np.array([100.0]), np.array([50.0])), np.array([600.0])

    found = combine(np.array([0.0]), np.array([1.0]), spread, "effective", sizes)

    assert found.share == pytest.approx([0.75])
    assert found.se[0] ** 2 == pytest.approx(0.0625 + 0.5625 + 2 * 0.1875 * 0.2)


# --- what is refused ------------------------------------------------------------------------------


def test_people_whom_only_one_sample_has_are_named():
    with pytest.raises(EngineError, match="category c of age is in one of the samples"):
        kinds({"age": ["a", "b", "c"]}, {"age": ["a", "b", "b"]})
    with pytest.raises(EngineError, match="has no column town"):
        kinds({"age": ["a"], "town": ["x"]}, {"age": ["a"]})
    with pytest.raises(EngineError, match="name one"):
        kinds({}, {})


def test_rows_that_do_not_count_are_of_no_kind():
    found = kinds(
        {"age": ["a", "-", "b"]},
        {"age": ["b", "a"]},
        said=(np.array([True, False, True]), np.array([True, True])),
    )

    assert found.names == ("1", "age=b")
    assert found.of[0].tolist() == [0, -1, 1]
    assert found.sums(0, np.array([5.0, 7, 2])).tolist() == [5, 2]


def test_what_cannot_be_told_is_refused_in_words():
    told = counts()
    with pytest.raises(EngineError, match="does not settle"):
        logistic(told.of.x[:, [0, 1, 1]], told.sums, told.of.asked)
    with pytest.raises(EngineError, match="more volunteers than"):
        propensity(replace(told, of=replace(told.of, people=told.of.asked / 2)), ALL, 1)
    with pytest.raises(EngineError, match="nobody in the overlap was asked online"):
        shift(
            Overlap(np.ones((1, 1)), np.array([[5.0], [0]]), np.zeros((2, 1)), True),
            *[ALL[:1]] * 2,
            1,
        )
    with pytest.raises(EngineError, match="one person, or one group"):
        volunteers(50, 1, ["x", "x"])
    with pytest.raises(EngineError, match="must be one of precision, effective"):
        combine(*[np.zeros(1)] * 2, np.zeros((1, 2, 2)), "loudest", (ALL, ALL))
    with pytest.raises(EngineError, match="as many replicates"):
        together([volunteers(50, 1, rows=9), volunteers(60, 1, rows=9)], lambda w: w[0])
