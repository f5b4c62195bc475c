"""What somebody who leaves holds of orders: all of it waits at desks and goes with the role."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.holdings import Goes, Work
from kepu.kernel.roles.verbs import Verb
from kepu.orders import queries, stuck, whereabouts
from kepu.orders.models import AutoPlan, Order, Rehoming
from kepu.orders.states import AT_THE_DEPARTMENT, OrderState, PlanState


def work(person: User, now: datetime) -> list[Work]:
    """Orders with their clocks, plans nobody decided on, and events that need a person."""
    dispatch = roles.reach(person, Verb.ORDER_DISPATCH, now)
    accept = roles.reach(person, Verb.ORDER_ACCEPT, now).organisations
    plans = AutoPlan.objects.filter(department__in=accept, state=PlanState.PROPOSED)
    events = stuck.needing_a_person(dispatch)  # as the desk shows them
    at_department = queries.of_department(accept, [*AT_THE_DEPARTMENT, OrderState.OPEN])
    return [
        _orders(_("orders that wait to be dispatched"), queries.desk(dispatch), now),
        _orders(_("orders at the department"), at_department, now),
        Work(_("plans to decide on"), plans.count()),
        Work(
            _("orders that lost their venue"),
            whereabouts.all_waiting().filter(officer=person).count(),
            Goes.BY_THIS_STEP,
        ),
        Work(_("events from devices that need a person"), events.count()),
    ]


def move(giver: User, taker: User, *, by: User, now: datetime) -> int:
    """Orders that lost their venue are in the hands of a named officer, so they get another name."""
    moved = whereabouts.all_waiting().filter(officer=giver)
    count: int = Rehoming.objects.filter(pk__in=list(moved.values_list("pk", flat=True))).update(
        officer=taker
    )
    return count


def _orders(title: Promise | str, orders: QuerySet[Order], now: datetime) -> Work:
    return Work(title, orders.count(), late=orders.filter(due_at__lte=now).count())
