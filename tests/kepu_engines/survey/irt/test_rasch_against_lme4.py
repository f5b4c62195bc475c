"""Rasch models of TIMSS and PISA answers against R's lme4: a mixed model by another's quadrature."""

import numpy as np
import pytest
from tests.oracles import columns_of, in_r, numbers, shared

from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.responses import responses

pytestmark = pytest.mark.slow

SCRIPT = """
suppressMessages(library(lme4)); d <- read.csv("answers.csv")
long <- data.frame(right=unlist(d), item=factor(rep(seq_along(d), each=nrow(d))),
  person=factor(rep(seq_len(nrow(d)), ncol(d))))
m <- glmer(right ~ 0 + item + (1 | person), long, family=binomial, nAGQ=25,
  control=glmerControl(optimizer="bobyqa", optCtrl=list(maxfun=1e5, rhoend=1e-8)))
tell("easy", fixef(m)); tell("se", sqrt(diag(as.matrix(vcov(m, use.hessian=TRUE)))))
tell("spread", sqrt(unlist(VarCorr(m)))); tell("bare", -2*as.numeric(logLik(m)))
"""


@pytest.mark.parametrize("file", ["pisa_math_565", "timss_345x25"])
def test_a_rasch_model_is_lme4_s_with_its_errors(file, tmp_path):
    columns = columns_of(shared("survey_irt") / f"{file}.csv")
    names = [name for name in columns if name.startswith("M")][:12]
    codes = np.column_stack([numbers(columns[name]) for name in names]).astype(int)
    np.savetxt(tmp_path / "answers.csv", codes, "%d", ",", header=",".join(names), comments="")

    theirs = in_r(SCRIPT, tmp_path)

    answers = responses(codes)
    found = fit(answers, "rasch")
    spread = errors(found, answers)
    se = [spread.of(item)[1, 1] ** 0.5 for item in range(len(names))]
    assert found.params[:, 1] == pytest.approx(theirs["easy"], abs=5e-4)
    assert se == pytest.approx(theirs["se"], rel=1e-3)
    assert found.spread == pytest.approx(theirs["spread"], abs=5e-4)
    assert -2 * found.loglik == pytest.approx(theirs["bare"][0], abs=5e-3)
