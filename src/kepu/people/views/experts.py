"""Experts: their own page, made for a telephone, and the pool as the city sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from kepu.people import policy
from kepu.people.actions import experts as actions
from kepu.people.actions import joining
from kepu.people.availability import halves_of
from kepu.people.forms import HalfDay, ReasonForm
from kepu.people.models import Duty, Expert
from kepu.people.office_forms import ConsentForm, ExpertWeekForm, InviteForm
from kepu.people.queries import experts as queries
from kepu.people.queries import experts_records as records
from kepu.people.registers import EXPERTS
from kepu.people.rules import experts as rules
from kepu.people.states import EXPERT, ExpertState, Speech
from kepu.people.views.experts_records import kept, own_entry
from kepu.people.views.shapes import form_page, office_of, person_of, reach_of
from kepu.ui import toasts

SHOWN = 50
STATE_TONES = {
    "active": "success", "invited": "information", "applied": "information", "paused": "warning",
}  # fmt: skip
VERB_WORDS = {
    "withdraw": lazy("Take the application back"),
    "pause": lazy("Take no new duties for now"),
    "resume": lazy("Take duties again"),
    "leave": lazy("Stop being an expert"),
    "decline": lazy("Say no"),
}

# --- the expert -----------------------------------------------------------------------------------


@login_required
def me(request: HttpRequest) -> HttpResponse:
    """An invitation or an application; then what I know, when I am free, what I carry, my bonds."""
    expert, now = queries.expert_of(person_of(request)), clock.now()
    context: dict[str, Any] = {"expert": expert, "now": now, "today": clock.day(now)}
    if expert is not None:
        context |= {
            **_about(expert, records.OWN),
            "consent": ConsentForm(),
            "consent_text": policy.experts(now).consent.text,
            "why_not_apply": rules.why_not_apply(expert, consent=True),
            "due": rules.due(expert, clock.day(now)),
            "fee": records.masked_fee(expert),
            "verbs": [(v, VERB_WORDS[v]) for v in EXPERT.verbs(expert.state) if v in OWN],
        }
    return render(request, "people/expert_me.html", context)


def _about(expert: Expert, sight: records.Sight) -> dict[str, Any]:
    """What the expert and the officers both see; people that the record names as far as each may."""
    return {
        "fields": expert.fields.all(),
        "spoken": [Speech(code).label for code in expert.languages],
        "load": queries.load(expert),
        "duties": [_duty(one, sight) for one in queries.duties(expert)[:SHOWN]],
        "employments": expert.employments.select_related("organisation"),
        "titles": expert.titles.all(),
        "works": records.works(expert, sight),
        "conflicts": records.declared(expert, sight),
        "free": [HalfDay(half) for half in halves_of(expert.availability)],
    }


def _duty(one: Duty, sight: records.Sight) -> tuple[Duty, str, str]:
    """What a duty is called; which application or item it is, the expert alone is led to."""
    words, page = DUTIES.get(one.source, (_("a duty"), ""))
    own = sight is records.OWN and page and one.until is None
    return one, str(words), reverse(page, args=[one.source_id]) if own else ""


DUTIES = {  # rooms that ask experts, by the name they give their duties, and the page of each
    "appraisal.review": (lazy("Review of an application"), "appraisal-review"),
    "literacy.review": (lazy("Review of an item"), "item-review"),
}
OWN: dict[str, Callable[..., Any]] = {
    "withdraw": joining.withdraw,
    "decline": actions.decline,
    "pause": actions.pause,
    "resume": actions.resume,
    "leave": actions.leave,
}


@login_required
@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Answer the invitation, hand an application in, confirm the record; pause, go on, or leave."""
    by, now = person_of(request), clock.now()
    expert, agreed = own_entry(request), request.POST.get("consent") == "on"
    if verb == "agree":
        actions.accept(expert.pk, consent=agreed, by=by, now=now)
        toasts.say(request, _("Thank you. The city will let you begin."))
    elif verb == "apply":
        joining.apply(expert.pk, consent=agreed, by=by, now=now)
        toasts.say(request, _("Handed in. You hear of the answer here and by a notice."))
    elif verb == "confirm":
        joining.confirm(expert.pk, by=by, now=now)
        toasts.say(request, _("Confirmed. Thank you."))
    elif verb in OWN:
        OWN[verb](expert.pk, by=by, now=now)
        toasts.say(request, _("Done."))
    else:
        raise Outside(_("there is no such page"))
    return redirect("expert-me")


