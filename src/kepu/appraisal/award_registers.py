"""Lists that an office takes away: who is called up at the ceremony, and holders for talent programmes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.appraisal.forms.awards import AwardListForm
from kepu.appraisal.queries import awards as queries
from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import Asked, Column, Order, Register

if TYPE_CHECKING:
    from kepu.appraisal.models import Title
    from kepu.kernel.accounts.models import User

ORDERS = {
    "called": Order(lazy("as they are called up"), ()),
    "new": Order(lazy("newest first"), ("-since", "-pk")),
}
NAMED = (
    Column(lazy("Programme"), lambda one, _place: _line(one).named.programme),
    Column(pgettext_lazy("title", "Level"), lambda one, _place: _line(one).named.level),
    Column(pgettext_lazy("title", "Class"), lambda one, _place: _line(one).named.klass),
    Column(lazy("Holder"), lambda one, _place: _line(one).name),
    Column(lazy("Unit"), lambda one, _place: _line(one).unit),
    Column(lazy("Place"), lambda _one, place: place),
    Column(pgettext_lazy("title", "Number of the certificate"), lambda one, _place: one.number),
    Column(lazy("Since"), lambda one, _place: one.since),
)
PAPER = Column(lazy("Number of the signed decision"), lambda one, _place: _line(one).reference)


def _line(title: Title) -> queries.Awarded:
    """The line of a title, worked out once for all columns."""
    kept = vars(title)
    if "awarded_line" not in kept:
        kept["awarded_line"] = queries.awarded(title)
    found: queries.Awarded = kept["awarded_line"]
    return found


def _office(person: User | None, now: datetime) -> None:
    if not queries.has_lists(person, now):
        raise NotAllowed(_("only secretaries of calls have this page"))


def _ceremony(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    _office(person, now)
    return queries.ceremony(
        person, now, programme=asked.get("programme") or "", year=asked.get("year")
    )


def _talents(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    _office(person, now)
    said = {key: asked.get(key) or "" for key in ("programme", "grade", "klass")}
    return queries.talents(person, now, year=asked.get("year"), **said)


CEREMONY = Register(
    "title-ceremony", "title-ceremony", lazy("List for the ceremony"), AwardListForm, _ceremony,
    ORDERS, (*NAMED, PAPER), personal=True,
)  # fmt: skip
TALENTS = Register(
    "title-talents", "title-talents", lazy("List for talent programmes"), AwardListForm, _talents,
    ORDERS, NAMED, personal=True,
)  # fmt: skip
REGISTERS = (CEREMONY, TALENTS)
