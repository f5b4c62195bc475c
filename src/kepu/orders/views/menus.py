"""The menu as those see it who offer: write, publish, pause, take down, import, and contracts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import NotAllowed, Refusal
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import actions, menus, providers
from kepu.orders.forms import ContractForm, DishForm, EditDishForm, TableForm
from kepu.orders.models import Service
from kepu.orders.providers import Provider
from kepu.orders.registers import CONTRACTS, OWN_DISHES
from kepu.orders.states import SERVICE
from kepu.ui import toasts

VERBS = {
    "publish": lazy("Publish"),
    "pause": lazy("Pause"),
    "take_down": lazy("Take down"),
}
IMPORTED = "menu-imported-"  # in the session: what the last import wrote, until the next try


def _providers(request: HttpRequest) -> list[Provider]:
    person: User = request.user  # type: ignore[assignment]
    found = providers.of(person, clock.now())
    if not found:
        raise NotAllowed(_("only team leaders and officers who publish services manage a menu"))
    return found


def _chosen(request: HttpRequest) -> Provider:
    """The provider the address names; the only or first one when it names none."""
    found = _providers(request)
    asked = request.GET.get("for", found[0].key)
    chosen = next((one for one in found if one.key == asked), None)
    if chosen is None:
        raise Http404
    return chosen


@login_required
def manage(request: HttpRequest) -> HttpResponse:
    """Everything the reader's teams and departments offer, with what can be done about it."""
    form, _asked, found, bar = read(request, OWN_DISHES)
    rows, pager = one_page(request, found)
    may_sign = roles.reach(request.user, Verb.CONTRACT_SIGN, clock.now())  # type: ignore[arg-type]
    context = {
        "sides": _providers(request), "form": form, "bar": bar, "pager": pager,
        "dishes": [(dish, _verbs(dish.state)) for dish in rows], "may_sign": bool(may_sign),
    }  # fmt: skip
    return render(request, "orders/manage_menu.html", context)


def _verbs(state: str) -> list[tuple[str, Any]]:
    return [(verb, VERBS[verb]) for verb in SERVICE.verbs(state)]


