"""Weights against R's survey on its own api sample, and chances of answering against R's glm."""

import csv
import json
import shutil
import subprocess

import numpy as np
import pytest

from kepu_engines.survey.weighting.calibration import calibrate, poststratify, rake
from kepu_engines.survey.weighting.distances import linear, logit, raking
from kepu_engines.survey.weighting.margins import Control, Margin
from kepu_engines.survey.weighting.response import propensity

SCRIPT = """
suppressMessages(library(survey)); data(api)
apiclus1$w <- apiclus1$pw
d <- svydesign(id=~dnum, weights=~w, data=apiclus1)
types <- data.frame(stype=c("E","H","M"), Freq=c(4421,755,1018))
wide <- data.frame(sch.wide=c("No","Yes"), Freq=c(1072,5122))
totals <- c(`(Intercept)`=6194, stypeH=755, stypeM=1018, api99=3914069)
exact <- function(f, ...) weights(
  calibrate(d, ~stype+api99, totals, calfun=f, epsilon=1e-13, maxit=500, ...))
enough <- list(maxit=500, epsilon=1e-12)
answers <- list(
  post = weights(postStratify(d, ~stype, types)),
  rake = weights(rake(d, list(~stype, ~sch.wide), list(types, wide), control=enough)),
  linear = exact("linear"), raking = exact("raking"),
  bounded = exact("linear", bounds=c(0.6, 1.7)), logit = exact("logit", bounds=c(0.5, 2.2)))
m <- glm(as.integer(api00 > 600) ~ ell + (stype == "H"), family=quasibinomial, data=apiclus1,
  weights=w * (1 + (1:nrow(apiclus1)) / 100), control=glm.control(epsilon=1e-14, maxit=50))
answers$propensity <- coef(m); answers$chance <- fitted(m)
show <- function(x) paste0("[", paste(sprintf("%.17g", unlist(x)), collapse=","), "]")
parts <- sapply(names(answers), function(k) paste0('"', k, '":', show(answers[[k]])))
cat(paste0("{", paste(parts, collapse=","), "}"), file="answers.json")
write.csv(apiclus1, "rows.csv", row.names=FALSE)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R with its survey package"),
]


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    folder = tmp_path_factory.mktemp("r")
    run = subprocess.run(
        ["Rscript", "-e", SCRIPT], cwd=folder, check=False, capture_output=True, text=True
    )
    if "no package called" in run.stderr:
        pytest.skip("needs R with its survey package")
    assert run.returncode == 0, run.stderr
    with (folder / "rows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    theirs = json.loads((folder / "answers.json").read_text())
    return columns, {name: np.array(answer) for name, answer in theirs.items()}


def known(columns):
    types = Margin("stype", columns["stype"], {"E": 4421, "H": 755, "M": 1018})
    wide = Margin("sch.wide", columns["sch.wide"], {"No": 1072, "Yes": 5122})
    return types, wide, Control("api99", columns["api99"].astype(float), 3914069)


@pytest.mark.parametrize(
    ("name", "distance"),
    [
        ("linear", linear()),
        ("raking", raking()),
        ("bounded", linear(0.6, 1.7)),
        ("logit", logit(0.5, 2.2)),
    ],
)
def test_calibrated_weights_are_those_of_r(api, name, distance):
    columns, theirs = api
    types, _, year_before = known(columns)

    found = calibrate(columns["w"].astype(float), [types, year_before], distance)

    assert found.weight == pytest.approx(theirs[name], rel=1e-9)


def test_raked_and_post_stratified_weights_are_those_of_r(api):
    columns, theirs = api
    types, wide, _ = known(columns)
    weight = columns["w"].astype(float)

    assert poststratify(weight, types).weight == pytest.approx(theirs["post"], rel=1e-13)
    assert rake(weight, [types, wide]).weight == pytest.approx(theirs["rake"], rel=1e-9)


def test_chances_of_answering_are_those_of_r(api):
    columns, theirs = api
    weight = columns["w"].astype(float) * (1 + np.arange(1, len(columns["w"]) + 1) / 100)
    seen = np.column_stack([columns["ell"].astype(float), columns["stype"] == "H"])

    model = propensity(weight, columns["api00"].astype(float) > 600, seen)

    assert model.coefficients == pytest.approx(theirs["propensity"], rel=1e-9)
    assert model.chance == pytest.approx(theirs["chance"], rel=1e-9)
