"""The telephone of the other side, in full, for who has to ring."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Id
from kepu.kernel.errors import BadInput
from kepu.orders import actions
from kepu.orders.api.shapes import LineOut
from kepu.orders.api.showing import found

router = Router(tags=[n_("Visits")])


@router.post(
    "/orders/{order_id}/phone/{whose}", response=list[LineOut],
    summary=n_("The telephone of the resident, or of the team's leaders"),
)  # fmt: skip
def phone(request: Asked, order_id: Id, whose: Literal["resident", "leader"]) -> list[actions.Line]:
    """On the record each time, so without Idempotency-Key; 404 not_found, 422 bad_input."""
    if "Idempotency-Key" in request.headers:
        raise BadInput(_("a telephone is asked for anew each time; leave Idempotency-Key out"))
    order, now = found(request, order_id), clock.now()
    show = actions.show_resident_phone if whose == "resident" else actions.show_leader_phone
    return show(order.pk, by=request.auth, now=now)
