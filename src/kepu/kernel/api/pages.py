"""Long lists in pages. A cursor names the last row seen, so that rows added meanwhile shift nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from kepu.kernel.errors import BadInput

Row = TypeVar("Row")
M = TypeVar("M", bound=Model)


class Paging(Schema):
    """How much, and from where on."""

    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", max_length=600, description="From `next` of the page before")


class Page(Schema, Generic[Row]):
    """Some rows, and where the next ones are; `next` is null on the last page."""

    items: list[Row]
    next: str | None = None


class Place(NamedTuple):
    """One column of the order, and whether it runs downward."""

    field: str
    down: bool


def page(
    request: HttpRequest,
    found: QuerySet[M],
    row: Callable[[M], Any],
    by: tuple[str, ...] = ("-pk",),
) -> dict[str, Any]:
    """One page of `found` in the order `by`, which must end in a unique column. One query."""
    asked = Paging.model_validate(request.GET.dict())
    order = [Place(name.removeprefix("-"), name.startswith("-")) for name in by]
    found = found.order_by(*by)
    if asked.after:
        found = found.filter(_past(found.model, order, _read(asked.after, len(order))))
    rows = list(found[: asked.limit + 1])
    more = len(rows) > asked.limit
    rows = rows[: asked.limit]
    return {
        "items": [row(one) for one in rows],
        "next": _link(request, _cursor(rows[-1], order)) if more else None,
    }


def _past(model: type[Model], order: list[Place], values: list[Any]) -> Q:
    """Rows after the one with `values`: further on in one column, and equal in those before it."""
    past, equal = Q(pk__in=[]), Q()
    for (field, down), raw in zip(order, values, strict=True):
        value = _value(model, field, raw)
        past |= equal & Q(**{f"{field}__{'lt' if down else 'gt'}": value})
        equal &= Q(**{field: value})
    return past


def _value(model: type[Model], field: str, raw: Any) -> Any:
    column = model._meta.pk if field == "pk" else model._meta.get_field(field)
    try:
        value = column.to_python(raw)  # type: ignore[union-attr]
    except (ValidationError, OverflowError) as error:
        raise _unreadable() from error
    if isinstance(raw, bool) or (isinstance(value, int) and abs(value) >= 2**63):
        raise _unreadable()
    if isinstance(value, str) and not value.isprintable():
        raise _unreadable()
    return value


def _cursor(row: Model, order: list[Place]) -> str:
    values = [getattr(row, place.field) for place in order]
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    plain = isinstance(values, list) and all(isinstance(value, int | str) for value in values)
    if not plain or len(values) != length:
        raise _unreadable()
    return list(values)


def _unreadable() -> BadInput:
    return BadInput(_("this cursor cannot be read; begin again without it"))


def _link(request: HttpRequest, cursor: str) -> str:
    query = request.GET.copy()
    query["after"] = cursor
    return f"{request.path}?{query.urlencode()}"
