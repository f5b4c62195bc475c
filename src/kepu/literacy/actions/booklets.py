"""Have booklets assembled, adopt or drop them. The worker computes, with no transaction around it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation

from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import BookletsAsked
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.working import Hold, Work
from kepu.literacy import schemas
from kepu.literacy.bridge import booklets as bridge
from kepu.literacy.models import BookletItem, BookletSet
from kepu.literacy.rules import booklets as rules
from kepu.literacy.rules import items as may
from kepu.literacy.states import BOOKLETS, SetState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division


@transaction.atomic
def ask_booklets(
    *,
    title: str,
    bank: Division,
    booklets: int,
    items: int,
    most_common: int,
    by: User,
    now: datetime,
) -> BookletSet:
    """Ask for booklets of a bank's survey items; the worker assembles them."""
    authorize(may.why_not_keep(by, bank.path, now))
    require(rules.why_not_ask(booklets, items, most_common))

    made = BookletSet(
        title=title.strip(), booklets=booklets, items=items, most_common=most_common,
        rules_version=rulebooks.in_force(schemas.FRAMEWORK, now).version,
        language=translation.get_language() or "zh-hans", made_by=by, made_at=now,
    )  # fmt: skip
    made.place(bank)
    made.save()
    audit.record(by, "booklets.ask", made, now=now)
    facts.publish(BookletsAsked(at=now, set_id=made.pk))
    return made


@transaction.atomic
def adopt_booklets(set_id: int, *, by: User, now: datetime) -> BookletSet:
    """Take proposed booklets for a wave: their items count it."""
    made = _kept(set_id, by, now)
    made.adopted_by, made.adopted_at = by, now
    return _move(made, "adopt", "adopted_by", "adopted_at", by=by, now=now)


@transaction.atomic
def drop_booklets(set_id: int, *, by: User, now: datetime) -> BookletSet:
    """Put booklets away that nobody wants, or stop their assembly."""
    return _move(_kept(set_id, by, now), "drop", by=by, now=now)


# --- the worker's part ----------------------------------------------------------------------------


def _compute(hold: Hold[BookletSet]) -> None:
    with hold.beating():
        found = bridge.propose(hold.row)
    _propose(hold, found)


@transaction.atomic
def _propose(hold: Hold[BookletSet], found: bridge.Proposal) -> None:
    hold.keep()
    held = hold.row
    BookletItem.objects.bulk_create(
        BookletItem(of=held, number=number, position=position, item=item)
        for number, items in enumerate(found.booklets, start=1)
        for position, item in enumerate(items, start=1)
    )
    held.summary = found.summary
    _move(held, "propose", "summary", by=None, now=clock.now())


@transaction.atomic
def _fail(hold: Hold[BookletSet], reason: str) -> None:
    hold.keep()
    hold.row.failure = reason[:200]
    _move(hold.row, "fail", "failure", by=None, now=clock.now())


ASSEMBLIES = Work(BookletSet, (SetState.COMPUTING,), _compute, _fail)


def _move(made: BookletSet, verb: str, *named: str, by: User | None, now: datetime) -> BookletSet:
    made.state = BOOKLETS.after(made.state, verb)
    made.save(update_fields=["state", *named])
    audit.record(by, f"booklets.{verb}", made, now=now, for_whom=None if by else made.made_by)
    return made


def _kept(set_id: int, by: User, now: datetime) -> BookletSet:
    made: BookletSet = BookletSet.objects.select_for_update().get(pk=set_id)
    authorize(may.why_not_keep(by, made.path, now))
    return made
