"""Statistical returns at /api/: years, returns, figures, and what is done with them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Key, Moment, Named, Reason, Spot, named
from kepu.kernel.errors import BadInput, NotAllowed
from kepu.literacy import cross_checks, statistics
from kepu.literacy.actions import returns, rounds
from kepu.literacy.bridge import returns as bridge
from kepu.literacy.models import Return, Round
from kepu.literacy.queries import returns as queries
from kepu.literacy.queries import rounds as years
from kepu.literacy.queries import totals
from kepu.literacy.states import RETURN, ROUND, ReturnState, RoundState

router = Router(tags=[n_("Kepu statistics")])
Amount = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)]


class YearIn(Given):
    """Which year, and how many working days units have."""

    year: int = Field(ge=2004, le=2100)
    days: int = Field(ge=1, le=120)


class YearOut(Schema):
    """A year of statistics."""

    id: int
    year: int
    place: Spot
    state: RoundState
    deadline: Moment
    reason: str
    verbs: list[str]


class FiguresIn(Given):
    """Figures by indicator, null to empty one; and what is said to cross-checks that do not hold."""

    figures: dict[Key, Amount | None] = Field(max_length=200)
    explanations: dict[
        Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=300)]
    ] = Field(default_factory=dict, max_length=200)


class ReturnStepIn(Given):
    """Why, for a step back; and remarks by indicator when a return is sent back."""

    reason: Reason | None = None
    remarks: dict[Key, Annotated[str, Field(max_length=300)]] = Field(
        default_factory=dict, max_length=200
    )


class FindingOut(Schema):
    """A cross-check that does not hold; `hard` ones stop handing in, others ask for an explanation."""

    key: str
    sentence: str
    hard: bool
    explanation: str


class ReturnOut(Schema):
    """A return in a list."""

    id: int
    round: int
    year: int
    unit: Named
    place: Spot
    state: ReturnState
    submitted_at: Moment | None
    verbs: list[str]


class WholeReturnOut(ReturnOut):
    """A return with its figures, those of last year, and what does not fit together.

    `from_records` names the records of Kepu that a figure was taken from.
    """

    figures: dict[str, Decimal]
    last_year: dict[str, Decimal]
    missing: list[str]
    from_records: dict[str, str]
    to_confirm: list[str]
    findings: list[FindingOut]
    remarks: dict[str, str]


class DistrictOut(Schema):
    """A district, or the whole, added up; null where a figure is not known."""

    path: str
    name: str
    asked: int
    counted: int
    people: int | None
    per_head: Decimal | None
    growth: float | None
    compared: int
    revenue: float | None
    verdict: str
    values: dict[str, Decimal | None]


class AddedUpOut(Schema):
    """A year added up, of returns that are checked."""

    census: int
    total: DistrictOut
    districts: list[DistrictOut]


@router.get("/return-rounds", response=Page[YearOut], summary=n_("Years of statistics"))
def return_rounds(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Those in which you check returns."""
    return page(request, years.rounds_of(request.auth, clock.now()), _round)


@router.post("/return-rounds", response={201: YearOut}, summary=n_("Open a year of statistics"))
def open_return_round(request: Asked, body: YearIn) -> Status[dict[str, Any]]:
    """Every active unit of your place is asked and told; 403 not_allowed, 409 rule_broken."""
    now = clock.now()
    place = years.places_kept(request.auth, now).first()
    if place is None:
        raise NotAllowed(_("only a survey officer of this place may do this"))
    made = rounds.open_round(place=place, year=body.year, days=body.days, by=request.auth, now=now)
    return Status(201, _round(made))


@router.get("/return-rounds/{round_id}/figures", response=AddedUpOut,
            summary=n_("A year of statistics added up"))  # fmt: skip
def return_round_figures(request: Asked, round_id: Id) -> dict[str, Any]:
    """Of the districts where you check; 404 not_found."""
    one = years.seen(request.auth, round_id, clock.now())
    told = bridge.table(totals.whole(one, years.scope(request.auth, one, clock.now())))
    return {"census": told["census"], "total": told["total"], "districts": told["rows"]}


@router.post("/return-rounds/{round_id}/{verb}", response=YearOut,
             summary=n_("Lock, publish or open again a year of statistics"))  # fmt: skip
def step_return_round(
    request: Asked,
    round_id: Id,
    verb: Literal["lock", "unlock", "publish", "withdraw"],
    body: ReturnStepIn,
) -> dict[str, Any]:
    """404 not_found, 403 not_allowed, 409 rule_broken, 422 without a reason where one is needed."""
    one, now = years.seen(request.auth, round_id, clock.now()), clock.now()
    who: dict[str, Any] = {"by": request.auth, "now": now}
    if verb == "lock":
        return _round(rounds.lock_round(one.pk, **who))
    if verb == "publish":
        return _round(rounds.publish_round(one.pk, **who))
    act = rounds.unlock_round if verb == "unlock" else rounds.withdraw_round
    return _round(act(one.pk, reason=_reason(body), **who))


