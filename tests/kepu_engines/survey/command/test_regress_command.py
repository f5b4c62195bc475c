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
j <- as.svrepdesign(svydesign(id=~dnum, weights=~pw, data=apiclus1), type="JK1")
apiclus1$half <- ifelse(apiclus1$dnum %in% unique(apiclus1$dnum)[1:5], "few", "many")
w <- weights(j, type="analysis"); colnames(w) <- paste0("rep", seq_len(ncol(w)))
write.csv(cbind(apiclus1, w), "apiclus1.csv", row.names=FALSE)
r <- svrepdesign(repweights="rep[0-9]+", weights=~pw, data=cbind(apiclus1, w), type="other",
  scale=14/15, rscales=1, combined.weights=TRUE, mse=FALSE)
cells <- function(g) { s <- summary(g); c(s$coefficients[, c(1, 2, 4)], s$df.residual, length(g$y)) }
tell("linear", cells(svyglm(api00 ~ ell + sch.wide, d)))
tell("E", cells(svyglm(api00 ~ ell, subset(d, stype == "E"))))
tell("H", cells(svyglm(api00 ~ ell, subset(d, stype == "H"))))
for (h in c("few", "many")) tell(h, cells(svyglm(api00 ~ ell, r[r$variables$half == h, ])))
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
        assert cells(part) == pytest.approx(told[name], rel=1e-8)


def test_by_replicates_each_domain_has_degrees_of_freedom_of_its_own(rows, theirs):
    """Five clusters of fifteen: R counts the rank of the replicates among the domain's rows."""
    file, told = theirs
    design = ["--weight", "pw", "--id", "cds", "--replicates", "rep", "--scales", str(14 / 15)]
    words = ["--regress", "api00 ~ ell", "--by", "half"]

    printed = rows(estimate.main, file.with_name("apiclus1.csv"), *design, *words)
    set_by_hand = rows(estimate.main, file.with_name("apiclus1.csv"), *design, *words, "--df", "9")

    assert [row["df"] for row in printed] == ["3", "3", "8", "8"]
    for name, part in (("few", printed[:2]), ("many", printed[2:])):
        assert cells(part) == pytest.approx(told[name], rel=1e-8)
    assert {row["df"] for row in set_by_hand} == {"8"}


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


def test_a_category_that_a_domain_has_not_is_named_with_the_domain(file, refused):
    columns = {"w": [1] * 8, "y": [5, 6, 7, 9, 4, 5, 6, 8], "d": list("aaaabbbb")}
    name = file("data.csv", columns | {"s": list("uvuvvvvv"), "x": [1, 2, 3, 4, 2, 2, 2, 2]})
    words = ["--weight", "w", "--by", "d", "--regress"]

    assert "d b: s=u is 0 in" not in (told := refused(estimate.main, name, *words, "y ~ s"))
    assert "d b: a column of x is made of the others" in told
    only = file("only.csv", columns | {"s": list("uvuvuuuu")})
    assert "d b: s=v is 0 in every row: leave it out" in refused(
        estimate.main, only, *words, "y ~ s"
    )


def test_a_category_that_one_cluster_has_alone_is_named_with_its_replicate(file, refused):
    columns = {"w": [1] * 4, "y": [5, 6, 7, 9], "s": list("vuuu"), "r1": [0, 2, 1, 1]}
    name = file("data.csv", columns | {"r2": [2, 0, 1, 1], "r3": [1, 1, 0, 2]})

    told = refused(
        estimate.main, name, "--weight", "w", "--replicates", "r", "--scales", "1",
        "--regress", "y ~ s",
    )  # fmt: skip

    assert "s=v is 0 in every row that replicate 1 counts: one cluster has it alone" in told
