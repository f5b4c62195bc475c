"""What inspectors' devices send: kept first, then tried. Nothing is lost, and nothing comes twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.appraisal.actions.inspections import locked, step
from kepu.appraisal.inspection_states import InspectionState, Receipt
from kepu.appraisal.models import (
    Finding,
    InspectionEvent,
    InspectionPhoto,
    Inspector,
)
from kepu.appraisal.queries import inspections as queries
from kepu.appraisal.rules import inspections as rules
from kepu.appraisal.telling import inspections as telling
from kepu.kernel import devices
from kepu.kernel.audit import actions as audit
from kepu.kernel.devices import CLOCK_TOLERANCE
from kepu.kernel.errors import BadInput, Outside, Refusal, RuleBroken, require
from kepu.kernel.files import actions as files
from kepu.kernel.files import intake

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.files.blobs import Readable
    from kepu.kernel.files.intake import Content

SCHEMA = 1
MOST_DATA = 10_000  # characters of one event
PLACES = 3  # decimals of a degree: about 100 m


@dataclass(frozen=True)
class Sent:
    """One event as the device sent it."""

    uuid: UUID
    kind: str
    inspection_id: int
    device_time: datetime
    data: Mapping[str, Any]
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        devices.require_readable(self.data, MOST_DATA)


def receive(sent: Sent, *, by: User, now: datetime) -> InspectionEvent:
    """Keep the event and do what it says; sent again, it is answered as it was the first time.

    What cannot be done is kept as such, with the reason. Raises BadInput if the event's id is another
    person's, Outside if the inspection is not the person's own, and RuleBroken for more in a day than
    inspections can bring: then the device keeps it.
    """
    return _before(sent, by, now) or _keep_and_try(sent, by=by, now=now)


def receive_photo(sent: Sent, content: Readable, *, by: User, now: datetime) -> InspectionEvent:
    """Take in a photograph, as `receive` does a note; it is unpacked outside the transaction."""
    if before := _before(sent, by, now):
        return before
    if queries.own(sent.inspection_id, by) is None:
        raise Outside(_("there is no such inspection"))
    try:
        examined = intake.examine(content, rules.PHOTOS)
    except BadInput as refusal:
        return _keep_and_try(sent, by=by, now=now, refusal=refusal.reason)
    return _keep_and_try(sent, by=by, now=now, content=examined)


def _before(sent: Sent, by: User, now: datetime) -> InspectionEvent | None:
    before = InspectionEvent.objects.filter(uuid=sent.uuid).first()
    if before is None:
        require(rules.why_not_receive(by, now))
    elif before.by_id != by.pk:
        raise BadInput(_("this event was sent by somebody else"))
    return before


@transaction.atomic
def _keep_and_try(
    sent: Sent, *, by: User, now: datetime, content: Content | None = None, refusal: str = ""
) -> InspectionEvent:
    inspection = locked(sent.inspection_id)
    inspector = queries.own(inspection.pk, by)
    if inspector is None:
        raise Outside(_("there is no such inspection"))
    event, new = InspectionEvent.objects.get_or_create(
        uuid=sent.uuid,
        defaults={
            "by": by,
            "inspection": inspection,
            "kind": sent.kind[:12],
            "schema": sent.schema,
            "data": dict(sent.data),
            "device_time": sent.device_time,
            "received_at": now,
            "receipt": Receipt.DONE,
        },
    )
    if event.by_id != by.pk:
        raise BadInput(_("this event was sent by somebody else"))
    if new:
        inspector.inspection = inspection
        _try(event, inspector, content, refusal, by=by, now=now)
    return event


def _try(
    event: InspectionEvent, inspector: Inspector, content: Content | None, refusal: str,
    *, by: User, now: datetime,
) -> None:  # fmt: skip
    """Do what the event says; a refusal is kept as its sentence, with nothing done."""
    try:
        with transaction.atomic():
            if refusal:
                raise RuleBroken(refusal)
            told = _take(event, inspector, content, by=by, now=now)
        receipt = Receipt.CONFLICT if told else Receipt.DONE
    except Refusal as found:
        told, receipt = found.reason, Receipt.REFUSED
    event.reason, event.receipt = told[:300], receipt
    event.save(update_fields=["reason", "receipt"])


def _take(
    event: InspectionEvent,
    inspector: Inspector,
    content: Content | None,
    *,
    by: User,
    now: datetime,
) -> str:
    """What the event says is done; a sentence comes back where two devices differed."""
    if event.schema != SCHEMA or event.kind not in (*KINDS, "photo"):
        raise RuleBroken(_("this version of the page is too old or too new; reload it"))
    inspection = inspector.inspection
    require(rules.why_not_write(inspection, inspector))
    require(rules.why_not_at(inspection, event.device_time, now))
    if inspection.state == InspectionState.ASSIGNED:
        inspection.visited_at = min(event.device_time, now)
        step(inspection, "arrive", by=by, now=now)
    if event.kind == "photo":
        _photograph(event, inspector, content, by=by, now=now)
        return ""
    return KINDS[event.kind](event, inspector, by, now)


# --- the kinds of events ----------------------------------------------------------------------------


def _arrive(event: InspectionEvent, inspector: Inspector, _by: User, _now: datetime) -> str:
    """Where the device was, to about 100 m, if its holder agreed."""
    at = event.data.get("latitude"), event.data.get("longitude")
    found = [_degrees(one, most) for one, most in zip(at, (90, 180), strict=True)]
    if None not in found:
        inspector.latitude, inspector.longitude = found
        inspector.save(update_fields=["latitude", "longitude"])
    return ""


def _degrees(value: Any, most: int) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= most
    return round(float(value), PLACES) if fits else None


def _note(event: InspectionEvent, inspector: Inspector, by: User, now: datetime) -> str:
    """One item. Of two devices the later note stands, and who wrote both is told."""
    data = event.data
    key, value, note = str(data.get("item", "")), data.get("value"), str(data.get("note") or "")
    check = rules.check_of(inspector.inspection, key)
    require(rules.why_not_note(check, value, note))
    turn, base, device = _turn(data, now), data.get("base"), _device(data)
    stands = Finding.objects.select_for_update().filter(inspector=inspector, item=key).first()
    if stands is None or turn > stands.turn:
        said = {"value": value, "note": note, "turn": turn, "device": device}
        Finding.objects.update_or_create(
            inspector=inspector, item=key, defaults={**said, "said_at": event.device_time}
        )
        audit.record(by, "appraisal.note_inspection", inspector.inspection, now=now, item=key)
    apart = stands is not None and stands.device != device and stands.turn != base
    if stands is None or not apart or (stands.value, stands.note) == (value, note):
        return ""
    said = {"item": check}
    if turn > stands.turn:
        return _("“%(item)s” was noted on another device, too; this later note stands") % said
    return _("“%(item)s” was noted later on another device; that note stands") % said


def _turn(data: Mapping[str, Any], now: datetime) -> int:
    """Counted on by the device, never behind its clock; one far ahead would win for ever."""
    turn, most = data.get("turn"), int((now + CLOCK_TOLERANCE).timestamp() * 1000)
    if not isinstance(turn, int) or isinstance(turn, bool) or not 0 < turn <= most:
        raise BadInput(_("these events cannot be read"))
    return turn


def _device(data: Mapping[str, Any]) -> UUID:
    try:
        return UUID(str(data.get("device")))
    except ValueError as error:
        raise BadInput(_("these events cannot be read")) from error


def _sign(event: InspectionEvent, inspector: Inspector, by: User, now: datetime) -> str:
    """Sign with the whole in words and what the venue remarked; the last signature hands it in."""
    opinion = str(event.data.get("opinion") or "")[:2000]
    require(rules.why_not_sign_now(inspector.inspection, event.data.get("sent_back_times", 0)))
    require(rules.why_not_sign(inspector, opinion))
    inspector.opinion, inspector.signed_at = opinion.strip(), now
    inspector.venue_words = str(event.data.get("venue_words") or "").strip()[:1000]
    inspector.venue_post = str(event.data.get("venue_post") or "").strip()[:80]
    inspector.save()
    inspection = inspector.inspection
    audit.record(by, "appraisal.sign_inspection", inspection, now=now)
    if not inspection.inspectors.filter(signed_at__isnull=True).exists():
        step(inspection, "hand_in", by=by, now=now)
        telling.handed_in(inspection, now=now)
    return ""


KINDS: dict[str, Callable[[InspectionEvent, Inspector, User, datetime], str]] = {
    "arrive": _arrive,
    "note": _note,
    "sign": _sign,
}


def _photograph(
    event: InspectionEvent,
    inspector: Inspector,
    content: Content | None,
    *,
    by: User,
    now: datetime,
) -> None:
    key = str(event.data.get("item", ""))
    require(rules.why_not_photograph(inspector, rules.check_of(inspector.inspection, key)))
    if content is None:
        raise BadInput(_("these events cannot be read"))
    path = queries.subject(inspector.inspection).path
    file = files.enter(content, _("inspection"), by=by, now=now, path=path)
    InspectionPhoto.objects.create(
        inspector=inspector, item=key, file=file, uuid=event.uuid,
        taken_at=min(event.device_time, now), added_at=now,
    )  # fmt: skip
    audit.record(by, "appraisal.photograph_inspection", inspector.inspection, now=now, item=key)
