"""Weigh the scores of a call, keep what they come to, and propose by it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kepu.appraisal import queries, rules, weighing
from kepu.appraisal.actions import deciding
from kepu.appraisal.actions.moving import locked, move
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
    rows = queries.judging.weighable(call)
    require(rules.judging.why_not_weigh(rows))

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
        _keep_score(one, totals[one.pk], by=by, now=now)
    return judgement


def _keep_score(found: Application, total: Decimal, *, by: User, now: datetime) -> None:
    one = locked(found.pk)
    one.score = total
    if one.state == ApplicationState.IN_REVIEW:
        move(one, "end_review", by=by, now=now)
    else:
        one.save(update_fields=["score"])


@transaction.atomic
def propose_all(
    call_id: int, number: int, *, by: User, now: datetime, reason: str = ""
) -> list[Application]:
    """Propose the level of each that reached one within the quotas; ties are left to people.

    Where the programme has a panel, what the panel has not carried waits.
    """
    call = Call.objects.select_for_update().get(pk=call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    judgement = queries.judging.by_number(call, number)
    require(rules.judging.why_not_propose_all(call, judgement))

    found, programme = [], queries.calls.programme(call)
    for row in judgement.result["applications"]:
        one = locked(row["id"])
        reached = row["grade"] and row["within"] and not row["tied"]
        barred = rules.applications.why_not_judge_own(
            by, one, now
        ) or rules.meetings.why_not_without_panel(one, programme)
        if reached and one.state == ApplicationState.REVIEWED and barred is None:
            found.append(
                deciding.propose(
                    one.pk, grade=row["grade"], seen=one.version, by=by, now=now, reason=reason
                )
            )
    audit.record(by, "appraisal.propose_call", judgement, now=now, applications=len(found))
    return found
