"""What the worker has to do, and what it gave up on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock, cursors
from kepu.kernel.errors import Outside, authorize
from kepu.kernel.facts import actions, names, queries, rules
from kepu.kernel.facts.models import Delivery, DeliveryState
from kepu.kernel.facts.registers import DELIVERIES
from kepu.kernel.registers import read


@login_required
def deliveries(request: HttpRequest) -> HttpResponse:
    """Deliveries that wait, and dead letters with what went wrong last."""
    now = clock.now()
    authorize(rules.why_not_operate(request.user, now))  # type: ignore[arg-type]
    asked = request.GET.get("state", "")
    counts = queries.counts()
    first = DeliveryState.DEAD if counts.get("dead") else DeliveryState.WAITING
    state = asked if asked in DeliveryState.values else first.value
    _form, _asked, found, bar = read(request, DELIVERIES, state=state)
    word = request.GET.get("sort", "")
    page = cursors.page(
        found,
        cursors.Sort(down=word != "old"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    tabs = [(one.value, one.label, counts.get(one.value, 0)) for one in DeliveryState]
    context = {"page": page, "state": state, "tabs": tabs, "names": names, "now": now}
    context |= {"bar": bar, "word": word if word == "old" else "new"}
    return render(request, "facts/deliveries.html", context)


@login_required
@require_POST
def revive(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Try a dead letter again."""
    try:
        actions.revive(delivery_id, by=request.user, now=clock.now())  # type: ignore[arg-type]
    except Delivery.DoesNotExist:
        raise Outside(_("there is no such delivery")) from None
    messages.success(request, _("It is tried again."))
    return redirect("deliveries")
