"""Field inspections in the office: who is to be inspected, who goes, what they found, the report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from kepu.appraisal import inspection_report, queries, rules
from kepu.appraisal.actions import inspections as actions
from kepu.appraisal.forms.inspections import ClosingForm, InspectionForm
from kepu.appraisal.inspection_pack import in_words
from kepu.appraisal.inspection_states import INSPECTION, InspectionState
from kepu.appraisal.models import Application, Call, Inspection, InspectionPhoto, Title
from kepu.appraisal.queries import inspections as found_by
from kepu.appraisal.queries import reviewing as reviews
from kepu.appraisal.queries import titles
from kepu.appraisal.views.rim import form_page, number, person_of
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside, authorize, require
from kepu.kernel.files import shown
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import toasts

S = InspectionState
TONES = {
    S.HANDED_IN: "accent",
    S.SENT_BACK: "warning",
    S.COUNTERSIGNED: "success",
    S.CANCELLED: "plain",
}
SIDES = {"small": 320, "large": 1600}
OFFERED = 40  # experts to choose from, and officers
DAYS = 14  # of a visit, until somebody says otherwise


# --- a call -----------------------------------------------------------------------------------------


@login_required
def of_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """Applications that are to be inspected, and how far each is."""
    person, now = person_of(request), clock.now()
    call = reviews.kept(call_id, person, now)
    programme = queries.calls.programme(call)
    if programme.inspection is None:
        raise Outside(_("this programme asks for no field inspection"))
    found = queries.applications.of_call(call, states=(*rules.inspections.INSPECTABLE, *LATER))
    shut = reviews.shut(call, person, now)
    rows, pager = one_page(request, found.exclude(pk__in=shut))
    wanted, made = found_by.wanted(call, rows), found_by.newest(rows)
    context = {
        "call": call, "programme": programme, "pager": pager, "tones": TONES, "now": now,
        "rows": [
            (one, queries.applications.name_of(one), wanted[one.pk], made.get(one.pk))
            for one in rows
        ],
        "draw": found_by.draw_of(call),
        "why_not_draw": rules.inspections.why_not_draw(call, programme, now),
    }  # fmt: skip
    return render(request, "appraisal/inspection_call.html", context)


A = queries.inspections.A
LATER = (A.PROPOSED, A.NOTICED, A.OBJECTED, A.PUT_FORWARD, A.NAMED)


@login_required
@require_POST
def draw(request: HttpRequest, call_id: int) -> HttpResponse:
    """Draw which applications are inspected."""
    person, now = person_of(request), clock.now()
    call: Call = reviews.kept(call_id, person, now)
    actions.draw(call.pk, by=person, now=now)
    toasts.say(request, _("Drawn. Anybody can work it out again from the seed."))
    return redirect("appraisal-inspections", call.pk)


# --- ordering ---------------------------------------------------------------------------------------


@login_required
def of_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Send inspectors to an applicant."""
    person, now = person_of(request), clock.now()
    one: Application = queries.applications.seen(application_id, person, now)
    return _order(request, one, reverse("appraisal-inspections", args=[one.call_id]), person, now)


@login_required
def of_title(request: HttpRequest, number: str) -> HttpResponse:
    """Send inspectors to the holder of a title, unannounced."""
    person, now = person_of(request), clock.now()
    one = titles.seen(number)
    return _order(request, one, reverse("title", args=[one.number]), person, now)


