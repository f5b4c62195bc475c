"""`kepu survey estimate --replicates`: what `weight` wrote is read, and R's svrepdesign says the same."""

import csv

import numpy as np
import pytest
from tests.oracles import in_r

from kepu_engines.survey.command import estimate, weight

SCRIPT = """
data(api); set.seed(3)
apistrat$person <- apistrat$cds; apiclus1$person <- apiclus1$cds
apiclus1$score <- apiclus1$api00; apistrat$score <- apistrat$api00
apiclus1$high <- as.integer(apiclus1$api00 > 650); apistrat$high <- as.integer(apistrat$api00 > 650)
clus1 <- svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=apiclus1)
layers <- svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat)
made <- list(jk1=as.svrepdesign(clus1, type="JK1"), jkn=as.svrepdesign(layers, type="JKn"),
  boot=as.svrepdesign(clus1, type="subbootstrap", replicates=60))
for (name in names(made)) {
  d <- made[[name]]; rows <- if (name == "jkn") apistrat else apiclus1
  w <- weights(d, type="analysis"); colnames(w) <- paste0("rep", seq_len(ncol(w)))
  write.csv(cbind(rows, w), paste0(name, ".csv"), row.names=FALSE)
  scale <- rep(d$scale * d$rscales, length.out=ncol(w))
  write.csv(data.frame(replicate=colnames(w), scale=scale), paste0(name, "_scales.csv"), row.names=FALSE)
  for (mse in c(FALSE, TRUE)) {
    s <- svrepdesign(repweights="rep[0-9]+", weights=~pw, data=cbind(rows, w), type="other",
      scale=1, rscales=scale, combined.weights=TRUE, mse=mse)
    put <- function(figure, x) tell(paste(name, mse, figure), x)
    q <- svyquantile(~score, s, .5, df=degf(s))$score
    put("mean", svyby(~score, ~stype, s, svymean)[, 2:3])
    put("total", c(coef(svytotal(~enroll, s, na.rm=TRUE)), SE(svytotal(~enroll, s, na.rm=TRUE))))
    r <- svyratio(~api.stu, ~enroll, subset(s, !is.na(enroll)), na.rm=TRUE); put("ratio", c(coef(r), SE(r)))
    put("quantile", q[1, c(1, 4, 2, 3)])
    h <- svymean(~high, s); p <- coef(h); away <- qt(.975, degf(s)) * SE(h) / (p * (1 - p))
    put("share", c(p, plogis(qlogis(p) - away), plogis(qlogis(p) + away)))
    m <- svymean(~score, s, deff=TRUE); put("deff", deff(m)); put("df", degf(s))
    g <- svyglm(score ~ ell + stype, s); put("regress", summary(g)$coefficients[, c(1, 2, 4)])
    g <- svyglm(high ~ ell, s, family=quasibinomial); put("logistic", summary(g)$coefficients[, 1:2])
  }
}
"""
NAMES, AROUND = ["jk1", "jkn", "boot"], [False, True]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("r")
    return folder, in_r(SCRIPT, folder)


def found(rows, theirs, name, around, *words):
    """What the command prints for a file of R's, with R's answers."""
    folder, told = theirs
    design = ["--weight", "pw", "--id", "person", "--replicates", "rep"]
    scales = ["--scales", folder / f"{name}_scales.csv", *(["--around-sample"] if around else [])]
    printed = rows(estimate.main, folder / f"{name}.csv", *design, *scales, *words)
    return printed, lambda figure: told[f"{name} {str(around).upper()} {figure}"]


def column(printed, name):
    return [float(row[name]) for row in printed]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("mean", ["--mean", "score", "--by", "stype"]),
        ("total", ["--total", "enroll"]),
        ("ratio", ["--ratio", "api.stu/enroll"]),
    ],
)
def test_figures_and_errors_are_those_of_r(rows, theirs, name, around, figure, words):
    printed, told = found(rows, theirs, name, around, *words)

    ours = [*column(printed, "estimate"), *column(printed, "se")]
    assert ours == pytest.approx(told(figure), rel=1e-10)


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", NAMES)
def test_quantiles_shares_and_design_effects_are_those_of_r(rows, theirs, name, around):
    """Intervals too, which rest on R's degrees of freedom."""
    printed, told = found(rows, theirs, name, around, "--quantile", "score:0.5")
    ours = [column(printed, one)[0] for one in ("estimate", "se", "low", "high")]
    assert ours == pytest.approx(told("quantile"), rel=1e-10)

    printed, told = found(rows, theirs, name, around, "--share", "high")
    ours = [column(printed, one)[0] for one in ("estimate", "low", "high")]
    assert ours == pytest.approx(told("share"), rel=1e-8)

    printed, told = found(rows, theirs, name, around, "--mean", "score")
    assert column(printed, "deff") == pytest.approx(told("deff"), rel=1e-8)


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", NAMES)
def test_regressions_are_those_of_r(rows, theirs, name, around):
    printed, told = found(rows, theirs, name, around, "--regress", "score ~ ell + stype")
    assert [row["term"] for row in printed] == ["intercept", "ell", "stype=H", "stype=M"]
    ours = [*column(printed, "estimate"), *column(printed, "se"), *column(printed, "p")]
    assert ours == pytest.approx(told("regress"), rel=1e-8)

    printed, told = found(rows, theirs, name, around, "--regress", "high ~ ell", "--logistic")
    ours = [*column(printed, "estimate"), *column(printed, "se")]
    assert ours == pytest.approx(told("logistic"), rel=1e-5)


