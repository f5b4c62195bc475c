"""Take addresses of doors in. They are sealed one by one, and never written out as a table."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Outside, authorize, require
from kepu.kernel.roles.queries import Reach
from kepu.literacy import addresses
from kepu.literacy.models import Case, Fieldwork
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.rules import fieldwork as rules


@transaction.atomic
def take_addresses(fieldwork_id: int, *, found: dict[int, str], by: User, now: datetime) -> int:
    """Write down addresses by the id of their case; what stood there before is replaced."""
    of: Fieldwork = Fieldwork.objects.select_for_update().get(pk=fieldwork_id)
    reach = queries.reach_of(by, now)
    authorize(None if reach else rules.why_not_supervise(by, of.path, now))
    require(rules.why_not_change_doors(of))
    cases = _held(of, reach, found)
    if len(cases) < len(found):
        raise Outside(_("there is no such door here"))
    for case in cases:
        case.fieldwork = of
        case.address = addresses.seal(case, found[case.pk])
    Case.objects.bulk_update(cases, ["address"], batch_size=300)
    audit.record(by, "fieldwork.take_addresses", of, now=now, doors=len(cases))
    return len(cases)


def _held(of: Fieldwork, reach: Reach, wanted: dict[int, str]) -> list[Case]:
    """Doors of the reader by id, in parts: a database takes only so many ids at once."""
    ids = sorted(wanted)
    found: list[Case] = []
    for start in range(0, len(ids), 500):
        found += queries.cases_of(of, reach).filter(pk__in=ids[start : start + 500])
    return found
