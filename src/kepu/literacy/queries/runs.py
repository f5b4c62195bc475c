"""Reads of runs."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.db.models import QuerySet

from kepu.kernel.files import blobs
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Run
from kepu.literacy.run.disclosure_rules import in_force
from kepu.literacy.states import RunState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

SERIES = "literate"  # the level whose share goes on from year to year, and that targets are of
OPEN_TO_ALL = (RunState.PUBLISHED, RunState.WITHDRAWN)


def runs_of(person: User | None, now: datetime) -> QuerySet[Run]:
    """Runs of the places where the person publishes, the latest year first."""
    return Run.objects.filter(roles.reach(person, Verb.SURVEY_PUBLISH, now).limit())


def published() -> QuerySet[Run]:
    """Runs that everybody may read, the latest year first."""
    return Run.objects.filter(state=RunState.PUBLISHED).order_by("-year", "-published_at", "-pk")


def seen(person: User | None, run_id: int, now: datetime) -> Run | None:
    """The run, if it was ever published or the person keeps runs of its place."""
    found: Run | None = Run.objects.filter(pk=run_id).first()
    if found is None or found.state in OPEN_TO_ALL:
        return found
    return found if roles.holds(person, Verb.SURVEY_PUBLISH, now=now, path=found.path) else None


def same(digest: str) -> Run | None:
    """The run that was kept already; one that was withdrawn is not in the way of another."""
    kept = Run.objects.filter(digest=digest).exclude(state=RunState.WITHDRAWN)
    found: Run | None = kept.first()
    return found


def of_the_year(run: Run) -> QuerySet[Run]:
    """Other published runs of the same place and year."""
    return published().filter(path=run.path, year=run.year).exclude(pk=run.pk)


def of_file(file_id: int) -> QuerySet[Run]:
    """Runs that a file belongs to."""
    return Run.objects.filter(report=file_id) | Run.objects.filter(tables=file_id)


# What stands open once a run was published, and where it lies in the run's folder.
OPEN_FILES = {
    "figures.csv": "figures.csv", "figures.parquet": "figures.parquet",
    "figures.sdmx.csv": "figures.sdmx.csv", "structure.sdmx.xml": "structure.sdmx.xml",
    "districts.csv": "districts.csv",
    "segments.csv": "segments.csv",
}  # fmt: skip
# Persons stand open while the run does, and if its record tells that today's rules made them.
OPEN_PERSONS = {"public.csv": "r/public.csv", "public.parquet": "r/public.parquet"}


def public_files(run: Run) -> list[str]:
    """Names of the files of a run that everybody may have once it is published.

    Figures stay when it is withdrawn, persons do not.
    """
    if run.archive_id is None:
        return []
    persons = run.state == RunState.PUBLISHED and in_force(run.record)
    places = OPEN_FILES | (OPEN_PERSONS if persons else {})
    return [name for name, place in places.items() if place in run.record["outputs"]]


def open_public(run: Run, name: str) -> IO[bytes]:
    """One of `public_files`, out of the folder as it is packed."""
    return _opened(run, (OPEN_FILES | OPEN_PERSONS)[name])


def table(run: Run, name: str) -> list[dict[str, str]]:
    """The rows of a table of the run's folder; none where the run has no such table."""
    if run.archive_id is None or name not in run.record["outputs"]:
        return []
    with _opened(run, name) as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _opened(run: Run, place: str) -> IO[bytes]:
    assert run.archive  # noqa: S101 (such files are of a run that has one)
    with zipfile.ZipFile(blobs.place(run.archive.sha256)) as archive:
        return archive.open(place)


def by_year(found: Iterable[Run]) -> list[Run]:
    """In the order of years, and last of each year the run that stands for it: one that says how the year
    joins those before, else the one published last.
    """
    return sorted(
        found,
        key=lambda one: (one.year, bool(one.record.get("trend")), one.published_at, one.pk),
    )


HOMES = "home"  # how people were asked, where the run's plan says nothing else


def own_year(run: Run) -> dict[str, Any]:
    """The city's share in a run's own year as it stands beside other years; empty where there is none.

    The run's plan may have linked it to those before; else it stands on a scale of its own, by its
    framework's questions of that year.
    """
    own = next((row for row in years_of(run) if row["year"] == run.year), None)
    if own:
        return own
    found = headline(run)
    alone = {"year": run.year, "framework": run.framework, "modes": HOMES, "scale": str(run.year)}
    return found | alone if found else {}


def years_of(run: Run) -> list[dict[str, Any]]:
    """The years of the series in a run's plan, each with its scale.

    Runs of before years had scales named none: what was linked stood on that of the years before.
    """
    rows = (run.record.get("trend") or {}).get("years") or []
    alone = not linked(run)
    return [
        {"scale": str(run.year) if alone and row["year"] == run.year else "", **row} for row in rows
    ]


def linked(run: Run) -> bool:
    """Whether items asked before lead from the run's scale to that of the years before."""
    told = run.record.get("trend") or {}
    error = any(
        row.get("linking") for row in told.get("years") or []
    )  # of runs that did not say it
    return bool(told.get("linked", error))


def headline(run: Run) -> dict[str, Any]:
    """The row of the figure that everybody asks for; empty where the run has none."""
    measure = f"{run.level} or above"
    rows = (row for row in run.figures if row["table"] == row["cell"] == "city")
    return next((row for row in rows if row["measure"] == measure), {})
