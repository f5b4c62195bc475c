"""Votes at /api/: how far each round is and what it came to; nobody learns who voted what.

Votes are cast on the page alone: a request is kept by a digest, in case it comes twice, and of a slip a
digest hides nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema
from pydantic import Field

from kepu.appraisal import queries, rules
from kepu.appraisal.models import JuryBallot
from kepu.appraisal.programme.counting import LEAST_SECRET
from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked, caller
from kepu.kernel.api.pages import Page, Paging, moment, page
from kepu.kernel.api.shapes import Id
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import Outside, authorize

router = Router(tags=[n_("Appraisal")])
FIRST_TO_END = Sort("ends_at", read=moment)
MARKS = ("elected", "tied", "run_off")


class JurySeatOut(Schema):
    """A round that waits for the caller's vote, which is cast on the page."""

    ballot_id: int
    call_id: int
    title: str
    ends_at: datetime


class CountedOut(Schema):
    """One candidate of a counted round."""

    application_id: int
    code: str
    class_key: str
    votes: int
    outcome: Literal["elected", "tied", "run_off", "none"]


class JuryRoundOut(Schema):
    """A round: turnout while it runs, sums once it is counted."""

    id: int
    number: int
    seats: int
    opened_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    electors: int
    voted: int
    needed: int | None = Field(description="Votes that elect; null before the count")
    quorate: bool | None
    why_not_told: str | None = Field(description="Why a counted round has no sums: too few voted")
    candidates: list[CountedOut] = Field(description="Empty before the count")
    digest: str


class PublicCountOut(Schema):
    application_id: int
    code: str
    votes: int | None = Field(description="Null until the vote is counted")
    set_apart: int | None = Field(description="Of them, votes that look stuffed")


class PublicVoteOut(Schema):
    """The vote of the public, which is advice."""

    picks: int
    daily: bool
    opened_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    candidates: list[PublicCountOut]


@router.get("/me/ballots", response=Page[JurySeatOut], summary=n_("Votes that wait for you"))
def my_ballots(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """As a member of a jury, the first to end first."""
    rows = queries.ballots.waiting_for(request.auth, clock.now())
    return page(request, rows, _seat, FIRST_TO_END)


@router.get(
    "/appraisal/calls/{call_id}/ballots", response=list[JuryRoundOut],
    summary=n_("Rounds of the final vote"),
)  # fmt: skip
def call_ballots(request: Asked, call_id: Id) -> list[dict[str, Any]]:
    """For who keeps the call, the newest first; 403 not_allowed, 404 not_found."""
    now = clock.now()
    call = queries.calls.seen(call_id, request.auth, now)
    authorize(rules.calls.why_not_keep(request.auth, call, now))
    return [_round(one) for one in queries.ballots.of_call(call)]


@router.get(
    "/appraisal/calls/{call_id}/public-vote", auth=None, response=PublicVoteOut,
    summary=n_("The vote of the public"),
)  # fmt: skip
def call_public_vote(request: Asked, call_id: Id) -> dict[str, Any]:
    """Open to everybody; counts once it is closed; 404 not_found."""
    call = queries.calls.seen(call_id, caller(request), clock.now())
    vote = queries.ballots.public_vote(call)
    if vote is None:
        raise Outside(_("the public is not asked here"))
    counts = {one["id"]: one for one in (vote.report or {}).get("counts", ())}
    return {
        "picks": vote.picks,
        "daily": vote.daily,
        "opened_at": vote.opened_at,
        "ends_at": vote.ends_at,
        "closed_at": vote.closed_at,
        "candidates": [
            {
                "application_id": one["id"],
                "code": one["code"],
                "votes": counts.get(one["id"], {}).get("votes"),
                "set_apart": counts.get(one["id"], {}).get("apart"),
            }
            for one in vote.candidates
        ],
    }


def _seat(one: JuryBallot) -> dict[str, Any]:
    return {
        "ballot_id": one.pk,
        "call_id": one.call_id,
        "title": one.call.title,
        "ends_at": one.ends_at,
    }


def _round(one: JuryBallot) -> dict[str, Any]:
    voted, electors = queries.ballots.turnout(one)
    result = one.result or {}
    too_few = bool(result) and result["cast"] < LEAST_SECRET
    return {
        "id": one.pk,
        "number": one.number,
        "seats": one.seats,
        "opened_at": one.opened_at,
        "ends_at": one.ends_at,
        "closed_at": one.closed_at,
        "electors": electors,
        "voted": voted,
        "needed": result.get("needed"),
        "quorate": result.get("quorate"),
        "why_not_told": _("so few voted that sums would tell who voted how") if too_few else None,
        "candidates": [] if too_few or not result else _counted(one, result),
        "digest": one.digest,
    }


def _counted(one: JuryBallot, result: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "application_id": row["id"],
            "code": row["code"],
            "class_key": row["klass"],
            "votes": result["votes"][place],
            "outcome": next((mark for mark in MARKS if place in result[mark]), "none"),
        }
        for place, row in enumerate(one.candidates)
    ]
