"""Register a study before its activity, import its measurements, propose, publish and withdraw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.literacy.bridge import studies as bridge
from kepu.literacy.models import Study
from kepu.literacy.rules import studies as rules
from kepu.literacy.states import STUDY

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division


@dataclass(frozen=True)
class Registered:
    """What is written down before: the logic model, the measure, and the planned sizes."""

    title: str
    begins_on: date
    synthetic: bool
    inputs: str
    activities: str
    outputs: str
    outcomes: str
    measure: str
    aimed: int
    plan: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What came in: measurements, the digest of their table, who was reached, and what it cost."""

    rows: Sequence[bridge.Measured]
    digest: str
    reached: int
    spent: Decimal


@transaction.atomic
def register_study(study: Registered, *, place: Division, by: User, now: datetime) -> Study:
    """Write down what is to be found, and how small an effect would be."""
    authorize(rules.why_not_handle(by, place.path, now))
    require(rules.why_not_register(study.begins_on, now))
    least = bridge.detectable(study.plan)
    made = Study(**vars(study), detectable=least, registered_by=by, registered_at=now)
    made.place(place)
    made.save()
    audit.record(by, "study.register", made, now=now, begins_on=study.begins_on.isoformat())
    return made


@transaction.atomic
def measure_study(study_id: int, *, outcome: Outcome, by: User, now: datetime) -> Study:
    """Tell the effect from a table of measurements, which is not kept; another import takes its place."""
    study = _held(study_id, by, now)
    require(rules.why_not_measure(study, now))
    if study.digest == outcome.digest and (study.reached, study.spent) == (
        outcome.reached, outcome.spent,
    ):  # fmt: skip
        return study  # the same again
    found = bridge.told(outcome.rows, reached=outcome.reached, spent=outcome.spent)
    require(rules.why_not_comparison(study, found["compared"]))
    study.result, study.digest = found, outcome.digest
    study.reached, study.spent = outcome.reached, outcome.spent
    study.measured_by, study.measured_at, study.reason = by, now, ""
    named = ("result", "digest", "reached", "spent", "measured_by", "measured_at", "reason")
    return _move(study, "measure", *named, by=by, now=now)


@transaction.atomic
def propose_study(study_id: int, *, by: User, now: datetime) -> Study:
    """Say that the results are fit to be published."""
    study = _held(study_id, by, now)
    require(rules.why_not_propose(study))
    study.proposed_by = by
    return _move(study, "propose", "proposed_by", by=by, now=now)


@transaction.atomic
def take_back_study(study_id: int, *, reason: str, by: User, now: datetime) -> Study:
    """Take the proposal back, or refuse it."""
    study = _held(study_id, by, now)
    require(rules.why_not_step_back(study, "take_back", reason))
    study.proposed_by, study.reason = None, reason.strip()[:200]
    return _move(study, "take_back", "proposed_by", "reason", by=by, now=now)


@transaction.atomic
def publish_study(study_id: int, *, by: User, now: datetime) -> Study:
    """Let everybody read the results; another officer than the one who proposed them."""
    study = _held(study_id, by, now)
    require(rules.why_not_publish(study, by))
    study.published_by, study.published_at, study.reason = by, now, ""
    return _move(study, "publish", "published_by", "published_at", "reason", by=by, now=now)


@transaction.atomic
def withdraw_study(study_id: int, *, reason: str, by: User, now: datetime) -> Study:
    """Say of published results that they no longer stand, and why. They stay to be read, marked."""
    return _step_back(study_id, "withdraw", reason, by, now)


@transaction.atomic
def drop_study(study_id: int, *, reason: str, by: User, now: datetime) -> Study:
    """Give a study up; its plan stays to be seen by officers, with the reason."""
    return _step_back(study_id, "drop", reason, by, now)


def _step_back(study_id: int, verb: str, reason: str, by: User, now: datetime) -> Study:
    study = _held(study_id, by, now)
    require(rules.why_not_step_back(study, verb, reason))
    study.reason = reason.strip()[:200]
    return _move(study, verb, "reason", by=by, now=now)


def _held(study_id: int, by: User, now: datetime) -> Study:
    study: Study = Study.objects.select_for_update().get(pk=study_id)
    authorize(rules.why_not_handle(by, study.path, now))
    return study


def _move(study: Study, verb: str, *named: str, by: User, now: datetime) -> Study:
    study.state = STUDY.after(study.state, verb)
    study.save(update_fields=["state", *named])
    audit.record(by, f"study.{verb}", study, now=now)
    return study
