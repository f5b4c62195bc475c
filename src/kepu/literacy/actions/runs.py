"""Keep the results of a run, propose and publish them, and withdraw what no longer stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.files import actions as files
from kepu.kernel.files import blobs, intake
from kepu.kernel.files.kinds import Kind
from kepu.literacy import packing, telling
from kepu.literacy.actions import learning
from kepu.literacy.bridge import runs as bridge
from kepu.literacy.models import Run
from kepu.literacy.rules import runs as rules
from kepu.literacy.states import RUN

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division
    from kepu.kernel.files.models import StoredFile


@dataclass(frozen=True)
class Brought:
    """Results that were held against their record, and their files, looked at and laid by."""

    found: bridge.Brought
    report: intake.Content
    tables: intake.Content
    archive: intake.Content


def bring(folder: Path) -> Brought:
    """Look at what a run wrote into `folder`; slow, so it belongs outside a transaction."""
    found, key = bridge.read(folder), rules.PURPOSE.key
    with found.report.open("rb") as report, found.tables.open("rb") as tables:
        contents = intake.examine(report, key), intake.examine(tables, key)
    with blobs.workbench() as bench:
        packing.pack(folder, bench / bridge.ARCHIVE)
        archive = intake.own(bench / bridge.ARCHIVE, rules.ARCHIVE.key, Kind.ZIP)
    return Brought(found, *contents, archive)


def keep_run(folder: Path, *, place: Division, by: User, now: datetime) -> Run:
    """Keep what `kepu literacy run` wrote into `folder`, for officers of `place` to look at.

    The folder is held against its record and its files are looked at before anything is written.
    """
    authorize(rules.why_not_handle(by, place.path, now))
    return enter_run(bring(folder), place=place, by=by, now=now)


@transaction.atomic
def enter_run(brought: Brought, *, place: Division, by: User, now: datetime) -> Run:
    """Write the row of results that were brought, as part of the caller's own transaction."""
    authorize(rules.why_not_handle(by, place.path, now))
    found, record = brought.found, brought.found.record
    require(rules.why_not_keep(found.digest))
    named = zip(
        (brought.report, brought.tables, brought.archive),
        (bridge.REPORT, bridge.TABLES, bridge.ARCHIVE), strict=True,
    )  # fmt: skip
    report, tables, archive = (
        files.enter(content, name, by=by, now=now, path=place.path) for content, name in named
    )
    run = Run(
        title=record["title"][:80], year=record["year"], synthetic=record["synthetic"],
        level=record["level"], framework=record["framework"], digest=found.digest, record=record,
        figures=found.figures, districts=found.districts, report=report, tables=tables,
        archive=archive, kept_by=by, kept_at=now,
    )  # fmt: skip
    run.place(place)
    run.save()
    audit.record(by, "run.keep", run, now=now, digest=found.digest)
    return run


@transaction.atomic
def take_archive(run_id: int, *, by: User, now: datetime) -> StoredFile:
    """Take the whole folder of a run away, microdata with it; who took it is kept in the audit."""
    run = _held(run_id, by, now)
    require(rules.why_not_take_archive(run))
    assert run.archive  # noqa: S101 (the rule)
    audit.record(by, "run.take_archive", run, now=now, sha256=run.archive.sha256)
    return run.archive


@transaction.atomic
def propose_run(run_id: int, *, by: User, now: datetime) -> Run:
    """Say that the results are fit to be published; whoever else may publish them is told."""
    run = _held(run_id, by, now)
    require(rules.why_not_propose(run))
    run.proposed_by, run.proposed_at = by, now
    _move(run, "propose", "proposed_by", "proposed_at", by=by, now=now)
    telling.run_proposed(run, now=now)
    return run


@transaction.atomic
def take_back_run(run_id: int, *, reason: str, by: User, now: datetime) -> Run:
    """Take the proposal back, or refuse it."""
    run = _held(run_id, by, now)
    require(rules.why_not_step_back(run, "take_back", reason))
    run.proposed_by = run.proposed_at = None
    run.reason = reason.strip()[:200]
    return _move(run, "take_back", "proposed_by", "proposed_at", "reason", by=by, now=now)


@transaction.atomic
def publish_run(run_id: int, *, by: User, now: datetime) -> Run:
    """Let everybody read the results; another officer than the one who proposed them.

    What a fieldwork's run found of its items enters the item bank.
    """
    run = _held(run_id, by, now)
    require(rules.why_not_publish(run, by))
    run.published_by, run.published_at, run.reason = by, now, ""
    _move(run, "publish", "published_by", "published_at", "reason", by=by, now=now)
    learning.enter_items(run, by=by, now=now)
    return run


@transaction.atomic
def withdraw_run(run_id: int, *, reason: str, by: User, now: datetime) -> Run:
    """Say of published results that they no longer stand, and why. They stay to be read, marked.

    The item bank forgets what they taught.
    """
    run = _held(run_id, by, now)
    require(rules.why_not_step_back(run, "withdraw", reason))
    run.reason = reason.strip()[:200]
    _move(run, "withdraw", "reason", by=by, now=now)
    learning.take_out_items(run, by=by, now=now)
    return run


def _held(run_id: int, by: User, now: datetime) -> Run:
    run: Run = Run.objects.select_for_update().get(pk=run_id)
    authorize(rules.why_not_handle(by, run.path, now))
    return run


def _move(run: Run, verb: str, *named: str, by: User, now: datetime) -> Run:
    run.state = RUN.after(run.state, verb)
    run.save(update_fields=["state", *named])
    audit.record(by, f"run.{verb}", run, now=now)
    return run