def people(strata=4, each=3, rows=5):
    chance = np.random.default_rng(2)
    cluster = np.repeat(np.arange(strata * each), rows)
    return {
        "person": np.arange(cluster.size),
        "s": cluster // each,
        "c": cluster,
        "w": chance.uniform(1, 4, cluster.size).round(3),
        "y": chance.normal(5, 1, cluster.size).round(3),
        "d": np.where(cluster % each == 0, "a", "b"),
    }


def test_what_weight_wrote_gives_the_linearised_error_of_a_total_and_its_freedom(
    file, rows, tmp_path, capsys
):
    """The jackknife of a total is its linearised variance; degrees of freedom are clusters less strata."""
    sample, scales = file("sample.csv", people()), str(tmp_path / "scales.csv")
    out = str(tmp_path / "weights.csv")
    words = ["--weight", "w", "--replicates", "jackknife", "--strata", "s", "--psu", "c"]
    assert weight.main([sample, *words, "--scales", scales, "--out", out]) == 0
    capsys.readouterr()
    of = [out, "--weight", "final_weight", "--total", "y"]

    by_replicates = rows(estimate.main, *of, "--replicates", "replicate_", "--scales", scales)
    linearised = rows(estimate.main, *of, "--strata", "s", "--psu", "c")

    for name in ("estimate", "se", "low", "high", "deff", "n"):
        assert column(by_replicates, name) == pytest.approx(column(linearised, name), rel=1e-10)
    with open(scales, encoding="utf-8") as stream:
        alike = {row["scale"] for row in csv.DictReader(stream)}
    number = rows(estimate.main, *of, "--replicates", "replicate_", "--scales", *alike)
    assert number == by_replicates


REPLICATES = ["--weight", "w", "--mean", "y", "--replicates", "r"]


@pytest.mark.parametrize(
    ("change", "words", "sentence"),
    [
        ({}, [], "--replicates needs --scales"),
        ({}, ["--scales", "many"], "--scales needs a number or a CSV file"),
        ({}, ["--scales", "0"], "--scales 0: a scale must be above 0"),
        ({}, ["--scales", "1", "--strata", "s"], "leave --strata, --psu and --fpc out"),
        ({}, ["--scales", "1", "--chunk", "9"], "leave --chunk out"),
        ({}, ["--scales", "1", "--df", "0"], "degrees of freedom must be 1 or more"),
        ({"r2": None}, ["--scales", "1"], "data.csv has no two columns r1, r2 and so on"),
        ({"r02": [1, 1]}, ["--scales", "1"], "two columns r have the same number"),
        ({"r2": [1, -1]}, ["--scales", "1"], "data.csv, row 3, column r2: -1 is not a weight from"),
        ({"r2": [1, ""]}, ["--scales", "1"], "data.csv, row 3, column r2: the number is missing"),
    ],
)
def test_replicates_that_cannot_be_used_are_refused(file, refused, change, words, sentence):
    columns = {"s": [1, 1], "w": [2, 2], "y": [3, 4], "r1": [0, 4], "r2": [4, 0]} | change
    name = file("data.csv", {k: v for k, v in columns.items() if v is not None})

    assert sentence in refused(estimate.main, name, *REPLICATES, *words)


@pytest.mark.parametrize(
    ("scales", "sentence"),
    [
        (["replicate,scale", "r1,0.5"], "scales.csv has no scale of r2"),
        (["replicate,scale", "r1,1", "r2,1", "r3,1"], "there are no weights of r3"),
        (["replicate,scale", "r1,1", "r2,-1"], "row 3, column scale: a scale must not be below 0"),
        (["replicate,scale", "r1,1", "r1,1"], "scales.csv, row 3, column replicate: r1 was in"),
        (["replicate,scale", "r1,0", "r2,0"], "no replicate counts in the variance"),
    ],
)
def test_scales_that_do_not_fit_are_refused(file, refused, scales, sentence):
    name = file("data.csv", {"w": [2, 2], "y": [3, 4], "r1": [0, 4], "r2": [4, 0]})

    said = refused(estimate.main, name, *REPLICATES, "--scales", file("scales.csv", scales))

    assert sentence in said


def test_scales_without_replicates_are_refused(file, refused):
    name = file("data.csv", {"w": [2, 2], "y": [3, 4]})

    said = refused(estimate.main, name, "--weight", "w", "--mean", "y", "--scales", "1")

    assert "--scales, --df and --around-sample need --replicates" in said
