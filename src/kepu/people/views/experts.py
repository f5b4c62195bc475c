"""Experts: their own page, made for a telephone, and the pool as the city sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.errors import Outside
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import experts as actions
from kepu.people.availability import halves_of
from kepu.people.forms import HalfDay
from kepu.people.models import Expert
from kepu.people.office_forms import (
    ConflictForm,
    ConsentForm,
    EmploymentForm,
    ExpertWeekForm,
    InviteForm,
)
from kepu.people.queries import experts as queries
from kepu.people.registers import EXPERTS
from kepu.people.states import EXPERT
from kepu.people.views.shapes import form_page, office_of, person_of
from kepu.ui import toasts

SHOWN = 50
STATE_TONES = {"active": "success", "invited": "information", "paused": "warning"}
VERB_WORDS = {
    "pause": lazy("Take no new duties for now"),
    "resume": lazy("Take duties again"),
    "leave": lazy("Stop being an expert"),
    "decline": lazy("Say no"),
}

# --- the expert -----------------------------------------------------------------------------------


@login_required
def me(request: HttpRequest) -> HttpResponse:
    """An invitation to answer; then what I know, when I am free, what I carry, whom I am bound to."""
    expert = queries.expert_of(person_of(request))
    context: dict[str, Any] = {"expert": expert, "now": clock.now()}
    if expert is not None:
        context |= {
            **_about(expert),
            "consent": ConsentForm(),
            "verbs": [(v, VERB_WORDS[v]) for v in EXPERT.verbs(expert.state) if v in OWN],
        }
    return render(request, "people/expert_me.html", context)


def _about(expert: Expert) -> dict[str, Any]:
    """What the expert and the city both see."""
    return {
        "fields": expert.fields.all(),
        "load": queries.load(expert),
        "duties": queries.duties(expert)[:SHOWN],
        "employments": expert.employments.select_related("organisation"),
        "conflicts": expert.conflicts.select_related("organisation", "person"),
        "free": [HalfDay(half) for half in halves_of(expert.availability)],
    }


OWN: dict[str, Callable[..., Any]] = {
    "decline": actions.decline,
    "pause": actions.pause,
    "resume": actions.resume,
    "leave": actions.leave,
}


@login_required
@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Answer the invitation, pause, go on, or leave."""
    by, now = person_of(request), clock.now()
    expert = _own(request)
    if verb == "agree":
        actions.accept(expert.pk, consent=request.POST.get("consent") == "on", by=by, now=now)
        toasts.say(request, _("Thank you. The city will let you begin."))
    elif verb in OWN:
        OWN[verb](expert.pk, by=by, now=now)
        toasts.say(request, _("Done."))
    else:
        raise Outside(_("there is no such page"))
    return redirect("expert-me")


@login_required
def week(request: HttpRequest) -> HttpResponse:
    """Say when one is free and how much one carries."""
    expert = _own(request)
    start = {"availability": expert.availability, "most_duties": expert.most_duties}
    form = ExpertWeekForm(request.POST or None, initial=start)
    return _kept(request, form, actions.update_availability, title=_("When I am free"))


@login_required
def employment(request: HttpRequest) -> HttpResponse:
    """State where one works or worked: the ground for most conflicts of interest."""
    form = EmploymentForm(request.POST or None)
    return _kept(request, form, actions.state_employment, title=_("Where I work or worked"))


@login_required
def conflict(request: HttpRequest) -> HttpResponse:
    """Declare a bond; what one judges then goes to somebody else."""
    form = ConflictForm(request.POST or None)
    return _kept(request, form, actions.declare_conflict, title=_("Declare a bond"))


def _kept(
    request: HttpRequest, form: forms.Form, action: Callable[..., Any], *, title: str
) -> HttpResponse:
    """A form of the expert's own page: what it says is kept."""
    expert = _own(request)

    def act(data: dict[str, Any]) -> HttpResponse:
        action(expert.pk, by=person_of(request), now=clock.now(), **data)
        toasts.say(request, _("Kept."))
        return redirect("expert-me")

    back = reverse("expert-me")
    return form_page(request, form, act, title=title, back=back, submit=_("Keep the changes"))


def _own(request: HttpRequest) -> Expert:
    expert = queries.expert_of(person_of(request))
    if expert is None:
        raise Outside(_("you have not been invited as an expert"))
    return expert


# --- the city -------------------------------------------------------------------------------------


def _office(request: HttpRequest) -> Reach:
    return office_of(request, Verb.EXPERT_INVITE, _("only a city officer may invite experts"))


@login_required
def pool(request: HttpRequest) -> HttpResponse:
    """Experts by discipline, those with the least on their desk first."""
    form, _asked, found, bar = read(request, EXPERTS)
    rows, pager = one_page(request, found)
    return render(request, "people/experts.html", {
        "form": form, "bar": bar, "rows": rows, "pager": pager, "tones": STATE_TONES,
    })  # fmt: skip


@login_required
def show(request: HttpRequest, expert_id: int) -> HttpResponse:
    """One expert: disciplines, where they work, whom they are bound to, what they carry."""
    expert = _seen(request, expert_id)
    context = {"expert": expert, **_about(expert), "now": clock.now()}
    return render(request, "people/expert.html", context)


@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """Ask somebody to be an expert; again after a no or a leave."""
    _office(request)

    def act(data: dict[str, Any]) -> HttpResponse:
        person, known = data.pop("person"), data.pop("fields_known")
        expert = actions.invite(
            person, fields=known, by=person_of(request), now=clock.now(), **data
        )
        toasts.say(request, _("Invited. The answer comes from the expert's own page."))
        return redirect("expert", expert.pk)

    return form_page(
        request, InviteForm(request.POST or None), act,
        title=_("Invite an expert"), back=reverse("experts"), submit=_("Send the invitation"),
    )  # fmt: skip


@login_required
@require_POST
def activate(request: HttpRequest, expert_id: int) -> HttpResponse:
    """Let an expert who agreed begin."""
    expert = _seen(request, expert_id)
    actions.activate(expert.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("The expert can be given duties now."))
    return redirect("expert", expert.pk)


def _seen(request: HttpRequest, expert_id: int) -> Expert:
    """An expert of the officer's own area; others do not exist for the officer."""
    reach, expert = _office(request), queries.expert(expert_id)
    if not reach.covers(expert.path):
        raise Outside(_("there is no such expert"))
    return expert
