"""Long lists in pages: `kepu.kernel.cursors` as the API shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from kepu.kernel import cursors
from kepu.kernel.clock import EARLIEST, LATEST
from kepu.kernel.cursors import Sort

Row = TypeVar("Row")
M = TypeVar("M", bound=Model)

NEWEST = Sort(down=True)


class Paging(Schema):
    """How much, and from where on."""

    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", max_length=600, description="From `next` of the page before")


class Page(Schema, Generic[Row]):
    """Some rows, and where the next ones are; `next` is null on the last page."""

    items: list[Row]
    next: str | None = None


def page(
    request: HttpRequest, found: QuerySet[M], row: Callable[[M], Any], sort: Sort = NEWEST
) -> dict[str, Any]:
    """One page of `found`; rows that are added meanwhile shift nothing. One query."""
    asked = Paging.model_validate(request.GET.dict())
    got = cursors.page(found, sort, size=asked.limit, after=asked.after)
    link = _link(request, got.after) if got.after else None
    return {"items": [row(one) for one in got.rows], "next": link}


def moment(said: str) -> datetime:
    """A moment out of a cursor; raises ValueError for one without its offset or out of our time."""
    read = datetime.fromisoformat(said)
    if read.tzinfo is None or not EARLIEST <= read <= LATEST:
        raise ValueError(said)
    return read


def _link(request: HttpRequest, cursor: str) -> str:
    query = request.GET.copy()
    query["after"] = cursor
    return f"{request.path}?{query.urlencode()}"
