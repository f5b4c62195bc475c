"""A run from its plan to its folder of results: all of it, or nothing."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from pathlib import Path
from typing import Any

from kepu.literacy.run import (
    handing,
    recording,
    reporting,
    segments_told,
    sureness,
    trend_told,
    writing,
)
from kepu.literacy.run.differing import differing
from kepu.literacy.run.districts import model
from kepu.literacy.run.drawing_answers import copies
from kepu.literacy.run.estimating import estimate
from kepu.literacy.run.handing import Agreement
from kepu.literacy.run.items import curves, questions, together
from kepu.literacy.run.modes import mixed
from kepu.literacy.run.plan import Plan, load
from kepu.literacy.run.reading import Read, gather, inside
from kepu.literacy.run.results import Results
from kepu.literacy.run.segments import segments
from kepu.literacy.run.trend import Earlier, earlier, series
from kepu.literacy.run.weighing import weigh
from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.core.threads import one_thread


def run(
    plan_file: Path, out: Path, *, with_r: bool = False, progress: Progress = silent
) -> dict[str, Any]:
    """Carry out a plan and put its results in the folder `out`, which takes the place of an earlier run.

    Returns
    -------
    dict
        The first figure with its error, and what R said where it was asked.

    Raises
    ------
    EngineError
        If something is wrong with the plan or its files, R was asked and is not there or disagrees,
        or `out` holds something that is no run. Nothing is written then.
    """
    plan = load(plan_file)
    _refuse_other(out)
    progress("reading", 0, 1)
    read = gather(plan, plan_file.parent)
    results = computed(read, published_before(plan, plan_file.parent), progress)
    digests = recording.inputs(plan_file, plan)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as above:
        folder = Path(above) / "run"
        (folder / "r").mkdir(parents=True)
        progress("writing", 0, 1)
        writing.write(folder, plan, writing.sheets(results))
        sureness.write(folder, results)
        open_to_all = handing.write(folder / "r", read, results.weighed, results.found, progress)
        agreement = _agreed(folder / "r", progress) if with_r else None
        record = recording.words(digests, plan)
        progress("report", 0, 1)
        reporting.write(folder / "report.pdf", results, record, agreement, open_to_all)
        told = _told(results, agreement) | {"public": open_to_all and open_to_all.record()}
        recording.write(folder, plan, digests, told)
        _put(folder, out)
    return told


def published_before(plan: Plan, folder: Path) -> Earlier | None:
    """What was published before, where the plan has a trend."""
    if plan.trend is None:
        return None
    rule = plan.trend.linking
    return earlier(
        plan,
        inside(folder, plan.trend.file),
        inside(folder, rule.file) if rule else None,
        inside(folder, rule.form) if rule and rule.form else None,
        inside(folder, rule.links) if rule and rule.links else None,
        inside(folder, rule.covariance) if rule and rule.covariance else None,
    )


@one_thread()
def computed(read: Read, before: Earlier | None, progress: Progress = silent) -> Results:
    """All figures of a run, to the same last digit by any number of threads; nothing is written."""
    weighed = weigh(read)
    told = curves(read, weighed, progress)
    drawn = copies(read, weighed, told, progress)
    found = estimate(read, weighed, drawn.homes, progress)
    areas = model(read, found, progress) if read.plan.areas else None
    asked = questions(read, weighed, told)
    apart = differing(read, weighed, progress)
    both = mixed(read, weighed, found, drawn, progress) if read.online else ()
    parts = segments(read, weighed, found, progress) if read.plan.segments else None
    spread = together(told)
    whole = Results(read, weighed, found, areas, asked, apart, both, segments=parts, spread=spread)
    if before is None:
        return whole
    return dataclasses.replace(whole, series=series(read.plan, before, whole.shown, asked, spread))


def _agreed(folder: Path, progress: Progress) -> Agreement:
    progress("R", 0, 1)
    found = handing.reproduce(folder)
    apart = f"R finds other figures: apart by {found.estimate:.1e}, their errors by {found.se:.1e}"
    require(found.near, apart)
    return found


def _told(results: Results, agreement: Agreement | None) -> dict[str, Any]:
    """What is said of a run in a few numbers."""
    more: dict[str, Any] = {}
    if results.mixed:
        more["combined"] = dataclasses.asdict(results.combined())
    if results.model:
        more["areas"] = results.model.record()
    if results.series:
        more["trend"] = trend_told.record(results.series, results.plan, results.model)
    if results.read.odd:
        more["odd"] = [dataclasses.asdict(one) for one in results.read.odd]
    if results.segments:
        more["segments"] = segments_told.record(results.segments)
    return {
        "interval": results.plan.publish.level,
        "drawn": len(results.read.table),
        "answered": int(results.read.said.sum()),
        "figure": dataclasses.asdict(results.first),
        "agreement": agreement and dataclasses.asdict(agreement),
        **more,
    }


def _refuse_other(out: Path) -> None:
    """Only an empty folder or an earlier run is written over."""
    if not out.exists():
        return
    require(out.is_dir(), f"{out.name} is a file, not a folder")
    empty = not any(out.iterdir())
    mine = (out / recording.FILE).is_file()
    require(empty or mine, f"{out.name} holds files that are no run: name another folder")


def _put(folder: Path, out: Path) -> None:
    """The new folder in the place of the old one, which is gone only once the new one stands."""
    old = folder.parent / "old"
    if out.exists():
        out.rename(old)
    try:
        folder.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
