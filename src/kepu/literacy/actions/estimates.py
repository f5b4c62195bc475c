"""Have the figures of a survey estimated: from a fieldwork or from files. The worker runs the plan."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation

from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import EstimateAsked
from kepu.kernel.files import actions as files
from kepu.kernel.files import blobs, intake
from kepu.kernel.files import queries as kept
from kepu.kernel.files.kinds import Kind
from kepu.kernel.working import Hold, Work
from kepu.literacy import field_files, packing
from kepu.literacy.actions import runs
from kepu.literacy.bridge import estimates as bridge
from kepu.literacy.models import Estimate, Fieldwork
from kepu.literacy.queries import runs as known
from kepu.literacy.rules import estimates as rules
from kepu.literacy.rules import runs as may
from kepu.literacy.states import ESTIMATE, EstimateStage, EstimateState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division


def estimate_fieldwork(
    fieldwork_id: int, *, language: str, synthetic: bool, by: User, now: datetime
) -> Estimate:
    """Have the answers of a closed fieldwork run, by the plan that goes with them.

    `language` is that of the report; `synthetic` says that nobody was really asked.
    """
    of: Fieldwork = Fieldwork.objects.select_related("sample", "booklets").get(pk=fieldwork_id)
    authorize(may.why_not_handle(by, of.path, now))
    require(rules.why_not_of_fieldwork(of))
    packed = field_files.folder(of, now, language=language, synthetic=synthetic)
    with blobs.workbench() as bench:
        packing.take_out(io.BytesIO(packed), bench / "plan")
        inputs = _laid_by(bench)
    said = {"title": of.title, "fieldwork": of}
    return _ask(said, inputs, place=of.division_now, by=by, now=now)


def estimate_files(
    sent: IO[bytes], size: int, *, place: Division, by: User, now: datetime
) -> Estimate:
    """Have a plan run that somebody sent with its files, as one ZIP; raises BadInput in words."""
    authorize(may.why_not_handle(by, place.path, now))
    require(rules.why_not_take(size))
    with blobs.workbench() as bench:
        packing.take_out(sent, bench / "plan")
        said = {"title": bridge.title_of(bench / "plan")}
        inputs = _laid_by(bench)
    return _ask(said, inputs, place=place, by=by, now=now)


def _laid_by(bench: Path) -> intake.Content:
    packing.pack(bench / "plan", bench / "inputs")
    return intake.own(bench / "inputs", may.INPUTS.key, Kind.ZIP)


@transaction.atomic
def _ask(
    said: dict[str, Any], inputs: intake.Content, *, place: Division, by: User, now: datetime
) -> Estimate:
    require(rules.why_not_ask(place))
    file = files.enter(inputs, "inputs", by=by, now=now, path=place.path)
    spoken = translation.get_language() or "zh-hans"
    made = Estimate(**said, inputs=file, language=spoken, made_by=by, made_at=now)
    made.place(place)
    made.save()
    audit.record(by, "estimate.ask", made, now=now, sha256=inputs.sha256)
    facts.publish(EstimateAsked(at=now, estimate_id=made.pk))
    return made


@transaction.atomic
def cancel_estimate(estimate_id: int, *, by: User, now: datetime) -> Estimate:
    """Stop an estimate; nothing of it is kept."""
    of: Estimate = Estimate.objects.select_for_update().get(pk=estimate_id)
    authorize(may.why_not_handle(by, of.path, now))
    require(rules.why_not_move(of, "cancel"))
    return _move(of, "cancel", by=by, now=now)


# --- the worker's part ----------------------------------------------------------------------------


def _compute(hold: Hold[Estimate]) -> None:
    """Run the plan in a folder that is gone afterwards, and keep the run."""
    with blobs.workbench() as bench, hold.beating():
        with closing(kept.open_file(hold.row.inputs)) as packed:
            packing.unpack(packed, bench / "plan")
        unchecked = bridge.carry_out(bench / "plan", bench / "results", hold.tell)
        hold.tell(EstimateStage.KEEPING, 0, 1)
        _finish(hold, runs.bring(bench / "results"), unchecked)


@transaction.atomic
def _finish(hold: Hold[Estimate], brought: runs.Brought, unchecked: str) -> None:
    """Keep the run; one that is there already, from the shell or an earlier estimate, is the run."""
    hold.keep()
    of, now = hold.row, clock.now()
    run = known.same(brought.found.digest)
    require(rules.why_not_end_at(run, of) if run else None)
    of.run = run or runs.enter_run(brought, place=of.division_now, by=of.made_by, now=now)
    of.unchecked = unchecked
    _move(of, "finish", "run", "unchecked", by=None, now=now)


@transaction.atomic
def _fail(hold: Hold[Estimate], reason: str) -> None:
    hold.keep()
    hold.row.failure = reason[:600]
    _move(hold.row, "fail", "failure", by=None, now=clock.now())


def _move(of: Estimate, verb: str, *named: str, by: User | None, now: datetime) -> Estimate:
    of.state = ESTIMATE.after(of.state, verb)
    of.save(update_fields=["state", *named])
    audit.record(by, f"estimate.{verb}", of, now=now, for_whom=None if by else of.made_by)
    return of


ESTIMATES = Work(Estimate, (EstimateState.COMPUTING,), _compute, _fail)
