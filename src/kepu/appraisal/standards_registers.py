"""Standards as lists and tables: for everybody, for the offices, and the comments on one of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.forms.standards import CommentListForm, StandardDeskForm, StandardListForm
from kepu.appraisal.queries import standards as queries
from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import Asked, Column, Order, Register
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

if TYPE_CHECKING:
    from kepu.appraisal.models import Comment
    from kepu.kernel.accounts.models import User

ORDERS = {
    "number": Order(lazy("by number"), ("key", "pk")),
    "new": Order(lazy("newest first"), ("-since", "-pk")),
}
COLUMNS = (
    Column(lazy("Number of the standard"), lambda one, _place: one.number),
    Column(lazy("Title of the standard"), lambda one, _place: one.name),
    Column(lazy("Level of the standard"), lambda one, _place: one.get_level_display()),
    Column(lazy("Subject of the standard"), lambda one, _place: one.get_kind_display()),
    Column(lazy("State"), lambda one, _place: one.get_state_display()),
    Column(lazy("Unit"), lambda one, _place: one.organisation.name if one.organisation else ""),
    Column(lazy("In force from"), lambda one, _place: one.in_force_on),
    Column(lazy("Next review"), lambda one, _place: one.review_on),
    Column(lazy("Ended on"), lambda one, _place: one.ended_on),
    Column(lazy("Source"), lambda one, _place: one.source),
    Column(lazy("How sure it is"), lambda one, _place: one.known),
)


def _narrowed(asked: Asked) -> dict[str, str]:
    found = {key: asked.get(key) or "" for key in ("level", "kind", "state")}
    return {"words": asked.get("q") or "", **found}


def _public(_person: User | None, asked: Asked, _now: datetime) -> QuerySet[Any]:
    return queries.public(**_narrowed(asked))


def _to_keep(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    reaches = roles.reaches(person, (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE), now)
    if not any(reach.paths for reach in reaches.values()):
        raise NotAllowed(_("only the offices that keep standards have this page"))
    return queries.to_keep(person, now, **_narrowed(asked))


def _comments(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    """All of them for who works on the standard; for everybody those of rounds that are closed."""
    standard = queries.seen(asked.get("standard") or 0, person, now)
    found = queries.comments(
        standard=standard.pk, verdict=asked.get("verdict") or "", words=asked.get("q") or ""
    )
    insider = queries.concerns(standard, person, now)
    return found if insider else queries.answered_in_public(found)


def said_by(comment: Comment) -> str:
    """In whose name a comment stands: a unit's, or that of somebody who is not named."""
    return comment.organisation.name if comment.organisation else _("one person")


STANDARDS = Register(
    "standards", "standards", lazy("Kepu standards"), StandardListForm, _public, ORDERS, COLUMNS
)
DESK = Register(
    "standard-desk", "standard-desk", lazy("Standards in hand"), StandardDeskForm, _to_keep, ORDERS,
    COLUMNS,
)  # fmt: skip
COMMENTS = Register(
    "standard-comments",
    "standards", lazy("Comments and answers"), CommentListForm,
    _comments, {"clause": Order(lazy("by clause"), ("round", "clause", "pk"))},
    (
        Column(lazy("Round"), lambda one, _place: one.round.number),
        Column(lazy("Clause"), lambda one, _place: one.clause),
        Column(lazy("What should be changed"), lambda one, _place: one.text),
        Column(lazy("Why"), lambda one, _place: one.reason),
        Column(lazy("In whose name"), lambda one, _place: said_by(one)),
        Column(lazy("What becomes of it"), lambda one, _place: one.get_verdict_display()),
        Column(lazy("Answer"), lambda one, _place: one.reply),
    ),
    path_of=lambda one: str(one.round.standard.path),
)  # fmt: skip
REGISTERS = (STANDARDS, DESK, COMMENTS)
