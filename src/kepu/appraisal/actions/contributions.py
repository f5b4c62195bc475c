"""Statements of contributions: asked for, counted, signed or refused; corrected by a new one."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kepu.appraisal import issuing
from kepu.appraisal.contribution_states import CONTRIBUTION, ContributionState
from kepu.appraisal.contributions import Figure
from kepu.appraisal.models import ContributionStatement
from kepu.appraisal.models.applications import seal
from kepu.appraisal.queries import contributions as queries
from kepu.appraisal.rules import contributions as rules
from kepu.appraisal.telling import contributions as telling
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.people.queries.certificates import ALPHABET, LENGTH


@transaction.atomic
def ask(
    *, unit: Organisation | None, place: Division | None, since: date, until: date, purpose: str,
    by: User, now: datetime,
) -> ContributionStatement:  # fmt: skip
    """Ask for a statement of one's own record, or of a unit's; it is counted at once.

    The officer of `place` signs it; a unit's that of the unit's place. Raises NotAllowed for a child or a
    unit of others, RuleBroken for a period that is not over or of which the records have nothing.
    """
    holder = _held(unit, by)
    authorize(rules.why_not_ask_as(by, unit, now))
    require(rules.why_not_ask(holder, since, until, purpose, now))

    made = ContributionStatement(
        person=None if unit else by, organisation=unit, holder_name=unit.name if unit else "",
        since=since, until=until, purpose=purpose.strip(), asked_by=by, asked_at=now,
    )  # fmt: skip
    where = unit.division_now if unit else place
    require(rules.why_not_nowhere(where))
    assert where is not None  # noqa: S101 (the rule has said so)
    made.place(where)
    _count(made, queries.counted(made), now)
    made.save()
    audit.record(by, "appraisal.ask_contribution", made, now=now, digest=made.digest)
    telling.asked(made, now=now)
    return made


@transaction.atomic
def recount(statement_id: int, *, by: User, now: datetime) -> ContributionStatement:
    """Count anew what the records have by now, until it is signed."""
    one = queries.locked(statement_id)
    authorize(None if queries.keeps(by, one, now) else rules.why_not_decide_as(by, one, now))
    require(rules.why_not_recount(one))

    _count(one, queries.counted(one), now)
    return _move(one, "recount", "figures", "sealed_figures", "digest", "as_of", by=by, now=now)


@transaction.atomic
def withdraw(statement_id: int, *, by: User, now: datetime) -> ContributionStatement:
    """Take the asking back before it is answered."""
    one = queries.locked(statement_id)
    authorize(rules.why_not_keep(by, one, now))
    require(rules.why_not_withdraw(one))

    one.state = CONTRIBUTION.after(one.state, "withdraw")
    return _move(one, "withdraw", "state", by=by, now=now)


@transaction.atomic
def sign(
    statement_id: int, *, seen: int, reference: str, by: User, now: datetime
) -> ContributionStatement:
    """Sign what was counted, under the number of a paper; from now on everybody can verify it."""
    one = queries.locked(statement_id)
    authorize(rules.why_not_decide_as(by, one, now))
    require(rules.why_not_sign(one, queries.counted(one), seen, reference))

    one.state = CONTRIBUTION.after(one.state, "sign")
    _put_under(one, reference, by, now)
    _move(one, "sign", "state", *SIGNED, by=by, now=now)
    telling.signed(one, now=now)
    return one


@transaction.atomic
def refuse(statement_id: int, *, reason: str, by: User, now: datetime) -> ContributionStatement:
    """Do not sign it, saying why; who asked may ask again."""
    one = queries.locked(statement_id)
    authorize(rules.why_not_decide_as(by, one, now))
    require(rules.why_not_refuse(one, reason))

    _end(one, "refuse", reason, by, now)
    telling.refused(one, now=now)
    return one


@transaction.atomic
def revoke(statement_id: int, *, reason: str, by: User, now: datetime) -> ContributionStatement:
    """Make a statement invalid; who verifies it is told so, and why."""
    one = queries.locked(statement_id)
    authorize(rules.why_not_decide_as(by, one, now))
    require(rules.why_not_revoke(one, reason))

    _end(one, "revoke", reason, by, now)
    telling.revoked(one, now=now)
    return one


@transaction.atomic
def correct(
    statement_id: int, *, reference: str, reason: str, by: User, now: datetime
) -> ContributionStatement:
    """Sign a new statement of the same period with what the records say by now, and revoke this one."""
    one = queries.locked(statement_id)
    authorize(rules.why_not_decide_as(by, one, now))
    figures = queries.counted(one)
    require(rules.why_not_correct(one, figures, reference, reason))

    _end(one, "revoke", reason, by, now)
    made = ContributionStatement(
        person=one.person, organisation=one.organisation, holder_name=one.holder_name,
        since=one.since, until=one.until, purpose=one.purpose, asked_by=one.asked_by,
        asked_at=one.asked_at, replaces=one, state=ContributionState.SIGNED,
    )  # fmt: skip
    made.place(one.division_now)
    _count(made, figures, now)
    _put_under(made, reference, by, now)
    made.save()
    audit.record(by, "appraisal.correct_contribution", made, now=now, replaces=one.pk)
    telling.corrected(made, now=now)
    return made


def _held(unit: Organisation | None, by: User) -> Organisation | User:
    """Whose statement it is, held: of two askings at once the second sees the first."""
    if unit is not None:
        return Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=unit.pk)
    return User.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)


SIGNED = ("code", "reference", "issuing_version", "signed_by", "signed_at")


def _put_under(one: ContributionStatement, reference: str, by: User, now: datetime) -> None:
    """The number is drawn and not counted on: knowing one tells of no other."""
    one.code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    one.reference, one.signed_by, one.signed_at = reference.strip(), by, now
    one.issuing_version, _issuing = issuing.in_force(now)


def _count(one: ContributionStatement, figures: list[Figure], now: datetime) -> None:
    require(rules.why_not_count(figures))
    one.digest, one.as_of = queries.digest(figures), now
    if one.person is not None:
        one.figures, one.sealed_figures = [], seal({"figures": figures}, one.person)
    else:
        one.figures = figures


def _end(one: ContributionStatement, verb: str, reason: str, by: User, now: datetime) -> None:
    one.state = CONTRIBUTION.after(one.state, verb)
    one.reason, one.ended_by, one.ended_at = reason.strip(), by, now
    _move(one, verb, "state", "reason", "ended_by", "ended_at", by=by, now=now)


def _move(
    one: ContributionStatement, verb: str, *named: str, by: User, now: datetime, **told: Any
) -> ContributionStatement:
    one.version += 1
    one.save(update_fields=["version", *named])
    audit.record(by, f"appraisal.{verb}_contribution", one, now=now, digest=one.digest, **told)
    return one
