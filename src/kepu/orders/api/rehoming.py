"""Orders that lost their venue: the officers' list, and taking one to another venue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Id
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import BadInput
from kepu.orders import actions, whereabouts
from kepu.orders.api import showing
from kepu.orders.api.shapes import OrderOut, RehomeIn, RehomingOut
from kepu.orders.api.showing import moving, shown
from kepu.venues import queries as venues

router = Router(tags=[n_("Verbs of an order")])

LONGEST = Sort("since", read=datetime.fromisoformat)


@router.get("/rehomings", response=Page[RehomingOut], summary=n_("Orders that lost their venue"))
def rehomings(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Those the caller may find another place for, the longest waiting first."""
    found = whereabouts.waiting_for(request.auth, clock.now())
    return page(request, found, showing.rehoming, LONGEST)


@router.post(
    "/orders/{order_id}/rehome", response=OrderOut, summary=n_("Take an order to another venue")
)
def rehome(request: Asked, order_id: Id, body: RehomeIn) -> dict[str, Any]:
    """For officers of its place; 403 not_allowed, 404 not_found, 409 rule_broken, 422 bad_input."""
    with moving(request, order_id):
        venue = venues.public().filter(pk=body.venue_id).first()
        if venue is None:
            raise BadInput(_("there is no such venue"), field="venue_id")
        actions.rehome(order_id, venue=venue, by=request.auth, now=clock.now())
    return shown(request, order_id)
