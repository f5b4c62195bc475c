"""What calibrating reviewers takes and gains: 2,000 applications, three scores each by 500 reviewers.

    PYTHONPATH=src python -m benchmarks.judging

One JSON line for each severity, given in standard deviations of the noise: seconds, how well the
leniency drawn is recovered (correlation), how many fewer applications stand on the wrong side of a
cut than by raw means, and how often 95 % intervals hold. Medians of five calls drawn anew.
"""

from __future__ import annotations

import json
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from kepu_engines.core.seeds import generator

APPLICATIONS, REVIEWERS, PANEL, NOISE, CUT = 2_000, 500, 3, 5.0, 75.0


def main() -> None:
    """Print the lines."""
    once(1.0, 0)  # what is loaded once is not timed
    for severity in (0.5, 1.0, 1.5, 2.0):
        calls = [once(severity, seed) for seed in range(5)]
        told = {name: round(median(call[name] for call in calls), 4) for name in calls[0]}
        bar = {"cpu": "<= 1", "recovered": ">= 0.95", "fewer_wrong": ">= 0.25"}
        print(
            json.dumps({"case": "judging", "severity_by_noise": severity, **told, "bar": bar}),
            flush=True,
        )


def once(severity: float, seed: int) -> dict[str, Any]:
    """One call, drawn and calibrated."""
    from kepu_engines.judging.severity import calibrate

    draw = generator(seed)
    deserved = draw.normal(70, 8, APPLICATIONS)
    lenient = draw.normal(0, severity * NOISE, REVIEWERS)
    who = np.argsort(draw.random((APPLICATIONS, REVIEWERS)), axis=1)[:, :PANEL].ravel()
    which = np.repeat(np.arange(APPLICATIONS), PANEL)
    score = deserved[which] + lenient[who] + draw.normal(0, NOISE, len(which))
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
