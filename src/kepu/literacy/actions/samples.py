"""Have a sample drawn, adopt or drop it. The worker draws, with no transaction around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import translation

from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import SampleAsked
from kepu.literacy import working
from kepu.literacy.bridge import samples as bridge
from kepu.literacy.models import Sample, SampledCommunity
from kepu.literacy.queries import samples as queries
from kepu.literacy.rules import runs as may
from kepu.literacy.rules import samples as rules
from kepu.literacy.states import SAMPLE, SampleState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division


@dataclass(frozen=True)
class Design:
    """What is asked of a sample."""

    title: str
    interviews: int
    sharing: str
    least: int
    together: int
    share: float
    deff: float
    response: float
    seed: int
    frame_on: date


@transaction.atomic
def ask_sample(design: Design, *, place: Division, by: User, now: datetime) -> Sample:
    """Ask for a design and its draw; the worker computes both."""
    authorize(may.why_not_handle(by, place.path, now))
    made = Sample(
        **{**vars(design), "title": design.title.strip()},
        language=translation.get_language() or "zh-hans",
        made_by=by,
        made_at=now,
    )
    require(rules.why_not_ask(made))
    made.place(place)
    made.save()
    audit.record(by, "sample.ask", made, now=now, seed=made.seed, interviews=made.interviews)
    facts.publish(SampleAsked(at=now, sample_id=made.pk))
    return made


@transaction.atomic
def adopt_sample(sample_id: int, *, by: User, now: datetime) -> Sample:
    """Take a proposed sample into the field."""
    made = _handled(sample_id, by, now)
    require(rules.why_not_move(made, "adopt"))
    made.adopted_by, made.adopted_at = by, now
    return _move(made, "adopt", "adopted_by", "adopted_at", by=by, now=now)


@transaction.atomic
def drop_sample(sample_id: int, *, by: User, now: datetime) -> Sample:
    """Put a sample away that nobody wants, or stop its draw."""
    made = _handled(sample_id, by, now)
    require(rules.why_not_move(made, "drop"))
    return _move(made, "drop", by=by, now=now)


# --- the worker's part ----------------------------------------------------------------------------


@transaction.atomic
def take_up_sample(sample_id: int, *, now: datetime) -> bool:
    """Make the draw ours; False when another worker was quicker. One statement decides."""
    free = queries.without_worker(now).filter(pk=sample_id)
    return bool(free.update(begun_at=now, tries=F("tries") + 1) == 1)


def work_on_sample(sample_id: int, *, taken: datetime) -> None:
    """Draw what was taken up at `taken`, outside any transaction of the caller."""
    wanted = Sample.objects.get(pk=sample_id)

    def compute() -> None:
        require(rules.why_not_try_again(wanted))
        _propose(wanted, bridge.propose(wanted), taken)

    working.carry_out(wanted, compute, lambda reason: _fail(wanted, reason, taken))


@transaction.atomic
def _propose(wanted: Sample, found: bridge.Proposal, taken: datetime) -> None:
    held = _held(wanted, taken)
    if held is None:
        return
    SampledCommunity.objects.bulk_create(
        (
            SampledCommunity(
                sample=held, division=one.division, chance=one.chance, interviews=one.interviews,
                approached=one.approached, weight=one.weight,
            )
            for one in found.communities
        ),
        batch_size=500,
    )  # fmt: skip
    held.summary, held.digest = found.summary, found.digest
    _move(held, "propose", "summary", "digest", by=None, now=clock.now(), digest=found.digest)


@transaction.atomic
def _fail(wanted: Sample, reason: str, taken: datetime) -> None:
    held = _held(wanted, taken)
    if held is not None:
        held.failure = reason[:200]
        _move(held, "fail", "failure", by=None, now=clock.now())


def _held(wanted: Sample, taken: datetime) -> Sample | None:
    """The row under a lock, if it is still ours: not dropped, and not taken up by another worker."""
    mine = Sample.objects.select_for_update().filter(
        pk=wanted.pk, state=SampleState.COMPUTING, begun_at=taken
    )
    found: Sample | None = mine.first()
    return found


def _move(
    made: Sample, verb: str, *named: str, by: User | None, now: datetime, **detail: str
) -> Sample:
    made.state = SAMPLE.after(made.state, verb)
    made.save(update_fields=["state", *named])
    whom = None if by else made.made_by
    audit.record(by, f"sample.{verb}", made, now=now, for_whom=whom, **detail)
    return made


def _handled(sample_id: int, by: User, now: datetime) -> Sample:
    made: Sample = Sample.objects.select_for_update().get(pk=sample_id)
    authorize(may.why_not_handle(by, made.path, now))
    return made
