"""The capacity index of a year at /api/."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router, Schema

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Id
from kepu.kernel.errors import Outside
from kepu.literacy.bridge import capacity

router = Router(tags=[n_("Kepu statistics")])


class WeighedOut(Schema):
    """An indicator that counts in the index."""

    key: str
    group: str
    weight: float


class LeftOutOut(Schema):
    """An indicator that does not count this year: too few districts have it, or all have the same."""

    key: str
    why: Literal["few", "same"]
    known: int
    of: int


class JudgedOut(Schema):
    """A district with its score, and its rank with where it may lie."""

    path: str
    name: str
    people: int | None
    score: float
    rank: int
    low: int
    high: int
    parts: dict[str, float]
    values: dict[str, float]


class NotJudgedOut(Schema):
    """A district that is not judged, and which figures it lacks; it is no zero."""

    path: str
    name: str
    why: Literal["not_asked", "no_return", "no_people", "figures"]
    keys: list[str]


class UnequalOut(Schema):
    """How unequal the score or a figure per head is; Theil parted by regions where there are several."""

    of: str
    gini: float
    theil: float
    between: float | None
    within: float | None


class CapacityOut(Schema):
    """The capacity index of a year; `why` says why there is none. `version` is that of the scheme."""

    year: int
    version: int
    why: Literal["", "no_scheme", "few", "nothing_tells", "refused"]
    ratio: float | None
    indicators: list[WeighedOut]
    left_out: list[LeftOutOut]
    districts: list[JudgedOut]
    not_judged: list[NotJudgedOut]
    inequality: list[UnequalOut]


@router.get("/return-rounds/{round_id}/capacity", response=CapacityOut,
            summary=n_("The capacity index of a year"))  # fmt: skip
def return_round_capacity(request: Asked, round_id: Id) -> dict[str, Any]:
    """Of a published year, and of a locked one for who checks the whole of it; 404 not_found."""
    one, told = capacity.shown(request.auth, round_id, clock.now())
    if told is None:
        raise Outside(_("this year has no capacity index"))
    return told | {"year": one.year}
