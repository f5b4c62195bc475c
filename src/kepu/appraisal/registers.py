"""Lists of this room that can be filtered and taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.forms.applications import DeskForm
from kepu.appraisal.queries import applications
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import Asked, Column, Order, Register

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

LAST = F("due_at").asc(nulls_last=True)
ORDERS = {
    "due": Order(lazy("due first"), (LAST, "pk")),  # type: ignore[arg-type]
    "place": Order(lazy("by place"), ("path", "code")),
    "score": Order(lazy("highest score first"), (F("score").desc(nulls_last=True), "code")),  # type: ignore[arg-type]
    "code": Order(lazy("by code"), ("code", "pk")),
}
COLUMNS = (
    Column(lazy("Code"), lambda one, _place: one.code),
    Column(lazy("Call for applications"), lambda one, _place: one.call.title),
    Column(lazy("Applicant"), lambda one, _place: applications.name_of(one)),
    Column(lazy("Place"), lambda _one, place: place),
    Column(lazy("Class"), lambda one, _place: applications.class_of(one)),
    Column(lazy("State"), lambda one, _place: one.get_state_display()),
    Column(lazy("Due"), lambda one, _place: one.due_at),
    Column(lazy("Score"), lambda one, _place: one.score),
    Column(lazy("Level"), lambda one, _place: applications.grade_of(one)),
)


def _at_the_desk(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    if not applications.has_desk(person, now):
        raise NotAllowed(_("only secretaries of calls and officers who recommend have this page"))
    found = applications.at_desk(person, now).filter(path__within=asked.get("district") or "")
    if call := asked.get("call"):
        found = found.filter(call=call)
    if state := asked.get("state"):
        found = found.filter(state=state)
    words = (asked.get("q") or "").strip()
    return (
        found.filter(Q(code__iexact=words) | Q(subject_name__icontains=words)) if words else found
    )


def _lying(person: User | None, now: datetime) -> Callable[[str], bool]:
    paths = applications.at_desk(person, now).order_by().values_list("path", flat=True).distinct()
    return {place for path in paths for place in ancestors(path)}.__contains__


DESK = Register(
    "application-desk", "application-desk", lazy("Applications"), DeskForm, _at_the_desk, ORDERS,
    COLUMNS, personal=True, ground=_lying,
)  # fmt: skip
REGISTERS = (DESK,)
