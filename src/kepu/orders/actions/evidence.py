"""What shows that a visit took place: photographs and lists, handed in by the team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, Outside, authorize, require
from kepu.kernel.files import actions as files
from kepu.kernel.files import intake
from kepu.kernel.files import rules as file_rules
from kepu.orders import evidence, rules
from kepu.orders.actions.moving import locked
from kepu.orders.models import Evidence, Order
from kepu.orders.models.delivery import EvidenceKind

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.files.blobs import Readable
    from kepu.kernel.files.intake import Content


@dataclass(frozen=True)
class Shot:
    """What is known of a photograph or a list besides its content."""

    uuid: UUID
    kind: str
    taken_at: datetime
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in EvidenceKind.values:
            raise BadInput(_("a photograph or an attendance list is handed in"))


def attach(order_id: int, shot: Shot, content: Readable, *, by: User, now: datetime) -> Evidence:
    """Add a photograph or a list to a visit; sent again, it is the same one.

    The rules are asked before the picture is unpacked, which is slow, and again under the lock.
    Raises NotAllowed if `by` is not in the team, RuleBroken if the visit takes no more, BadInput for
    what is no picture.
    """
    order = Order.objects.select_related("team").get(pk=order_id)
    if not Evidence.objects.filter(uuid=shot.uuid).exists():
        authorize(rules.why_not_serve(by, order))
        require(evidence.why_not_attach(order, shot.kind, now))
        require(evidence.why_not_hand_in_more(by, now))
    examined = intake.examine(content, evidence.PURPOSE_OF[EvidenceKind(shot.kind)])
    return enter(order_id, shot, examined, by=by, now=now)


@transaction.atomic
def enter(order_id: int, shot: Shot, content: Content, *, by: User, now: datetime) -> Evidence:
    """What `attach` says, for a content that was examined already."""
    order = locked(order_id)
    before = Evidence.objects.filter(uuid=shot.uuid).first()
    if before is not None:
        return _same(before, order, by)
    authorize(rules.why_not_serve(by, order))
    require(evidence.why_not_attach(order, shot.kind, now))
    require(evidence.why_not_hand_in_more(by, now))

    made = Evidence.objects.create(
        uuid=shot.uuid,
        order=order,
        visit=order.visit,
        file=files.enter(content, shot.name, by=by, now=now, path=order.path),
        kind=shot.kind,
        taken_at=min(shot.taken_at, now),
        uploaded_by=by,
        uploaded_at=now,
    )
    audit.record(by, "order.attach", order, now=now, evidence=made.pk)
    return made


def _same(before: Evidence, order: Order, by: User) -> Evidence:
    if before.uploaded_by_id != by.pk or before.order_id != order.pk:
        raise BadInput(_("this event was sent by somebody else"))
    return before


@transaction.atomic
def take_away(evidence_id: int, *, by: User, now: datetime) -> Evidence:
    """Remove a photograph that should not be there, whoever is in it; its row stays without content.

    Raises Outside for who may not even look at it.
    """
    found = Evidence.objects.select_related("file", "order__resident", "order__team").get(
        pk=evidence_id
    )
    if evidence.why_not_look(by, found.order, found.kind, now, visit=found.visit):
        raise Outside(_("there is no such photograph"))
    authorize(file_rules.why_not_remove(by, found.file, now))
    require(evidence.why_not_take_away_now(by, found, now))
    files.remove(found.file_id, by=by, now=now)
    audit.record(by, "order.take_away", found.order, now=now, evidence=found.pk)
    return found
