"""Departments an order could be sent to: those that answer for its topic, each with a plain reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.orders import queries
from kepu.orders.models import Order
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
    found = queries.departments_for(order.topic, order.path)
    waiting = _waiting(department.pk for department in found)
    declined = _declined(order)
    ranked = sorted(
        found,
        key=lambda one: (one.pk in declined, -len(one.path), waiting.get(one.pk, 0), one.pk),
    )
    return [
        Suggestion(one, _reasons(one, waiting.get(one.pk, 0), declined), one.pk in declined)
        for one in ranked
    ]


def _declined(order: Order) -> set[int | None]:
    """Departments that sent this order back, since it was last visited."""
    if order.state == OrderState.PLACED:
        return set()
    steps = order.steps.filter(verb="decline", visit=order.visit)
    return set(steps.values_list("department", flat=True))


def _waiting(departments: Iterable[int]) -> dict[int, int]:
    rows = Order.objects.filter(department__in=list(departments), state__in=AT_THE_DEPARTMENT)
    return dict(rows.order_by().values_list("department").annotate(n=Count("pk")))


def _reasons(department: Organisation, waiting: int, declined: set[int | None]) -> tuple[str, ...]:
    return (
        *((_("has sent this order back"),) if department.pk in declined else ()),
        _("answers for this topic in %(place)s") % {"place": department.division_now.name},
        ngettext("%(n)s order waits there", "%(n)s orders wait there", waiting) % {"n": waiting}
        if waiting
        else _("nothing waits there"),
    )
