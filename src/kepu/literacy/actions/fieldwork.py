"""Plan fieldwork, begin it, close it. Closing destroys the key of the addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts.keys import new_wrapped_key
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.literacy import schemas
from kepu.literacy.bridge import doors
from kepu.literacy.models import BookletSet, Case, FieldEvent, Fieldwork, Sample
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.queries import samples
from kepu.literacy.rules import fieldwork as rules
from kepu.literacy.rules import runs as may
from kepu.literacy.states import FIELDWORK, FieldworkState, Taking


@dataclass(frozen=True)
class FieldPlan:
    """What goes into the field, and when."""

    title: str
    sample: Sample
    booklets: BookletSet
    opens_on: date
    closes_on: date
    seed: int
    meets_science: bool = False


@transaction.atomic
def plan_fieldwork(plan: FieldPlan, *, by: User, now: datetime) -> Fieldwork:
    """Make a door for everybody who is approached, each with a booklet drawn from the seed."""
    sample: Sample = Sample.objects.select_for_update().get(pk=plan.sample.pk)
    authorize(may.why_not_handle(by, sample.path, now))
    require(rules.why_not_plan(sample, plan.booklets, plan.opens_on, plan.closes_on))
    communities = list(samples.communities(sample))
    require(rules.why_not_so_many(sum(one.approached for one in communities)))
    made = Fieldwork(
        title=plan.title.strip(), sample=sample, booklets=plan.booklets, opens_on=plan.opens_on,
        closes_on=plan.closes_on, seed=plan.seed, key=new_wrapped_key(),
        meets_science=plan.meets_science,
        rules_version=rulebooks.in_force(schemas.FRAMEWORK, now).version, made_by=by, made_at=now,
    )  # fmt: skip
    made.place(sample.division_now)
    made.save()
    cases = doors.cases(made, communities)
    Case.objects.bulk_create(cases, batch_size=1000)
    audit.record(by, "fieldwork.plan", made, now=now, seed=made.seed, doors=len(cases))
    return made


@transaction.atomic
def begin_fieldwork(fieldwork_id: int, *, by: User, now: datetime) -> Fieldwork:
    """Let interviewers go out."""
    made = _handled(fieldwork_id, by, now)
    require(rules.why_not_begin(made, clock.day(now)))
    return _move(made, "begin", by=by, now=now)


@transaction.atomic
def close_fieldwork(fieldwork_id: int, *, by: User, now: datetime) -> Fieldwork:
    """End it: from now on answers lead to no door. What is coming in at this moment is waited for."""
    made = _handled(fieldwork_id, by, now)
    queries.lock_doors(made)
    waiting = FieldEvent.objects.filter(case__fieldwork=made, taking=Taking.REFUSED).count()
    require(rules.why_not_close(made, waiting))
    made.closed_at = now
    return _end(made, "close", by=by, now=now)


@transaction.atomic
def drop_fieldwork(fieldwork_id: int, *, by: User, now: datetime) -> Fieldwork:
    """Give up what was planned; its sample may be planned again."""
    made = _handled(fieldwork_id, by, now)
    require(rules.why_not_move(made, "drop"))
    return _end(made, "drop", by=by, now=now)


@transaction.atomic
def set_quotas(
    fieldwork_id: int, *, people: dict[str, dict[str, int]], by: User, now: datetime
) -> Fieldwork:
    """Say how many people of each kind live there; what was said before is replaced."""
    made = _handled(fieldwork_id, by, now)
    require(rules.why_not_set_quotas(made))
    made.quotas = people
    made.save(update_fields=["quotas"])
    audit.record(by, "fieldwork.set_quotas", made, now=now, questions=sorted(people))
    return made


def _end(made: Fieldwork, verb: str, *, by: User, now: datetime) -> Fieldwork:
    """What was sealed under the key is unreadable without it; it goes as well."""
    made.key = None
    made.cases.filter(address__isnull=False).update(address=None)
    return _move(made, verb, "key", "closed_at", by=by, now=now)


def _move(made: Fieldwork, verb: str, *named: str, by: User, now: datetime) -> Fieldwork:
    made.state = FieldworkState(FIELDWORK.after(made.state, verb))
    made.save(update_fields=["state", *named])
    audit.record(by, f"fieldwork.{verb}", made, now=now)
    return made


def _handled(fieldwork_id: int, by: User, now: datetime) -> Fieldwork:
    made: Fieldwork = Fieldwork.objects.select_for_update().get(pk=fieldwork_id)
    authorize(may.why_not_handle(by, made.path, now))
    return made
