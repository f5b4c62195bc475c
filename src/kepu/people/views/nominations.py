"""Model volunteers 先进典型: put forward, reviewed, on public notice, named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import NotAllowed, Outside
from kepu.kernel.registers import one_page, part, read
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import campaigns as actions
from kepu.people.models import Nomination, Objection
from kepu.people.office_forms import NominationForm
from kepu.people.queries import campaigns as queries
from kepu.people.queries import objections
from kepu.people.queries.teams import teams_led
from kepu.people.registers import NOMINATIONS
from kepu.people.rules import campaigns as rules
from kepu.people.rules.objections import why_not_answer_as
from kepu.people.states import NOMINATION
from kepu.people.views.shapes import form_page, person_of, reach_of, somebody
from kepu.ui import toasts

MOST = 50
WORDS = {
    "pass": lazy("Find worthy"),
    "publish": lazy("Put on public notice"),
    "award": lazy("Name as a model"),
}
VERBS: dict[str, Callable[..., Any]] = {
    "pass": actions.pass_nomination,
    "publish": actions.publish_nomination,
    "award": actions.name_model,
}


def notice_board(request: HttpRequest) -> HttpResponse:
    """Model volunteers on public notice, and those who were named; anybody may object in time."""
    reader = somebody(request)
    shown, pages = part(request, queries.on_notice(), MOST, "notice")
    named, named_pages = part(request, queries.named_models(), MOST, "named")
    context = {
        "nominations": shown,
        "objected": objections.objected_to(reader, shown) if reader else set(),
        "pages": pages,
        "named": named,
        "named_pages": named_pages,
        "may_list": bool(reach_of(request, Verb.CAMPAIGN_RUN).paths),
        "now": clock.now(),
    }
    return render(request, "people/notice_board.html", context)


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Everybody put forward in the officer's area, the newest first."""
    form, _asked, found, bar = read(request, NOMINATIONS)
    rows, pager = one_page(request, found)
    context = {"form": form, "bar": bar, "rows": rows, "pager": pager, "now": clock.now()}
    return render(request, "people/nominations.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Put somebody forward: officers in their place, leaders their own team."""
    by, now = person_of(request), clock.now()
    if not (reach_of(request, Verb.CAMPAIGN_RUN).paths or teams_led(by).exists()):
        raise NotAllowed(_("only officers and leaders of teams put somebody forward"))

    def act(data: dict[str, Any]) -> HttpResponse:
        nomination = actions.nominate(by=by, now=now, **data)
        toasts.say(request, _("Put forward. Somebody else reviews it."))
        return redirect("nomination", nomination.pk)

    form = NominationForm(request.POST or None, initial={"year": clock.day(now).year})
    return form_page(
        request, form, act, title=_("Put a model volunteer forward"), back=reverse("notice-board"),
        submit=_("Put forward"),
    )  # fmt: skip


@login_required
def show(request: HttpRequest, nomination_id: int) -> HttpResponse:
    """One candidate, and what this reader may do now; who nominated only looks on."""
    by, now = person_of(request), clock.now()
    nomination = _seen(by, nomination_id, now)
    context = {
        "one": nomination,
        "verbs": _verbs(by, nomination, now),
        "may_reject": _may(by, nomination, "reject", now),
        "objections": _objections(by, nomination, now),
        "now": now,
    }
    return render(request, "people/nomination.html", context)


def _objections(
    by: User, nomination: Nomination, now: datetime
) -> list[tuple[Objection, str | None]]:
    """What was said against the candidate, for who reviews; never for the candidate or nominator."""
    if rules.why_not_review_as(by, nomination, now):
        return []
    return [(one, why_not_answer_as(by, one, now)) for one in objections.objections(nomination)]


def _verbs(by: User, nomination: Nomination, now: datetime) -> list[tuple[str, Any, str | None]]:
    """What comes next, in words, each with the reason why this reader may not do it now."""
    reason = rules.why_not_review_as(by, nomination, now)
    return [
        (verb, WORDS[verb], reason or (_not_yet(nomination, now) if verb == "award" else None))
        for verb in NOMINATION.verbs(nomination.state)
        if verb in WORDS
    ]


def _not_yet(nomination: Nomination, now: datetime) -> str | None:
    return rules.why_not_name(nomination, now)


def _may(by: User, nomination: Nomination, verb: str, now: datetime) -> bool:
    allowed = rules.why_not_review_as(by, nomination, now) is None
    return allowed and verb in NOMINATION.verbs(nomination.state)


@login_required
@require_POST
def act(request: HttpRequest, nomination_id: int, verb: str) -> HttpResponse:
    """Review, publish, name, or do not take up."""
    by, now = person_of(request), clock.now()
    nomination = _seen(by, nomination_id, now)
    if verb == "reject":
        reason = request.POST.get("reason", "")[:200]
        actions.reject_nomination(nomination.pk, reason=reason, by=by, now=now)
    elif verb in VERBS:
        VERBS[verb](nomination.pk, by=by, now=now)
    else:
        raise Outside(_("there is no such page"))
    toasts.say(request, _("Done."))
    return redirect("nomination", nomination.pk)


def _seen(by: User, nomination_id: int, now: datetime) -> Nomination:
    """For officers of the place and for who nominated; others do not know of it."""
    nomination = queries.nomination(nomination_id)
    if nomination.nominated_by_id != by.pk and rules.why_not_run(by, nomination.path, now):
        raise Outside(_("there is no such nomination"))
    return nomination
