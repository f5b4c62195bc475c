"""The visit: a page that works without a network, the code to show, and what devices send."""

from __future__ import annotations

import io
from datetime import datetime

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock, devices
from kepu.kernel.errors import Refusal
from kepu.orders import actions, evidence, rules, stuck, visits
from kepu.orders.actions.syncing import Sent
from kepu.orders.models import DeviceEvent, Order
from kepu.orders.models.delivery import EvidenceKind
from kepu.orders.views.acting import order_or_404


@login_required
def visit(request: HttpRequest, order_id: int) -> HttpResponse:
    """Check in, count heads and leave, with or without a network."""
    order, now = order_or_404(request, order_id), clock.now()
    if rules.why_not_serve(request.user, order):  # type: ignore[arg-type]
        raise Http404
    why_not, status = "", 200
    if request.method == "POST":
        try:
            messages.success(request, _come_or_go(request, order, now))
            return redirect("visit", order.pk)
        except Refusal as refusal:
            why_not, status = refusal.reason, refusal.status
    arrival = visits.check_ins(order).filter(person=request.user).first()  # type: ignore[misc]
    context = {
        "why_not_in": why_not,
        "code": (request.POST.get("code") or request.GET.get("code", ""))[:8],
        "order": order,
        "arrival": arrival,
        "ends": f"{order.ends_at.astimezone(clock.BEIJING):%Y-%m-%dT%H:%M}"
        if order.ends_at
        else "",
        "now": now,
        "person": request.user,
        "evidence": evidence.of(request.user, order, now),  # type: ignore[arg-type]
        "may_report": rules.why_not_act_for_team(request.user, order.team, now) is None,  # type: ignore[arg-type]
        "why_not_yet": rules.why_not_begun(order, now),
        "why_no_photo": evidence.why_not_attach(order, EvidenceKind.PHOTO, now),
    }
    return render(request, "orders/visit.html", context, status=status)


def _come_or_go(request: HttpRequest, order: Order, now: datetime) -> str:
    """Do what the form on the page says; returns what to tell the reader."""
    if request.POST.get("leave"):
        actions.check_out(order.pk, by=request.user, now=now)  # type: ignore[arg-type]
        return _("You have left.")
    actions.check_in(order.pk, code=request.POST.get("code", ""), by=request.user, now=now)  # type: ignore[arg-type]
    return _("You have checked in.")


@login_required
def code_picture(request: HttpRequest, order_id: int) -> HttpResponse:
    """The check-in code as a QR picture, for the receiving side to show.

    It holds the address of the page of the visit, which ends with the code: any camera leads there.
    """
    order = order_or_404(request, order_id)
    if rules.why_not_receive(request.user, order, clock.now()):  # type: ignore[arg-type]
        raise Http404
    picture = io.BytesIO()
    page = reverse("visit", args=[order.pk], query={"code": order.check_in_code})
    segno.make(request.build_absolute_uri(page), error="m").save(
        picture, kind="svg", scale=8, border=2
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@login_required
@require_POST
def sync(request: HttpRequest) -> JsonResponse:
    """Take in what a device wrote down; each event is answered on its own.

    A device that says whose queue it is is refused (409) when somebody else is signed in on it.
    """
    now = clock.now()
    answers = [
        actions.receive(_sent(event), by=request.user, now=now)  # type: ignore[arg-type]
        for event in devices.events_in(request, "order_id")
    ]
    return JsonResponse(
        {
            "events": [
                {"uuid": str(a.uuid), "outcome": a.outcome, "reason": a.reason} for a in answers
            ]
        }
    )


def _sent(event: devices.Written) -> Sent:
    return Sent(
        uuid=event.uuid,
        kind=event.kind,
        order_id=event.about,
        device_time=event.device_time,
        data=event.data,
        schema=event.schema,
    )


@login_required
@require_POST
def settle(request: HttpRequest, event_id: int) -> HttpResponse:
    """Say that what a device sent has been put right by hand."""
    event = get_object_or_404(DeviceEvent.objects.select_related("order"), pk=event_id)
    if stuck.why_not_settle_as(request.user, event, clock.now()):  # type: ignore[arg-type]
        raise Http404
    actions.settle(event_id, by=request.user, now=clock.now())  # type: ignore[arg-type]
    messages.success(request, _("Settled."))
    return redirect("desk" if event.order else "team-board")
