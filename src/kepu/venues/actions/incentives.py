"""Enter an incentive for private means as its document says it, and say anew what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.venues import facilities, incentives
from kepu.venues.models import Incentive

FACTS = ("title", "issuer", "document", "number", "link", "helps", "first_day", "last_day")


@transaction.atomic
def state_incentive(place: Division, *, by: User, now: datetime, **about: Any) -> Incentive:
    """Enter an incentive of a place; `about` gives its facts. Raises NotAllowed for who is no officer."""
    authorize(facilities.why_not_plan_at(by, place.path, now))
    require(_why_not(place, about))
    made = Incentive(stated_by=by, stated_at=now)
    made.place(place)
    _write(made, about)
    audit.record(by, "incentive.state", made, now=now)
    return made


@transaction.atomic
def change_incentive(incentive_id: int, *, by: User, now: datetime, **about: Any) -> Incentive:
    """Say anew what an incentive says, such as its last day."""
    rows = Incentive.objects.select_for_update(of=("self",)).select_related("division_now")
    one = rows.get(pk=incentive_id)
    authorize(facilities.why_not_plan_at(by, one.path, now))
    require(_why_not(one.division_now, about, besides=one.pk))
    _write(one, about)
    audit.record(by, "incentive.change", one, now=now)
    return one


def _why_not(place: Division, about: dict[str, Any], besides: int = 0) -> str | None:
    return incentives.why_not_state(
        place, about["title"], about["first_day"], about["last_day"], besides=besides
    )


def _write(one: Incentive, about: dict[str, Any]) -> None:
    for key in FACTS:
        value = about.get(key)
        if key in about:
            setattr(one, key, value.strip() if isinstance(value, str) else value)
    one.save()
