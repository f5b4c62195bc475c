"""What residents see: the menu, a new order, their orders."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel import clock, cursors
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.models import Personal, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.here import place_of
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Refusal, require
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import actions, cards, dishes, likeness, queries, rules, whereabouts
from kepu.orders.forms import ForSomebodyForm, WishForm
from kepu.orders.models import Order, Service
from kepu.orders.registers import MENU

_NUMBER = re.compile(r"[0-9]{1,18}")  # isdigit() takes ² for a figure as well
SHOWN = 100  # orders on one page


def menu(request: HttpRequest) -> HttpResponse:
    """What can be ordered at the reader's place."""
    place = place_of(request)
    if place is None:
        return redirect(f"{reverse('places')}?next={reverse('menu')}")
    form, _asked, found, bar = read(request, MENU, place=place.path)
    rows, pager = one_page(request, found)
    context = {
        "place": place, "form": form, "bar": bar, "pager": pager, "dishes": rows,
        "rated": dishes.rated(rows), "why_not": whereabouts.why_not_each(rows),
    }  # fmt: skip
    return render(request, "orders/menu.html", context)


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What the reader began to write and did not send, then the own orders, newest first."""
    person, now = request.user, clock.now()
    assert isinstance(person, User)  # noqa: S101 (login_required)
    found = cursors.front(queries.sent(queries.of_resident(person)), SHOWN)
    drafts = cursors.front(queries.drafts_of(person, now), SHOWN)
    shown = [cards.card(order, now) for order in found.rows]
    context = {"cards": shown, "more": found.more, "drafts": drafts, "now": now}
    return render(request, "orders/mine.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Order a dish from the menu, or describe a need in free words; or go on with a draft.

    Like orders near in time and place are shown before sending, and sending takes one more press.
    """
    now = clock.now()
    draft = _draft(request, now)
    place = draft.division_now if draft else place_of(request)
    if place is None:
        return redirect(f"{reverse('places')}?next={quote(request.get_full_path())}")
    service = draft.service if draft else _dish(request, place)
    why_not = whereabouts.why_not_at(service.venue_id if service else None)
    caller = None if draft else _caller_form(request, place, now)
    form = _wish_form(request, place, service, draft, now)
    own: list[Order] = []
    like: list[Any] = []
    if request.method == "POST" and form.is_valid() and (caller is None or caller.is_valid()):
        wish = _wish(form.cleaned_data, service)
        try:
            require(rules.why_not_order_service(service, wish.division.path, now))
            require(why_not)
            if request.POST.get("do") == "keep":
                return _keep(request, wish, caller, draft, now)
            if not request.POST.get("sure"):
                own, like = _alike(request, wish, caller, draft, now)
            if not (own or like):
                return _send(request, wish, caller, draft, now)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
    status = 422 if form.errors or (caller and caller.errors) else 200
    context = {
        "place": place, "service": service, "form": form, "caller": caller, "own": own, "like": like,
        "now": now, "draft": draft, "why_not": why_not,
    }  # fmt: skip
    return render(request, "orders/new.html", context, status=status)


def _dish(request: HttpRequest, place: Division) -> Service | None:
    asked = request.GET.get("service", "")
    if not _NUMBER.fullmatch(asked):
        return None
    return get_object_or_404(queries.menu(place.path, clock.now()), pk=int(asked))


def _draft(request: HttpRequest, now: datetime) -> Order | None:
    """The draft that is gone on with; what was sent, or is not the reader's to send, is not there."""
    asked = request.GET.get("draft", "")
    if not _NUMBER.fullmatch(asked):
        return None
    return get_object_or_404(queries.drafts_of(request.user, now), pk=int(asked))  # type: ignore[arg-type]


WRITTEN = ("title", "topic", "need", "audience", "people", "wanted_from", "wanted_until")


