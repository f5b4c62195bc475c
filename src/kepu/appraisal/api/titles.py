"""The public register of titles at /api/, open to everybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema
from pydantic import Field

from kepu.appraisal.models import Title
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.states import HELD, TitleState
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Key, Path, Spot, Words
from kepu.kernel.cursors import Sort

router = Router(tags=[n_("Titles")])
BY_NUMBER = Sort("number", read=str)


class TitleOut(Schema):
    """A title as everybody may know it; of a person the name only where the programme says so."""

    number: str
    holder: str
    programme: str = Field(description="Its code; its name stands in `programme_name`")
    programme_name: str
    class_name: str
    level: str = Field(description="The key of the level; its name stands in `level_name`")
    level_name: str
    place: Spot
    venue_id: int | None
    named_by: str = Field(description="Another body that named it; empty where it was named here")
    batch: str = Field(description="Of the naming by another body")
    since: date
    until: date | None = Field(description="The last day; null where it holds without an end")
    state: TitleState
    holds: bool = Field(description="Whether it is in force now")


class TitleStepOut(Schema):
    """One step of a title. Who took it is not told."""

    verb: str
    state: TitleState
    level: str
    reason: str
    reference: str
    at: datetime


class OneTitleOut(TitleOut):
    """With its history, the newest step first."""

    history: list[TitleStepOut]


class TitleFilter(Schema):
    """Which titles."""

    q: Words | None = None
    place: Path | None = None
    programme: Key | None = None
    class_key: Key | None = None
    level: Key | None = None
    state: TitleState | None = None


@router.get("/titles", auth=None, response=Page[TitleOut], summary=n_("Titles, by number"))
def titles(request: Asked, wanted: Query[TitleFilter], paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody; those that are over only when asked for by state; 422 bad_input."""
    found = queries.public(
        wanted.place or "", words=wanted.q or "", programme=wanted.programme or "",
        klass=wanted.class_key or "", grade=wanted.level or "", state=wanted.state or "",
    )  # fmt: skip
    return page(request, found, _title, BY_NUMBER)


@router.get("/titles/{number}", auth=None, response=OneTitleOut, summary=n_("One title"))
def title(request: Asked, number: str) -> dict[str, Any]:
    """Open to everybody, with its history; 404 not_found."""
    one = queries.seen(number)
    steps = [
        {
            "verb": step.verb, "state": step.state, "level": step.grade, "reason": step.reason,
            "reference": step.reference, "at": step.at,
        }
        for step in queries.steps(one)
    ]  # fmt: skip
    return _title(one) | {"history": steps}


def _title(one: Title) -> dict[str, Any]:
    named = queries.named(one)
    return {
        "number": one.number,
        "holder": queries.public_name(one),
        "programme": one.programme,
        "programme_name": named.programme,
        "class_name": named.klass,
        "level": one.grade,
        "level_name": named.level,
        "place": Spot(path=one.path, name=one.division_now.name),
        "venue_id": one.venue_id,
        "named_by": one.named_by,
        "batch": one.batch,
        "since": one.since,
        "until": one.until,
        "state": one.state,
        "holds": one.state in HELD,
    }
