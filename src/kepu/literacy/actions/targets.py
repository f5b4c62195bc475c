"""State a target and correct it; give tasks out under it, and say which are done."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.literacy import reminding, telling
from kepu.literacy.models import Target, TargetStep, Task
from kepu.literacy.queries import targets as queries
from kepu.literacy.reminding import Near
from kepu.literacy.rules import targets as rules

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division

MOST_WORDS = 300


@dataclass(frozen=True)
class Aim:
    """What is aimed at, from where, and which document says so. Shares are in per cent."""

    share: Decimal
    above: bool
    base_year: int
    base_share: Decimal
    source: str


@transaction.atomic
def state_target(aim: Aim, *, place: Division, year: int, by: User, now: datetime) -> Target:
    """Enter the target of a city or district for a year."""
    authorize(rules.why_not_keep(by, place.path, now))
    require(rules.why_not_state(place, year, asdict(aim)))
    made = Target(year=year, **asdict(aim))
    made.place(place)
    made.save()
    _keep_step(made, aim, "", by, now)
    audit.record(by, "target.state", made, now=now, year=year, share=str(aim.share))
    return made


@transaction.atomic
def correct_target(target_id: int, aim: Aim, *, reason: str, by: User, now: datetime) -> Target:
    """Put a target right; what was stated before stays in its history."""
    made = _kept(target_id, by, now)
    require(rules.why_not_correct(made, asdict(aim), reason))
    for name, value in asdict(aim).items():
        setattr(made, name, value)
    made.save(update_fields=list(asdict(aim)))
    _keep_step(made, aim, reason, by, now)
    audit.record(by, "target.correct", made, now=now, year=made.year, share=str(aim.share))
    return made


def _keep_step(made: Target, aim: Aim, reason: str, by: User, now: datetime) -> None:
    words = reason.strip()[:MOST_WORDS]
    TargetStep.objects.create(of=made, reason=words, by=by, at=now, **asdict(aim))


@transaction.atomic
def add_task(
    target_id: int, *, what: str, responsible: Organisation | Division, due: date, by: User,
    now: datetime,
) -> Task:  # fmt: skip
    """Put a task under a target."""
    of = _kept(target_id, by, now)
    require(rules.why_not_task(of, what, responsible, due))
    made = Task(of=of, what=what.strip(), due=due, made_by=by, made_at=now)
    _give(made, responsible)
    made.save()
    audit.record(by, "target.add_task", of, now=now, task=made.pk, due=due.isoformat())
    return made


@transaction.atomic
def change_task(
    task_id: int, *, what: str, responsible: Organisation | Division, due: date, by: User,
    now: datetime,
) -> Task:  # fmt: skip
    """Put right what a task says, while it is not done."""
    made = _task(task_id, by, now)
    require(rules.why_not_change(made) or rules.why_not_task(made.of, what, responsible, due))
    made.what, made.due, made.reminded = what.strip(), due, Near.FAR
    _give(made, responsible)
    made.save(update_fields=["what", "due", "organisation", "division", "reminded"])
    audit.record(by, "target.change_task", made.of, now=now, task=made.pk, due=due.isoformat())
    return made


@transaction.atomic
def finish_task(task_id: int, *, remark: str = "", by: User, now: datetime) -> Task:
    """Say that a task is done, and what shows it."""
    made = _task(task_id, by, now)
    require(rules.why_not_finish(made))
    made.done_by, made.done_at = by, now
    _keep_word(made, remark)
    audit.record(by, "target.finish_task", made.of, now=now, task=made.pk)
    return made


@transaction.atomic
def reopen_task(task_id: int, *, reason: str, by: User, now: datetime) -> Task:
    """Say that a task is not done after all, and why."""
    made = _task(task_id, by, now)
    require(rules.why_not_reopen(made, reason))
    made.done_by = made.done_at = None
    _keep_word(made, reason)
    audit.record(by, "target.reopen_task", made.of, now=now, task=made.pk)
    return made


@transaction.atomic
def remind(task_id: int, *, by: User | None, now: datetime) -> bool:
    """Say that a task is nearly due to who is to do it, and that it is late one level up; once each."""
    of = Task.objects.values_list("of", flat=True).get(pk=task_id)
    target = Target.objects.select_for_update().get(pk=of)
    made = Task.objects.select_for_update().get(pk=task_id)
    made.of = target
    near = reminding.near(made.due, clock.day(now), queries.SOON, queries.LAST)
    if made.reminded >= near or rules.why_not_finish(made) is not None:
        return False
    made.reminded = near
    made.save(update_fields=["reminded"])
    tell = telling.task_late if near == Near.OVER else telling.task_near
    tell(made, now=now)
    audit.record(by, "target.remind_of_task", target, now=now, task=made.pk)
    return True


def _keep_word(made: Task, words: str) -> None:
    """The last word that was said; who says nothing leaves it. Words of people do not go to the audit."""
    made.remark = words.strip()[:MOST_WORDS] or made.remark
    made.save(update_fields=["done_by", "done_at", "remark"])


def _give(made: Task, responsible: Organisation | Division) -> None:
    made.organisation = made.division = None
    if isinstance(responsible, Organisation):
        made.organisation = responsible
    else:
        made.division = responsible


def _kept(target_id: int, by: User, now: datetime) -> Target:
    made: Target = Target.objects.select_for_update().get(pk=target_id)
    authorize(rules.why_not_keep(by, made.path, now))
    return made


def _task(task_id: int, by: User, now: datetime) -> Task:
    """The task, its target locked before it."""
    of = Task.objects.values_list("of", flat=True).get(pk=task_id)
    target = _kept(of, by, now)
    made: Task = Task.objects.select_for_update().get(pk=task_id)
    made.of = target
    return made