def _wish_form(
    request: HttpRequest,
    place: Division,
    service: Service | None,
    draft: Order | None,
    now: datetime,
) -> WishForm:
    initial: dict[str, Any] = (
        {"title": service.title, "audience": service.audience} if service else {}
    )
    if draft:
        initial = {name: getattr(draft, name) for name in WRITTEN}
        initial["place"] = draft.place_text
    if place.level == "community":
        initial["community"] = place.pk
    return WishForm(
        request.POST if request.method == "POST" else None,
        township=_township(place),
        now=now,
        fixed=service is not None,
        initial=initial,
    )


def _township(place: Division) -> str:
    return (
        (divisions.parent_path(place.path) or place.path)
        if place.level == "community"
        else place.path
    )


def _caller_form(request: HttpRequest, place: Division, now: datetime) -> forms.Form | None:
    """Asked of workers only: who telephoned. Left out, the order is the worker's own."""
    person: User = request.user  # type: ignore[assignment]
    reach = roles.reach(person, Verb.ORDER_PLACE_FOR, now)
    if request.GET.get("for") != "caller" or not reach.covers(place.path):
        return None
    return ForSomebodyForm(request.POST if request.method == "POST" else None)


def _wish(data: dict[str, Any], service: Service | None) -> actions.Wish:
    return actions.Wish(
        title=data["title"],
        topic=service.topic if service else data["topic"],
        division=data["community"],
        wanted_from=data["wanted_from"],
        wanted_until=data["wanted_until"],
        need=data["need"],
        place=data["place"],
        audience=data["audience"],
        people=data["people"],
        service=service,
    )


def _alike(
    request: HttpRequest,
    wish: actions.Wish,
    caller: forms.Form | None,
    draft: Order | None,
    now: datetime,
) -> tuple[list[Order], list[Any]]:
    """Like orders of whom the wish is for, where the sender may look at them; then other people's."""
    person: User = request.user  # type: ignore[assignment]
    phone = caller.cleaned_data["caller_phone"] if caller else None
    whom = {draft.resident_id} if draft else likeness.wishes(person, phone, now)
    found = likeness.before(wish, whom, person, now)
    return found.own, [_anothers(one, person, now) for one in found.others]


def _anothers(order: Order, person: User, now: datetime) -> Any:
    """The card of somebody else's order leads nowhere. Who may not look at the order reads what it is
    about in the words of the list: in words of their own people name themselves and others.
    """
    card = replace(cards.card(order, now), href="")
    if queries.sees(person, order, now):
        return card
    return replace(card, title=order.topic.title, number="")


@transaction.atomic
def _send(
    request: HttpRequest,
    wish: actions.Wish,
    caller: forms.Form | None,
    draft: Order | None,
    now: datetime,
) -> HttpResponse:
    order = _written(request, wish, caller, draft, now)
    actions.place(order.pk, by=request.user, now=now)  # type: ignore[arg-type]
    messages.success(request, _("Sent. Your community will dispatch it."))
    return redirect("order", order.pk)


def _keep(
    request: HttpRequest,
    wish: actions.Wish,
    caller: forms.Form | None,
    draft: Order | None,
    now: datetime,
) -> HttpResponse:
    _written(request, wish, caller, draft, now)
    messages.success(request, _("Kept as a draft. Nobody works on it before you send it."))
    return redirect("my-orders")


@transaction.atomic
def _written(
    request: HttpRequest,
    wish: actions.Wish,
    caller: forms.Form | None,
    draft: Order | None,
    now: datetime,
) -> Order:
    person: User = request.user  # type: ignore[assignment]
    if draft:
        return actions.redraft(draft.pk, wish, by=person, now=now)
    resident = _registered(caller, wish.division, person, now) if caller else person
    return actions.draft(wish, for_whom=resident, by=person, now=now)


def _registered(caller: forms.Form, home: Division, by: User, now: datetime) -> User:
    data = caller.cleaned_data
    personal = Personal(name=data["caller_name"], phone=data["caller_phone"])
    return accounts.register(personal, home=home, by=by, now=now, of_age=settings.PRIVACY_TEXT)
