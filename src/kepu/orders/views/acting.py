"""One order, what happened to it, and what can be done with it: the page and its verbs.

Every verb has one entry in VERBS: its words, its form, and the action it calls. The button, the
page with the form and the refusal all come from there and from `hints`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.here import place_of
from kepu.kernel.errors import Refusal, authorize
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles import verbs
from kepu.orders import (
    actions,
    candidates,
    cards,
    departments,
    evidence,
    privacy,
    queries,
    roster,
    rules,
    visits,
    whereabouts,
)
from kepu.orders import forms as shapes
from kepu.orders.hints import WHO, Hint, claim_hints, hints
from kepu.orders.models import Order
from kepu.orders.states import AT_THE_DESK, ENDED_UNSERVED, UNDER_WAY, OrderState
from kepu.orders.views import verb_forms
from kepu.people import queries as people
from kepu.ui import toasts


@dataclass(frozen=True)
class Verb:
    """How a verb is offered: the words on its button, what it asks for, and what it does."""

    label: Promise
    form: Callable[..., forms.Form]
    act: Callable[[Order, dict[str, Any], User, datetime], object]
    done: Promise
    kind: str = "quiet"
    means: Promise | str = ""  # beside the button, where its words could be taken for another's
    to_resident: Promise | str = ""  # the same, where the resident reads it
    then: str = ""  # a page to go on with, where the order's own has nothing more to say

    @property
    def asks(self) -> bool:
        """Whether anything must be typed; a verb that asks nothing is one press."""
        return self.form is not verb_forms.plain


VERBS: dict[str, Verb] = {
    "place": Verb(
        lazy("Send the order"), verb_forms.plain,
        lambda o, d, by, now: actions.place(o.pk, by=by, now=now),
        lazy("Sent. Your community will dispatch it."), "main",
    ),
    "dispatch": Verb(
        lazy("Dispatch to a department"), verb_forms.dispatch_form,
        lambda o, d, by, now: actions.dispatch(
            o.pk, department=d["department"], note=d["note"], station=d.get("station"), by=by,
            now=now,
        ),
        lazy("Dispatched."), "main",
    ),
    "merge": Verb(
        lazy("Merge with a like order"), verb_forms.merge_form,
        lambda o, d, by, now: actions.merge(o.pk, into_id=d["into"].pk, by=by, now=now),
        lazy("Merged. Its people were added to the other order."),
    ),
    "rehome": Verb(
        lazy("Take it to another venue"), verb_forms.rehome_form,
        lambda o, d, by, now: actions.rehome(o.pk, venue=d["venue"], by=by, now=now),
        lazy("It takes place at the other venue. The resident and the team are told."), "main",
    ),
    "accept": Verb(
        lazy("Accept"), verb_forms.plain, lambda o, d, by, now: actions.accept(o.pk, by=by, now=now),
        lazy("Accepted. Now open it to teams."), "main",
    ),
    "decline": Verb(
        lazy("Decline"), verb_forms.reason,
        lambda o, d, by, now: actions.decline(o.pk, reason=d["reason"], by=by, now=now),
        lazy("Declined. It is back with the dispatcher."),
    ),
    "open": Verb(
        lazy("Open it to teams"), verb_forms.plain,
        lambda o, d, by, now: actions.open_to_teams(o.pk, by=by, now=now),
        lazy("Opened. Teams that serve the place can claim it."), "main",
    ),
    "widen": Verb(
        lazy("Offer to neighbouring districts"), verb_forms.plain,
        lambda o, d, by, now: actions.widen(o.pk, by=by, now=now),
        lazy("Offered to neighbouring districts."),
    ),
    "schedule": Verb(
        lazy("Set the time"), verb_forms.schedule_form,
        lambda o, d, by, now: actions.schedule(o.pk, starts_at=d["starts_at"], by=by, now=now),
        lazy("The time is set. The receiving side is told."), "main",
    ),
    "check_in": Verb(
        lazy("Check in"), verb_forms.own(shapes.CheckInForm),
        lambda o, d, by, now: actions.check_in(o.pk, code=d["code"], by=by, now=now),
        lazy("You have checked in."), "main",
    ),
    "deliver": Verb(
        lazy("Report the visit"), verb_forms.deliver_form,
        lambda o, d, by, now: actions.deliver(
            o.pk, attended=d["attended"], note=d["note"], ended_at=d["ended_at"], by=by, now=now
        ),
        lazy("Reported. The resident is asked to rate it."),
    ),
    "report_no_show": Verb(
        lazy("The volunteers did not come"), verb_forms.plain,
        lambda o, d, by, now: actions.report_no_show(o.pk, by=by, now=now),
        lazy("Noted. Your community will arrange another visit."),
    ),
    "rate": Verb(
        lazy("Rate the visit"), verb_forms.own(shapes.RateForm),
        lambda o, d, by, now: actions.rate(
            o.pk, stars=d["stars"], words=d["words"], by=by, now=now
        ),
        lazy("Thank you for rating."), "main",
    ),
    "answer": Verb(
        lazy("Answer the rating"), verb_forms.own(shapes.AnswerForm),
        lambda o, d, by, now: actions.answer(o.pk, words=d["words"], by=by, now=now),
        lazy("Answered."),
    ),
    "certify_hours": Verb(
        lazy("Certify volunteer hours"), verb_forms.plain,
        lambda o, d, by, now: actions.certify_hours(o.pk, by=by, now=now),
        lazy("Certified. The receiving side confirms them."),
    ),
    "confirm_hours": Verb(
        lazy("Confirm volunteer hours"), verb_forms.plain,
        lambda o, d, by, now: actions.confirm_hours(o.pk, by=by, now=now),
        lazy("Confirmed. The volunteers' hours count now."),
    ),
    "prioritise": Verb(
        lazy("Say how urgent it is"), verb_forms.priority_form,
        lambda o, d, by, now: actions.prioritise(
            o.pk, priority=d["priority"], reason=d["reason"], by=by, now=now
        ),
        lazy("Kept. It counts on the boards and in plans."),
    ),
    "release": Verb(
        lazy("Let go"), verb_forms.reason,
        lambda o, d, by, now: actions.release(o.pk, reason=d["reason"], by=by, now=now),
        lazy("Released. Other teams can claim it."),
    ),
    "hand_over": Verb(
        lazy("Hand over to another team"), verb_forms.hand_over_form,
        lambda o, d, by, now: actions.hand_over(o.pk, to=d["team"], by=by, now=now),
        lazy("Handed over."),
    ),
    "reopen": Verb(
        lazy("Reopen"), verb_forms.reopen_form,
        lambda o, d, by, now: actions.reopen(o.pk, **d, by=by, now=now),
        lazy("Reopened."), "main",
    ),
    "withdraw": Verb(
        lazy("Withdraw the order"), verb_forms.reason,
        lambda o, d, by, now: actions.withdraw(o.pk, reason=d["reason"], by=by, now=now),
        lazy("Withdrawn."),
        means=lazy(
            "For the resident, or for you when the resident asks: no longer needed, the order ends."
        ),
        to_resident=lazy(
            "If you no longer need it: the order ends, and you can send a new one any time."
        ),
    ),
    "cancel": Verb(
        lazy("Cancel the order"), verb_forms.reason,
        lambda o, d, by, now: actions.cancel(o.pk, reason=d["reason"], by=by, now=now),
        lazy("Cancelled. The resident is told why."), "danger",
        lazy("For the office alone, when it cannot be served: the order ends, and the resident reads why."),
    ),
}  # fmt: skip


AGAIN = Verb(
    lazy("Change the time"), verb_forms.schedule_form, VERBS["schedule"].act,
    lazy("The time is changed. The receiving side is told."),
)  # fmt: skip

DROP = Verb(
    lazy("Delete the draft"), verb_forms.plain,
    lambda o, d, by, now: actions.withdraw(o.pk, reason="", by=by, now=now),
    lazy("The draft is deleted; it was never sent."), then="my-orders",
)  # fmt: skip

_WAYS_OUT = ("withdraw", "cancel", "release")
_ASIDE = "prioritise"  # moves the order nowhere


def verb_of(name: str, order: Order, person: User) -> Verb:
    """The verb as this person meets it with this order."""
    if name == "schedule" and order.state == "scheduled":
        return AGAIN
    if name == "withdraw" and order.state == "draft":
        return DROP
    verb = VERBS[name]
    if verb.to_resident and person.pk == order.resident_id:
        return replace(verb, means=verb.to_resident)
    return verb


def order_or_404(request: HttpRequest, order_id: int) -> Order:
    """The order, if it exists and lies within the reader's scope."""
    order = queries.find(request.user, order_id, clock.now())  # type: ignore[arg-type]
    if order is None:
        raise Http404
    return order


