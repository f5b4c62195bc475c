"""Compile the kernels once, before anybody waits for them: `python -m kepu_engines.warm`.

Numba keeps what it compiled beside the sources, and looks only at the file a kernel is
in, not at the kernels it calls. After a change of the sources forget it all first.
"""

from pathlib import Path

import numpy as np

from kepu_engines.matching.flow import Assignment
from kepu_engines.matching.live import LivePlan
from kepu_engines.matching.plan import plan
from kepu_engines.matching.problem import Problem
from kepu_engines.matching.visits import Orders, Teams
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import Estimates, ratio, total
from kepu_engines.survey.quantiles import quantiles
from kepu_engines.survey.regression import regression


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


def main() -> None:
    """Forget, then compile: what a change of the sources asks for."""
    forget()
    compile_kernels()
    compile_survey()


if __name__ == "__main__":
    main()
