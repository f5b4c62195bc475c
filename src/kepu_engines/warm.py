"""Compile the kernels once, before anybody waits for them: `python -m kepu_engines.warm`.

Numba keeps what it compiled beside the sources, and looks only at the file a kernel is
in, not at the kernels it calls. After a change of the sources forget it all first.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kepu_engines.judging.places import placed
from kepu_engines.matching.flow import Assignment
from kepu_engines.matching.live import LivePlan
from kepu_engines.matching.plan import plan
from kepu_engines.matching.problem import Problem
from kepu_engines.matching.visits import Orders, Teams
from kepu_engines.survey import segments
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import Estimates, ratio, total
from kepu_engines.survey.irt.fit import Method, fit
from kepu_engines.survey.irt.information import Errors, errors
from kepu_engines.survey.irt.responses import responses
from kepu_engines.survey.quantiles import quantiles
from kepu_engines.survey.regression import regression
from kepu_engines.survey.sampling.sampford import joint_sampford, sampford
from kepu_engines.survey.weighting.calibration import Calibrated, calibrate, rake
from kepu_engines.survey.weighting.margins import Control, Margin
from kepu_engines.survey.weighting.response import propensity
from kepu_engines.survey.weighting.trimming import trim


def forget() -> None:
    """Delete what was compiled before."""
    for kept in Path(__file__).parent.rglob("__pycache__/*.nb[ic]"):
        kept.unlink()


def compile_kernels() -> Assignment:
    """Call every kernel on something small."""
    window = {"earliest": [540, 540], "latest": [720, 720], "minutes": [30, 30]}
    orders = Orders.of(([0.0, 0.0], [0.0, 0.0]), [0, 0], **window, priority=[1, 1])
    plan(orders, Teams.of(([0.0], [0.0]), [0], [1], [1]))
    live = LivePlan(Problem.of([0, 2, 3], [0, 1, 0], [3, 2, 3], [1, 1]))
    live.change([0], [0, 1], [1], [5]).certify()
    return live.assignment


def compile_survey() -> Estimates:
    """Call every kernel of the estimates on something small, with the labels files have."""
    for whole in (np.int32, np.int64):
        cluster = np.arange(8, dtype=whole)
        # a cluster's label is read inside its stratum, and fractions are compared
        design = Design.of(cluster // 4, cluster % 4, np.ones(8), np.full(8, 0.5))
        total(design, cluster, cluster // 4)
        ratio(design, cluster, cluster + 1, cluster // 4)
    regression(design, cluster, np.column_stack([np.ones(8), cluster]))
    return quantiles(design, cluster, [0.5])[0].share


def compile_weights() -> Calibrated:
    """Call every kernel of sampling and weighting on something small, with the labels files have."""
    chance = np.array([0.5, 0.75, 0.75])
    joint_sampford(chance)
    sampford(chance, 1)
    people, said = np.ones(8), np.arange(8) % 2 == 0
    propensity(people, said, np.array([0, 0, 1, 1, 0, 1, 1, 1]))
    trim(people, 0, 2)
    known = [Margin("a", np.arange(8) % 2, {0: 4, 1: 4}), Margin("b", ["x"] * 8, {"x": 8})]
    known.append(Margin("c", np.arange(8, dtype=np.int32) % 2, {0: 4, 1: 4}))
    calibrate(people, [*known, Control("d", np.arange(8), 28)])
    return rake(people, known)


def compile_responses() -> Errors:
    """Call every kernel of item response on a few answers."""
    answers = responses(np.array([[0, 1], [1, 0], [0, 0], [1, 1], [1, -1], [0, -1]] * 4))
    return errors(fit(answers, "rasch", Method(nodes=11, tolerance=0.1)), answers)


def compile_segments() -> NDArray[np.float64]:
    """Call every kernel of the segments on the answers of a few people."""
    asked = segments.Patterns.of(
        np.array([[0, 1, 0], [1, 0, 1], [0, 0, 1], [1, 1, 0]] * 4), [2] * 3
    )
    return segments.fit(asked, np.ones(16), 1, starts=1).posterior(asked)


def compile_judging() -> NDArray[np.int64]:
    """Call the kernel that fills places on two applications."""
    return placed([[2, 1]], [[True, True]], [[0, 0]], [[1]])


def main() -> None:
    """Forget, then compile: what a change of the sources asks for."""
    forget()
    # first what a demo city waits for
    compile_responses()
    compile_survey()
    compile_weights()
    compile_segments()
    compile_judging()
    compile_kernels()


if __name__ == "__main__":
    main()