def _order(
    request: HttpRequest, about: Application | Title, back: str, person: User, now: datetime
) -> HttpResponse:
    authorize(rules.inspections.why_not_order_as(person, about, now))
    if isinstance(about, Title):
        programme, name = titles.programme_of(about), titles.full_name(about)
        order: Callable[..., Inspection] = actions.order_of_title
    else:
        programme, name = queries.calls.programme(about.call), queries.applications.name_of(about)
        order = actions.order_of_application
    today = clock.day(now)
    last = today + timedelta(days=DAYS)
    require(rules.inspections.why_not_order(about, programme, today, last, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        made = order(
            about.pk, data["people"], first=data["first"], last=data["last"], by=person, now=now
        )
        toasts.say(request, _("Assigned. The inspectors were told."))
        return redirect("inspection", made.pk)

    form = InspectionForm(
        request.POST or None, people=_people(about, now), initial={"first": today, "last": last}
    )
    title = _("Field inspection: %(name)s") % {"name": name}
    return form_page(request, form, act, title=title, back=back, submit=_("Assign the inspectors"))


def _people(about: Application | Title, now: datetime) -> list[tuple[int, str]]:
    """Who may go: officers of the place, then experts, each with what they are."""
    application = about.application if isinstance(about, Title) else about
    on = clock.day(now)
    pool = (
        [pk for pk, why in rules.inspections.beside(application, on) if not why]
        if application
        else []
    )
    invited = User.objects.filter(expert__in=pool[:OFFERED]).order_by("pk")
    named = [
        *((one, _("officer")) for one in _officers(about, now)),
        *((one, pgettext("inspector", "expert")) for one in invited),
    ]
    found = {one.pk: f"{one.name} · {what}" for one, what in reversed(named)}
    people = [one for one, _what in named]
    refused = rules.inspections.why_not_each(people, about, now)
    may = {one.pk: found[one.pk] for one in people if refused[one.pk] is None}
    return list(may.items())


def _officers(about: Application | Title, now: datetime) -> list[User]:
    seat = titles.seat(about) if isinstance(about, Title) else about.call.path
    places = (
        (Verb.APPRAISAL_RECOMMEND, about.path), (Verb.APPRAISAL_KEEP, seat),
        (Verb.APPRAISAL_DECIDE, seat),
    )  # fmt: skip
    found = [roles.nearest_holders(verb, now=now, path=path) for verb, path in places]
    return [one for some in found for one in some][:OFFERED]


# --- one inspection ---------------------------------------------------------------------------------


@login_required
def show(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """What was found, item by item, where the inspectors differ, and what is missed."""
    person, now = person_of(request), clock.now()
    one = found_by.seen(inspection_id, person, now)
    why_not = rules.inspections.why_not_oversee(person, one, now)
    rows = found_by.rows(one)
    context = {
        "inspection": one, "name": found_by.name(one), "programme": found_by.programme(one),
        "tone": TONES.get(S(one.state), "information"), "now": now,
        "inspectors": one.inspectors.select_related("person"),
        "rows": [(row, _found(row)) for row in rows],
        "missed": [row.check for row in rows if row.fails],
        "differing": sum(row.differs for row in rows),
        "refused": found_by.refused(one)[:50],
        "verbs": [] if why_not else INSPECTION.verbs(one.state),
        "back": _subject(one),
    }  # fmt: skip
    return render(request, "appraisal/inspection.html", context)


def _found(row: found_by.Row) -> list[tuple[str, str, str]]:
    """What each inspector noted: name, value, remark."""
    return [
        (
            who.person.name, in_words(row.check, found.value if found else None),
            found.note if found else "",
        )
        for who, found in row.found
    ]  # fmt: skip


def _subject(one: Inspection) -> tuple[str, str]:
    if one.title is not None:
        return reverse("title", args=[one.title.number]), one.title.number
    assert one.application is not None  # noqa: S101 (held by the database)
    return reverse("application", args=[one.application_id]), one.application.code


@login_required
@require_POST
def countersign(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Take the report into the record."""
    person, now = person_of(request), clock.now()
    one = found_by.seen(inspection_id, person, now)
    seen = number(request.POST.get("version"))
    actions.countersign(one.pk, seen=seen, by=person, now=now)
    toasts.say(request, _("Countersigned. What follows from it, people decide."))
    return redirect("inspection", one.pk)


@login_required
def close(request: HttpRequest, inspection_id: int, verb: str) -> HttpResponse:
    """Send the report back, or call the visit off, with a reason."""
    person, now = person_of(request), clock.now()
    one = found_by.seen(inspection_id, person, now)
    if verb not in CLOSING:
        raise Http404
    do, words, said = CLOSING[verb]
    authorize(rules.inspections.why_not_oversee(person, one, now))
    require(rules.inspections.why_not_close(one, do.__name__, "-", one.version))

    def act(data: dict[str, Any]) -> HttpResponse:
        do(one.pk, words=data["words"], seen=data["version"], by=person, now=now)
        toasts.say(request, str(said))
        return redirect("inspection", one.pk)

    form = ClosingForm(request.POST or None, initial={"version": one.version})
    back = reverse("inspection", args=[one.pk])
    return form_page(
        request, form, act, title=f"{words}: {found_by.name(one)}", back=back, submit=str(words)
    )


CLOSING = {
    "send-back": (
        actions.send_back,
        lazy("Send it back"),
        lazy("Sent back. The inspectors were told."),
    ),
    "cancel": (
        actions.cancel,
        lazy("Call the visit off"),
        lazy("Called off. The inspectors were told."),
    ),
}


@login_required
@require_safe
def picture(request: HttpRequest, photo_id: int, size: str) -> HttpResponse:
    """A photograph as a JPEG of the asked size, for those who see the inspection."""
    person, now = person_of(request), clock.now()
    photo = InspectionPhoto.objects.filter(pk=photo_id).select_related("inspector", "file").first()
    if photo is None or size not in SIDES:
        raise Http404
    found_by.seen(photo.inspector.inspection_id, person, now)
    try:
        drawn = shown.small(photo.file.sha256, SIDES[size])
    except FileNotFoundError:
        raise Http404 from None
    answer = HttpResponse(drawn, content_type="image/jpeg")
    answer["Cache-Control"] = "private, no-cache"
    return answer


@login_required
@require_safe
def report(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """The report with its photographs as PDF, for those who see the inspection."""
    person, now = person_of(request), clock.now()
    one = found_by.seen(inspection_id, person, now)
    drawn = inspection_report.pdf(one, now=now)
    answer = HttpResponse(drawn, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="inspection-{one.pk}.pdf"'
    return answer
