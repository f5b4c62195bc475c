"""Calls for volunteers: by area and skill; everybody reads, volunteers answer, officers see who comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside, authorize
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import campaigns as actions
from kepu.people.models import Call
from kepu.people.office_forms import CallForm
from kepu.people.queries import campaigns as queries
from kepu.people.registers import CALLS
from kepu.people.rules import campaigns as rules
from kepu.people.rules.oneself import why_not_as_child
from kepu.people.views.shapes import (
    child_named,
    children_of,
    form_page,
    office_of,
    person_of,
    reach_of,
    somebody,
)
from kepu.ui import toasts

MOST_SHOWN = 500
OWN = ("answer", "decline", "withdraw")  # what one says for oneself, or for a child in one's care
VERBS: dict[str, tuple[Callable[..., Any], Promise]] = {
    "answer": (actions.answer_call, lazy("Thank you. You are counted in.")),
    "decline": (actions.decline_call, lazy("Thank you for telling. You can still say yes.")),
    "withdraw": (actions.withdraw_answer, lazy("You are no longer counted in.")),
    "close": (actions.close_call, lazy("The call has ended.")),
}


def listed(request: HttpRequest) -> HttpResponse:
    """Calls for volunteers, the next deadline first."""
    now, person = clock.now(), somebody(request)
    form, _asked, found, bar = read(request, CALLS)
    calls, pager = one_page(request, found)
    reach, children = reach_of(request, Verb.CAMPAIGN_RUN), children_of(person, now)
    context = {
        "form": form,
        "bar": bar,
        "rows": [
            {
                **_row(call, person, now),
                "runs": reach.covers(call.path),
                "children": [(child, _row(call, child, now)) for child in children],
            }
            for call in calls
        ],
        "pager": pager,
        "person": person,
        "young": why_not_as_child(person, now) if person else None,
        "may_call": bool(reach.paths),
        "now": now,
    }
    return render(request, "people/calls.html", context)


def _row(call: Call, person: User | None, now: datetime) -> dict[str, Any]:
    """A call as this reader meets it."""
    if person is None:
        return {"call": call, "answered": False, "said_no": False, "why_not": None}
    return {
        "call": call,
        "answered": queries.answer_of(call, person) is not None,
        "said_no": queries.said_no(call, person),
        "why_not": rules.why_not_answer(call, person, now),
    }


@login_required
@require_POST
def act(request: HttpRequest, call_id: int, verb: str) -> HttpResponse:
    """Say yes or no to a call, take a yes back, or end the call."""
    call = queries.call(call_id)
    if verb not in VERBS:
        raise Outside(_("there is no such call"))
    action, words = VERBS[verb]
    by, now = person_of(request), clock.now()
    child = child_named(request.POST.get("ward", ""), by, now) if verb in OWN else None
    action(call.pk, by=by, now=now, **({"for_whom": child} if child else {}))
    toasts.say(request, str(words))
    return redirect("call", call.pk) if verb == "close" else redirect("calls")


@login_required
def show(request: HttpRequest, call_id: int) -> HttpResponse:
    """For the officers of the place: who comes, who does not, how many could."""
    by, now, call = person_of(request), clock.now(), queries.call(call_id)
    authorize(rules.why_not_run(by, call.path, now))
    answers = call.answers.select_related("person__volunteer")
    context = {
        "call": call,
        "skills": call.skills.all(),
        "coming": answers.filter(coming=True, withdrawn_at__isnull=True)[:MOST_SHOWN],
        "not_coming": answers.filter(coming=False).count(),
        "answered": queries.answered(call),
        "fitting": queries.fitting(call).count(),
        "why_not_close": rules.why_not_close(call),
        "now": now,
    }
    return render(request, "people/call.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Call for volunteers."""
    office_of(request, Verb.CAMPAIGN_RUN, _("only an officer of this place may do this"))

    def act(data: dict[str, Any]) -> HttpResponse:
        call = actions.call_for_volunteers(by=person_of(request), now=clock.now(), **data)
        toasts.say(request, _("The call stands on the page of calls from now on."))
        return redirect("call", call.pk)

    return form_page(
        request, CallForm(request.POST or None), act,
        title=_("Call for volunteers"), back=reverse("calls"), submit=_("Send the call out"),
    )  # fmt: skip