@login_required
def week(request: HttpRequest) -> HttpResponse:
    """Say when one is free and how much one carries."""
    expert = own_entry(request)
    start = {"availability": expert.availability, "most_duties": expert.most_duties}
    form = ExpertWeekForm(request.POST or None, initial=start)
    return kept(request, form, actions.update_availability, title=_("When I am free"))


# --- the city -------------------------------------------------------------------------------------


def _office(request: HttpRequest) -> Reach:
    refusal = _("only officers who answer applications of experts have this page")
    return office_of(request, Verb.EXPERT_ADMIT, refusal)


def _city(request: HttpRequest) -> Reach:
    return office_of(request, Verb.EXPERT_INVITE, _("only a city officer may invite experts"))


@login_required
def pool(request: HttpRequest) -> HttpResponse:
    """Experts by discipline, those with the least on their desk first."""
    form, _asked, found, bar = read(request, EXPERTS)
    rows, pager = one_page(request, found)
    return render(request, "people/experts.html", {
        "form": form, "bar": bar, "rows": rows, "pager": pager, "tones": STATE_TONES,
        "today": clock.day(clock.now()),
        "may_invite": bool(reach_of(request, Verb.EXPERT_INVITE).paths),
    })  # fmt: skip


@login_required
def show(request: HttpRequest, expert_id: int) -> HttpResponse:
    """One expert: disciplines, where they work, whom they are bound to, what they carry."""
    expert, now, by = _seen(request, expert_id), clock.now(), person_of(request)
    city = rules.why_not_invite_as(by, expert.path, now) is None
    context = {
        "expert": expert, **_about(expert, records.CITY if city else records.OFFICE),
        "now": now, "city": city,
        "due": rules.due(expert, clock.day(now)),
        "why_not_admit": rules.why_not_admit(by, expert, now) or "",
    }  # fmt: skip
    return render(request, "people/expert.html", context)


@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """Ask somebody to be an expert; again after a no or a leave."""
    _city(request)

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


@login_required
@require_POST
def admit(request: HttpRequest, expert_id: int) -> HttpResponse:
    """Take an applicant into the register."""
    expert = _seen(request, expert_id)
    joining.admit(expert.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("The applicant is in the register now, and hears of it."))
    return redirect("expert", expert.pk)


@login_required
def refuse(request: HttpRequest, expert_id: int) -> HttpResponse:
    """Do not take an applicant, and say why."""
    expert = _seen(request, expert_id)

    def act(data: dict[str, Any]) -> HttpResponse:
        joining.refuse(expert.pk, by=person_of(request), now=clock.now(), **data)
        toasts.say(request, _("Not taken. The applicant reads your reason and may apply anew."))
        return redirect("expert", expert.pk)

    return form_page(
        request, ReasonForm(request.POST or None), act, title=_("Do not take this applicant"),
        back=reverse("expert", args=[expert.pk]), submit=_("Send the answer"),
    )  # fmt: skip


def _seen(request: HttpRequest, expert_id: int) -> Expert:
    """An expert of the officer's own area; others, and drafts, do not exist for the officer."""
    reach, expert = _office(request), queries.expert(expert_id)
    if expert.state == ExpertState.DRAFT or not reach.covers(expert.path):
        raise Outside(_("there is no such expert"))
    return expert
