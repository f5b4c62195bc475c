"""The telephone of the other side, shown in full to who has to ring; each look is on the record."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.orders import actions
from kepu.orders.views.acting import order_or_404

WHOSE = {"resident": actions.show_resident_phone, "leader": actions.show_leader_phone}


@login_required
@require_POST
def show(request: HttpRequest, order_id: int, whose: str) -> HttpResponse:
    """A page of its own that no browser keeps: whom to ring, and the button to do so."""
    order = order_or_404(request, order_id)
    if whose not in WHOSE:
        raise Http404
    lines = WHOSE[whose](order.pk, by=request.user, now=clock.now())  # type: ignore[arg-type]
    answer = render(request, "orders/phone.html", {"order": order, "lines": lines})
    answer["Cache-Control"] = "private, no-store"
    return answer
