"""The register of units: departments, schools, firms, venues. Officers of the place keep it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts import actions
from kepu.kernel.accounts import rules as accounts
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Refusal, authorize, require
from kepu.kernel.registers import one_page, read
from kepu.people.queries import units as queries
from kepu.people.registers import UNITS
from kepu.people.rules import units as rules
from kepu.people.unit_forms import ChangedUnitForm, NewUnitForm
from kepu.people.views.shapes import form_page, person_of
from kepu.ui import toasts

BACK = {"close": "reopen", "reopen": "close"}
TURNS = {"close": actions.close_organisation, "reopen": actions.reopen_organisation}


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Units of the reader's places; closed ones stay on the list."""
    form, _asked, found, bar = read(request, UNITS)
    rows, pager = one_page(request, found)
    names = divisions.full_names({one.path for one in rows})
    context = {
        "form": form,
        "bar": bar,
        "rows": [(one, names[one.path]) for one in rows],
        "pager": pager,
    }
    return render(request, "people/units.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Register a unit that is not here yet."""
    person = person_of(request)
    authorize(rules.why_not_keep_units(person, clock.now()))

    def act(data: dict[str, Any]) -> HttpResponse:
        require(accounts.why_not_take_credit_code(data["credit_code"]))
        made = actions.register_organisation(data.pop("name"), by=person, now=clock.now(), **data)
        toasts.say(request, _("Registered. Roles can be given in it now, under “Roles”."))
        return redirect("unit-change", made.pk)

    return form_page(
        request, NewUnitForm(request.POST or None), act, title=_("Register a unit"),
        back=reverse("units"), submit=_("Register the unit"),
    )  # fmt: skip


@login_required
def change(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """One unit: what it is called and is, and whether it works."""
    person = person_of(request)
    unit = queries.unit_kept(organisation_id, person, clock.now())

    def act(data: dict[str, Any]) -> HttpResponse:
        kin = {key: data.pop(key) for key in ("parent", "merged_into")}
        with transaction.atomic():
            actions.change_organisation(unit.pk, by=person, now=clock.now(), **data)
            actions.relate_organisation(unit.pk, by=person, now=clock.now(), **kin)
        toasts.say(request, _("Kept."))
        return redirect("units")

    start = {
        "name": unit.name, "kind": unit.kind, "credit_code": unit.credit_code or "",
        "parent": _named(unit.parent), "merged_into": _named(unit.merged_into),
    }  # fmt: skip
    form = ChangedUnitForm(request.POST or None, initial=start)
    form.fields["credit_code"].required = bool(unit.credit_code)
    return form_page(
        request, form, act, title=unit.name, back=reverse("units"), template="people/unit.html",
        submit=_("Keep the changes"), unit=unit,
    )  # fmt: skip


def _named(unit: Organisation | None) -> str:
    """As it is typed: by the code, which is one unit's, or by the name where it has none."""
    return (unit.credit_code or unit.name) if unit else ""


@login_required
@require_POST
def turn(request: HttpRequest, organisation_id: int, verb: str) -> HttpResponse:
    """Close a unit, or open it again."""
    person, now = person_of(request), clock.now()
    unit = queries.unit_kept(organisation_id, person, now)
    if verb not in TURNS:
        raise Http404
    try:
        TURNS[verb](unit.pk, by=person, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.reason)
    else:
        undo = reverse("unit-turn", args=[unit.pk, BACK[verb]])
        toasts.say(request, _("Kept."), undo_url=undo)
    return redirect("unit-change", unit.pk)
