"""The officers' desk: teams and volunteers that wait, and spreadsheets to take in."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts import masks
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import NotAllowed, Outside, Refusal, authorize
from kepu.kernel.exports import views as exports
from kepu.kernel.registers import one_page, part, read
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people import imports
from kepu.people.actions import volunteers
from kepu.people.forms import TableForm
from kepu.people.models import Team, Volunteer
from kepu.people.queries import teams as team_queries
from kepu.people.queries import volunteers as volunteer_queries
from kepu.people.registers import VOLUNTEERS
from kepu.people.rules import volunteers as rules
from kepu.people.rules.enrolment import why_not_export, why_not_import
from kepu.people.views.shapes import person_of
from kepu.ui import toasts

SHOWN = 50  # of each list on a page
IMPORTED = "imported-"  # how many rows the last import of a kind has made, until the next try
STATE_TONES = {"active": "success", "applied": "information", "suspended": "warning"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
def waiting(request: HttpRequest) -> HttpResponse:
    """What an officer has to decide, the longest waiting first."""
    by, now = person_of(request), clock.now()
    for_teams = roles.reach(by, Verb.TEAM_APPROVE, now)
    for_people = roles.reach(by, Verb.VOLUNTEER_APPROVE, now)
    if not (for_teams or for_people):
        raise NotAllowed(_("only officers who approve teams and volunteers have this desk"))
    teams = _anywhere(team_queries.waiting, for_teams, Team)
    volunteers_waiting = _anywhere(volunteer_queries.waiting, for_people, Volunteer)
    stopped = _anywhere(volunteer_queries.stopped, for_people, Volunteer)
    context = {
        "undecided": teams.count() + volunteers_waiting.count(),
        "teams": part(request, teams, SHOWN, "teams"),
        "volunteers": part(request, volunteers_waiting, SHOWN, "people"),
        "stopped": part(request, stopped, SHOWN, "stopped"),
        "may_volunteers": bool(for_people),
        "newest": _newest(for_teams),
        "now": now,
    }
    return render(request, "people/desk.html", context)


@login_required
def volunteer_list(request: HttpRequest) -> HttpResponse:
    """Volunteers at home where the officer approves them; names are masked until a record is opened."""
    form, _asked, found, bar = read(request, VOLUNTEERS)
    rows, pager = one_page(request, found)
    shown = [(one, masks.name(one.person.name)) for one in rows]
    return render(request, "people/volunteers.html", {
        "form": form, "bar": bar, "rows": shown, "pager": pager, "tones": STATE_TONES,
    })  # fmt: skip


def _anywhere(
    waiting: Callable[[str], QuerySet[Any]], reach: Reach, kind: type[Team | Volunteer]
) -> QuerySet[Any]:
    """Those who wait in any of the places, those who wait longest first."""
    found = [waiting(path) for path in reach.paths]
    return reduce(or_, found) if found else kind.objects.none()


def _newest(reach: Reach) -> str:
    """Where the register of teams stands with the newest of the officer's district first.

    A team that an import took in waits for nobody, so it is in no list of the desk.
    """
    around = {divisions.district_path(path) for path in reach.paths}
    query = {"sort": "new", "district": around.pop() or ""} if len(around) == 1 else {"sort": "new"}
    return f"{reverse('teams')}?{urlencode(query)}"


PLAIN: dict[str, Callable[..., Any]] = {
    "approve": volunteers.approve_volunteer,
}
WITH_REASON: dict[str, Callable[..., Any]] = {
    "restore": volunteers.restore_volunteer,
    "refuse": volunteers.refuse_volunteer,
    "suspend": volunteers.suspend_volunteer,
}


@login_required
@require_POST
def decide(request: HttpRequest, volunteer_id: int, verb: str) -> HttpResponse:
    """Decide about a volunteer; those of other places do not exist for the officer."""
    by, now = person_of(request), clock.now()
    found = Volunteer.objects.filter(pk=volunteer_id).first()
    if found is None or rules.why_not_rule_on(by, found, now):
        raise Outside(_("there is no such volunteer"))
    if verb in WITH_REASON:
        reason = request.POST.get("reason", "")[:200]
        WITH_REASON[verb](found.pk, reason=reason, by=by, now=now)
    elif verb in PLAIN:
        PLAIN[verb](found.pk, by=by, now=now)
    else:
        raise Outside(_("there is no such page"))
    toasts.say(request, _("Done."))
    if request.POST.get("from") == "record":
        return redirect("person-record", found.person_id)
    return redirect("people-desk")


@login_required
def take_in(request: HttpRequest, kind: str) -> HttpResponse:
    """Try a spreadsheet: every wrong row is listed; a clean one is taken in at the second press."""
    by = _allowed(request, kind)
    form = TableForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "kind": kind}
    if request.method == "GET":
        context["made"] = request.session.get(IMPORTED + kind)
        context["look"] = _look(kind, by)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            answer = _tried(request, kind, form.cleaned_data["file"], by)
        except Refusal as refusal:
            form.add_error("file", refusal.reason)
            status = refusal.status
        else:
            if answer is None:
                return redirect("people-import", kind=kind)
            context |= answer
    return render(request, "people/import.html", context, status=422 if form.errors else status)


def _look(kind: str, by: User) -> str:
    """Where what an import made is found afterwards."""
    if kind == "teams":
        return _newest(roles.reach(by, Verb.TEAM_APPROVE, clock.now()))
    return f"{reverse(kind)}?sort=new"


def _tried(request: HttpRequest, kind: str, file: Any, by: User) -> dict[str, Any] | None:
    """The findings of the dry run, or None when the table was taken in."""
    now = clock.now()
    request.session.pop(IMPORTED + kind, None)
    sheet = imports.dry_run(kind, file, file.name, by=by, now=now)
    if sheet.faults or request.POST.get("do") != "import":
        return {"faults": sheet.faults, "right": len(sheet.rows), "tried": True}
    file.seek(0)
    count = imports.take_in(kind, file, file.name, by=by, now=now)
    request.session[IMPORTED + kind] = count
    return None


@login_required
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty spreadsheet to fill in."""
    by = _allowed(request, kind)
    answer = HttpResponse(imports.template(kind, by=by, now=clock.now()), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="kepu-{kind}.xlsx"'
    return answer


@login_required
def export(request: HttpRequest, kind: str, format: str) -> HttpResponseBase:
    """Teams or volunteers of the officer's place as a table; people are masked in it."""
    by = person_of(request)
    if kind not in imports.KINDS:
        raise Outside(_("there is no such page"))
    authorize(why_not_export(by, kind, clock.now()))
    return exports.answer(request, kind, format, reverse("people-desk"))


def _allowed(request: HttpRequest, kind: str) -> User:
    by = person_of(request)
    if kind not in imports.KINDS:
        raise Outside(_("there is no such page"))
    reason = why_not_import(by, kind, clock.now())
    if reason:
        raise NotAllowed(reason)
    return by
