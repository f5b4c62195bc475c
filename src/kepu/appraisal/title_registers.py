"""The public register of titles, as a list and as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.appraisal.forms.titles import TitleListForm
from kepu.appraisal.queries import titles as queries
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.registers import Asked, Column, Order, Register

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

ORDERS = {
    "place": Order(lazy("by place"), ("path", "number")),
    "number": Order(lazy("by number"), ("number",)),
    "new": Order(lazy("newest first"), ("-since", "-pk")),
}
COLUMNS = (
    Column(pgettext_lazy("title", "Number of the certificate"), lambda one, _place: one.number),
    Column(lazy("Holder"), lambda one, _place: queries.public_name(one)),
    Column(lazy("Programme"), lambda one, _place: queries.named(one).programme),
    Column(pgettext_lazy("title", "Class"), lambda one, _place: queries.named(one).klass),
    Column(pgettext_lazy("title", "Level"), lambda one, _place: queries.named(one).level),
    Column(lazy("Place"), lambda _one, place: place),
    Column(lazy("Since"), lambda one, _place: one.since),
    Column(lazy("Until"), lambda one, _place: one.until),
    Column(lazy("State"), lambda one, _place: one.get_state_display()),
)


def _public(_person: User | None, asked: Asked, _now: datetime) -> QuerySet[Any]:
    keys = ("programme", "klass", "grade", "state")
    found = {key: asked.get(key) or "" for key in keys}
    return queries.public(asked.get("district") or "", words=asked.get("q") or "", **found)


def _lying(_person: User | None, _now: datetime) -> Callable[[str], bool]:
    paths = queries.public().order_by().values_list("path", flat=True).distinct()
    return {place for path in paths for place in ancestors(path)}.__contains__


TITLES = Register(
    "titles", "titles", lazy("Titles"), TitleListForm, _public, ORDERS, COLUMNS, ground=_lying
)
REGISTERS = (TITLES,)
