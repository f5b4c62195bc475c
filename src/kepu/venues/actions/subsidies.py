"""Write the ledger of free opening: what was granted, paid and returned; corrections are further lines."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require
from kepu.venues import free_opening, policy, rules
from kepu.venues.actions.registry import locked
from kepu.venues.models import Subsidy


@transaction.atomic
def enter_subsidy(
    venue_id: int,
    *,
    year: int,
    step: str,
    amount: Decimal,
    reference: str,
    day: date,
    words: str = "",
    by: User,
    now: datetime,
) -> Subsidy:
    """Enter what was granted, paid or returned for a venue's year, under the number of its paper.

    An officer of the place enters it, never who manages the venue. The lock keeps two from paying at once.
    """
    venue = locked(venue_id)
    authorize(rules.why_not_judge(by, venue, now))
    require(free_opening.why_not_enter(venue, year, step, amount, day, now))
    if not reference.strip():
        raise BadInput(_("please give the number of the signed decision"), field="reference")
    line = Subsidy.objects.create(
        venue=venue, year=year, step=step, amount=amount, reference=reference.strip(), day=day,
        words=words.strip(), rules_version=policy.version(now, policy.FREE_OPENING), by=by, at=now,
    )  # fmt: skip
    audit.record(by, "subsidy.enter", venue, now=now, line=line.pk, year=year, amount=str(amount))
    return line


@transaction.atomic
def correct_subsidy(line_id: int, *, amount: Decimal, why: str, by: User, now: datetime) -> Subsidy:
    """Put a line right by so much, up or down; the line itself stays as it was."""
    venue = locked(Subsidy.objects.values_list("venue", flat=True).get(pk=line_id))
    line = Subsidy.objects.get(pk=line_id)
    line.venue = venue
    authorize(rules.why_not_judge(by, venue, now))
    require(free_opening.why_not_correct(line, amount, why))
    made = Subsidy.objects.create(
        venue=venue, year=line.year, step=line.step, amount=amount, reference=line.reference,
        day=line.day, words=why.strip(), corrects=line, rules_version=line.rules_version, by=by,
        at=now,
    )  # fmt: skip
    audit.record(by, "subsidy.correct", venue, now=now, line=made.pk, of=line.pk,
                 amount=str(amount))  # fmt: skip
    return made
