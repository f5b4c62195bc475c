"""Take items away with their keys."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize
from kepu.literacy.models import Item
from kepu.literacy.queries import items as queries
from kepu.literacy.rules import items as rules

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division


@transaction.atomic
def take_away(bank: Division, *, use: str, state: str, by: User, now: datetime) -> list[Item]:
    """Items of a bank with all they say, for a file; who took how many is kept in the audit."""
    authorize(rules.why_not_keep(by, bank.path, now))
    found = list(queries.listed(by, now, use=use, state=state).order_by("code", "pk"))
    audit.record(by, "item.take_away", bank, now=now, items=len(found))
    return found
