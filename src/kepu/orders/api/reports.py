"""Reports of places on their month, at /api/."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Given, Path, Spot
from kepu.kernel.errors import BadInput, Outside
from kepu.orders import actions, reports
from kepu.orders.figures import Month

router = Router(tags=[n_("Orders")])


class MonthIn(Given):
    """The month of a place, and what the level above should know; no names of residents."""

    place: Path
    month: str = Field(pattern=r"^\d{4}-\d{2}$", examples=["2026-02"])
    remark: str = Field("", max_length=1000)


class ReportOut(Schema):
    """A report as it was handed in: its figures do not change any more."""

    place: Spot
    month: str
    revision: int = Field(description="1, and one more for each correction")
    figures: dict[str, Any]
    remark: str
    late: bool
    at: datetime


@router.post("/reports", response={201: ReportOut}, summary=n_("Hand in the report of a month"))
def file_report(request: Asked, body: MonthIn) -> Status[dict[str, Any]]:
    """Handed in again it is a correction; 403 not_allowed, 404 not_found, 409 rule_broken."""
    now, month = clock.now(), _month(body.month)
    place = reports.find(request.auth, body.place, now)
    if place is None:
        raise Outside(_("there is no such place among those you may see"))
    made = actions.file_report(
        place.path, month=month, remark=body.remark, by=request.auth, now=now
    )
    return Status(201, {
        "place": Spot(path=place.path, name=place.name), "month": str(month),
        "revision": made.revision, "figures": made.figures, "remark": made.remark,
        "late": made.late, "at": made.at,
    })  # fmt: skip


def _month(text: str) -> Month:
    try:
        return Month.read(text)
    except ValueError as error:
        raise BadInput(_("there is no such month"), field="month") from error
