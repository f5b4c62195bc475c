"""The interviewer's page, which works without a network, and what needs a person."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock, devices
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import BadInput, NotAllowed, Outside, Refusal, RuleBroken
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import spoken
from kepu.literacy.actions import interviewing as actions
from kepu.literacy.bridge import interviewing as bridge
from kepu.literacy.queries import interviewing as queries
from kepu.literacy.rules import interviewing as rules
from kepu.literacy.views.shapes import person_of
from kepu.ui import toasts


def _require_interviewer(person: User) -> None:
    if not queries.goes_to_doors(person, clock.now()):
        raise Outside(_("there is no such page"))


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """The page alone, with nothing of any address in it: it may lie on a device in clear."""
    person = person_of(request)
    _require_interviewer(person)
    context = {"person": person, "words": spoken.words(), "outcomes": spoken.outcomes()}
    return render(request, "literacy/interviews.html", context)


@login_required
def pack(request: HttpRequest) -> JsonResponse:
    """What the device takes along; it seals it before it lays it down."""
    person = person_of(request)
    _require_interviewer(person)
    return JsonResponse(bridge.pack(person, clock.now()), headers={"Cache-Control": "no-store"})


@login_required
@require_POST
def sync(request: HttpRequest) -> JsonResponse:
    """Take in what a device wrote down; each event is answered on its own.

    `held` is what the device has to keep: it could not even be written down here.
    """
    person = person_of(request)
    events = devices.events_in(request, "case_id")
    return JsonResponse({"events": [_answer(one, person) for one in events]})


def _answer(event: devices.Written, person: User) -> dict[str, str]:
    answer = {"uuid": str(event.uuid)}
    try:
        kept = actions.receive(_sent(event), by=person, now=clock.now())
    except (BadInput, Outside, RuleBroken) as refusal:
        return answer | {"outcome": "held", "reason": refusal.reason}
    return answer | {"outcome": kept.taking, "reason": kept.reason}


def _sent(event: devices.Written) -> actions.Sent:
    return actions.Sent(
        uuid=event.uuid,
        kind=event.kind,
        case_id=event.about,
        device_time=event.device_time,
        data=event.data,
        schema=event.schema,
    )


# --- what needs a person --------------------------------------------------------------------------


@login_required
def stuck(request: HttpRequest) -> HttpResponse:
    """What devices sent and could not be taken in, with what it says and why not."""
    person, now = person_of(request), clock.now()
    if not roles.holds(person, Verb.SURVEY_SUPERVISE, now=now):
        raise Outside(_("there is no such page"))
    rows, pager = one_page(request, queries.needing_a_person(person, now))
    shown = [(one, spoken.told(one), rules.why_not_settle_as(person, one, now)) for one in rows]
    context = {"rows": shown, "pager": pager, "now": now, "kinds": spoken.kind_of}
    return render(request, "literacy/interviews_stuck.html", context)


@login_required
@require_POST
def settle(request: HttpRequest, event_id: int, verb: str) -> HttpResponse:
    """Take it in anyway, or set it aside and say why."""
    person, now = person_of(request), clock.now()
    if queries.event_of(person, event_id, now) is None:
        raise Outside(_("there is no such event"))
    try:
        if verb == "take":
            actions.take_anyway(event_id, by=person, now=now)
        elif verb == "aside":
            reason = request.POST.get("reason", "")
            actions.set_aside(event_id, reason=reason, by=person, now=now)
        else:
            raise Http404
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.reason)
    else:
        toasts.say(request, _("Settled."))
    return redirect("interviews-stuck")
