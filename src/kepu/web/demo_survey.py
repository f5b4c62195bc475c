"""The demo city's survey: invented people on the real frame, from the draw to published results."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kepu.kernel.divisions import queries as divisions
from kepu.kernel.roles import actions as roles
from kepu.literacy.actions import runs

if TYPE_CHECKING:
    from kepu.web.demo import City

REPLICATES = 60  # fewer than a city would take: somebody waits for the demo city


def build(city: City) -> None:
    """Invent a survey, run it as the shell does, keep it, and publish it by two officers."""
    from kepu.literacy.run import example, handing, running  # engines: only while it is built

    top, now = divisions.at("50."), city.begun
    first, second = city.people["survey"], city.people["second"]
    for officer in (first, second):
        roles.grant(officer.pk, role="survey_officer", path=top.path, by=None, now=now)
    with tempfile.TemporaryDirectory() as above:
        survey, results = Path(above) / "survey", Path(above) / "results"
        example.write(survey, replicates=REPLICATES)
        with_r = handing.missing() is None  # some two seconds
        running.run(survey / "plan.yaml", results, with_r=with_r)
        kept = runs.keep_run(results, place=top, by=first, now=now)
    runs.propose_run(kept.pk, by=first, now=now)
    runs.publish_run(kept.pk, by=second, now=now)
