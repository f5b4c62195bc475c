"""`kepu survey estimate --regress`: R's svyglm, by domain, with words as 0 and 1; and refusals."""

import numpy as np
import pytest
from tests.oracles import in_r

from kepu_engines.survey.command import estimate

SCRIPT = """
data(api)
apistrat$high <- as.integer(apistrat$api00 > 650); apistrat$ell[7] <- NA; apistrat$sch.wide[9] <- NA
write.csv(apistrat, "apistrat.csv", row.names=FALSE)
d <- svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat)
cells <- function(g) { s <- summary(g); c(s$coefficients[, c(1, 2, 4)], s$df.residual, length(g$y)) }
tell("linear", cells(svyglm(api00 ~ ell + sch.wide, d)))
tell("E", cells(svyglm(api00 ~ ell, subset(d, stype == "E"))))
tell("H", cells(svyglm(api00 ~ ell, subset(d, stype == "H"))))
tell("logistic", cells(svyglm(high ~ ell + meals, d, family=quasibinomial,
  control=glm.control(epsilon=1e-14, maxit=100))))
"""
DESIGN = ["--strata", "stype", "--fpc", "fpc", "--weight", "pw", "--id", "cds"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("r")
    return folder / "apistrat.csv", in_r(SCRIPT, folder)


def cells(printed):
    columns = [[float(row[name]) for row in printed] for name in ("estimate", "se", "p")]
    return [*np.concatenate(columns), float(printed[0]["df"]), float(printed[0]["n"])]


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("linear", ["--regress", "api00 ~ ell + sch.wide"]),
        ("logistic", ["--regress", "high ~ ell + meals", "--logistic"]),
    ],
)
def test_coefficients_errors_and_p_values_are_those_of_r(rows, theirs, figure, words):
    file, told = theirs

    printed = rows(estimate.main, file, *DESIGN, *words)

    assert cells(printed) == pytest.approx(told[figure], rel=1e-8)


def test_there_is_a_regression_for_each_domain(rows, theirs):
    file, told = theirs

    printed = rows(estimate.main, file, *DESIGN, "--regress", "api00 ~ ell", "--by", "stype")

    assert [row["domain"] for row in printed] == ["E", "E", "H", "H", "M", "M"]
    for name, part in (("E", printed[:2]), ("H", printed[2:4])):
        assert cells(part)[:4] == pytest.approx(told[name][:4], rel=1e-8)


def test_without_terms_the_intercept_is_the_mean(file, rows):
    sample = {"w": [1, 2, 3, 4], "y": [5, 6, 7, 9], "id": [1, 2, 3, 4]}
    name = file("data.csv", sample)

    one = rows(estimate.main, name, "--weight", "w", "--regress", "y ~ 1")[0]
    mean = rows(estimate.main, name, "--weight", "w", "--mean", "y")[0]

    assert (one["term"], float(one["p"]) < 0.05) == ("intercept", True)
    for figure in ("estimate", "se", "low", "high"):
        assert float(one[figure]) == pytest.approx(float(mean[figure]), rel=1e-12)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--regress", "y"], '--regress needs columns as "Y ~ X1 + X2"'),
        (["--regress", "y ~ x +"], '--regress needs columns as "Y ~ X1 + X2"'),
        (["--regress", "y ~ x + x"], "a column comes twice"),
        (["--regress", "y ~ z"], "data.csv has no column z"),
        (["--regress", "s ~ x"], "data.csv, row 2, column s: 'a' is not a number"),
        (["--regress", "y ~ s"], "column s has one word alone"),
        (["--regress", "y ~ x + two"], "a column of x is made of the others"),
        (["--regress", "y ~ x", "--logistic"], "a logistic regression needs y in [0, 1]"),
        (["--mean", "y", "--logistic"], "--logistic needs --regress"),
        (["--regress", "y ~ x", "--least", "3"], "leave it out with --regress"),
        (["--regress", "y ~ x", "--chunk", "3"], "leave --chunk out"),
    ],
)
def test_a_regression_that_cannot_be_is_refused(file, refused, words, sentence):
    columns = {"w": [1, 2, 3, 4], "y": [5, 6, 7, 9], "x": [1, 2, 3, 5], "two": [2, 4, 6, 10]}
    name = file("data.csv", columns | {"s": ["a"] * 4})

    assert sentence in refused(estimate.main, name, "--weight", "w", *words)
