"""Nominations, figures from the ledgers, and lists of who was named."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kepu.appraisal import documents, queries, rules
from kepu.appraisal.actions import ledgers as taking
from kepu.appraisal.actions import nominating as actions
from kepu.appraisal.award_registers import CEREMONY, TALENTS
from kepu.appraisal.forms.applications import StartForm
from kepu.appraisal.forms.awards import NominateForm
from kepu.appraisal.models import CallNomination
from kepu.appraisal.programme.schema import Subject
from kepu.appraisal.states import CallNominationState
from kepu.appraisal.views.applications import applicant_of
from kepu.appraisal.views.rim import form_page, person_of
from kepu.kernel import clock
from kepu.kernel.errors import require
from kepu.kernel.exports import actions as exports
from kepu.kernel.registers import Register, one_page, read
from kepu.ui import toasts
from kepu.venues import queries as venues


@login_required
def nominate(request: HttpRequest, call_id: int) -> HttpResponse:
    """Put somebody forward; what comes back is an address to hand on."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    programme = queries.calls.programme(call)
    units = queries.applications.units_of(person, now)
    hands = rules.nominating.why_not_by_each_hand(call, programme, person, units, now)
    require(rules.nominating.why_not_by_any_hand(hands))
    able = [hand for hand, why_not in hands if why_not is None]

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.nominate(call.pk, by=person, now=now, **data)
        toasts.say(request, _("Nominated. Hand the address below to your nominee."))
        return redirect("call-nomination", made.key)

    return form_page(
        request, NominateForm(
            request.POST or None, programme=programme, alone=None in able,
            units=units.filter(pk__in=[one.pk for one in able if one]),
        ), act,
        title=_("Nominate: %(call)s") % {"call": call.title},
        back=reverse("appraisal-call", args=[call.pk]), submit=_("Nominate"),
    )  # fmt: skip


@login_required
def nomination(request: HttpRequest, key: str) -> HttpResponse:
    """One nomination: for its nominator an address to hand on, for whoever was given it the answer."""
    person, now = person_of(request), clock.now()
    one = queries.awards.by_key(key)
    programme = queries.calls.programme(one.call)
    kept = venues.standing_of(person, now) if programme.subject is Subject.VENUE else []
    form = StartForm(
        request.POST or None, programme=programme, initial={"klass": one.klass},
        venues=[(house.pk, house.name) for house in kept],
        units=queries.applications.units_of(person, now),
    )  # fmt: skip

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.agree(
            one.key, applicant_of(person, programme, data, now), by=person, now=now
        )
        toasts.say(request, _("Kept as a draft. Fill it in and hand it in before the call closes."))
        return redirect("application-edit", made.pk)

    own = one.by_id == person.pk
    asked = one.state == CallNominationState.ASKED
    why_not = rules.nominating.why_not_answer(one, "agree", now) if asked else ""
    return form_page(
        request, form, act, nomination=one, own=own, asked=asked, why_not=why_not, now=now,
        said=one.said if own or asked else {}, by=_by(one),
        address=request.build_absolute_uri(reverse("call-nomination", args=[one.key])),
        template="appraisal/nomination.html",
    )  # fmt: skip


def _by(one: CallNomination) -> str:
    return one.organisation.name if one.organisation else one.by.name


@login_required
@require_POST
def turn_down(request: HttpRequest, key: str) -> HttpResponse:
    """Decline a nomination."""
    actions.turn_down(key, by=person_of(request), now=clock.now())
    toasts.say(request, _("Declined. Nothing is handed in."))
    return redirect("appraisal-calls")


@login_required
@require_POST
def take(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take the figures of the ledgers into an application."""
    person, now = person_of(request), clock.now()
    one = queries.applications.seen(application_id, person, now)
    taking.take(one.pk, by=person, now=now)
    toasts.say(request, _("Taken from the ledgers as they are now."))
    return redirect("application", one.pk)


@login_required
def ceremony(request: HttpRequest) -> HttpResponse:
    """Who is called up: titles of a programme and a year."""
    return _list(request, CEREMONY)


@login_required
@require_safe
def ceremony_file(request: HttpRequest) -> HttpResponse:
    """The same list as a Word file, to be laid out for the stage."""
    person, now = person_of(request), clock.now()
    table = CEREMONY.table(person, request.GET.urlencode(), now)
    exports.note_taken(CEREMONY.kind, rows=table.total, personal=True, by=person, now=now)
    answer = HttpResponse(
        documents.table(str(CEREMONY.title), table.headers, table.rows), content_type=documents.TYPE
    )
    answer["Content-Disposition"] = 'attachment; filename="ceremony.docx"'
    return answer


@login_required
def talents(request: HttpRequest) -> HttpResponse:
    """Holders of titles who agreed to stand in lists for talent programmes."""
    return _list(request, TALENTS)


def _list(request: HttpRequest, register: Register) -> HttpResponse:
    form, _asked, found, bar = read(request, register)
    rows, pager = one_page(request, found, 50)
    context = {
        "form": form, "bar": bar, "pager": pager, "register": register,
        "rows": [queries.awards.awarded(one) for one in rows],
        "address": reverse(register.page),
    }  # fmt: skip
    return render(request, "appraisal/award_list.html", context)


@login_required
@require_POST
def let_list(request: HttpRequest, number: str) -> HttpResponse:
    """Let one's title stand in lists for talent programmes, or take that back."""
    title = queries.titles.seen(number)
    agreed = bool(request.POST.get("agreed"))
    actions.let_stand_in_lists(title.pk, agreed=agreed, by=person_of(request), now=clock.now())
    toasts.say(request, _("Agreed.") if agreed else _("Taken back."))
    return redirect("my-titles")
