"""Departments an order could be sent to: those that answer for its topic, each with a plain reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel.divisions.fields import within
from kepu.orders import queries
from kepu.orders.models import DepartmentTopic, Order, Step
from kepu.orders.states import AT_THE_DEPARTMENT, OrderState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import Organisation


@dataclass(frozen=True)
class Suggestion:
    """A department that could take an order, and why in words."""

    department: Organisation
    reasons: tuple[str, ...]
    declined: bool = False  # it sent this order back already


def suggestions(order: Order) -> list[Suggestion]:
    """The nearest level first; of one level the department where fewer orders wait; last who declined.

    Two queries, and a third one where somebody may have declined.
    """
    return each([order])[order.pk]


def each(orders: Collection[Order]) -> dict[int, list[Suggestion]]:
    """The same for many orders at once, by their ids. As many queries."""
    answering = list(queries.answering({order.topic_id for order in orders}))
    waiting = _waiting({row.department_id for row in answering})
    declined = _declined(orders)
    return {
        order.pk: _ranked(order, answering, waiting, declined.get(order.pk, set()))
        for order in orders
    }


def _declined(orders: Iterable[Order]) -> dict[int, set[int]]:
    """By order, the departments that sent it back since it was last visited."""
    back = {order.pk: order.visit for order in orders if order.state != OrderState.PLACED}
    found: dict[int, set[int]] = {}
    if not back:
        return found
    steps = Step.objects.filter(order__in=back, verb="decline", department__isnull=False)
    for order, visit, department in steps.values_list("order", "visit", "department"):
        if visit == back[order]:
            found.setdefault(order, set()).add(department)
    return found


def _ranked(
    order: Order,
    answering: Iterable[DepartmentTopic],
    waiting: dict[int, int],
    declined: set[int],
) -> list[Suggestion]:
    found = [
        row.department
        for row in answering
        if row.topic_id == order.topic_id and within(order.path, row.department.path)
    ]
    ranked = sorted(
        found,
        key=lambda one: (one.pk in declined, -len(one.path), waiting.get(one.pk, 0), one.pk),
    )
    return [
        Suggestion(one, _reasons(one, waiting.get(one.pk, 0), declined), one.pk in declined)
        for one in ranked
    ]


def _waiting(departments: Iterable[int]) -> dict[int, int]:
    rows = Order.objects.filter(department__in=list(departments), state__in=AT_THE_DEPARTMENT)
    return dict(rows.order_by().values_list("department").annotate(n=Count("pk")))


def _reasons(department: Organisation, waiting: int, declined: set[int]) -> tuple[str, ...]:
    return (
        *((_("has sent this order back"),) if department.pk in declined else ()),
        _("answers for this topic in %(place)s") % {"place": department.division_now.name},
        ngettext("%(n)s order waits there", "%(n)s orders wait there", waiting) % {"n": waiting}
        if waiting
        else _("nothing waits there"),
    )
