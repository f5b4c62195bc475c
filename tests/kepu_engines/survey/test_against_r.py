"""Estimates against R's survey on its own api samples, read at test time from the package."""

import numpy as np
import pytest
from tests.oracles import columns_of, in_r, numbers

from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import mean, ratio, total
from kepu_engines.survey.quantiles import quantiles

SCRIPT = """
data(api)
drawn <- list(
  stratified = list(svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat), apistrat),
  clus1 = list(svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=apiclus1), apiclus1),
  clus2 = list(svydesign(id=~dnum+snum, fpc=~fpc1+fpc2, data=apiclus2), apiclus2))
for (name in names(drawn)) {
  d <- drawn[[name]][[1]]; rows <- drawn[[name]][[2]]; rows$w <- weights(d)
  write.csv(rows, paste0(name, ".csv"), row.names=FALSE)
  m <- svyby(~api00, ~stype, d, svymean, deff=TRUE, covmat=TRUE)
  t <- svyby(~enroll, ~stype, subset(d, !is.na(enroll)), svytotal, deff=TRUE)
  r <- svyratio(~api00, ~api99, d, deff=TRUE)
  c <- svycontrast(m, c(1, -1, 0))
  q <- svyquantile(~api00, d, c(.23, .51, .87))$api00
  q <- list(q[, "quantile"], q[, "se"])
  f <- list(quantiles=q, mean=list(coef(m), SE(m), deff(m)), total=list(coef(t), SE(t), deff(t)),
    ratio=list(coef(r), SE(r), deff(r)), contrast=list(coef(c), SE(c)), df=degf(d))
  for (k in names(f)) tell(paste0(name, ":", k), f[[k]])
}
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("r")
    return folder, in_r(SCRIPT, folder)


def design_of(name, columns):
    weight, one = numbers(columns["w"]), np.zeros(len(columns["w"]), int)
    if name == "stratified":
        return Design.of(columns["stype"], columns["cds"], weight, numbers(columns["fpc"]))
    if name == "clus1":
        return Design.of(one, columns["dnum"], weight, numbers(columns["fpc"]))
    sizes = [numbers(columns["fpc1"]), numbers(columns["fpc2"])]
    return Design.of([one, one], [columns["dnum"], columns["snum"]], weight, sizes)


@pytest.mark.parametrize("name", ["stratified", "clus1", "clus2"])
def test_estimates_and_errors_are_those_of_r(answers, name):
    folder, told_by_r = answers
    columns = columns_of(folder / f"{name}.csv")
    theirs = {k.partition(":")[2]: f for k, f in told_by_r.items() if k.startswith(f"{name}:")}
    design = design_of(name, columns)
    domain = np.unique(columns["stype"], return_inverse=True)[1]
    enroll = numbers(columns["enroll"])
    told = np.where(np.isnan(enroll), -1, domain)

    means = mean(design, numbers(columns["api00"]), domain)
    ours = {
        "mean": means,
        "total": total(design, np.nan_to_num(enroll), told),
        "ratio": ratio(design, numbers(columns["api00"]), numbers(columns["api99"])),
    }
    for figure, found in ours.items():
        flat = np.concatenate([found.value, found.se, found.deff])
        np.testing.assert_allclose(flat, theirs[figure], rtol=1e-12, err_msg=figure)
    np.testing.assert_allclose(means.contrast([1, -1, 0]), theirs["contrast"], rtol=1e-12)
    found = quantiles(design, numbers(columns["api00"]), [0.23, 0.51, 0.87])
    flat = [[each.value for each in found], [each.se for each in found]]
    np.testing.assert_allclose(np.ravel(flat), theirs["quantiles"], rtol=1e-12)
    assert ours["ratio"].df.tolist() == theirs["df"]
