"""Assessments of students as PISA and TIMSS tell them, against R: replicate weights and plausible values.

Students, schools and answers are real. The files have no weights and no sampling zones, so both are
made here: schools in the order of their numbers are paired into zones, as both studies pair them.
"""

import csv
import gzip
from dataclasses import replace

import numpy as np
import pytest
from tests.oracles import columns_of, in_r, numbers, shared

from kepu_engines.survey.design import Design
from kepu_engines.survey.hadamard import hadamard
from kepu_engines.survey.imputation import pooled, pooled_together
from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.responses import responses
from kepu_engines.survey.irt.scores import plausible
from kepu_engines.survey.replicates import balanced, given, mean_of, rank, ratio_of

pytestmark = pytest.mark.slow
DRAWS, CUT = 5, 0.5

# Of a sample without end: for a small one mitools' degrees of freedom leave the factor 1 + 1 / m of Barnard
# & Rubin (1999) out, and ours do not.
ENDLESS = 10**15
# One answer for each figure: over all draws by Rubin's rules, as mitools joins what survey found.
SCRIPT = """
library(mitools); d <- read.csv("students.csv")
w <- as.matrix(d[grep("^w_", names(d))])
made <- function(rows) svrepdesign(data=d[rows,], weights=d$weight[rows], repweights=w[rows,],
  type=type, rho=if (type == "Fay") 0.5, combined.weights=TRUE, mse=TRUE)
d$group <- factor(d$group)
joined <- function(each) {
  found <- lapply(1:5, function(k) { d$pv <<- d[[paste0("pv_", k)]]; d$above <<- 1*(d$pv > 0.5)
    each(made(TRUE)) })
  m <- MIcombine(lapply(found, coef), lapply(found, vcov))
  list(coef(m), SE(m), m$df) }
tell("df", degf(made(TRUE)))
tell("mean", joined(function(s) svymean(~pv, s)))
tell("share", joined(function(s) svymean(~above, s)))
tell("by", joined(function(s) svyby(~pv, ~group, s, svymean, covmat=TRUE)))
tell("ratio", joined(function(s) svyratio(~above, ~size, s)))
tell("gap", joined(function(s) svycontrast(svyby(~pv, ~group, s, svymean, covmat=TRUE), c(-1, 1))))
"""


def zones(school):
    """Zone of each student's school, and which of the two of its zone it is: the last school of an odd
    number joins the one before."""
    _names, place = np.unique(school, return_inverse=True)
    place = np.minimum(place, place.max() - (place.max() + 1) % 2)
    return place // 2, place % 2


def drawn(codes, weight):
    """Plausible values of ability, (students, draws), by this engine's own model."""
    answers = responses(codes, weight=weight)
    return plausible(fit(answers, "2pl"), answers, draws=DRAWS, seed=11)


def pisa():
    """PISA 2009, Austria: 80 half-samples with Fay's 0.5."""
    file = columns_of(shared("survey_irt") / "pisa_math_565.csv")
    codes = np.column_stack([numbers(file[name]) for name in file if name.startswith("M")]).astype(
        int
    )
    zone, side = zones(file["idschool"])
    weight = 20 + 7.5 * (zone % 4) + numbers(file["female"])
    signs = hadamard(80)[:, 1 : zone.max() + 2]
    sample = balanced(Design.of(zone, 2 * zone + side, weight), 0.5, signs)
    return codes, weight, numbers(file["female"]), replace(sample, around_sample=True)


def timss():
    """TIMSS 2007, Russia, mathematics in booklets: a replicate for each zone, one school twice."""
    folder = shared("survey_irt")
    with gzip.open(folder / "timss2007_g8_rus_scored.csv.gz", "rt", newline="") as text:
        rows = list(csv.DictReader(text))
    items = columns_of(folder / "timss2007_g8_rus_items.csv")
    short = (items["max.points"] == "1") & np.isin(items["content"], ["Number", "Algebra"])
    names = items["item"][short]
    codes = np.array([[int(row[name] or -1) for name in names] for row in rows])
    asked = (codes >= 0).sum(axis=1) > 0
    codes, rows = codes[asked], [row for row, kept in zip(rows, asked, strict=True) if kept]
    codes = codes[:, (codes == 0).any(axis=0) & (codes == 1).any(axis=0)]
    asked = (codes >= 0).any(axis=1)
    student = np.array([int(row["idstud"]) for row in rows])[asked]
    zone, side = zones(student // 10_000)
    weight = 30 + 4.0 * (zone % 5) + student % 2
    twice = np.random.default_rng(3).integers(0, 2, zone.max() + 1)
    factors = np.ones((weight.size, twice.size))
    factors[np.arange(weight.size), zone] = 2 * (side == twice[zone])
    sample = given(weight, weight[:, None] * factors, 1, around_sample=True)
    return codes[asked], weight, student % 3 == 0, sample


def told(figure, values, replicates):
    """A figure of each draw by the design, and all of them by Rubin's rules."""
    found = [replicates.spread(figure(values[:, draw])) for draw in range(values.shape[1])]
    one = pooled(
        np.array([each.value for each in found]),
        np.array([each.se for each in found]),
        np.full(found[0].value.size, ENDLESS),
    )
    return np.concatenate([one.value, one.se, one.df]), found


@pytest.mark.parametrize(("study", "type"), [(pisa, "Fay"), (timss, "JK2")])
def test_plausible_values_and_replicates_are_joined_as_r_joins_them(study, type, tmp_path):
    codes, weight, group, replicates = study()
    values, group = drawn(codes, weight), np.asarray(group).astype(int)
    size = 1 + 0.25 * group
    columns = {"weight": weight, "group": group, "size": size}
    columns |= {f"pv_{draw + 1}": values[:, draw] for draw in range(DRAWS)}
    columns |= {f"w_{at + 1}": one for at, one in enumerate(replicates.every())}
    with (tmp_path / "students.csv").open("w", newline="") as text:
        csv.writer(text).writerow(columns)
        table = np.column_stack([np.asarray(one, float) for one in columns.values()])
        csv.writer(text).writerows(table.tolist())

    theirs = in_r(SCRIPT, tmp_path, type=type)

    of_weights = np.array(list(replicates.every()))
    assert [rank(of_weights) - 1] == theirs["df"]

    def above(pv):
        return (pv > CUT).astype(float)

    figures = {
        "mean": mean_of,
        "share": lambda pv: mean_of(above(pv)),
        "by": lambda pv: mean_of(pv, group),
        "ratio": lambda pv: ratio_of(above(pv), size),
    }
    for name, figure in figures.items():
        ours, found = told(figure, values, replicates)
        assert ours == pytest.approx(theirs[name], rel=1e-9), name
        if name == "by":
            joint = pooled_together(
                np.array([each.value[:, None] for each in found]),
                np.array([each.covariance[:, :, None] for each in found]),
                ENDLESS,
            )
            gap = np.array([-1.0, 1.0])
            ours = gap @ joint.value[:, 0], np.sqrt(gap @ joint.covariance[:, :, 0] @ gap)
            assert ours == pytest.approx(theirs["gap"][:2], rel=1e-9)
            assert joint.freedom(gap[:, None])[0] == pytest.approx(theirs["gap"][2], rel=1e-9)
    assert 0.02 < theirs["mean"][1] < 0.15