@router.get("/returns", response=Page[ReturnOut], summary=n_("Statistical returns"))
def all_returns(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Those you fill for a unit, and those you check."""
    now = clock.now()
    own = queries.of_units(request.auth, now).order_by()
    found = own | queries.in_scope(request.auth, now).order_by()
    return page(request, found, _return)


@router.get("/returns/{return_id}", response=WholeReturnOut, summary=n_("One statistical return"))
def read_return(request: Asked, return_id: Id) -> dict[str, Any]:
    """404 not_found."""
    return _whole(queries.seen(request.auth, return_id, clock.now()))


@router.post("/returns/{return_id}/figures", response=WholeReturnOut,
             summary=n_("Keep figures of a return as a draft"))  # fmt: skip
def fill_return(request: Asked, return_id: Id, body: FiguresIn) -> dict[str, Any]:
    """404 not_found, 403 not_allowed, 409 rule_broken."""
    queries.seen(request.auth, return_id, clock.now())
    returns.keep_figures(
        return_id, body.figures, explanations=body.explanations, by=request.auth, now=clock.now()
    )
    return read_return(request, return_id)


@router.post("/returns/{return_id}/records", response=WholeReturnOut,
             summary=n_("Fill a return from Kepu's records"))  # fmt: skip
def fill_return_from_records(request: Asked, return_id: Id) -> dict[str, Any]:
    """What is empty; each figure waits in `to_confirm` until it is kept. 404, 403, 409 rule_broken."""
    queries.seen(request.auth, return_id, clock.now())
    returns.take_from_records(return_id, by=request.auth, now=clock.now())
    return read_return(request, return_id)


@router.post("/returns/{return_id}/{verb}", response=WholeReturnOut,
             summary=n_("Hand a return in, check it, send it back, lock it"))  # fmt: skip
def step_return(
    request: Asked,
    return_id: Id,
    verb: Literal["submit", "accept", "send_back", "lock", "unlock"],
    body: ReturnStepIn,
) -> dict[str, Any]:
    """404 not_found, 403 not_allowed, 409 rule_broken, 422 without a reason where one is needed."""
    queries.seen(request.auth, return_id, clock.now())
    who: dict[str, Any] = {"by": request.auth, "now": clock.now()}
    if verb == "send_back":
        returns.send_back_return(return_id, reason=_reason(body), remarks=body.remarks, **who)
    elif verb == "unlock":
        returns.unlock_return(return_id, reason=_reason(body), **who)
    else:
        PLAIN[verb](return_id, **who)
    return read_return(request, return_id)


PLAIN: dict[str, Any] = {
    "submit": returns.submit_return,
    "accept": returns.accept_return,
    "lock": returns.lock_return,
}


def _reason(body: ReturnStepIn) -> str:
    if body.reason is None:
        raise BadInput(_("say why, in a sentence"), field="reason")
    return body.reason


def _round(one: Round) -> dict[str, Any]:
    return {
        "id": one.pk, "year": one.year, "state": one.state, "deadline": one.deadline,
        "reason": one.reason, "verbs": ROUND.verbs(one.state),
        "place": {"path": one.path, "name": one.division_at.name},
    }  # fmt: skip


def _return(one: Return) -> dict[str, Any]:
    return {
        "id": one.pk, "round": one.round_id, "year": one.round.year, "state": one.state,
        "unit": named(one.organisation), "submitted_at": one.submitted_at,
        "place": {"path": one.path, "name": one.division_now.name},
        "verbs": RETURN.verbs(one.state),
    }  # fmt: skip


def _whole(one: Return) -> dict[str, Any]:
    form = statistics.of_version(one.round.rules)
    values, last = queries.values(one), queries.last_values(one)
    asked_again, taken = queries.remarks(one), queries.from_records(one)
    return _return(one) | {
        "from_records": {key: figure.source for key, figure in taken.items()},
        "to_confirm": [key for key, figure in taken.items() if not figure.confirmed],
        "figures": values,
        "last_year": last,
        "missing": cross_checks.missing(form, values),
        "remarks": asked_again.remarks if asked_again else {},
        "findings": [
            {
                "key": finding.key, "sentence": finding.sentence, "hard": finding.hard,
                "explanation": one.explanations.get(finding.key, ""),
            }
            for finding in cross_checks.findings(form, values, last)
        ],
    }  # fmt: skip
