"""Calls: for everybody to read, for secretaries to keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kepu.appraisal import queries, rules
from kepu.appraisal.actions import calls as actions
from kepu.appraisal.forms.calls import CallForm, places_of
from kepu.appraisal.models import Call
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.states import ApplicationCallState, ApplicationState
from kepu.appraisal.views.rim import TONES, form_page, number, person_of, somebody
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import toasts
from kepu.ui.cards import NumberTile


def listed(request: HttpRequest) -> HttpResponse:
    """Calls that take applications now, then all there have been."""
    person, now = somebody(request), clock.now()
    past, pager = one_page(
        request, queries.calls.public().exclude(pk__in=queries.calls.taking(now))
    )
    context = {
        "taking": [(one, queries.calls.programme(one)) for one in queries.calls.taking(now)],
        "past": [(one, queries.calls.programme(one)) for one in past],
        "pager": pager,
        "tones": TONES,
        "now": now,
        "has_desk": queries.applications.has_desk(person, now),
    }
    return render(request, "appraisal/calls.html", context)


def show(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call: what is judged, who may apply, by which rubric and steps; and what stands where."""
    person, now = somebody(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    programme = queries.calls.programme(call)
    keeps = queries.calls.keeps(call, person, now)
    counts = queries.calls.counts(call)
    context = {
        "call": call,
        "programme": programme,
        "tones": TONES,
        "now": now,
        "why_not_take": rules.calls.why_not_take(call, now),
        "why_not_nominate": _why_not_nominate(call, programme, person, now),
        "tiles": _tiles(call, counts) if keeps else [],
        "asked_public": queries.ballots.public_vote(call) is not None,
        "noticed": counts.get(ApplicationState.NOTICED, 0)
        + counts.get(ApplicationState.OBJECTED, 0),
        "keeps": rules.calls.why_not_keep(person, call, now) is None,
        "fees": programme.reviewing is not None and queries.fees.reads(person, call, now),
        "draft": call.state == ApplicationCallState.DRAFT,
        "why_not_open": rules.calls.why_not_open(call, call.version, now),
        "why_not_finish": rules.calls.why_not_finish(call),
        "why_not_notice": rules.deciding.why_not_notice(call),
        "weighable": keeps and queries.judging.is_weighable(call),
        "weighing": queries.judging.at_work(call) if keeps else None,
        "judgements": list(queries.judging.of_call(call)) if keeps else [],
        "oversees": keeps,
        "meetings": list(queries.meetings.of_call(call)) if keeps else [],
        "why_not_plan": rules.meetings.why_not_begin_plan(call, programme) if keeps else None,
        "proposed": counts.get(ApplicationState.PROPOSED, 0),
        "forwarded": counts.get(ApplicationState.PUT_FORWARD, 0),
    }
    return render(request, "appraisal/call.html", context)


def _why_not_nominate(
    call: Call, programme: Programme, person: User | None, now: datetime
) -> str | None:
    """Why the reader can put nobody forward here; who has not signed in is asked to first."""
    if person is None or not programme.nominated:
        return None
    units = queries.applications.units_of(person, now)
    hands = rules.nominating.why_not_by_each_hand(call, programme, person, units, now)
    return rules.nominating.why_not_by_any_hand(hands)


def _tiles(call: Call, counts: dict[str, int]) -> list[NumberTile]:
    """How many applications stand where, each leading to them."""
    desk = reverse("application-desk")
    return [
        NumberTile(
            str(state.label), str(counts[state]), ngettext("application", "applications", counts[state]),
            href=f"{desk}?call={call.pk}&state={state.value}",
        )
        for state in ApplicationState
        if counts.get(state)
    ]  # fmt: skip


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Calls that the reader keeps, drafts among them."""
    person, now = person_of(request), clock.now()
    if not (
        roles.holds(person, Verb.APPRAISAL_KEEP, now=now)
        or roles.holds(person, Verb.APPRAISAL_DECIDE, now=now)
    ):
        raise NotAllowed(_("only secretaries of calls have this page"))
    rows, pager = one_page(request, queries.calls.kept_by(person, now))
    context = {
        "rows": [(one, queries.calls.programme(one), queries.calls.counts(one)) for one in rows],
        "pager": pager,
        "tones": TONES,
        "now": now,
        "makes": bool(roles.reach(person, Verb.APPRAISAL_KEEP, now)),
    }
    return render(request, "appraisal/call_desk.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Prepare a call; it opens from its page."""
    person, now = person_of(request), clock.now()
    reach = roles.reach(person, Verb.APPRAISAL_KEEP, now)
    if not reach:
        raise NotAllowed(_("only secretaries of calls have this page"))

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.make(data.pop("programme"), data.pop("place"), by=person, now=now, **data)
        toasts.say(request, _("Kept as a draft. Look through it, then open it."))
        return redirect("appraisal-call", made.pk)

    form = CallForm(
        request.POST or None, places=places_of(reach.paths), now=now,
        initial={"programme": request.GET.get("programme", "")},
    )  # fmt: skip
    return form_page(
        request, form, act, title=_("Prepare a call"), back=reverse("appraisal-call-desk"),
        submit=_("Keep the draft"),
    )  # fmt: skip


@login_required
@require_POST
def open_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """Publish the call."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    actions.open_call(call.pk, seen=number(request.POST.get("version")), by=person, now=now)
    toasts.say(request, _("The call is public. It takes applications from its first day on."))
    return redirect("appraisal-call", call.pk)


@login_required
@require_POST
def finish(request: HttpRequest, call_id: int) -> HttpResponse:
    """End a call of which everything is decided."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    actions.finish(call.pk, by=person, now=now)
    toasts.say(request, _("The call is finished."))
    return redirect("appraisal-call", call.pk)


@login_required
@require_POST
def cancel(request: HttpRequest, call_id: int) -> HttpResponse:
    """Take back a call that nobody applied in."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    actions.cancel(call.pk, by=person, now=now)
    toasts.say(request, _("The call was cancelled."))
    return redirect("appraisal-call-desk")
