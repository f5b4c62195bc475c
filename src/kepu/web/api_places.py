"""Divisions at /api/, and who the caller is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Path, Words
from kepu.kernel.cursors import Sort
from kepu.kernel.divisions import queries
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles

router = Router(tags=[n_("Places and yourself")])

BY_NAME = Sort("sort_key", read=str)


class DivisionOut(Schema):
    """A division and where it lies."""

    path: str
    name: str
    level: Level
    official_code: str | None
    population: int | None
    lon: float | None
    lat: float | None


class MeOut(Schema):
    """The caller, without personal values."""

    pseudonym: str
    titles: list[str]
    verbs: list[str] = Field(description="What the caller's roles allow somewhere")


class Search(Schema):
    """A part of a name, or the beginning of its pinyin."""

    q: Words = Field(min_length=1)
    within: Path | None = None
    limit: int = Field(20, ge=1, le=100)


@router.get(
    "/divisions", auth=None, response=list[DivisionOut], summary=n_("Find a place by its name")
)
def search(request: Asked, wanted: Query[Search]) -> list[dict[str, Any]]:
    """Chinese names or pinyin, the widest places first; open to everybody."""
    found = queries.search_names(wanted.q, within=wanted.within or "", limit=wanted.limit)
    return [_row(division) for division in found]


@router.get(
    "/divisions/{path}/children", auth=None, response=Page[DivisionOut],
    summary=n_("What lies one level below a place"),
)  # fmt: skip
def children(request: Asked, path: Path, paging: Query[Paging]) -> dict[str, Any]:
    """By name; open to everybody; 404 not_found."""
    division = _found(path)
    return page(request, queries.children(division.path), _row, BY_NAME)


@router.get("/divisions/{path}", auth=None, response=DivisionOut, summary=n_("One place"))
def division(request: Asked, path: Path) -> dict[str, Any]:
    """Open to everybody; 404 not_found."""
    return _row(_found(path))


@router.get("/me", response=MeOut, summary=n_("Who you are, and what your roles allow"))
def me(request: Asked) -> dict[str, Any]:
    """For checking a key."""
    now = clock.now()
    return {
        "pseudonym": request.auth.pseudonym,
        "titles": [str(title) for title in roles.titles(request.auth, now)],
        "verbs": sorted(roles.verbs(request.auth, now)),
    }


def _found(path: str) -> Division:
    division = queries.current().filter(path=path).first()
    if division is None:
        raise Outside(_("one of the places does not exist"))
    return division


def _row(division: Division) -> dict[str, Any]:
    names = ("path", "name", "level", "official_code", "population", "lon", "lat")
    return {name: getattr(division, name) for name in names}
