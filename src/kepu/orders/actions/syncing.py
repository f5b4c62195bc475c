"""What a device wrote down without a network: kept first, then tried; a refusal waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel import clock, devices
from kepu.kernel.api.limits import TooMany
from kepu.kernel.audit import actions as audit
from kepu.kernel.devices import CLOCK_TOLERANCE
from kepu.kernel.errors import BadInput, Refusal, authorize, require
from kepu.kernel.files import actions as files
from kepu.kernel.files import intake
from kepu.orders import queries, rules, stuck
from kepu.orders.actions import delivering, evidence
from kepu.orders.actions.evidence import Shot
from kepu.orders.evidence import PURPOSE_OF
from kepu.orders.models import DeviceEvent, Evidence, Order, Step
from kepu.orders.models.delivery import EvidenceKind, Outcome
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.files.blobs import Readable
    from kepu.kernel.files.intake import Content

SCHEMA = 1
MOST_DATA = 5_000  # characters; refused events are kept, so nobody fills the disk with them


@dataclass(frozen=True)
class Sent:
    """One event as the device sent it."""

    uuid: UUID
    kind: str
    order_id: int
    device_time: datetime
    data: Mapping[str, Any]
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        devices.require_readable(self.data, MOST_DATA)


def receive(sent: Sent, *, by: User, now: datetime) -> DeviceEvent:
    """Store the event and do what it says; sent again, it is answered as it was the first time.

    What cannot be done is stored as such, with the reason, for a person. Raises BadInput if the event's
    id is another person's, and RuleBroken if the person sent more in a day than visits can bring.
    """
    before = DeviceEvent.objects.filter(uuid=sent.uuid, by=by).first()
    if before is None:
        require(rules.why_not_take_event(by, now))
    return before or _store_and_try(sent, by=by, now=now)


@transaction.atomic
def _store_and_try(sent: Sent, *, by: User, now: datetime) -> DeviceEvent:
    order = queries.find(by, sent.order_id, now)
    event, new = DeviceEvent.objects.get_or_create(
        uuid=sent.uuid,
        defaults={
            "by": by,
            "order": order or _out_of_sight(sent, by),
            "kind": sent.kind[:20],
            "schema": sent.schema,
            "data": dict(sent.data),
            "device_time": sent.device_time,
            "received_at": now,
            "outcome": Outcome.REFUSED,
        },
    )
    if event.by_id != by.pk:
        raise BadInput(_("this event was sent by somebody else"))
    if new:
        event.reason = _why_not_done(sent, order, by, now)[:300]
        event.outcome = Outcome.REFUSED if event.reason else Outcome.DONE
        event.save(update_fields=["outcome", "reason"])
    return event


def _out_of_sight(sent: Sent, by: User) -> Order | None:
    """The order all the same, if a team of the sender ever had it: what may not be done to it any more is
    put right where it is known. Nobody fills a stranger's desk.
    """
    theirs = Step.objects.filter(order=sent.order_id, team__in=people.teams_of(by))
    return Order.objects.filter(pk=sent.order_id).first() if theirs.exists() else None


def _why_not_done(sent: Sent, order: Order | None, by: User, now: datetime) -> str:
    """Do what the event says; a refusal comes back as its sentence, with nothing done."""
    if order is None:
        return _("this order is not known or no longer yours")
    if sent.schema != SCHEMA or sent.kind not in KINDS:
        return _("this version of the page is too old or too new; reload it")
    if sent.device_time > now + CLOCK_TOLERANCE:
        return _("the clock of the device is ahead of time")
    try:
        if sent.kind == "check_in":
            delivering.count_try(order.pk, by, now)
        with transaction.atomic():
            KINDS[sent.kind](sent, order, by, now)
    except Refusal as refusal:
        return refusal.reason
    return ""


def _check_in(sent: Sent, order: Order, by: User, now: datetime) -> None:
    code = str(sent.data.get("code", ""))
    delivering.arrive(order.pk, code=code, by=by, now=now, at=sent.device_time)


def _check_out(sent: Sent, order: Order, by: User, now: datetime) -> None:
    delivering.check_out(order.pk, by=by, now=now, at=sent.device_time)


def _deliver(sent: Sent, order: Order, by: User, now: datetime) -> None:
    attended, note = sent.data.get("attended"), str(sent.data.get("note", ""))
    count = attended if isinstance(attended, int) else -1
    ended = _moment(sent.data.get("ended_at"))
    if ended and rules.why_not_end(order, ended):
        ended = None  # who wrote it down cannot be asked again: the report itself is the end
    delivering.deliver(
        order.pk, attended=count, by=by, now=now, note=note, at=sent.device_time, ended_at=ended
    )


def _moment(said: object) -> datetime | None:
    """What was typed into the page, in our time; None where it was left out or is no time at all."""
    try:
        moment = datetime.fromisoformat(str(said or ""))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=clock.BEIJING)
        return moment if clock.EARLIEST < moment < clock.LATEST else None
    except (ValueError, OverflowError):
        return None


KINDS: dict[str, Callable[[Sent, Order, User, datetime], None]] = {
    "check_in": _check_in,
    "check_out": _check_out,
    "deliver": _deliver,
}


SHOTS_A_DAY = 60  # that are refused and kept all the same, for one person


def receive_shot(sent: Sent, content: Readable, *, by: User, now: datetime) -> DeviceEvent:
    """Take in a photograph that a device kept; sent again, it is answered as it was the first time.

    What cannot be added to the visit is stored as such, with the reason and, where it is a picture
    at all, with the picture. Raises TooMany, so that the device keeps it, for who fills the disk,
    and BadInput, with nothing kept, if the id is another person's.
    """
    before = DeviceEvent.objects.filter(uuid=sent.uuid, by=by).first()
    if before is None and _is_anothers(sent.uuid, by):
        raise BadInput(_("this event was sent by somebody else"))
    return before or _take_in(sent, content, by=by, now=now)


def _is_anothers(uuid: UUID, by: User) -> bool:
    if Evidence.objects.filter(uuid=uuid).exclude(uploaded_by=by).exists():
        return True
    return DeviceEvent.objects.filter(uuid=uuid).exclude(by=by).exists()


def _take_in(sent: Sent, content: Readable, *, by: User, now: datetime) -> DeviceEvent:
    """The picture is unpacked outside the transaction; a crash after it is made good by sending again."""
    order = queries.find(by, sent.order_id, now)
    shot = Shot(sent.uuid, sent.kind, min(sent.device_time, now), str(sent.data.get("name", "")))
    _count_refused(by, now)
    try:
        examined = intake.examine(content, PURPOSE_OF[EvidenceKind(sent.kind)])
    except BadInput as refusal:
        return _noted(sent, order, refusal.reason, None, by=by, now=now)
    reason = _why_not_entered(order, shot, examined, by, now)
    return _noted(sent, order, reason, examined if reason else None, by=by, now=now)


def _count_refused(by: User, now: datetime) -> None:
    refused = DeviceEvent.objects.filter(
        by=by, kind__in=EvidenceKind.values, outcome=Outcome.REFUSED,
        received_at__gt=now - timedelta(days=1),
    )  # fmt: skip
    if refused.count() >= SHOTS_A_DAY:
        raise TooMany(3600)


def _why_not_entered(
    order: Order | None, shot: Shot, content: Content, by: User, now: datetime
) -> str:
    if order is None:
        return _("this order is not known or no longer yours")
    try:
        evidence.enter(order.pk, shot, content, by=by, now=now)
    except Refusal as refusal:
        return refusal.reason
    return ""


@transaction.atomic
def _noted(
    sent: Sent,
    order: Order | None,
    reason: str,
    content: Content | None,
    *,
    by: User,
    now: datetime,
) -> DeviceEvent:
    """Keep what became of it; a refused picture is its owner's until somebody has settled it."""
    data = dict(sent.data)
    if content is not None:
        data["file"] = files.enter(content, str(data.get("name", "")), by=by, now=now).pk
    event, _new = DeviceEvent.objects.get_or_create(
        uuid=sent.uuid,
        defaults={
            "by": by,
            "order": order or _out_of_sight(sent, by),
            "kind": sent.kind,
            "schema": sent.schema,
            "data": data,
            "device_time": sent.device_time,
            "received_at": now,
            "outcome": Outcome.REFUSED if reason else Outcome.DONE,
            "reason": reason[:300],
        },
    )
    if event.by_id != by.pk:
        raise BadInput(_("this event was sent by somebody else"))
    return event


@transaction.atomic
def settle(event_id: int, *, by: User, now: datetime) -> DeviceEvent:
    """A dispatcher has looked at a refused event and put things right by hand."""
    event = DeviceEvent.objects.select_for_update().get(pk=event_id)
    require(stuck.why_not_settle(event))
    authorize(stuck.why_not_settle_as(by, event, now))

    event.outcome, event.settled_by, event.settled_at = Outcome.SETTLED, by, now
    event.save(update_fields=["outcome", "settled_by", "settled_at"])
    audit.record(by, "device_event.settle", event, now=now)
    return event
