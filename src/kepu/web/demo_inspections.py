"""The demo city's field inspection: two experts go; one has begun to note, the demo reviewer has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kepu.appraisal import actions
from kepu.appraisal.actions.inspecting import Sent
from kepu.kernel import clock

if TYPE_CHECKING:
    from kepu.appraisal.models import Application, Inspection
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Expert

DAYS = timedelta(days=14)
NOTED: dict[str, Any] = {"open_now": True, "hours_told": True, "exits": True, "staff_seen": 6}


def build(about: Application, inspectors: Sequence[Expert], *, by: User, now: datetime) -> None:
    """Announced for the next two weeks; the second inspector was there this morning."""
    first = clock.day(now)
    made = actions.inspections.order_of_application(
        about.pk, [one.person_id for one in inspectors], first=first, last=first + DAYS, by=by,
        now=now,
    )  # fmt: skip
    _begin(made, inspectors[1].person, NOTED, now)


def _begin(of: Inspection, by: User, noted: Mapping[str, Any], now: datetime) -> None:
    device, turn = str(uuid4()), int(now.timestamp() * 1000)
    _send(of, "arrive", {}, by, now)
    for item, value in noted.items():
        said = {"item": item, "value": value, "turn": turn, "base": 0, "device": device}
        _send(of, "note", said, by, now)


def _send(of: Inspection, kind: str, said: Mapping[str, Any], by: User, now: datetime) -> None:
    actions.inspecting.receive(Sent(uuid4(), kind, of.pk, now, said), by=by, now=now)
