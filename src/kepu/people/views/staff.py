"""Kepu workers: a unit states numbers and names, a person agrees, officers and analysts read figures."""

from __future__ import annotations

import io
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kepu.kernel import clock, tables
from kepu.kernel.accounts.masks import name as mask_name
from kepu.kernel.errors import NotAllowed, Outside, authorize
from kepu.people import policy, staff_shown
from kepu.people.actions import staff as actions
from kepu.people.models.staff import COUNTS
from kepu.people.queries import staff as queries
from kepu.people.rules import staff as rules
from kepu.people.staff_forms import StaffingForm, WorkerForm
from kepu.people.states import WorkerState
from kepu.people.views.shapes import form_page, person_of, reach_of
from kepu.ui import toasts

# --- the unit -------------------------------------------------------------------------------------


@login_required
def units(request: HttpRequest) -> HttpResponse:
    """Units whose kepu workers the reader keeps; with one unit straight to it."""
    found = list(queries.units_kept(person_of(request), clock.now()))
    if not found:
        raise NotAllowed(_("only who fills returns for a unit keeps its kepu workers"))
    if len(found) == 1:
        return redirect("staff-unit", found[0].pk)
    return render(request, "people/staff_units.html", {"units": found})


@login_required
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What the unit stated by year and sector, and who stands on its list by name."""
    found = queries.unit_kept(person_of(request), unit_id, clock.now())
    people = [(one, mask_name(one.person.name)) for one in queries.named(found)]
    context = {
        "unit": found, "lines": queries.stated(found), "people": people, "now": clock.now(),
    }  # fmt: skip
    return render(request, "people/staff_unit.html", context)


@login_required
def state(request: HttpRequest, unit_id: int) -> HttpResponse:
    """State the numbers of a year and a sector."""
    return _state(request, unit_id, {"year": clock.day(clock.now()).year - 1})


@login_required
def change(request: HttpRequest, unit_id: int, staffing_id: int) -> HttpResponse:
    """Put numbers right that were stated."""
    found = queries.unit_kept(person_of(request), unit_id, clock.now())
    line = queries.staffing(found, staffing_id)
    start = {
        "year": line.year,
        "sector": line.sector,
        **{key: getattr(line, key) for key in COUNTS},
    }
    return _state(request, unit_id, start)


def _state(request: HttpRequest, unit_id: int, start: dict[str, Any]) -> HttpResponse:
    found = queries.unit_kept(person_of(request), unit_id, clock.now())

    def act(data: dict[str, Any]) -> HttpResponse:
        said = {key: data[key] for key in ("year", "sector", "counts")}
        actions.state_staffing(found, by=person_of(request), now=clock.now(), **said)
        toasts.say(request, _("Kept. The yearly return of the unit is filled with it."))
        return redirect("staff-unit", found.pk)

    return form_page(
        request, StaffingForm(request.POST or None, initial=start), act,
        title=_("Kepu workers of a year"), lead=found.name,
        back=reverse("staff-unit", args=[found.pk]), submit=_("Keep the numbers"),
    )  # fmt: skip


@login_required
@require_POST
def drop(request: HttpRequest, unit_id: int, staffing_id: int) -> HttpResponse:
    """Take back numbers that were stated by mistake."""
    found = queries.unit_kept(person_of(request), unit_id, clock.now())
    line = queries.staffing(found, staffing_id)
    actions.drop_staffing(line.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("Removed."))
    return redirect("staff-unit", found.pk)


@login_required
def name(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Ask somebody to stand on the list by name."""
    found = queries.unit_kept(person_of(request), unit_id, clock.now())

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.name_worker(found, by=person_of(request), now=clock.now(), **data)
        toasts.say(request, _("Asked. The name stands on the list once the person agrees."))
        return redirect("staff-unit", found.pk)

    return form_page(
        request, WorkerForm(request.POST or None), act,
        title=_("Name a kepu worker"), lead=found.name,
        back=reverse("staff-unit", args=[found.pk]), submit=_("Ask the person"),
    )  # fmt: skip


@login_required
@require_POST
def take_off(request: HttpRequest, worker_id: int) -> HttpResponse:
    """Take somebody off the list."""
    now = clock.now()
    worker = queries.worker(worker_id)
    found = queries.unit_kept(person_of(request), worker.organisation_id, now)
    actions.take_off(worker.pk, by=person_of(request), now=now)
    toasts.say(request, _("Taken off the list."))
    return redirect("staff-unit", found.pk)


# --- the person -----------------------------------------------------------------------------------

ANSWERS = {"agree": actions.agree, "decline": actions.decline}


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Where one is named as a kepu worker, or asked to be."""
    rows = queries.of_person(person_of(request))
    context = {"rows": rows, "asked": WorkerState.ASKED, "now": clock.now()}
    return render(request, "people/worker_me.html", context)


@login_required
@require_POST
def answer(request: HttpRequest, worker_id: int, verb: str) -> HttpResponse:
    """Agree to stand on a unit's list by name, or not."""
    worker = queries.of_person(person_of(request)).filter(pk=worker_id).first()
    if worker is None or verb not in ANSWERS:
        raise Outside(_("there is no such page"))
    ANSWERS[verb](worker.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("Done."))
    return redirect("worker-me")


# --- figures --------------------------------------------------------------------------------------


@login_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Full-time and part-time kepu workers by district and by sector, of one year."""
    found, years, all_seen, least = _figures(request)
    context: dict[str, Any] = {"years": years, "all_seen": all_seen, "least": least}
    if found is not None:
        context |= {
            "year": found.year, "heads": staff_shown.heads(),
            "tables": (
                (_("By district"), _("District"), staff_shown.by_district(found)),
                (_("By sector"), _("Sector of kepu work"), staff_shown.by_sector(found)),
            ),
        }  # fmt: skip
    return render(request, "people/staff_figures.html", context)


@login_required
@require_safe
def away(request: HttpRequest, kind: str) -> HttpResponse:
    """The same with every number, district by sector, as a spreadsheet."""
    found, _years, _all, _least = _figures(request)
    if found is None or kind not in FILES:
        raise Outside(_("there is no such page"))
    head, rows = staff_shown.headers(), list(staff_shown.table(found))
    if kind == "csv":
        content = tables.csv_text(head, rows)
    else:
        out = io.BytesIO()
        tables.write_xlsx(out, head, rows)
        content = out.getvalue()
    answer = HttpResponse(content, content_type=FILES[kind])
    answer["Content-Disposition"] = f'attachment; filename="kepu-workers-{found.year}.{kind}"'
    return answer


FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _figures(request: HttpRequest) -> tuple[queries.Figures | None, list[int], bool, int]:
    """The year asked for, as far as the reader may see; None where nobody stated anything yet.

    Officers see every cell of their own places; an analyst only those that rest on units enough.
    """
    person, now = person_of(request), clock.now()
    authorize(rules.why_not_read_figures(person, now))
    whole = [reach_of(request, verb) for verb in rules.SEEING_ALL]
    reach = next((one for one in whole if one.paths), None)
    least = 0 if reach else policy.experts(now).workers.units
    within = (reach or reach_of(request, rules.READING[-1])).limit()
    years = queries.years(within)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() else next(iter(years), None)
    if year not in years:
        return None, years, reach is not None, least
    return queries.figures(year, within, least=least), years, reach is not None, least
