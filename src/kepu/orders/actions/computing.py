"""The auto-plan as the worker handles it: computed or applied, with progress, while it may."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Refusal, authorize
from kepu.kernel.working import Hold, Work
from kepu.orders import bridge, rules
from kepu.orders.actions.dispatching import offer
from kepu.orders.models import AutoPlan, PlanLine
from kepu.orders.states import PLAN, PLANS_AT_WORK, PlanStage, PlanState

# What one transaction writes: SQLite's other writers get their turn in between.
LINES = 200
OFFERS = 40  # of five rows each: offer, audit, fact, delivery, line


def _work(hold: Hold[AutoPlan]) -> None:
    _WORK[hold.state](hold)


def _compute(hold: Hold[AutoPlan]) -> None:
    proposal = bridge.propose(hold.row.department, hold.taken, hold.tell)
    _forget_lines(hold)
    for done, lines in _batches(proposal.lines):
        _write(hold, lines, done, len(proposal.lines))
    _end(hold, "propose", summary=proposal.summary)


def _batches(lines: Sequence[bridge.Line]) -> Iterator[tuple[int, Sequence[bridge.Line]]]:
    for first in range(0, len(lines), LINES):
        yield first, lines[first : first + LINES]


@transaction.atomic
def _forget_lines(hold: Hold[AutoPlan]) -> None:
    """What a worker wrote that was killed before the end is written anew."""
    hold.tell(PlanStage.LINES, 0, 1)
    hold.row.lines.all().delete()


@transaction.atomic
def _write(hold: Hold[AutoPlan], lines: Sequence[bridge.Line], done: int, total: int) -> None:
    hold.tell(PlanStage.LINES, done, total)
    PlanLine.objects.bulk_create(
        PlanLine(
            plan=hold.row,
            order_id=line.order_id,
            team_id=line.team_id,
            starts_at=line.starts_at,
            km=line.km,
            reason=line.reason[:200],
            left_out=line.left_out,
        )
        for line in lines
    )


def _ask_teams(hold: Hold[AutoPlan]) -> None:
    """Offer the orders of lines that nobody has handled yet, so that a second beginning goes on."""
    total = hold.row.lines.filter(team__isnull=False).count()
    while _ask_some(hold, total):
        pass
    _end(hold, "finish")


@transaction.atomic
def _ask_some(hold: Hold[AutoPlan], total: int) -> int:
    """Ask the teams of the next lines; returns how many lines there were."""
    plan = hold.row
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


def _fail(hold: Hold[AutoPlan], reason: str) -> None:
    _end(hold, "fail", failure=reason[:200])


@transaction.atomic
def _end(hold: Hold[AutoPlan], verb: str, **also: object) -> None:
    """Move the plan on; raises Lost when it is not ours any more."""
    plan = hold.row
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


_WORK: dict[str, Callable[[Hold[AutoPlan]], None]] = {
    PlanState.COMPUTING: _compute,
    PlanState.APPLYING: _ask_teams,
}
PLANS = Work(AutoPlan, PLANS_AT_WORK, _work, _fail)
take_up_plan, work_on_plan = PLANS.take_up, PLANS.work_on
