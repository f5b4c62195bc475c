"""What calibrating reviewers takes and gains: 2,000 applications, three scores each by 500 reviewers.

    PYTHONPATH=src python -m benchmarks.judging

One JSON line for each severity, given in standard deviations of the noise: seconds, how well the
leniency drawn is recovered (correlation), how many fewer applications stand on the wrong side of a
cut than by raw means, and how often 95 % intervals hold. Medians of five calls drawn anew. With
`--honest N`, N small calls instead: how often somebody honest is named strange at 1 %, and how often
95 % intervals of short calls hold.
"""

from __future__ import annotations

import argparse
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from benchmarks import line
from kepu_engines.core.seeds import generator

APPLICATIONS, REVIEWERS, PANEL, NOISE, CUT = 2_000, 500, 3, 5.0, 75.0


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(description="Calibrating reviewers.")
    parser.add_argument("--honest", type=int, default=0)
    if calls := parser.parse_args().honest:
        for severity in (0.0, 2.0):
            bars: line.Bars = {"somebody_named": ("<=", 0.01)}
            line.tell("judging", honest(severity, calls), bars, **_of(severity), calls=calls)
        return
    once(1.0, 0)  # what is loaded once is not timed
    for severity in (0.5, 1.0, 1.5, 2.0):
        calls = [once(severity, seed) for seed in range(5)]
        told = {name: median(call[name] for call in calls) for name in calls[0]}
        line.tell("judging", told, BARS, **_of(severity))


BARS: line.Bars = {"cpu": ("<=", 1), "recovered": (">=", 0.95), "fewer_wrong": (">=", 0.25)}


def _of(severity: float) -> dict[str, float]:
    return {"severity_by_noise": severity}


def drawn(severity: float, seed: int, *size: int) -> tuple[np.ndarray, ...]:
    """A call of `size` (applications, reviewers, panel): whose, by whom, points, deserved, leniency."""
    applications, reviewers, panel = size
    draw = generator(seed)
    deserved = draw.normal(70, 8, applications)
    lenient = draw.normal(0, severity * NOISE, reviewers)
    who = np.argsort(draw.random((applications, reviewers)), axis=1)[:, :panel].ravel()
    which = np.repeat(np.arange(applications), panel)
    score = deserved[which] + lenient[who] + draw.normal(0, NOISE, len(which))
    return which, who, score, deserved, lenient


def honest(severity: float, calls: int) -> dict[str, Any]:
    """Small calls without a strange reviewer: 60 applications by 60 reviewers, and 12 by 4."""
    from kepu_engines.judging.severity import calibrate

    named, held = 0, 0.0
    for seed in range(calls):
        named += bool(calibrate(*drawn(severity, seed, 60, 60, 3)[:3]).strange(0.01).any())
        which, who, score, deserved, _ = drawn(severity, seed, 12, 4, 2)
        found = calibrate(which, who, score)
        held += float((np.abs(found.score - deserved) < found.margin(0.95)).mean()) / calls
    return {"somebody_named": named / calls, "short_held": held}


def once(severity: float, seed: int) -> dict[str, Any]:
    """One call, drawn and calibrated."""
    from kepu_engines.judging.severity import calibrate

    which, who, score, deserved, lenient = drawn(severity, seed, APPLICATIONS, REVIEWERS, PANEL)
    began = process_time()
    found = calibrate(which, who, score)
    cpu = process_time() - began
    wrong = [((told >= CUT) != (deserved >= CUT)).sum() for told in (found.raw, found.score)]
    held = np.abs(found.score - deserved) < found.margin(0.95)
    return {
        "cpu": cpu, "recovered": float(np.corrcoef(found.leniency, lenient)[0, 1]),
        "fewer_wrong": float(1 - wrong[1] / wrong[0]), "held": float(held.mean()),
    }  # fmt: skip


if __name__ == "__main__":
    main()