@login_required
def show(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: where it stands, what happened, what can be done."""
    return _page(request, order_or_404(request, order_id))


def _page(
    request: HttpRequest,
    order: Order,
    *,
    open_verb: str = "",
    form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    person, now = request.user, clock.now()
    read = privacy.reading(person, order, now)  # type: ignore[arg-type]
    contact = rules.why_not_see_contact(person, order, now) is None  # type: ignore[arg-type]
    closes_at = cards.closes_at(order, now)
    near = _departments(order, person, now)  # type: ignore[arg-type]
    context = {
        "order": order,
        "now": now,
        "invited": _invited(order, person),  # type: ignore[arg-type]
        "offered": _besides(near, _offered(order, person, now)),  # type: ignore[arg-type]
        "claims": _claims(order, person, now),  # type: ignore[arg-type]
        "waits": _waits(order, person),  # type: ignore[arg-type]
        "contact": order.resident.personal if contact else None,
        "resident_name": privacy.resident_name(person, order, now) if contact else "",  # type: ignore[arg-type]
        "rings_resident": _rings_resident(order, person, now),  # type: ignore[arg-type]
        "rings_leader": rules.why_not_ring_leader(person, order, now) is None,  # type: ignore[arg-type]
        "need": read(order.need),
        "read": read,
        "steps": cards.hand_overs(order),
        "state": cards.tag(order),
        "hurry": cards.hurry(order, now),
        "closes_at": closes_at,
        "why_not_there": whereabouts.why_not_at(order.venue_id)
        if order.state in UNDER_WAY
        else None,
        "shows_names": privacy.shows_names(person, order, now),  # type: ignore[arg-type]
        "rehoming": whereabouts.waiting(order) if order.venue_id else None,
        "hours_wait": closes_at and visits.states_of_hours(order) & {"proposed", "certified"},
        "stations": people.dispatching(order.path),
        "history": cards.timeline(
            order,
            show_names=privacy.shows_names(person, order, now),  # type: ignore[arg-type]
            read=read,
        ),
        "evidence": evidence.of(person, order, now),  # type: ignore[arg-type]
        "arrival": visits.check_ins(order).filter(person=person).first(),  # type: ignore[misc]
        **_hours(order, person, now),  # type: ignore[arg-type]
        "rating": visits.rating(order),
        "took_place": visits.took_place(order),
        **_joined(order, person, now),  # type: ignore[arg-type]
        "earlier": _earlier(order, person, now),  # type: ignore[arg-type]
        "adds_evidence": _adds_evidence(order, person, now),  # type: ignore[arg-type]
        "has_roster": roster.has_one(order)
        and rules.why_not_act_for_team(person, order.team, now) is None,  # type: ignore[arg-type]
        "takes_away": _takes_away(order, person, now),  # type: ignore[arg-type]
        "similar": cards.similar(order, person, now),  # type: ignore[arg-type]
        **_teams(order, person, now),  # type: ignore[arg-type]
        "next_one": _next(order, person, now),  # type: ignore[arg-type]
        "departments": near,
        "ended": order.state == OrderState.CLOSED or order.state in ENDED_UNSERVED,
        "again": _again(request, order),
        "open_verb": open_verb,
        "verb": verb_of(open_verb, order, person) if open_verb else None,  # type: ignore[arg-type]
        "form": form,
        "shows_code": rules.why_not_receive(person, order, now) is None,  # type: ignore[arg-type]
    }
    return render(request, "orders/order.html", context, status=status)


def _again(request: HttpRequest, order: Order) -> str:
    """Where its resident orders anew what ended unserved: the same service while the menu has it."""
    theirs = order.resident_id == request.user.pk and order.merged_into_id is None
    if not theirs or order.state not in ENDED_UNSERVED:
        return ""
    place = place_of(request)
    service = order.service_id
    if place is None or service is None:
        return reverse("new-order")
    on_menu = queries.menu(place.path, clock.now()).filter(pk=service).exists()
    return reverse("new-order") + (f"?service={service}" if on_menu else "")


def _earlier(order: Order, person: User, now: datetime) -> list[tuple[visits.Earlier, list[Any]]]:
    """Each visit before the present one, with what the person may look at of it."""
    rated = privacy.reads_earlier_ratings(person, order, now)
    found = visits.earlier(order, with_ratings=rated)
    return [(one, evidence.of_visit(person, order, one.number, now)) for one in found]


def _joined(order: Order, person: User, now: datetime) -> dict[str, Any]:
    """The order that this one was merged into, and those of the person that were merged into this one."""
    into = order.merged_into
    return {
        "joined_to": into if into and queries.sees(person, into, now) else None,
        "joined_from": list(queries.joined_by(person, order)),
    }


def _rings_resident(order: Order, person: User, now: datetime) -> bool:
    return person.pk != order.resident_id and not rules.why_not_ring_resident(person, order, now)


def _takes_away(order: Order, person: User, now: datetime) -> bool:
    """Whether the person may remove any photograph; the team's leaders until they have reported."""
    if order.delivered_at and rules.why_not_act_for_team(person, order.team, now) is None:
        return rules.why_not_dispatch_as(person, order, now) is None
    return evidence.why_not_take_away(person, order, now) is None


def _hours(order: Order, person: User, now: datetime) -> dict[str, Any]:
    """Hours of the visits, for who certifies or confirms them and for the team's leaders."""
    blocked = [WHO[verb](order, person, now) for verb in ("certify_hours", "confirm_hours")]
    if all([*blocked, rules.why_not_act_for_team(person, order.team, now)]):
        return {"hours": [], "ends_early": False}
    found = list(visits.hours(order))
    early = bool(order.delivered_at and order.ends_at and order.delivered_at < order.ends_at)
    reports = visits.reported([order.pk]) if found else {}
    return {
        "hours": [(one, visits.words_of(one, reports)) for one in found],
        "ends_early": early,
    }


def _adds_evidence(order: Order, person: User, now: datetime) -> bool:
    served = rules.why_not_serve(person, order) is None
    return served and evidence.why_not_attach(order, "photo", now) is None


def _offered(order: Order, person: User, now: datetime) -> list[tuple[Hint, Verb]]:
    """The one thing to do first, then what cannot be done yet, the ways out last.

    What can be done alone, but for what moves nothing, is the main thing, unless it is a way out.
    """
    known = [hint for hint in hints(order, person, now) if hint.verb in VERBS]
    found = [hint for hint in known if not (hint.why_not and _is_over(order, hint.verb))]
    shown = [(hint, verb_of(hint.verb, order, person)) for hint in found]
    moves = [pair for pair in shown if pair[0].verb != _ASIDE]
    if len(moves) == 1 and not moves[0][0].why_not and moves[0][0].verb not in _WAYS_OUT:
        only, verb = moves[0]
        aside = [pair for pair in shown if pair[0].verb == _ASIDE]
        shown = [(only, replace(verb, kind="main")), *aside]
    return sorted(shown, key=_rank)


def _is_over(order: Order, verb: str) -> bool:
    """Whether nothing of it is left to do: a greyed button for what was done makes people hesitate."""
    if verb == "answer":
        rating = visits.rating(order)
        return rating is not None and rating.answered_at is not None
    if verb in ("certify_hours", "confirm_hours"):
        awaited = {"proposed"} if verb == "certify_hours" else {"proposed", "certified"}
        return not visits.states_of_hours(order) & awaited
    return False


def _rank(pair: tuple[Hint, Verb]) -> tuple[bool, bool, bool, bool]:
    hint, verb = pair
    aside = hint.verb == _ASIDE
    return hint.verb in _WAYS_OUT, hint.why_not is not None, aside, verb.kind != "main"


def _besides(
    near: list[departments.Suggestion], offered: list[tuple[Hint, Verb]]
) -> list[tuple[Hint, Verb]]:
    """Where departments are offered by name, that is the way to dispatch; its form is behind the list."""
    return [pair for pair in offered if not (near and pair[0].verb == "dispatch")]


def _departments(order: Order, person: User, now: datetime) -> list[departments.Suggestion]:
    """For who may dispatch the order, while it waits for that."""
    if order.state not in AT_THE_DESK or rules.why_not_dispatch_as(person, order, now):
        return []
    return departments.suggestions(order)


def _next(order: Order, person: User, now: datetime) -> Order | None:
    """The next order to dispatch, for who dispatched this one: the way there without the whole board."""
    if order.state in AT_THE_DESK or rules.why_not_dispatch_as(person, order, now):
        return None
    return queries.next_at_desk(roles.reach(person, verbs.Verb.ORDER_DISPATCH, now), order)


def _teams(order: Order, person: User, now: datetime) -> dict[str, Any]:
    """For an officer of the department that has the open order; nobody else reads teams' figures."""
    if order.state != "open" or rules.why_not_act_for_department(person, order, now):
        return {"suggested": [], "asked": []}
    asked = order.offers.select_related("team").order_by("-at")
    return {"suggested": candidates.suggestions(order, now), "asked": list(asked)}


def _invited(order: Order, person: User) -> list[Any]:
    """Teams of the person that were asked and have not answered."""
    if order.state != "open":
        return []
    asked = order.offers.filter(team__in=people.teams_led(person), declined_at__isnull=True)
    return list(asked.select_related("team"))


def _claims(order: Order, person: User, now: datetime) -> list[Any]:
    if order.state not in ("open", "claimed", "scheduled"):
        return []
    teams = [team for team in people.teams_led(person) if team.pk != order.team_id]
    if order.state == "open":
        return claim_hints(order, teams, now)
    waits = {team.pk for team in _waits(order, person)}
    return [(team, rules.why_not_wait(order, team, now)) for team in teams if team.pk not in waits]


def _waits(order: Order, person: User) -> list[Any]:
    """Teams of the person on the waiting list of the order, while it has any meaning."""
    if order.state not in ("open", "claimed", "scheduled"):
        return []
    return list(people.teams_led(person).filter(pk__in=order.waiting.values("team")))


@login_required
def act(request: HttpRequest, order_id: int, verb: str) -> HttpResponse:
    """Ask what a verb needs, then do it; a refusal shows its sentence and keeps what was typed.

    Where the order has gone on meanwhile nothing can be corrected: then its page says who was first.
    """
    order = order_or_404(request, order_id)
    if verb not in VERBS:
        raise Http404
    chosen = verb_of(verb, order, request.user)  # type: ignore[arg-type]
    # Asked before the form is made: what it offers to choose from is not for everybody who sees the order.
    authorize(WHO[verb](order, request.user, clock.now()))  # type: ignore[arg-type]
    if request.method != "POST":
        form = chosen.form(order=order, chosen=request.GET.get("department", ""))
        return _page(request, order, open_verb=verb, form=form)
    form, status = chosen.form(request.POST, order=order), 422
    if form.is_valid():
        try:
            chosen.act(order, form.cleaned_data, request.user, clock.now())  # type: ignore[arg-type]
            messages.success(request, str(chosen.done))
            return redirect(chosen.then) if chosen.then else redirect("order", order_id)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            status = refusal.status
    if told := _went_on(request, order_id, verb):
        unread = _("%(told)s. What you sent now was not taken; what was sent first stands.")
        messages.error(request, unread % {"told": told} if form.fields else told)
        return redirect("order", order_id)
    return _page(request, order, open_verb=verb, form=form, status=status)


def _went_on(request: HttpRequest, order_id: int, verb: str) -> str:
    """Who moved the order and when, if it stands where `verb` has no meaning any more; else nothing."""
    order, now, person = order_or_404(request, order_id), clock.now(), request.user
    if any(hint.verb == verb for hint in hints(order, person, now)):  # type: ignore[arg-type]
        return ""
    show = privacy.shows_names(person, order, now)  # type: ignore[arg-type]
    return cards.went_on(order, person, now, show_names=show)  # type: ignore[arg-type]


@login_required
@require_POST
def ask(request: HttpRequest, order_id: int, team_id: int) -> HttpResponse:
    """Ask a suggested team to take the order; the reason it was suggested for goes with it."""
    order, now = order_or_404(request, order_id), clock.now()
    authorize(rules.why_not_act_for_department(request.user, order, now))  # type: ignore[arg-type]
    found = next(
        (s for s in candidates.suggestions(order, now, limit=50) if s.team_id == team_id), None
    )
    if found is None:
        raise Http404
    actions.offer(
        order.pk,
        team=people.team(team_id),
        reason=found.reason,
        by=request.user,  # type: ignore[arg-type]
        now=now,
    )
    messages.success(request, _("Asked. The team sees the order on its own page."))
    return redirect("order", order_id)


@login_required
@require_POST
def decline_offer(request: HttpRequest, order_id: int, team_id: int) -> HttpResponse:
    """Say no for a team that was asked, with a reason."""
    order = order_or_404(request, order_id)
    team = people.teams_led(request.user).filter(pk=team_id).first()  # type: ignore[arg-type]
    if team is None:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        actions.decline_offer(order.pk, team=team, reason=reason, by=request.user, now=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("Declined. The department asks another team."))
    except Refusal as refusal:
        messages.error(request, refusal.reason)
    return redirect("team-board")


@login_required
@require_POST
def stop_waiting(request: HttpRequest, order_id: int, team_id: int) -> HttpResponse:
    """Leave the waiting list; the order may be out of the leader's sight then."""
    order = order_or_404(request, order_id)
    team = people.teams_led(request.user).filter(pk=team_id).first()  # type: ignore[arg-type]
    if team is None:
        raise Http404
    try:
        actions.stop_waiting(order.pk, team=team, by=request.user, now=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("Your team is off the waiting list."))
    except Refusal as refusal:
        messages.error(request, refusal.reason)
    return redirect("team-board")


@login_required
def claim(request: HttpRequest, order_id: int, team_id: int) -> HttpResponse:
    """Claim the order for a team, or join the waiting list when another team has it.

    What a team may claim its leader may see; so scope is asked only before a reason is shown.
    """
    if request.method != "POST":
        return redirect("order", order_id)
    team = people.led_team(request.user, team_id)  # type: ignore[arg-type]
    waits = bool(request.POST.get("wait"))
    verb: Callable[..., object] = actions.wait if waits else actions.claim
    try:
        verb(order_id, team=team, by=request.user, now=clock.now())
        if waits:
            undo = reverse("order-stop-waiting", args=[order_id, team_id])
            toasts.say(request, _("Your team is on the waiting list."), undo_url=undo)
        else:
            toasts.say(request, _("Claimed. Now set the time of the visit."))
    except Order.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        order_or_404(request, order_id)
        messages.error(request, refusal.reason)
    return redirect("order", order_id)
