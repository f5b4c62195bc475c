"""A unit states its kepu workers of a year, and asks some of them to be named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.people import telling_experts
from kepu.people.models import Sector, Staffing, Worker
from kepu.people.models.staff import COUNTS
from kepu.people.rules import staff as rules
from kepu.people.states import WORKER


@transaction.atomic
def state_staffing(
    unit: Organisation,
    *,
    year: int,
    sector: Sector,
    counts: Mapping[str, int],
    by: User,
    now: datetime,
) -> Staffing:
    """State the numbers of one year and one sector, or put them right; what is not told is nothing."""
    authorize(rules.why_not_keep_staff(by, unit.pk, now))
    told = {key: int(counts.get(key, 0)) for key in COUNTS}
    require(rules.why_not_state(year, told, now))

    found = Staffing.objects.select_for_update().filter(organisation=unit, year=year, sector=sector)
    staffing = found.first() or Staffing(organisation=unit, year=year, sector=sector)
    if staffing.pk is None:
        staffing.place(unit.division_now)
    for key, value in told.items():
        setattr(staffing, key, value)
    staffing.stated_by, staffing.stated_at = by, now
    staffing.save()
    audit.record(by, "staffing.state", staffing, now=now, year=year, sector=sector.key)
    return staffing


@transaction.atomic
def drop_staffing(staffing_id: int, *, by: User, now: datetime) -> None:
    """Take back the numbers of a sector that were stated by mistake."""
    staffing = Staffing.objects.select_for_update().get(pk=staffing_id)
    authorize(rules.why_not_keep_staff(by, staffing.organisation_id, now))

    audit.record(by, "staffing.drop", staffing, now=now, year=staffing.year)
    staffing.delete()


@transaction.atomic
def name_worker(
    unit: Organisation,
    *,
    person: User,
    sector: Sector,
    time: str,
    role: str,
    level: str = "",
    by: User,
    now: datetime,
) -> Worker:
    """Ask a person to stand on the unit's list by name; until they agree they do not."""
    authorize(rules.why_not_keep_staff(by, unit.pk, now))
    require(rules.why_not_name(by, person, unit.pk, now))

    worker = Worker(
        person=person, organisation=unit, sector=sector, time=time, role=role, level=level,
        named_by=by, named_at=now,
    )  # fmt: skip
    worker.place(unit.division_now)
    worker.save()
    audit.record(by, "worker.name", worker, now=now, for_whom=person)
    telling_experts.named(worker, now=now)
    return worker


@transaction.atomic
def agree(worker_id: int, *, by: User, now: datetime) -> Worker:
    """The person agrees to stand on the list by name."""
    return _answer(worker_id, "agree", by, now)


@transaction.atomic
def decline(worker_id: int, *, by: User, now: datetime) -> Worker:
    """The person does not agree, or not any longer."""
    return _answer(worker_id, "decline", by, now)


@transaction.atomic
def take_off(worker_id: int, *, by: User, now: datetime) -> Worker:
    """The unit takes somebody off its list: who has left, or was named by mistake."""
    worker = Worker.objects.select_for_update().get(pk=worker_id)
    authorize(rules.why_not_keep_staff(by, worker.organisation_id, now))
    require(rules.why_not_take_off(worker))

    worker.ended_at = now
    return _move(worker, "remove", "ended_at", by=by, now=now)


def _answer(worker_id: int, verb: str, by: User, now: datetime) -> Worker:
    worker = Worker.objects.select_for_update().get(pk=worker_id)
    authorize(rules.why_not_answer(by, worker))
    worker.answered_at = now
    return _move(worker, verb, "answered_at", by=by, now=now)


def _move(worker: Worker, verb: str, *named: str, by: User, now: datetime) -> Worker:
    worker.state = WORKER.after(worker.state, verb)
    worker.save(update_fields=["state", *named])
    audit.record(by, f"worker.{verb}", worker, now=now, for_whom=worker.person)
    return worker
