"""Chances of units and of pairs against R's sampling, on its own Belgian municipalities."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from kepu_engines.survey.sampling.chances import chances
from kepu_engines.survey.sampling.sampford import joint_sampford
from kepu_engines.survey.sampling.systematic import joint_systematic

SCRIPT = """
suppressMessages(library(sampling)); data(belgianmunicipalities)
all <- belgianmunicipalities$Tot04
some <- all[belgianmunicipalities$Province == 1]  # Antwerpen, 70 municipalities
p <- inclusionprobabilities(some, 12); unsure <- p[p < 1]
show <- function(x) paste0("[", paste(sprintf("%.17g", unlist(x)), collapse=","), "]")
answers <- list(all=all, many=inclusionprobabilities(all, 200), some=some, few=p, unsure=unsure,
  sampford=UPsampfordpi2(unsure), systematic=UPsystematicpi2(unsure))
parts <- sapply(names(answers), function(k) paste0('"', k, '":', show(answers[[k]])))
cat(paste0("{", paste(parts, collapse=","), "}"))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R with its sampling package"),
]


@pytest.fixture(scope="module")
def theirs():
    run = subprocess.run(["Rscript", "-e", SCRIPT], check=False, capture_output=True, text=True)
    if "no package called" in run.stderr:
        pytest.skip("needs R with its sampling package")
    assert run.returncode == 0, run.stderr
    return {name: np.array(answer) for name, answer in json.loads(run.stdout).items()}


def test_chances_with_certain_units_are_those_of_r(theirs):
    assert chances(theirs["all"], 200) == pytest.approx(theirs["many"], rel=1e-12)
    assert (theirs["many"] == 1).sum() > 20
    assert chances(theirs["some"], 12) == pytest.approx(theirs["few"], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "joint"), [("sampford", joint_sampford), ("systematic", joint_systematic)]
)
def test_chances_of_pairs_are_those_of_r(theirs, name, joint):
    found = joint(theirs["unsure"])

    assert found.ravel() == pytest.approx(theirs[name], abs=1e-10)
