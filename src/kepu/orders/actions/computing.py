"""The auto-plan as the worker handles it: computed or applied, with progress, while it may.

Nothing is locked while orders are read and matched. Every write asks first whether the plan is still
the worker's, in the same transaction; so a plan that was cancelled, or that another worker took up
after this one had gone silent, is never written to again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Refusal, authorize, require
from kepu.orders import bridge, queries, rules
from kepu.orders.actions.dispatching import offer
from kepu.orders.models import AutoPlan, PlanLine
from kepu.orders.states import PLAN, PlanStage, PlanState
from kepu_engines.core.progress import Cancelled

log = logging.getLogger(__name__)

# What one transaction writes: SQLite's other writers get their turn in between.
LINES = 200
OFFERS = 40  # of five rows each: offer, audit, fact, delivery, line


@dataclass(frozen=True)
class Hold:
    """A worker's hold on a plan. It is lost when the plan is cancelled, or taken up by another."""

    plan_id: int
    state: str
    taken: datetime

    def tell(self, stage: str, done: int, total: int, /) -> None:
        """Say how far it is; raises Cancelled when the plan is not ours any more.

        Inside a transaction nobody can take it away until the end of that.
        """
        told = {"stage": stage, "done": done, "total": total, "beat_at": clock.now()}
        held = AutoPlan.objects.filter(pk=self.plan_id, state=self.state, begun_at=self.taken)
        if held.update(**told) == 0:
            raise Cancelled


def take_up_plan(plan_id: int, *, now: datetime) -> bool:
    """Make the plan ours; False when another worker was quicker. One statement decides."""
    free = queries.plans_without_worker(now).filter(pk=plan_id)
    return bool(free.update(begun_at=now, beat_at=now, tries=F("tries") + 1) == 1)


def work_on_plan(plan_id: int, *, taken: datetime) -> None:
    """Compute or apply a plan that was taken up at `taken`, outside any transaction of the caller."""
    plan = AutoPlan.objects.select_related("department", "made_by", "applied_by").get(pk=plan_id)
    hold = Hold(plan.pk, plan.state, taken)
    with translation.override(plan.language):
        try:
            require(rules.why_not_try_again(plan))
            _WORK.get(plan.state, _nothing)(plan, hold)
        except Cancelled:
            log.info("plan %s was cancelled or taken over", plan.pk)
        except (OperationalError, InterfaceError):
            log.warning("plan %s is taken up again later", plan.pk, exc_info=True)
        except Refusal as refusal:
            _end(plan, hold, "fail", failure=refusal.reason[:200])
        except Exception:
            log.exception("plan %s failed", plan.pk)
            _end(plan, hold, "fail", failure=_("the computation failed; tell the administrator"))


def _nothing(plan: AutoPlan, hold: Hold) -> None:
    """Somebody cancelled it between taking up and beginning."""


def _compute(plan: AutoPlan, hold: Hold) -> None:
    proposal = bridge.propose(plan.department, hold.taken, hold.tell)
    _forget_lines(hold)
    for done, lines in _batches(proposal.lines):
        _write(hold, lines, done, len(proposal.lines))
    _end(plan, hold, "propose", summary=proposal.summary)


def _batches(lines: Sequence[bridge.Line]) -> Iterator[tuple[int, Sequence[bridge.Line]]]:
    for first in range(0, len(lines), LINES):
        yield first, lines[first : first + LINES]


@transaction.atomic
def _forget_lines(hold: Hold) -> None:
    """What a worker wrote that was killed before the end is written anew."""
    hold.tell(PlanStage.LINES, 0, 1)
    PlanLine.objects.filter(plan=hold.plan_id).delete()


@transaction.atomic
def _write(hold: Hold, lines: Sequence[bridge.Line], done: int, total: int) -> None:
    hold.tell(PlanStage.LINES, done, total)
    PlanLine.objects.bulk_create(
        PlanLine(
            plan_id=hold.plan_id,
            order_id=line.order_id,
            team_id=line.team_id,
            starts_at=line.starts_at,
            km=line.km,
            reason=line.reason[:200],
        )
        for line in lines
    )


def _ask_teams(plan: AutoPlan, hold: Hold) -> None:
    """Offer the orders of lines that nobody has handled yet, so that a second beginning goes on."""
    total = plan.lines.filter(team__isnull=False).count()
    while _ask_some(plan, hold, total):
        pass
    _end(plan, hold, "finish")


@transaction.atomic
def _ask_some(plan: AutoPlan, hold: Hold, total: int) -> int:
    """Ask the teams of the next lines; returns how many lines there were."""
    waiting = plan.lines.filter(team__isnull=False, handled_at__isnull=True)
    hold.tell(PlanStage.ASKING, total - waiting.count(), total)
    assert plan.applied_by  # noqa: S101 (set by whoever had it applied)
    authorize(rules.why_not_plan_for(plan.applied_by, plan.department_id, hold.taken))
    lines = list(waiting.select_related("team").order_by("order_id")[:OFFERS])
    for line in lines:
        _offer_line(line, plan.applied_by, hold.taken)
    return len(lines)


def _offer_line(line: PlanLine, by: User, now: datetime) -> None:
    assert line.team  # noqa: S101 (filtered)
    try:
        with transaction.atomic():
            offer(
                line.order_id,
                team=line.team,
                reason=line.reason,
                starts_at=line.starts_at,
                by=by,
                now=now,
            )
        came = _("asked: %(why)s") % {"why": line.reason}
    except Refusal as refusal:
        came = _("left out: %(why)s") % {"why": refusal.reason}
    line.reason = came[:200]
    line.handled_at = now
    line.save(update_fields=["reason", "handled_at"])


def _end(plan: AutoPlan, hold: Hold, verb: str, **also: object) -> None:
    """Move the plan on, if it is still ours."""
    try:
        _move(plan, hold, verb, also)
    except Cancelled:
        log.info("plan %s was cancelled or taken over at its end", plan.pk)


@transaction.atomic
def _move(plan: AutoPlan, hold: Hold, verb: str, also: dict[str, object]) -> None:
    hold.tell("", 0, 0)
    if verb == "fail" and hold.state == PlanState.COMPUTING:
        plan.lines.all().delete()
    plan.state = PLAN.after(hold.state, verb)
    for name, value in also.items():
        setattr(plan, name, value)
    plan.save(update_fields=["state", *also])
    for_whom = plan.applied_by or plan.made_by
    audit.record(
        None, f"plan.{verb}", plan, now=clock.now(), for_whom=for_whom, lines=plan.lines.count()
    )


_WORK: dict[str, Callable[[AutoPlan, Hold], None]] = {
    PlanState.COMPUTING: _compute,
    PlanState.APPLYING: _ask_teams,
}
