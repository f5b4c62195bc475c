"""Replicate variances against R's as.svrepdesign on its own api samples."""

import csv
import json
import shutil
import subprocess

import numpy as np
import pytest

from kepu_engines.survey.design import Design
from kepu_engines.survey.replicates import (
    balanced,
    jackknife,
    mean_of,
    quantile_of,
    ratio_of,
    total_of,
)
from kepu_engines.survey.weighting.calibration import Calibration
from kepu_engines.survey.weighting.distances import linear, raking
from kepu_engines.survey.weighting.margins import Control, Margin

SCRIPT = """
suppressMessages(library(survey)); data(api)
apipair <- apiclus1[apiclus1$dnum %in% unique(apiclus1$dnum)[1:14], ]
apipair$pair <- (match(apipair$dnum, unique(apipair$dnum)) - 1) %/% 2
types <- data.frame(stype=c("E","H","M"), Freq=c(4421,755,1018))
wide <- data.frame(sch.wide=c("No","Yes"), Freq=c(1072,5122))
totals <- c(`(Intercept)`=6194, stypeH=755, stypeM=1018, api99=3914069)
clus1 <- svydesign(id=~dnum, weights=~pw, data=apiclus1)
fpc1 <- svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=apiclus1)
layers <- svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat)
pairs <- svydesign(id=~dnum, strata=~pair, weights=~pw, data=apipair)
jk1 <- as.svrepdesign(clus1, type="JK1")
drawn <- list(
  jk1 = list(jk1, apiclus1), jk1_fpc = list(as.svrepdesign(fpc1, type="JK1"), apiclus1),
  jkn = list(as.svrepdesign(layers, type="JKn"), apistrat),
  brr = list(as.svrepdesign(pairs, type="BRR"), apipair),
  fay = list(as.svrepdesign(pairs, type="Fay", fay.rho=0.3), apipair),
  post = list(postStratify(jk1, ~stype, types), apiclus1),
  rake = list(rake(jk1, list(~stype, ~sch.wide), list(types, wide),
    control=list(maxit=500, epsilon=1e-13)), apiclus1),
  linear = list(calibrate(jk1, ~stype+api99, totals, calfun="linear", epsilon=1e-12), apiclus1))
show <- function(x) paste0("[", paste(sprintf("%.17g", unlist(x)), collapse=","), "]")
for (name in names(drawn)) {
  d <- drawn[[name]][[1]]; rows <- drawn[[name]][[2]]
  t <- svytotal(~api00, d); m <- svymean(~api00+ell, d); r <- svyratio(~api00, ~api99, d)
  b <- svyby(~api00, ~stype, d, svymean)
  q <- svyquantile(~api00, d, c(.25, .5, .8), interval.type="quantile", qrule="math")
  f <- list(total=list(coef(t), SE(t)), mean=list(coef(m), SE(m)), ratio=list(coef(r), SE(r)),
    by=list(coef(b), SE(b)), quantile=list(coef(q), SE(q)), df=degf(d))
  parts <- sapply(names(f), function(k) paste0('"', k, '":', show(f[[k]])))
  cat(paste0("{", paste(parts, collapse=","), "}"), file=paste0(name, ".json"))
  write.csv(rows, paste0(name, ".csv"), row.names=FALSE)
}
w <- weights(drawn$brr[[1]], type="replication")
signs <- ifelse(w[!duplicated(apipair$pair), ] > 1, 1, -1)
write.table(signs, "signs.txt", row.names=FALSE, col.names=FALSE)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R with its survey package"),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("r")
    run = subprocess.run(
        ["Rscript", "-e", SCRIPT], cwd=folder, check=False, capture_output=True, text=True
    )
    if "no package called" in run.stderr:
        pytest.skip("needs R with its survey package")
    assert run.returncode == 0, run.stderr
    return folder


def columns_of(path):
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def numbers(column):
    return np.array(column, dtype=float)


def known(columns):
    types = Margin("stype", columns["stype"], {"E": 4421, "H": 755, "M": 1018})
    wide = Margin("sch.wide", columns["sch.wide"], {"No": 1072, "Yes": 5122})
    return types, wide, Control("api99", numbers(columns["api99"]), 3914069)


def replicates_of(name, columns, folder):
    weight, one = numbers(columns["pw"]), np.zeros(len(columns["pw"]), int)
    if name == "jkn":
        design = Design.of(columns["stype"], columns["cds"], weight, numbers(columns["fpc"]))
        return jackknife(design)
    if name in ("brr", "fay"):
        signs = np.loadtxt(folder / "signs.txt").T
        design = Design.of(columns["pair"].astype(int), columns["dnum"], weight)
        first = np.unique(columns["pair"].astype(int), return_index=True)[1]
        stage = design.stages[0]  # +1 favours the cluster with the lower number, theirs the first
        favoured = stage.unit[first] == np.unique(stage.stratum, return_index=True)[1]
        signs = np.where(favoured, signs, -signs)
        return balanced(design, 0.3 if name == "fay" else 0, signs)
    fpc = numbers(columns["fpc"]) if name == "jk1_fpc" else None
    plain = jackknife(Design.of(one, columns["dnum"].astype(int), weight, fpc))
    types, wide, year_before = known(columns)
    rows = len(columns["pw"])
    corrections = {
        "post": Calibration.of([types], rows),
        "rake": Calibration.of([types, wide], rows, raking()),
        "linear": Calibration.of([types, year_before], rows, linear()),
    }
    return plain.corrected(corrections[name]) if name in corrections else plain


@pytest.mark.parametrize("name", ["jk1", "jk1_fpc", "jkn", "brr", "fay", "post", "rake", "linear"])
def test_replicate_variances_are_those_of_r(answers, name):
    columns = columns_of(answers / f"{name}.csv")
    theirs = json.loads((answers / f"{name}.json").read_text())
    replicates = replicates_of(name, columns, answers)
    api00, ell = numbers(columns["api00"]), numbers(columns["ell"])
    types = np.unique(columns["stype"], return_inverse=True)[1]
    figures = {
        "total": total_of(api00),
        "mean": lambda weight: np.append(mean_of(api00)(weight), mean_of(ell)(weight)),
        "ratio": ratio_of(api00, numbers(columns["api99"])),
        "by": mean_of(api00, types),
        "quantile": quantile_of(api00, [0.25, 0.5, 0.8]),
    }

    assert [replicates.df] == theirs["df"]
    for figure, of_weights in figures.items():
        found = replicates.spread(of_weights)
        ours = np.append(found.value, found.se)
        assert ours == pytest.approx(np.array(theirs[figure]), rel=1e-10), figure


def test_totals_by_our_own_signs_are_those_of_r(answers):
    columns = columns_of(answers / "brr.csv")
    theirs = json.loads((answers / "brr.json").read_text())
    weight, pair = numbers(columns["pw"]), columns["pair"].astype(int)

    found = balanced(Design.of(pair, columns["dnum"], weight)).spread(
        total_of(numbers(columns["api00"]))
    )

    assert np.append(found.value, found.se) == pytest.approx(np.array(theirs["total"]), rel=1e-10)
