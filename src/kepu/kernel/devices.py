"""What a device wrote down without a network: events, each answered on its own by its uuid."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http.request import RawPostDataException
from django.utils.translation import gettext as _

from kepu.kernel.api import reading
from kepu.kernel.clock import EARLIEST, LATEST
from kepu.kernel.errors import BadInput, RuleBroken

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kepu.kernel.accounts.models import User

MOST_EVENTS = 200  # in one request
LAST_SCHEMA = 32_767  # what the column holds
LARGEST_ID = 2**63 - 1
CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Written:
    """One event as a device wrote it; `about` is the id of what it is about."""

    uuid: UUID
    kind: str
    about: int
    device_time: datetime
    data: dict[str, Any]
    schema: int


def events_in(request: HttpRequest, about: str) -> list[Written]:
    """The events that a page sends; `about` is the name under which they say what they are about.

    Raises BadInput if they cannot be read, and RuleBroken if the device says that they are another
    person's than who is signed in on it.
    """
    try:
        body = reading.load(request.body)
        events = [_written(raw, about) for raw in _list(body)]
        person = body.get("person")
    except (ValueError, KeyError, TypeError, OverflowError, RawPostDataException) as error:
        raise BadInput(_("these events cannot be read")) from error
    require_own(person, request.user)  # type: ignore[arg-type]
    return events


def reference(said: object) -> int:
    """An id that a device names; raises ValueError for one that no table has."""
    found = int(str(said))
    if not 0 < found <= LARGEST_ID:
        raise ValueError("no id is so large")
    return found


def require_readable(data: Mapping[str, Any], most: int) -> None:
    """What a device says of an event is kept as JSON of at most so many characters; raises BadInput."""
    try:
        size = len(json.dumps(dict(data), ensure_ascii=False, allow_nan=False))
    except ValueError as error:  # NaN and infinity, which PostgreSQL does not keep
        raise BadInput(_("these events cannot be read")) from error
    if size > most:
        raise BadInput(_("these events cannot be read"))


def require_own(said: object, person: User) -> None:
    """A queue that says whose it is is not sent by somebody else; raises RuleBroken."""
    if said is not None and said != person.pseudonym:
        raise RuleBroken(_("somebody else wrote this down; sign in as that person"))


def _list(body: dict[str, Any]) -> list[dict[str, Any]]:
    events = body["events"]
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise ValueError("too many events")
    return events


def _written(raw: dict[str, Any], about: str) -> Written:
    moment = datetime.fromisoformat(str(raw["device_time"]))
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    if not EARLIEST <= moment <= LATEST or not 1 <= int(raw["schema"]) <= LAST_SCHEMA:
        raise ValueError("out of our time")
    data = raw.get("data", {})
    if not isinstance(data, dict):
        raise TypeError("data is an object")
    return Written(
        uuid=UUID(str(raw["uuid"])),
        kind=str(raw["kind"]),
        about=reference(raw[about]),
        device_time=moment,
        data=data,
        schema=int(raw["schema"]),
    )
