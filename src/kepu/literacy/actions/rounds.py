"""Open a year of kepu statistics, lock and publish it, and take a step back with a reason."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock import workdays
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import RoundOpened
from kepu.literacy import statistics
from kepu.literacy.bridge import capacity
from kepu.literacy.bridge import returns as bridge
from kepu.literacy.models import Return, Revenue, Round
from kepu.literacy.queries import measured, totals
from kepu.literacy.rules import returns as rules
from kepu.literacy.states import ROUND

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division

BATCH = 500


@transaction.atomic
def open_round(
    *, place: Division, year: int, days: int, synthetic: bool = False, by: User, now: datetime
) -> Round:
    """Ask every active unit of a place for its return, within so many working days."""
    authorize(rules.why_not_keep(by, place.path, now))
    require(rules.why_not_open(place, year, days, now))
    version, _form = statistics.in_force(now)
    made = Round(
        year=year, rules=version, deadline=workdays.add_workdays(now, days), opened_by=by,
        opened_at=now, synthetic=synthetic,
    )  # fmt: skip
    made.place(place)
    made.save()
    asked = _ask_units(made)
    audit.record(by, "round.open", made, now=now, year=year, units=asked)
    facts.publish(RoundOpened(at=now, round_id=made.pk))
    return made


def _ask_units(made: Round) -> int:
    units = Organisation.objects.filter(path__within=made.path, active=True).order_by("pk")
    found, asked = units.select_related("division_now").iterator(BATCH), 0
    while some := [_blank(made, unit) for unit in islice(found, BATCH)]:
        Return.objects.bulk_create(some)
        asked += len(some)
    return asked


def _blank(made: Round, unit: Organisation) -> Return:
    one = Return(round=made, organisation=unit)
    one.place(unit.division_now)
    return one


@transaction.atomic
def begin_return(round_id: int, unit: Organisation, *, by: User, now: datetime) -> Return:
    """Give a unit its return that was registered after the round was opened, or the one it has."""
    made = _locked(round_id)
    authorize(rules.why_not_file(by, unit.pk, now))
    require(rules.why_not_begin(made, unit))
    known: Return | None = Return.objects.filter(round=made, organisation=unit).first()
    if known is not None:
        return known
    one = _blank(made, unit)
    one.save()
    audit.record(by, "return.begin", one, now=now)
    return one


@transaction.atomic
def lock_round(round_id: int, *, by: User, now: datetime) -> Round:
    """Close the year for all units; every return that was handed in has been locked before."""
    made = _kept(round_id, by, now)
    require(rules.why_not_lock_round(made))
    made.locked_by, made.locked_at = by, now
    return _move(made, "lock", "locked_by", "locked_at", by=by, now=now)


@transaction.atomic
def unlock_round(round_id: int, *, reason: str, by: User, now: datetime) -> Round:
    """Open a locked year again, and say why."""
    made = _kept(round_id, by, now)
    require(rules.why_not_step_back(made, "unlock", reason))
    made.reason, made.locked_by, made.locked_at = reason.strip()[:200], None, None
    return _move(made, "unlock", "reason", "locked_by", "locked_at", by=by, now=now)


@transaction.atomic
def publish_round(round_id: int, *, by: User, now: datetime) -> Round:
    """Let everybody read the year: by another officer than the one who locked it, small cells withheld.

    The capacity index is worked out of what is published, and stands with it.
    """
    made = _kept(round_id, by, now)
    require(rules.why_not_publish(made, by))
    table = bridge.public(totals.whole(made))
    made.published = table | {
        "capacity": capacity.in_force(table, now),
        "literacy": measured.of_round(made),
    }
    made.published_by, made.published_at, made.reason = by, now, ""
    named = ("published", "published_by", "published_at", "reason")
    return _move(made, "publish", *named, by=by, now=now, withheld=made.published["withheld"])


@transaction.atomic
def withdraw_round(round_id: int, *, reason: str, by: User, now: datetime) -> Round:
    """Take published figures back, and say why."""
    made = _kept(round_id, by, now)
    require(rules.why_not_step_back(made, "withdraw", reason))
    made.reason, made.published = reason.strip()[:200], {}
    made.published_by = made.published_at = None
    named = ("reason", "published", "published_by", "published_at")
    return _move(made, "withdraw", *named, by=by, now=now)


@transaction.atomic
def state_revenue(
    round_id: int, place: Division, *, growth: Decimal, source: str, by: User, now: datetime
) -> Revenue:
    """Say by how many per cent recurrent revenue of a place grew; once more replaces it."""
    made = _locked(round_id)
    authorize(rules.why_not_check_at(by, place.path, now))
    require(rules.why_not_state_revenue(made, place))
    said = {"growth": growth, "source": source.strip(), "entered_by": by, "entered_at": now}
    found, _new = Revenue.objects.update_or_create(round=made, division=place, defaults=said)
    audit.record(by, "round.state_revenue", made, now=now, path=place.path, growth=str(growth))
    return found


def _kept(round_id: int, by: User, now: datetime) -> Round:
    made = _locked(round_id)
    authorize(rules.why_not_keep(by, made.path, now))
    return made


def _locked(round_id: int) -> Round:
    made: Round = Round.objects.select_for_update().get(pk=round_id)
    return made


def _move(made: Round, verb: str, *named: str, by: User, now: datetime, **detail: Any) -> Round:
    made.state = ROUND.after(made.state, verb)
    made.save(update_fields=["state", *named])
    audit.record(by, f"round.{verb}", made, now=now, **detail)
    return made
