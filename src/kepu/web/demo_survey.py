"""The demo city's survey: invented people on the real frame, from the draw to published results."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kepu.kernel.divisions import queries as divisions
from kepu.kernel.roles import actions as roles
from kepu.literacy.actions import runs

if TYPE_CHECKING:
    from kepu.web.demo import City

REPLICATES = 60  # fewer than a city would take: somebody waits for the demo city

# At which share of the whole each stage of the run is heard of, on a first start, when engines are
# compiled. Of the stages that come again the first counts.
STAGES = {
    "reading": 0.05,
    "item response": 0.36,
    "errors of items": 0.58,
    "benchmarked errors": 0.64,
    "differential items": 0.68,
    "modes": 0.69,
    "starts of 1 classes": 0.78,
    "writing": 0.85,
    "R": 0.9,
    "report": 0.99,
}


def build(city: City, tell: Callable[[float], None]) -> None:
    """Invent a survey, run it as the shell does, keep it, and publish it by two officers; `tell` hears
    which share of that is done.
    """
    from kepu.literacy.run import example, handing, running  # engines: only while it is built

    top, now = divisions.at("50."), city.begun
    first, second = city.people["survey"], city.people["second"]
    for officer in (first, second):
        roles.grant(officer.pk, role="survey_officer", path=top.path, by=None, now=now)
    with tempfile.TemporaryDirectory() as above:
        survey, results = Path(above) / "survey", Path(above) / "results"
        example.write(survey, replicates=REPLICATES)
        with_r = handing.missing() is None  # some two seconds
        running.run(
            survey / "plan.yaml", results, with_r=with_r,
            progress=lambda stage, done, total: tell(STAGES.get(stage, 0)),
        )  # fmt: skip
        kept = runs.keep_run(results, place=top, by=first, now=now)
    runs.propose_run(kept.pk, by=first, now=now)
    runs.publish_run(kept.pk, by=second, now=now)
