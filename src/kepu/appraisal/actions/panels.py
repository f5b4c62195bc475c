"""Find reviewers: a proposal asked for, shown, carried out or put away; the worker does what takes long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kepu.appraisal import bridge
from kepu.appraisal.actions.calls import tell_seed
from kepu.appraisal.actions.evidence import make_again
from kepu.appraisal.actions.moving import locked, move
from kepu.appraisal.models import Call, Panels, Review, Seat
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import calls
from kepu.appraisal.rules import reviewing as rules
from kepu.appraisal.rules.calls import why_not_keep
from kepu.appraisal.rules.meeting import why_not_meet_each
from kepu.appraisal.states import (
    PANELS,
    PANELS_AT_WORK,
    SITTING,
    TO_REVIEW,
    ApplicationState,
    PanelsStage,
    PanelsState,
)
from kepu.appraisal.telling import reviewing as telling
from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Refusal, RuleBroken, authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import PanelsAsked
from kepu.kernel.working import Hold, Work
from kepu.people.actions import experts

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Expert

SOURCE = "appraisal.review"
LINES, ASKED = 500, 40  # what one transaction writes: SQLite's other writers get their turn


# --- as people handle it --------------------------------------------------------------------------


@transaction.atomic
def propose_panels(call_id: int, *, by: User, now: datetime) -> Panels:
    """Ask for reviewers of every application of the call that lacks some; the worker finds them.

    Who asks while the worker is at it gets that proposal. Raises RuleBroken if none is lacking, or if
    lots are to be drawn and the call has not closed or has no seed. The seed is told with the draw.
    """
    call = _locked_call(call_id)
    authorize(why_not_keep(by, call, now))
    if at_work := call.panels.filter(state__in=PANELS_AT_WORK).first():
        return at_work
    programme = calls.programme(call)
    require(rules.why_not_propose(call, programme, now))

    by_lot = bool(programme.reviewing and programme.reviewing.by_lot)
    if by_lot:
        tell_seed(call, by=by, now=now)
    panels = Panels.objects.create(
        call=call,
        drawn="lot" if by_lot else "fit",
        inputs={"seed": call.seed} if by_lot else {},
        language=translation.get_language() or "zh-hans",
        made_by=by,
        made_at=now,
    )
    audit.record(by, "appraisal.seek_panels", panels, now=now, call=call.pk)
    facts.publish(PanelsAsked(at=now, panels_id=panels.pk))
    return panels


@transaction.atomic
def ask_panels(panels_id: int, *, by: User, now: datetime) -> Panels:
    """Carry a proposal out: its reviewers are asked, and hear of it."""
    panels = _locked(panels_id)
    authorize(why_not_keep(by, panels.call, now))
    require(rules.why_not_move(panels, "ask"))

    panels.state = PANELS.after(panels.state, "ask")
    panels.asked_by, panels.asked_at = by, now
    panels.stage, panels.done, panels.total = "", 0, 0
    panels.begun_at, panels.beat_at, panels.tries = None, None, 0
    panels.save()
    audit.record(by, "appraisal.ask_panels", panels, now=now)
    facts.publish(PanelsAsked(at=now, panels_id=panels.pk))
    return panels


@transaction.atomic
def drop_panels(panels_id: int, *, by: User, now: datetime) -> Panels:
    """Put a proposal away, or stop the worker; nobody was asked. The lot drawn stays as it fell."""
    panels = _locked(panels_id)
    authorize(why_not_keep(by, panels.call, now))
    require(rules.why_not_move(panels, "drop"))
    if panels.drawn == "lot" and panels.state == PanelsState.PROPOSED:
        require(_("what was drawn by lot is carried out; nobody draws until he likes it"))

    panels.state = PANELS.after(panels.state, "drop")
    panels.save(update_fields=["state"])
    audit.record(by, "appraisal.drop_panels", panels, now=now)
    return panels


# --- as the worker handles it ---------------------------------------------------------------------


def _work(hold: Hold[Panels]) -> None:
    _WORK[hold.state](hold)


def _compute(hold: Hold[Panels]) -> None:
    panels = hold.row
    found = bridge.propose(
        panels.call,
        calls.programme(panels.call),
        on=clock.day(hold.taken),
        seed=panels.inputs.get("seed"),
        progress=hold.tell,
    )
    _forget(hold)
    for first in range(0, len(found.places), LINES):
        _write(hold, found.places[first : first + LINES], first, len(found.places))
    also = {"summary": found.summary, "numbered": found.numbered}
    _end(hold, "propose", **also, inputs=found.inputs or panels.inputs)


@transaction.atomic
def _forget(hold: Hold[Panels]) -> None:
    """What a worker wrote that was killed before the end is written anew."""
    hold.tell(PanelsStage.LINES, 0, 1)
    hold.row.seats.all().delete()


@transaction.atomic
def _write(hold: Hold[Panels], places: list[bridge.Place], done: int, total: int) -> None:
    hold.tell(PanelsStage.LINES, done, total)
    Seat.objects.bulk_create(
        Seat(
            panels=hold.row,
            application_id=one.application_id,
            expert_id=one.expert_id,
            fit=one.fit,
            reason=one.reason[:200],
        )
        for one in places
    )


def _ask(hold: Hold[Panels]) -> None:
    """Ask those of seats that nobody has handled yet, so that a second beginning goes on."""
    programme = calls.programme(hold.row.call)
    total = hold.row.seats.filter(expert__isnull=False).count()
    while _ask_some(hold, programme, total):
        pass
    _end(hold, "finish")


@transaction.atomic
def _ask_some(hold: Hold[Panels], programme: Programme, total: int) -> int:
    panels = hold.row
    waiting = panels.seats.filter(expert__isnull=False, handled_at__isnull=True)
    hold.tell(PanelsStage.ASKING, total - waiting.count(), total)
    assert panels.asked_by  # noqa: S101 (set by whoever carried it out)
    authorize(why_not_keep(panels.asked_by, panels.call, hold.taken))
    some = list(waiting.select_related("expert").order_by("expert", "pk")[:ASKED])
    barred = why_not_meet_each(
        [(seat.application_id, seat.expert_id or 0) for seat in some],
        programme, clock.day(hold.taken),
    )  # fmt: skip
    asked: Counter[Expert] = Counter()
    for seat in some:
        assert seat.expert is not None  # noqa: S101 (filtered)
        why_not = barred[(seat.application_id, seat.expert.pk)]
        asked[seat.expert] += _ask_one(seat, why_not, panels, programme, hold.taken)
    for expert, n in asked.items():
        if n:
            telling.asked(expert, n, programme, now=hold.taken)
    return len(some)


def _ask_one(
    seat: Seat, why_not: str | None, panels: Panels, programme: Programme, now: datetime
) -> bool:
    """Whether the expert could be asked; what has moved on meanwhile is left alone and says so."""
    assert panels.asked_by and seat.expert_id  # noqa: S101, PT018 (filtered)
    said, came = seat.reason, True
    try:
        with transaction.atomic():
            require(why_not)
            invite(
                seat.application_id, seat.expert_id, programme=programme, drawn=panels.drawn,
                by=panels.asked_by, now=now,
            )  # fmt: skip
    except Refusal as refusal:
        came, said = False, _("left out: %(why)s") % {"why": refusal.reason}
    seat.reason, seat.handled_at = said[:200], now
    seat.save(update_fields=["reason", "handled_at"])
    return came


@transaction.atomic
def invite(
    application_id: int,
    expert_id: int,
    *,
    programme: Programme,
    drawn: str,
    by: User,
    now: datetime,
) -> Review:
    """Ask one expert about one application, within the caller's transaction; it counts as a duty.

    The caller has asked who may, and whether the two may meet. The first one asked sends the
    application to its reviewers. Raises RuleBroken if the application has moved on, has whom it needs,
    or the expert carries the most.
    """
    application = locked(application_id)
    reviewing = programme.reviewing
    assert reviewing  # noqa: S101 (or nobody would be asked)
    if application.state not in TO_REVIEW:
        raise RuleBroken(_("the application has moved on"))
    sitting = application.reviews.filter(state__in=SITTING).count()
    if sitting >= reviewing.each:
        raise RuleBroken(_("the application has its reviewers"))
    if application.reviews.filter(expert=expert_id).exists():
        raise RuleBroken(str(rules.ASKED))
    due_at = programme.clocks.ends("review", now)
    review = Review.objects.create(
        application=application,
        expert_id=expert_id,
        drawn=drawn,
        asked_by=by,
        asked_at=now,
        due_at=due_at,
    )
    experts.assign(expert_id, source=SOURCE, source_id=review.pk, by=by, now=now)
    if application.state == ApplicationState.CHECKED:
        move(application, "send_to_review", by=by, now=now)
        make_again(application, now=now)
    audit.record(
        by,
        "appraisal.ask_review",
        review,
        now=now,
        application=application.pk,
        expert=expert_id,
        drawn=drawn,
    )
    return review


def _fail(hold: Hold[Panels], reason: str) -> None:
    _end(hold, "fail", failure=reason[:200])


@transaction.atomic
def _end(hold: Hold[Panels], verb: str, **also: object) -> None:
    """Move the proposal on; raises Lost when it is not ours any more."""
    panels = hold.row
    hold.tell("", 0, 0)
    if verb == "fail" and hold.state == PanelsState.COMPUTING:
        panels.seats.all().delete()
    panels.state = PANELS.after(hold.state, verb)
    for name, value in also.items():
        setattr(panels, name, value)
    panels.save(update_fields=["state", *also])
    for_whom = panels.asked_by or panels.made_by
    seats = panels.seats.count()
    audit.record(
        None, f"appraisal.{verb}_panels", panels, now=clock.now(), for_whom=for_whom, seats=seats
    )  # fmt: skip


_WORK: dict[str, Callable[[Hold[Panels]], None]] = {
    PanelsState.COMPUTING: _compute,
    PanelsState.ASKING: _ask,
}
PANELS_WORK = Work(Panels, PANELS_AT_WORK, _work, _fail)


def _locked(panels_id: int) -> Panels:
    rows = Panels.objects.select_for_update(of=("self",)).select_related("call")
    panels: Panels = rows.get(pk=panels_id)
    return panels


def _locked_call(call_id: int) -> Call:
    call: Call = Call.objects.select_for_update().get(pk=call_id)
    return call
