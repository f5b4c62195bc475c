"""Propose a standard, draft it, decide about it; and list those that were made elsewhere."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kepu.appraisal import shipped_standards
from kepu.appraisal.models import Clause, ClauseVersion, Drafter, Standard, StandardStep
from kepu.appraisal.models.standards import key_of
from kepu.appraisal.rules import standards as rules
from kepu.appraisal.standards_policy import Procedure
from kepu.appraisal.standards_states import STANDARD, DrafterRole, StandardState
from kepu.appraisal.telling import standards as telling
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require

ABOUT = ("title", "title_en", "level", "kind", "about", "replaces")


@transaction.atomic
def begin(organisation: Organisation, *, by: User, now: datetime, **about: Any) -> Standard:
    """Write a proposal down for a unit; who does leads its drafting group until others are named.

    `about` gives any of ABOUT. Raises NotAllowed for who does not speak for the unit.
    """
    authorize(rules.why_not_propose_for(by, organisation, now))
    require(rules.why_not_begin(organisation, about["level"], about.get("replaces")))

    standard = Standard(organisation=organisation, made_by=by, made_at=now, since=now)
    standard.place(organisation.division_now)
    _write(standard, about)
    standard.save()
    Drafter.objects.create(
        standard=standard, person=by, organisation=organisation, role=DrafterRole.LEAD,
        added_by=by, added_at=now,
    )  # fmt: skip
    audit.record(by, "standard.begin", standard, now=now)
    return standard


@transaction.atomic
def change(standard_id: int, *, seen: int, by: User, now: datetime, **about: Any) -> Standard:
    """Say anew what is proposed, before it is handed in or after it was sent back."""
    standard = locked(standard_id)
    authorize(rules.why_not_propose_for(by, standard.organisation, now))
    require(rules.why_not_change(standard, seen))
    assert standard.organisation is not None  # noqa: S101 (or nobody would speak for it)
    replaced = about.get("replaces")
    require(
        rules.why_not_begin(standard.organisation, about["level"], replaced, besides=standard.pk)
    )

    _write(standard, about)
    standard.version += 1
    standard.save()
    audit.record(by, "standard.change", standard, now=now, version=standard.version)
    return standard


@transaction.atomic
def propose(standard_id: int, *, by: User, now: datetime) -> Standard:
    """Hand the proposal in; the secretary of the place hears of it."""
    standard = locked(standard_id)
    authorize(rules.why_not_propose_for(by, standard.organisation, now))
    require(rules.why_not_propose(standard))

    step(standard, "propose", by=by, now=now)
    telling.proposed(standard, now=now)
    return standard


@transaction.atomic
def name_drafter(
    standard_id: int, person: User, *, role: str, organisation: Organisation | None, by: User,
    now: datetime,
) -> Drafter:  # fmt: skip
    """Take somebody into the drafting group, writing for a unit or for nobody."""
    standard = locked(standard_id)
    authorize(rules.why_not_lead(by, standard, now))
    require(rules.why_not_name_drafter(standard, person))

    made = Drafter.objects.create(
        standard=standard, person=person, organisation=organisation, role=role, added_by=by,
        added_at=now,
    )  # fmt: skip
    audit.record(by, "standard.name_drafter", standard, now=now, person=person.pseudonym, role=role)
    telling.named(standard, person, now=now)
    return made


@transaction.atomic
def leave_out(standard_id: int, person: User, *, by: User, now: datetime) -> None:
    """Take somebody out of the drafting group; what they wrote stays."""
    standard = locked(standard_id)
    authorize(rules.why_not_lead(by, standard, now))
    require(rules.why_not_leave_out(standard, person))

    standard.drafters.filter(person=person).delete()
    audit.record(by, "standard.leave_out", standard, now=now, person=person.pseudonym)


@transaction.atomic
def write_clause(
    standard_id: int, number: str, *, heading: str, text: str, seen: int, by: User, now: datetime,
    struck: bool = False,
) -> Clause:  # fmt: skip
    """Write a clause, write it anew, or strike it out; how it read before is kept.

    `seen` is the version that was looked at, 0 of a new clause. Raises RuleBroken if another stands.
    """
    standard = locked(standard_id)
    authorize(rules.why_not_draft(by, standard))
    require(rules.why_not_write(standard))
    number = number.strip().upper()
    require(None if struck else rules.why_not_clause(number, heading, text))
    clause = Clause.objects.filter(standard=standard, number=number).first()
    if clause is None:
        clause = Clause(standard=standard, number=number, order=_order(number), version=0)
    elif not clause.struck or seen:
        require(rules.why_not_change_clause(clause, seen))

    clause.struck, clause.version = struck, clause.version + 1
    if not struck:
        clause.heading, clause.text = heading.strip(), text.strip()
    clause.save()
    ClauseVersion.objects.create(
        clause=clause, version=clause.version, heading=clause.heading,
        text="" if struck else clause.text, struck=struck, by=by, at=now,
    )  # fmt: skip
    audit.record(
        by, "standard.write_clause", standard, now=now, clause=number, version=clause.version
    )
    return clause


@transaction.atomic
def decide(
    standard_id: int, verb: str, *, seen: int, by: User, now: datetime, reason: str = "",
    reference: str = "", number: str = "", in_force_on: date | None = None,
) -> Standard:  # fmt: skip
    """Send back, take up, publish, confirm, abolish or drop; the drafting group hears of it.

    `reference` is the number of the signed decision; `number` and `in_force_on` are asked of what is
    published. Raises RuleBroken where one is missing or `seen` is not the version that stands.
    """
    standard = locked(standard_id)
    authorize(rules.why_not_act_as(by, standard, verb, now))
    version, procedure = rules.procedure(standard, now)
    require(rules.why_not_step(standard, verb, reason, reference, seen=seen, rules=procedure))

    if verb == "take_up":
        standard.rules_version = version
    elif verb == "publish":
        require(rules.why_not_number(standard, number, in_force_on, now))
        assert in_force_on is not None  # noqa: S101 (a rule just asked for it)
        _publish(standard, number.strip(), in_force_on, procedure, now)
    elif verb == "confirm":
        standard.review_on = _years_on(clock.day(now), procedure.looking.years)
    elif verb == "abolish":
        standard.ended_on = clock.day(now)
    said = {"reason": reason.strip(), "reference": reference.strip()}
    step(standard, verb, by=by, now=now, **said)
    if verb == "publish" and standard.replaces is not None:
        _replace(standard, by=by, now=now, **said)
    telling.stepped(standard, reason.strip(), now=now)
    return standard


@transaction.atomic
def list_known(
    *, number: str, title: str, place: Division, source: str, by: User | None, now: datetime,
    **about: Any,
) -> Standard:  # fmt: skip
    """Put a standard on the list that others made: its number, its title and where that is known from.

    Nothing of its text. By Kepu itself (None).
    """
    authorize(rules.why_not_list(by))
    standard = Standard(source=source, made_at=now, since=now)
    standard.place(place)
    _write(standard, {"title": title, **about})
    standard.number, standard.key = number, key_of(number)
    step(standard, "list", by=by, now=now)
    return standard


@transaction.atomic
def list_shipped(place: Division, *, by: User | None, now: datetime) -> int:
    """List what comes with Kepu and is not listed yet; says how many were. May be repeated."""
    listed = set(Standard.objects.exclude(key="").values_list("key", flat=True))
    missing = [row for row in shipped_standards.rows() if key_of(row["number"]) not in listed]
    for row in missing:
        list_known(place=place, by=by, now=now, **row)
    return len(missing)


# --- what they share ------------------------------------------------------------------------------


@transaction.atomic
def step(
    standard: Standard, verb: str, *, by: User | None, now: datetime, reason: str = "",
    reference: str = "",
) -> None:  # fmt: skip
    """Move the standard, and keep and audit the step. Part of an action."""
    standard.state = STANDARD.after(standard.state, verb)
    standard.version += 1
    standard.since = now
    standard.save()
    version, _rules = rules.procedure(standard, now)
    StandardStep.objects.create(
        standard=standard, verb=verb, state=standard.state, reason=reason, reference=reference,
        rules_version=version, by=by, at=now,
    )  # fmt: skip
    audit.record(by, f"standard.{verb}", standard, now=now, version=standard.version)


def locked(standard_id: int) -> Standard:
    """The standard, held until the action ends."""
    rows = Standard.objects.select_for_update(of=("self",)).select_related(
        "organisation__division_now", "made_by", "replaces"
    )
    standard: Standard = rows.get(pk=standard_id)
    return standard


def _publish(
    standard: Standard, number: str, in_force_on: date, procedure: Procedure, now: datetime
) -> None:
    standard.number, standard.key = number, key_of(number)
    standard.in_force_on = in_force_on
    standard.review_on = _years_on(clock.day(now), procedure.looking.years)


def _replace(standard: Standard, *, by: User, now: datetime, reason: str, reference: str) -> None:
    """The older one ends the day the newer is in force."""
    assert standard.replaces_id is not None  # noqa: S101 (asked before)
    older = locked(standard.replaces_id)
    if older.state != StandardState.PUBLISHED:
        return
    older.ended_on = standard.in_force_on
    step(older, "replace", by=by, now=now, reason=reason, reference=reference)


def _write(standard: Standard, said: dict[str, Any]) -> None:
    for key, value in said.items():
        setattr(standard, key, value.strip() if isinstance(value, str) else value)


def _order(number: str) -> str:
    """By which 5.10 stands after 5.9, and annexes after all chapters."""
    return re.sub(r"\d+", lambda found: found[0].zfill(3), number)


def _years_on(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + years, day=last)
