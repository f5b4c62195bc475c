"""What each verb of an order asks for before it is done: its form, with what can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Case, When

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.orders import departments, queries, reaching, stations, visits
from kepu.orders import forms as shapes
from kepu.orders.models import Order
from kepu.people import queries as people
from kepu.venues import queries as venues


def plain(data: Any = None, **_options: Any) -> forms.Form:
    return forms.Form(data)


def reason(data: Any = None, **_options: Any) -> forms.Form:
    return shapes.ReasonForm(data)


def priority_form(data: Any = None, *, order: Order, **_options: Any) -> forms.Form:
    return shapes.PriorityForm(data, initial={"priority": order.priority})


def dispatch_form(
    data: Any = None, *, order: Order, chosen: str = "", **_options: Any
) -> forms.Form:
    """With the likeliest department chosen, or with the one that led here."""
    likely = [one.department.pk for one in departments.suggestions(order)]
    ranks = [When(pk=pk, then=rank) for rank, pk in enumerate(likely)]
    nearest = [Case(*ranks, default=len(ranks))] if ranks else []
    offered = Organisation.objects.filter(active=True, kind="department")
    offered = offered.order_by(*nearest, "name")
    initial: dict[str, Any] = {"department": likely[0]} if likely else {}
    if chosen.isascii() and chosen.isdigit():
        initial = {"department": chosen}
    at_desk = people.stations().filter(pk__in=[one.pk for one in stations.of_desk(order)])
    return shapes.DispatchForm(data, departments=offered, stations=at_desk, initial=initial)


def reopen_form(data: Any = None, *, order: Order, **_options: Any) -> forms.Form:
    return shapes.ReopenForm(data, order=order, now=clock.now())


def schedule_form(data: Any = None, *, order: Order, **_options: Any) -> forms.Form:
    return shapes.ScheduleForm(data, initial={"starts_at": visits.first_start(order, clock.now())})


def deliver_form(data: Any = None, *, order: Order, **_options: Any) -> forms.Form:
    return shapes.DeliverForm(data, initial={"ended_at": order.ends_at})


def hand_over_form(data: Any = None, *, order: Order, **_options: Any) -> forms.Form:
    able = reaching.teams_that_may(order, clock.now())
    return shapes.TeamForm(data, teams=able.exclude(pk=order.team_id))  # type: ignore[misc]


def rehome_form(data: Any = None, *, order: Order, **_options: Any) -> forms.Form:
    offered = venues.to_choose_from(order.path).exclude(pk=order.venue_id or 0)
    return shapes.RehomeForm(data, venues=offered)


def merge_form(data: Any = None, *, order: Order, **_options: Any) -> forms.Form:
    return shapes.MergeForm(data, like=queries.mergeable(order))


def own(form: type[forms.Form]) -> Callable[..., forms.Form]:
    def bound(data: Any = None, **_options: Any) -> forms.Form:
        return form(data)

    return bound
