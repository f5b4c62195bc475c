"""Weigh the scores of a call, which the worker does, keep what they come to, and propose by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kepu.appraisal import queries, rules, weighing
from kepu.appraisal.actions.moving import keep_each, locked_of, move_all
from kepu.appraisal.models import Application, Call, Judgement, Weighing
from kepu.appraisal.states import WEIGHING, ApplicationState, WeighingStage, WeighingState
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import RuleBroken, authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import WeighingAsked
from kepu.kernel.working import Hold, Work

WEIGHED = ("score", "reached")  # what an application keeps of a judgement
TURNS = 3  # times that scores are weighed again because something was changed meanwhile


# --- weighing -------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_weigh(call_id: int, *, by: User, now: datetime) -> Weighing:
    """Ask for the scores of a call to be weighed; the worker does it, for thousands take a while.

    Who asks while the worker is at it gets that weighing.
    """
    call = Call.objects.select_for_update().get(pk=call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    if at_work := queries.judging.at_work(call):
        return at_work
    require(rules.judging.why_not_weigh(call, anything=queries.judging.is_weighable(call)))

    made = Weighing.objects.create(
        call=call, language=translation.get_language() or "zh-hans", made_by=by, made_at=now
    )
    audit.record(by, "appraisal.seek_weighing", made, now=now, call=call.pk)
    facts.publish(WeighingAsked(at=now, weighing_id=made.pk))
    return made


@transaction.atomic
def weigh(call_id: int, *, by: User, now: datetime) -> Judgement:
    """Weigh everything that has all its reviews: scores and ranks are kept with what they follow from.

    What was with its reviewers is reviewed from now on; nothing is proposed by it yet. All in this
    transaction: where there are many, ask the worker, who holds nothing while it computes.
    """
    call, rows = _held(call_id, by=by, now=now)
    inputs = queries.judging.inputs(call, rows)
    result = weighing.weigh(queries.calls.programme(call), inputs)
    return _keep(call, rows, inputs, result, by=by, now=now)


def _held(call_id: int, *, by: User, now: datetime) -> tuple[Call, list[Application]]:
    """The call and what is weighed in it, held until the transaction ends."""
    call = Call.objects.select_for_update().get(pk=call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    held = locked_of(call, queries.judging.WEIGHED)
    rows = queries.judging.weighable(call, held)
    require(rules.judging.why_not_weigh(call, anything=bool(rows)))
    return call, rows


def _keep(
    call: Call,
    rows: list[Application],
    inputs: Mapping[str, Any],
    result: Mapping[str, Any],
    *,
    by: User,
    now: datetime,
) -> Judgement:
    judgement = Judgement.objects.create(
        call=call, number=call.judgements.count() + 1, digest=queries.judging.digest(inputs),
        inputs=inputs, result=result, made_by=by, made_at=now,
    )  # fmt: skip
    audit.record(
        by, "appraisal.weigh_call", judgement, now=now, digest=judgement.digest,
        result=queries.judging.digest(result), applications=len(rows),
    )  # fmt: skip
    found = {row["id"]: row for row in result["applications"]}
    for one in rows:
        one.score, one.reached = Decimal(found[one.pk]["total"]), found[one.pk]["grade"]
    ended = [one for one in rows if one.state == ApplicationState.IN_REVIEW]
    before = [one for one in rows if one.state != ApplicationState.IN_REVIEW]
    keep_each(before, WEIGHED)
    move_all(ended, "end_review", by=by, now=now, each=WEIGHED)
    return judgement


# --- as the worker handles it ---------------------------------------------------------------------


def _compute(hold: Hold[Weighing]) -> None:
    """Read, weigh, write; where something was changed meanwhile, the same again."""
    call = hold.row.call
    programme = queries.calls.programme(call)
    for _turn in range(TURNS):
        hold.tell(WeighingStage.READING, 0, 0)
        inputs = queries.judging.inputs(call, queries.judging.weighable(call))
        hold.tell(WeighingStage.WEIGHING, 0, 0)
        with hold.beating():
            result = weighing.weigh(programme, inputs)
        if _finish(hold, inputs, result):
            return
    raise RuleBroken(_("reviews came in while the scores were weighed; please weigh them again"))


@transaction.atomic
def _finish(hold: Hold[Weighing], inputs: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    """Keep the result as whoever asked for it, if it still follows from what the call has."""
    row = hold.row
    hold.tell(WeighingStage.WRITING, 0, 0)
    call, rows = _held(row.call_id, by=row.made_by, now=hold.taken)
    if queries.judging.inputs(call, rows) != inputs:
        return False
    row.judgement = _keep(call, rows, inputs, result, by=row.made_by, now=hold.taken)
    row.state, row.stage = WEIGHING.after(hold.state, "finish"), ""
    row.save(update_fields=["judgement", "state", "stage"])
    return True


@transaction.atomic
def _fail(hold: Hold[Weighing], reason: str) -> None:
    hold.tell("", 0, 0)
    row = hold.row
    row.state, row.failure = WEIGHING.after(hold.state, "fail"), reason[:200]
    row.save(update_fields=["state", "failure"])
    audit.record(None, "appraisal.fail_weighing", row, now=hold.taken, for_whom=row.made_by)


WEIGHING_WORK = Work(Weighing, (WeighingState.COMPUTING,), _compute, _fail)


# --- proposing ------------------------------------------------------------------------------------


@transaction.atomic
def propose_all(
    call_id: int, number: int, *, by: User, now: datetime, reason: str = ""
) -> list[Application]:
    """Propose the level of each that reached one within the quotas; ties are left to people.

    Where the programme has a panel, what the panel has not carried waits. Where it ends with a vote,
    that comes first, and the level of the elected is left to it.
    """
    call = Call.objects.select_for_update().get(pk=call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    judgement = queries.judging.by_number(call, number)
    programme = queries.calls.programme(call)
    require(rules.judging.why_not_propose_all(call, judgement, programme))

    wanted = {
        row["id"]: row["grade"]
        for row in judgement.result["applications"]
        if row["grade"] and row["within"] and not row["tied"]
    }
    waiting = locked_of(call, [ApplicationState.REVIEWED])
    mine = queries.applications.bound(by, now, call.applications.all())
    shut = set(mine.values_list("pk", flat=True)) | queries.inspections.uninspected(call)
    if programme.panel is not None:
        shut |= wanted.keys() - queries.meetings.carried(call)
    if programme.ballot is not None:
        best = queries.ballots.level_of_elected(programme)
        shut |= queries.ballots.elected(call) | {pk for pk, to in wanted.items() if to == best}
    found = [one for one in waiting if one.pk in wanted and one.pk not in shut]
    taken = queries.judging.places_taken(call)
    for one in found:
        require(rules.deciding.why_not_propose_next(one, programme, wanted[one.pk], taken))
        one.grade = wanted[one.pk]
        taken.update(queries.judging.places_of(one))
    move_all(found, "propose", by=by, now=now, reason=reason, each=["grade"])
    audit.record(by, "appraisal.propose_call", judgement, now=now, applications=len(found))
    return found
