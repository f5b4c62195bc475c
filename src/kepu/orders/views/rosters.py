"""The roster of a visit: before it, who goes; after it, who came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Refusal, RuleBroken
from kepu.orders import actions, roster, rules, visits
from kepu.orders.models import Order, RosterPlace
from kepu.orders.models.delivery import Presence
from kepu.orders.views.acting import order_or_404


@login_required
def show(request: HttpRequest, order_id: int) -> HttpResponse:
    """For the team's leaders: put members down for the visit, or say who of them came."""
    order, now = order_or_404(request, order_id), clock.now()
    person: User = request.user  # type: ignore[assignment]
    if rules.why_not_act_for_team(person, order.team, now) or not roster.has_one(order):
        raise Http404
    status = 200
    if request.method == "POST":
        try:
            messages.success(request, _done(request, order, person, now))
            return redirect("order-roster", order.pk)
        except Refusal as refusal:
            messages.error(request, refusal.reason)
            status = refusal.status
    arrived = set(visits.check_ins(order).values_list("person", flat=True))
    context = {
        "order": order,
        "now": now,
        "why_not_set": roster.why_not_set(order, now),
        "choices": roster.choices(order, now),
        "places": [(place, place.person_id in arrived) for place in roster.of(order)],
        "why_not_mark": roster.why_not_mark(order, now),
        "presences": Presence.choices,
        "person": person,
    }
    return render(request, "orders/roster.html", context, status=status)


@login_required
@require_POST
def cannot_come(request: HttpRequest, order_id: int) -> HttpResponse:
    """Who is put down for the visit says beforehand that it is not possible, or the guardian for a ward."""
    by: User = request.user  # type: ignore[assignment]
    ward = by.wards.filter(pk=_number(request.POST.get("ward", ""))).first()
    if ward is None:
        order_or_404(request, order_id)
    else:
        roster.order_of_ward(ward, order_id)
    try:
        place = actions.cannot_come(order_id, by=by, for_whom=ward, now=clock.now())
    except RuleBroken as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _said_no(place, ward))
    return redirect("person-record", ward.pk) if ward else redirect("people-me")


def _number(text: str) -> int:
    """0, which nobody has, where it is none."""
    return int(text) if _is_number(text) else 0


def _said_no(place: RosterPlace, ward: User | None) -> str:
    if place.presence and ward:
        return _("%(name)s is excused and need not come. The leaders were told.") % {
            "name": ward.name
        }
    if place.presence:
        return _("You are excused and need not come. The leaders were told.")
    return _("The leaders were told. They say afterwards whether you are excused.")


def _done(request: HttpRequest, order: Order, by: User, now: datetime) -> str:
    if request.POST.get("do") == "mark":
        actions.mark_roster(order.pk, **_marks(request.POST), by=by, now=now)
        return _("Kept. Who was absent sees it and may object.")
    chosen = [int(one) for one in request.POST.getlist("people") if _is_number(one)]
    actions.set_roster(order.pk, people_ids=chosen, by=by, now=now)
    return _("The roster is set.")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _marks(sent: Any) -> dict[str, dict[int, str]]:
    """`presence-17` and `reason-17`, for the person whose number is 17."""
    found: dict[str, dict[int, str]] = {"presence": {}, "reason": {}}
    for name, value in sent.items():
        what, _dash, number = name.partition("-")
        if what in found and _is_number(number) and value:
            found[what][int(number)] = value
    return {"presences": found["presence"], "reasons": found["reason"]}
