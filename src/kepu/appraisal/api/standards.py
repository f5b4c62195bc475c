"""Standards at /api/: the public register with its texts, and what anybody says of a draft."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.appraisal.actions import standards_open as actions
from kepu.appraisal.models import Comment, Standard
from kepu.appraisal.queries import standards as queries
from kepu.appraisal.standards_states import (
    CommentVerdict,
    StandardKind,
    StandardLevel,
    StandardState,
)
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Line, Named, Words, named
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import authorize

router = Router(tags=[n_("Standards")])
BY_NUMBER = Sort("key", read=str)


class StandardOut(Schema):
    """A standard as everybody may know it. One made elsewhere is known from the list named in `source`."""

    id: int
    number: str = Field(description="Empty until it is published")
    title: str
    title_en: str
    level: StandardLevel
    kind: StandardKind
    state: StandardState
    unit: Named | None = Field(
        description="Whose proposal it was; null where it was made elsewhere"
    )
    in_force_on: date | None
    review_on: date | None = Field(description="When its term ends without a new look")
    ended_on: date | None
    replaces_id: int | None
    source: str


class StandardClauseOut(Schema):
    number: str
    heading: str
    text: str


class CommentRoundOut(Schema):
    """A round of comments that is open, or was."""

    number: int
    explained: str
    opened_at: datetime
    last_day: date
    closed: bool


class OneStandardOut(StandardOut):
    """With what it says: of a draft that is out for comments, as it stood when the round began."""

    about: str
    clauses: list[StandardClauseOut]
    rounds: list[CommentRoundOut] = Field(description="The newest first")


class StandardCommentOut(Schema):
    """A comment with its answer. Of a person nothing is told but that it was one."""

    round: int
    clause: str = Field(description="Empty: the draft as a whole")
    text: str
    reason: str
    unit: Named | None = Field(description="In whose name; null for a person")
    verdict: CommentVerdict
    reply: str


class StandardCommentIn(Given):
    text: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    clause: Line = Field("", max_length=20, description="Its number; empty: the draft as a whole")
    reason: str = Field("", max_length=1000)
    organisation_id: Id | None = Field(None, description="A unit the caller speaks for")
    contact: Line = Field("", max_length=120, description="Sealed; the drafting group reads it")


class CommentKeptOut(Schema):
    """A comment that was kept; its answer is told to who gave it."""

    round: int
    clause: str
    text: str
    at: datetime


class CitedOut(Schema):
    """What a citation such as `GB/T 45952-2025 5.2` names."""

    text: str
    standard: StandardOut | None
    clause_number: str
    clause: StandardClauseOut | None = Field(description="Null where Kepu holds no text of it")
    ended: bool = Field(description="Whether it names what was replaced or abolished")


class StandardFilter(Schema):
    """Which standards; those that ended only when asked for by state."""

    q: Words | None = None
    level: StandardLevel | None = None
    kind: StandardKind | None = None
    state: StandardState | None = None


class CitationFilter(Schema):
    reference: Line = Field(min_length=1)


@router.get("/standards", auth=None, response=Page[StandardOut], summary=n_("Standards, by number"))
def standards(
    request: Asked, wanted: Query[StandardFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """Open to everybody: in force, made elsewhere, and drafts that are out for comments."""
    found = queries.public(
        words=wanted.q or "", level=wanted.level or "", kind=wanted.kind or "",
        state=wanted.state or "",
    )  # fmt: skip
    return page(request, found, _standard, BY_NUMBER)


@router.get(
    "/standards/{standard_id}", auth=None, response=OneStandardOut, summary=n_("One standard")
)
def standard(request: Asked, standard_id: Id) -> dict[str, Any]:
    """Open to everybody, with its clauses where Kepu holds them; 404 not_found."""
    one = queries.seen(standard_id, None, clock.now())
    rounds = [
        {
            "number": row.number, "explained": row.explained, "opened_at": row.opened_at,
            "last_day": row.last_day, "closed": row.closed_at is not None,
        }
        for row in one.rounds.all()
    ]  # fmt: skip
    text = queries.text_for_everybody(one)
    return _standard(one) | {"about": one.about, "clauses": text, "rounds": rounds}


@router.get(
    "/standards/{standard_id}/comments", auth=None, response=Page[StandardCommentOut],
    summary=n_("What was said of a draft, and the answers"),
)  # fmt: skip
def standard_comments(request: Asked, standard_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody once a round is closed; 404 not_found."""
    one = queries.seen(standard_id, None, clock.now())
    found = queries.answered_in_public(queries.comments(standard=one.pk))
    return page(request, found, _comment)


@router.post(
    "/standards/{standard_id}/comments", response={201: CommentKeptOut},
    summary=n_("Comment on a draft"),
)  # fmt: skip
def comment_on_standard(
    request: Asked, standard_id: Id, body: StandardCommentIn
) -> Status[dict[str, Any]]:
    """For oneself or for a unit; 403, 404, 409 rule_broken while no round takes comments, 422."""
    by, now = request.auth, clock.now()
    one, said = queries.seen(standard_id, by, now), body.model_dump()
    unit = _unit(by, said.pop("organisation_id"), now)
    made = actions.comment(one.pk, organisation=unit, by=by, now=now, **said)
    kept = {"round": made.round.number, "clause": made.clause, "text": made.text, "at": made.at}
    return Status(201, kept)


@router.get(
    "/standard-citations", auth=None, response=CitedOut, summary=n_("What a citation names")
)
def standard_citation(request: Asked, wanted: Query[CitationFilter]) -> dict[str, Any]:
    """Open to everybody; a number without its year is read as the newest that is not over."""
    found = queries.clause(wanted.reference)
    return {
        "text": found.text,
        "standard": _standard(found.standard) if found.standard else None,
        "clause_number": found.number,
        "clause": found.clause,
        "ended": found.ended,
    }


def _standard(one: Standard) -> dict[str, Any]:
    plain = (
        "id", "number", "title", "title_en", "level", "kind", "state", "in_force_on", "review_on",
        "ended_on", "replaces_id", "source",
    )  # fmt: skip
    return {name: getattr(one, name) for name in plain} | {"unit": named(one.organisation)}


def _comment(one: Comment) -> dict[str, Any]:
    plain = ("clause", "text", "reason", "verdict", "reply")
    told = {name: getattr(one, name) for name in plain}
    return told | {"round": one.round.number, "unit": named(one.organisation)}


def _unit(person: User, organisation_id: int | None, now: datetime) -> Organisation | None:
    """The unit in whose name the person speaks; none where none was named."""
    if organisation_id is None:
        return None
    unit = queries.units_of(person, now).filter(pk=organisation_id).first()
    authorize(None if unit else _("only who speaks for a unit may comment in its name"))
    return unit
