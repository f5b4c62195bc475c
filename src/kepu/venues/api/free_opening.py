"""Free opening at /api/: the conditions of a venue's year and the ledger, for managers and officers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Day, Given, Id, Line
from kepu.kernel.errors import Outside, authorize
from kepu.venues import actions, free_opening, policy, queries, rules
from kepu.venues.models import Subsidy, Venue
from kepu.venues.states import SubsidyStep

router = Router(tags=[n_("Free opening")])

Sum = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]


class OpeningYear(Schema):
    year: int = Field(ge=2000, le=2100)


class ConditionOut(Schema):
    asked: str
    known: str
    met: bool


class SubsidyOut(Schema):
    """A line of the ledger; a correction names the line that it puts right."""

    id: int
    year: int
    step: SubsidyStep
    amount: Decimal
    reference: str
    day: date
    words: str
    corrects_id: int | None


class FreeOpeningOut(Schema):
    eligible: bool
    conditions: list[ConditionOut]
    days: int
    visits: int
    granted: Decimal
    paid: Decimal
    returned: Decimal
    lines: list[SubsidyOut]


class SubsidyIn(OpeningYear, Given):
    step: SubsidyStep
    amount: Annotated[Sum, Field(gt=0)]
    reference: Line = Field(min_length=1, max_length=80, description="Number of the paper")
    day: Day
    words: str = Field("", max_length=300)


class SubsidyCorrectionIn(Given):
    amount: Sum = Field(description="By so much, up or down")
    why: str = Field(min_length=1, max_length=300)


@router.get(
    "/venues/{venue_id}/free-opening", response=FreeOpeningOut,
    summary=n_("Free opening of a venue in a year"),
)  # fmt: skip
def free_opening_of(request: Asked, venue_id: Id, wanted: Query[OpeningYear]) -> dict[str, Any]:
    """For venue managers of the unit and officers of the place; 403, 404 not_found."""
    venue, now = _concerned(request, venue_id), clock.now()
    one = free_opening.standings([venue], wanted.year, policy.free_opening(now))[0]
    sums = {name: getattr(one.balance, name) for name in ("granted", "paid", "returned")}
    told = {
        "eligible": one.eligible, "conditions": [vars(row) for row in one.conditions],
        "days": one.counted.days, "visits": one.counted.visits,
    }  # fmt: skip
    return told | sums | {"lines": [_line(row) for row in free_opening.ledger(venue, wanted.year)]}


@router.post(
    "/venues/{venue_id}/subsidies", response={201: SubsidyOut},
    summary=n_("Enter what was granted, paid or returned"),
)  # fmt: skip
def enter_subsidy(request: Asked, venue_id: Id, body: SubsidyIn) -> Status[dict[str, Any]]:
    """For officers of the place; 403, 404, 409 rule_broken with each condition that is not met."""
    venue, by = _concerned(request, venue_id), request.auth
    made = actions.enter_subsidy(venue.pk, by=by, now=clock.now(), **body.model_dump())
    return Status(201, _line(made))


@router.post(
    "/subsidies/{line_id}/correct", response={201: SubsidyOut},
    summary=n_("Put a line of the ledger right"),
)  # fmt: skip
def correct_subsidy(
    request: Asked, line_id: Id, body: SubsidyCorrectionIn
) -> Status[dict[str, Any]]:
    """By a further line; for officers of the place; 403, 404, 409 rule_broken."""
    found = Subsidy.objects.filter(pk=line_id).first()
    if found is None:
        raise Outside(_("there is no such entry"))
    made = actions.correct_subsidy(
        found.pk, amount=body.amount, why=body.why, by=request.auth, now=clock.now()
    )
    return Status(201, _line(made))


def _concerned(request: Asked, venue_id: int) -> Venue:
    by, now = request.auth, clock.now()
    venue = queries.seen(venue_id, by, now)
    if rules.why_not_keep(by, venue.organisation, now) is not None:
        authorize(rules.why_not_officer(by, venue, now))
    return venue


def _line(one: Subsidy) -> dict[str, Any]:
    plain = ("id", "year", "step", "amount", "reference", "day", "words", "corrects_id")
    return {name: getattr(one, name) for name in plain}
