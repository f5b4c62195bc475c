"""Enter means for venues and projects; what was entered wrongly is put right by a further entry."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.files import actions as files
from kepu.kernel.files import intake
from kepu.kernel.files.blobs import Readable
from kepu.venues import money
from kepu.venues.actions.facilities import locked_project
from kepu.venues.actions.registry import locked
from kepu.venues.models import Contribution, Project, Venue


def enter_contribution(
    of: Venue | Project,
    *,
    giver: str,
    form: str,
    amount: Decimal,
    received_on: date,
    unnamed: bool = False,
    words: str = "",
    receipt: Readable | None = None,
    receipt_name: str = "",
    by: User,
    now: datetime,
) -> Contribution:
    """Enter what an organisation gave or a budget paid. The receipt is looked at before the lock."""
    authorize(money.why_not_enter(by, of, now))
    require(money.why_not_give(of, received_on, now))
    examined = intake.examine(receipt, money.RECEIPT) if receipt is not None else None
    with transaction.atomic():
        held = locked_project(of.pk) if isinstance(of, Project) else locked(of.pk)
        require(money.why_not_give(held, received_on, now))
        made = Contribution(
            giver=giver.strip(), form=form, amount=amount, received_on=received_on,
            unnamed=unnamed, words=words.strip(), by=by, at=now,
        )  # fmt: skip
        if examined:
            made.receipt = files.enter(examined, receipt_name, by=by, now=now, path=held.path)
        if isinstance(held, Project):
            made.project = held
        else:
            made.venue = held
        made.save()
        audit.record(
            by, "contribution.enter", held, now=now, contribution=made.pk, amount=str(amount)
        )
    return made


@transaction.atomic
def correct_contribution(
    contribution_id: int, *, amount: Decimal, why: str, by: User, now: datetime
) -> Contribution:
    """Put an entry right by so much, up or down; the entry itself stays as it was."""
    rows = Contribution.objects.select_for_update(of=("self",))
    one = rows.select_related("venue__organisation", "project__organisation").get(
        pk=contribution_id
    )
    target = one.venue or one.project
    assert target is not None  # noqa: S101 (the database's promise)
    authorize(money.why_not_enter(by, target, now))
    require(money.why_not_correct(one, amount, why))
    made = Contribution.objects.create(
        venue=one.venue, project=one.project, giver=one.giver, unnamed=one.unnamed, form=one.form,
        amount=amount, words=why.strip(), received_on=one.received_on, corrects=one, by=by, at=now,
    )  # fmt: skip
    audit.record(by, "contribution.correct", target, now=now, contribution=made.pk, of=one.pk,
                 amount=str(amount))  # fmt: skip
    return made