@login_required
def write(request: HttpRequest) -> HttpResponse:
    """Write a dish, as a draft or straight onto the menu."""
    provider, now = _chosen(request), clock.now()
    form = DishForm(
        request.POST if request.method == "POST" else None,
        areas=provider.areas(),
        now=now,
        venues=provider.venues(),
        contracts=provider.contracts() if provider.department else None,
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _write(request, provider, form.cleaned_data, now)
            except Refusal as refusal:
                form.add_error(None, refusal.reason)
                status = refusal.status
    context = {"form": form, "provider": provider}
    return render(request, "orders/write_dish.html", context, status=status)


@login_required
def change(request: HttpRequest, service_id: int) -> HttpResponse:
    """Change what a dish says; what was ordered of it stays as it was ordered."""
    provider, service = _offered(request, service_id)
    now, posted = clock.now(), request.method == "POST"
    form = EditDishForm(
        request.POST if posted else None,
        areas=provider.areas(),
        now=now,
        venues=provider.venues(besides=service.venue_id),
        contracts=provider.contracts() if provider.department else None,
        initial=_as_written(service),
    )
    status = 422 if posted else 200
    if posted and form.is_valid():
        try:
            return _change(request, provider, service, form.cleaned_data, now)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            status = refusal.status
    context = {"form": form, "provider": provider, "service": service}
    return render(request, "orders/write_dish.html", context, status=status)


def _offered(request: HttpRequest, service_id: int) -> tuple[Provider, Service]:
    """The dish with who offers it; what is not the reader's own is not there."""
    person: User = request.user  # type: ignore[assignment]
    for provider in providers.of(person, clock.now()):
        service = providers.dishes(provider).filter(pk=service_id).first()
        if service is not None:
            return provider, service
    raise Http404


def _as_written(service: Service) -> dict[str, Any]:
    names = (
        "title", "description", "topic", "audience", "minutes", "needs", "month_capacity",
        "first_day", "last_day", "contract", "venue",
    )  # fmt: skip
    said = {name: getattr(service, name) for name in names}
    paths = service.areas.values_list("path", flat=True)
    return {**said, "areas": divisions.current().filter(path__in=paths), "seen": service.version}


def _change(
    request: HttpRequest, provider: Provider, service: Service, data: dict[str, Any], now: datetime
) -> HttpResponse:
    seen, dish = data.pop("seen"), _dish(provider, data)
    actions.change_service(service.pk, dish, seen=seen, by=request.user, now=now)  # type: ignore[arg-type]
    messages.success(request, _("Changed. What was ordered already stays as it was ordered."))
    return redirect("manage-menu")


def _dish(provider: Provider, data: dict[str, Any]) -> actions.Dish:
    areas = tuple(place.path for place in data.pop("areas"))
    return actions.Dish(
        division=provider.home,
        areas=areas,
        team=provider.team,
        department=provider.department,
        **data,
    )


def _write(
    request: HttpRequest, provider: Provider, data: dict[str, Any], now: datetime
) -> HttpResponse:
    made = actions.write_service(_dish(provider, data), by=request.user, now=now)  # type: ignore[arg-type]
    if request.POST.get("do") == "publish":
        actions.move_service(made.pk, "publish", by=request.user, now=now)  # type: ignore[arg-type]
        messages.success(request, _("Written and published."))
    else:
        messages.success(request, _("Written as a draft. Publish it when it is ready."))
    return redirect("manage-menu")


@login_required
@require_POST
def move(request: HttpRequest, service_id: int, verb: str) -> HttpResponse:
    """Publish, pause or take down a dish."""
    before = _own(request, service_id)
    if verb not in VERBS or before is None:
        raise Http404
    moved = actions.move_service(service_id, verb, by=request.user, now=clock.now())  # type: ignore[arg-type]
    back = SERVICE.way_back(before.state, moved.state)
    kept = (
        f"?{request.GET.urlencode()}" if request.GET else ""
    )  # the list as it was narrowed and sorted
    undo = reverse("move-dish", args=[service_id, back]) + kept if back else ""
    toasts.say(request, _("Done. What was ordered already is not touched."), undo_url=undo)
    return redirect(reverse("manage-menu") + kept)


def _own(request: HttpRequest, service_id: int) -> Service | None:
    """The dish, if the reader speaks for who offers it."""
    sides = providers.of(request.user, clock.now())  # type: ignore[arg-type]
    return providers.dishes(*sides).filter(pk=service_id).first() if sides else None


@login_required
def take_in(request: HttpRequest) -> HttpResponse:
    """A menu from a spreadsheet: first tried, with every wrong row named; imported when clean."""
    provider, now = _chosen(request), clock.now()
    form = TableForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "provider": provider, "faults": [], "right": 0}
    if request.method != "POST":
        written = request.session.get(IMPORTED + provider.key, [])
        context["made"] = providers.dishes(provider).filter(pk__in=written).order_by("pk")
        return render(request, "orders/import_menu.html", context)
    request.session.pop(IMPORTED + provider.key, None)
    if form.is_valid():
        try:
            sent = form.cleaned_data["table"]
            dishes, context["faults"] = menus.read(sent, sent.name, provider)
            context["right"] = len(dishes)
            if not context["faults"] and request.POST.get("do") == "import":
                return _imported(request, provider, dishes, now)
        except Refusal as refusal:
            form.add_error("table", refusal.reason)
    context["tried"] = not form.errors
    status = 422 if form.errors or context["faults"] else 200
    return render(request, "orders/import_menu.html", context, status=status)


def _imported(
    request: HttpRequest, provider: Provider, dishes: list[actions.Dish], now: datetime
) -> HttpResponse:
    """What was written stands on the page until the next table is sent."""
    made = actions.write_services(dishes, by=request.user, now=now)  # type: ignore[arg-type]
    request.session[IMPORTED + provider.key] = [dish.pk for dish in made]
    return redirect(f"{reverse('import-menu')}?{urlencode({'for': provider.key})}")


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """An empty spreadsheet with the columns of a menu."""
    answer = HttpResponse(
        menus.template(_chosen(request)),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = 'attachment; filename="menu.xlsx"'
    return answer


@login_required
def contracts(request: HttpRequest) -> HttpResponse:
    """Purchased services (S086): what was bought, from whom, how much of it was used; sign one."""
    now = clock.now()
    narrowed, _asked, found, bar = read(request, CONTRACTS)
    units = roles.reach(request.user, Verb.CONTRACT_SIGN, now).organisations  # type: ignore[arg-type]
    buyers = Organisation.objects.filter(pk__in=units)
    form = ContractForm(request.POST if request.method == "POST" else None, buyers=buyers)
    if request.method == "POST" and _signed(request, form, now):
        messages.success(request, _("Signed. Services of the department can now stand on it."))
        return redirect("contracts")
    rows, pager = one_page(request, found)
    context = {
        "form": form, "rows": rows, "today": clock.day(now),
        "narrowed": narrowed, "bar": bar, "pager": pager,
    }  # fmt: skip
    return render(request, "orders/contracts.html", context, status=422 if form.errors else 200)


def _signed(request: HttpRequest, form: forms.Form, now: datetime) -> bool:
    if not form.is_valid():
        return False
    try:
        actions.sign_contract(**form.cleaned_data, by=request.user, now=now)  # type: ignore[arg-type]
    except Refusal as refusal:
        form.add_error(None, refusal.reason)
        return False
    return True
