"""Stars to recognise: a list for the level that the rulebook names, and the button."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts import masks
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import NotAllowed, Outside
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import records
from kepu.people.queries import stars
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules.records import why_not_recognise_as
from kepu.people.rules.volunteers import why_not_see_record
from kepu.people.views.shapes import person_of
from kepu.ui import formats, toasts


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Volunteers who have earned a star that the reader may recognise; names are masked."""
    by, now = person_of(request), clock.now()
    if not roles.reach(by, Verb.TEAM_APPROVE, now).paths:
        raise NotAllowed(_("only officers who approve teams recognise stars"))
    rows, pager = one_page(request, stars.to_recognise(by, now))
    shown = [(one, masks.name(one.person.name), formats.hours(one.minutes)) for one in rows]
    context = {"rows": shown, "pager": pager}
    return render(request, "people/stars.html", context)


@login_required
@require_POST
def recognise(request: HttpRequest, person_id: int, star: int) -> HttpResponse:
    """Recognise a star that the hours have earned.

    A wider level does so without reading the record, and comes back to the list.
    """
    person = User.objects.filter(pk=person_id).first()
    by, now = person_of(request), clock.now()
    volunteer = volunteer_of(person) if person else None
    if person is None or volunteer is None:
        raise Outside(_("there is no such record"))
    unseen = why_not_see_record(by, person, now)
    if unseen and why_not_recognise_as(by, volunteer, star, now):
        raise Outside(_("there is no such record"))
    records.recognise_star(person, star=star, by=by, now=now)
    toasts.say(request, _("Star %(star)s is recognised.") % {"star": star})
    if unseen or request.POST.get("from") == "list":
        return redirect("stars")
    return redirect("person-record", person_id=person_id)
