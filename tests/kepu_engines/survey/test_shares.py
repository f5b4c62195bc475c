"""Intervals of small shares, and cells too small to publish."""

import numpy as np
import pytest
from tests.oracles import columns_of, in_r, numbers, shared

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design
from kepu_engines.survey.disclosure import CellRule, Withheld
from kepu_engines.survey.estimates import mean
from kepu_engines.survey.shares import share_interval

SCRIPT = """
read <- function(name) read.csv(file.path(folder, name))
nhanes <- read("nhanes_cholesterol_design.csv"); one <- read("apiclus1.csv"); two <- read("apiclus2.csv")
one$rare <- one$api00 > 850; two$rare <- two$api00 > 850; nhanes$rare <- nhanes$HI_CHOL
one$by <- one$awards; two$by <- two$awards; nhanes$by <- nhanes$race
drawn <- list(clus1 = svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=one),
  clus2 = svydesign(id=~dnum+snum, fpc=~fpc1+fpc2, data=two),
  nhanes = svydesign(id=~SDMVPSU, strata=~SDMVSTRA, weights=~WTMEC2YR, nest=TRUE, data=nhanes))
for (name in names(drawn)) {
  d <- drawn[[name]]; tell(paste0(name, ":w"), weights(d))
  for (level in sort(unique(as.character(d$variables$by)))) {
    s <- subset(d, as.character(by) == level & !is.na(rare))
    for (m in c("logit", "beta"))
      tell(paste(name, m, level, sep=":"), attr(svyciprop(~I(rare == 1), s, method=m, level=.9), "ci")) } }
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    return in_r(SCRIPT, tmp_path_factory.mktemp("r"), folder=shared("survey_irt"))


def sample_of(name, weight):
    file = "nhanes_cholesterol_design" if name == "nhanes" else f"api{name}"
    columns = columns_of(shared("survey_irt") / f"{file}.csv")
    one = np.zeros(len(weight), int)
    if name == "nhanes":
        design = Design.of(columns["SDMVSTRA"], columns["SDMVPSU"], weight)
        return design, numbers(columns["HI_CHOL"]), columns["race"]
    rare = (numbers(columns["api00"]) > 850).astype(float)
    if name == "clus1":
        design = Design.of(one, columns["dnum"], weight, numbers(columns["fpc"]))
        return design, rare, columns["awards"]
    sizes = [numbers(columns["fpc1"]), numbers(columns["fpc2"])]
    design = Design.of([one, one], [columns["dnum"], columns["snum"]], weight, sizes)
    return design, rare, columns["awards"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["clus1", "clus2", "nhanes"])
@pytest.mark.parametrize("method", ["logit", "beta"])
def test_the_limits_are_those_of_r(theirs, name, method):
    design, y, by = sample_of(name, np.array(theirs[f"{name}:w"]))
    labels, domain = np.unique(by, return_inverse=True)
    found = mean(design, np.nan_to_num(y), np.where(np.isnan(y), -1, domain))

    limits = np.array(share_interval(found, 0.9, method))

    kept = (found.value > 0) & (found.value < 1)  # R gives no limits of a share of 0
    assert kept.any()
    expected = np.array([theirs[f"{name}:{method}:{label}"] for label in labels])
    # R's logit is an iteration that stops at 1e-8; its beta is closed
    close = 1e-7 if method == "logit" else 1e-11
    np.testing.assert_allclose(limits.T[kept], expected[kept], rtol=close)


def drawn(hits, rows, domains=1):
    """A simple sample with `hits` ones, split evenly over domains."""
    design = Design.of(np.zeros(rows, int), np.arange(rows), np.ones(rows))
    return mean(design, (np.arange(rows) < hits).astype(float), np.arange(rows) % domains)


def test_nobody_of_twenty_leaves_room_for_one_in_six():
    """Clopper and Pearson by hand: the share at which nobody of 20 has a chance of 2.5 %."""
    low, high = share_interval(drawn(0, 20), method="beta")

    assert (low, high) == (0, pytest.approx(1 - 0.025 ** (1 / 20)))
    low, high = share_interval(drawn(20, 20), method="beta")
    assert (low, high) == (pytest.approx(0.025 ** (1 / 20)), 1)


def test_the_logit_knows_nothing_of_a_share_of_nothing():
    assert np.isnan(share_interval(drawn(0, 20), method="logit")).all()


@pytest.mark.parametrize("method", ["logit", "beta"])
@pytest.mark.parametrize("hits", [1, 2, 19])
def test_limits_stay_inside_and_hold_the_share(method, hits):
    found = drawn(hits, 20)

    low, high = share_interval(found, 0.99, method)

    assert 0 < low < found.value < high < 1


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: share_interval(drawn(1, 20), method="wilson"), "one of logit, beta"),
        (lambda: share_interval(drawn(1, 20), 1), "level"),
        (lambda: CellRule("x", rows=-1), "negative"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(act, words):
    with pytest.raises(EngineError, match=words):
        act()


def test_a_mean_that_is_no_share_has_no_such_interval():
    design = Design.of([0, 0], [0, 1], [1.0, 1])

    with pytest.raises(EngineError, match="no share"):
        share_interval(mean(design, [1.0, 5]))


def cells(*sizes):
    domain = np.repeat(np.arange(len(sizes)), sizes)
    rows = domain.size
    return mean(Design.of(domain, np.arange(rows) // 2, np.ones(rows)), np.arange(rows), domain)


@pytest.mark.parametrize(
    ("rule", "reasons"),
    [
        (CellRule("a", rows=6, complement=False), ["rows", None, None, None]),
        (CellRule("b", rows=6), ["rows", "complement", None, None]),
        (CellRule("c", rows=9), ["rows", "rows", None, None]),
        (CellRule("d", rows=6, freedom=4), ["rows", "freedom", None, None]),
        (CellRule("e", rows=99), ["rows"] * 4),
        (CellRule("f", rows=1), [None] * 4),
    ],
)
def test_a_cell_is_withheld_for_a_reason_and_never_alone(rule, reasons):
    found = rule.withheld(cells(4, 8, 10, 30))

    assert list(found) == reasons
    assert all(reason is None or isinstance(reason, Withheld) for reason in found)
