"""Weigh the scores of a call, keep what they come to, and propose by it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kepu.appraisal import queries, rules, weighing
from kepu.appraisal.actions.moving import keep_each, locked_of, move_all
from kepu.appraisal.models import Application, Call, Judgement
from kepu.appraisal.states import ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require


@transaction.atomic
def weigh(call_id: int, *, by: User, now: datetime) -> Judgement:
    """Weigh everything that has all its reviews: scores and ranks are kept with what they follow from.

    What was with its reviewers is reviewed from now on; nothing is proposed by it yet.
    """
    call = Call.objects.select_for_update().get(pk=call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    held = locked_of(call, queries.judging.WEIGHED)
    rows = queries.judging.weighable(call, held)
    require(rules.judging.why_not_weigh(call, rows))

    inputs = queries.judging.inputs(call, rows)
    result = weighing.weigh(queries.calls.programme(call), inputs)
    judgement = Judgement.objects.create(
        call=call, number=call.judgements.count() + 1, digest=queries.judging.digest(inputs),
        inputs=inputs, result=result, made_by=by, made_at=now,
    )  # fmt: skip
    audit.record(
        by, "appraisal.weigh_call", judgement, now=now, digest=judgement.digest,
        result=queries.judging.digest(result), applications=len(rows),
    )  # fmt: skip
    totals = {row["id"]: Decimal(row["total"]) for row in result["applications"]}
    for one in rows:
        one.score = totals[one.pk]
    ended = [one for one in rows if one.state == ApplicationState.IN_REVIEW]
    before = [one for one in rows if one.state != ApplicationState.IN_REVIEW]
    keep_each(before, ["score"])
    move_all(ended, "end_review", by=by, now=now, each=["score"])
    return judgement


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
