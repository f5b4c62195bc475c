"""Have a sample drawn, adopt or drop it. The worker draws, with no transaction around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation

from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import SampleAsked
from kepu.kernel.working import Hold, Work
from kepu.literacy.bridge import samples as bridge
from kepu.literacy.models import Sample, SampledCommunity
from kepu.literacy.rules import runs as may
from kepu.literacy.rules import samples as rules
from kepu.literacy.states import SAMPLE, SampleState, Stages

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
    exponent: float = 0.5
    stages: str = Stages.COMMUNITIES
    apiece: int = 2
    districts: int | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    adults: Mapping[str, int] = field(default_factory=dict)
    icc_community: float = 0.0
    icc_township: float = 0.0
    icc_district: float = 0.0
    earlier: Sample | None = None
    coordination: str = ""


@dataclass(frozen=True)
class Again:
    """What a second draw by the same design came to: how many of the sample's communities it has too."""

    same: bool
    communities: int
    of: int
    digest: str


@transaction.atomic
def ask_sample(design: Design, *, place: Division, by: User, now: datetime) -> Sample:
    """Ask for a design and its draw; the worker computes both.

    A sample that goes on from an earlier one takes its seed: permanent numbers are made from it.
    """
    authorize(may.why_not_handle(by, place.path, now))
    made = Sample(
        **{**vars(design), "title": design.title.strip()},
        language=translation.get_language() or "zh-hans",
        made_by=by,
        made_at=now,
    )
    made.place(place)
    require(rules.why_not_ask(made))
    if design.earlier:
        made.seed = design.earlier.seed
    made.start = bridge.begins(design.earlier, design.coordination)
    made.save()
    audit.record(by, "sample.ask", made, now=now, **told(made))
    facts.publish(SampleAsked(at=now, sample_id=made.pk))
    return made


def told(made: Sample) -> dict[str, Any]:
    """All that a draw follows from, beside the divisions of its day: enough to draw it again."""
    names = {one.name for one in fields(Design)} - {"title", "earlier"}
    said = {name: getattr(made, name) for name in sorted(names)}
    said |= {"place": made.path, "start": made.start, "earlier": made.earlier_id}
    return said | {"frame_on": made.frame_on.isoformat()}


def draw_again(sample_id: int, *, by: User, now: datetime) -> Again:
    """Draw by the same design once more, and say whether the same comes; the sample stays as it was.

    Seconds of drawing stand outside any transaction.
    """
    made: Sample = Sample.objects.get(pk=sample_id)
    authorize(may.why_not_handle(by, made.path, now))
    require(rules.why_not_draw_again(made))
    found = bridge.propose(made)
    before = set(made.communities.values_list("division", flat=True))
    same = sum(one.division.pk in before for one in found.communities)
    again = Again(found.digest == made.digest, same, len(before), found.digest)
    _note_again(made, again, by, now)
    return again


@transaction.atomic
def _note_again(made: Sample, again: Again, by: User, now: datetime) -> None:
    audit.record(
        by, "sample.draw_again", made, now=now, same=again.same, digest=again.digest,
        communities=again.communities,
    )  # fmt: skip


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


def _compute(hold: Hold[Sample]) -> None:
    with hold.beating():
        found = bridge.propose(hold.row)
    _propose(hold, found)


@transaction.atomic
def _propose(hold: Hold[Sample], found: bridge.Proposal) -> None:
    hold.keep()
    held = hold.row
    SampledCommunity.objects.bulk_create(
        (
            SampledCommunity(
                sample=held, division=one.division, stratum=one.stratum, psu=one.psu,
                chances=one.chances, chance=one.chance, interviews=one.interviews,
                approached=one.approached, weight=one.weight,
            )
            for one in found.communities
        ),
        batch_size=500,
    )  # fmt: skip
    held.summary, held.digest = found.summary, found.digest
    _move(held, "propose", "summary", "digest", by=None, now=clock.now(), digest=found.digest)


@transaction.atomic
def _fail(hold: Hold[Sample], reason: str) -> None:
    hold.keep()
    hold.row.failure = reason[:200]
    _move(hold.row, "fail", "failure", by=None, now=clock.now())


DRAWS = Work(Sample, (SampleState.COMPUTING,), _compute, _fail)


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
