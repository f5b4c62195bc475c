"""Fieldwork for who follows it: how it goes, whose doors are whose, what to look at, what to ask again.

No address and no answer is told here; a device takes addresses along by `/interviews/pack`.
"""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Moment, Named, Path, Spot, named
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import Outside
from kepu.kernel.roles.queries import Reach
from kepu.literacy import field_looks, field_shown
from kepu.literacy.actions import assigning, back_checks
from kepu.literacy.bridge import outcomes
from kepu.literacy.bridge.outcomes import Part
from kepu.literacy.bridge.paradata import Sign
from kepu.literacy.models import BackCheck, Case, Fieldwork, SampledCommunity
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.states import FieldworkState

router = Router(tags=[n_("Fieldwork")])


class FieldworkOut(Schema):
    """A fieldwork in a list."""

    id: int
    title: str
    place: Spot
    state: FieldworkState
    opens_on: Day
    closes_on: Day


class OutcomeRatesOut(Schema):
    """Doors and interviews, by AAPOR's codes, and the rates they come to; null where nobody is below the
    line. In the order of AAPOR's book: RR1 to RR6, COOP1 to 4, REF1 to 3, CON1 to 3.
    """

    doors: int
    tried: int
    interviews: int
    outcomes: dict[str, int]
    response: list[float | None]
    cooperation: list[float | None]
    refusal: list[float | None]
    contact: list[float | None]


class DistrictRatesOut(OutcomeRatesOut):
    """The same of a district; `free` doors belong to nobody yet."""

    district: Spot
    planned: int
    free: int


class InterviewerRatesOut(OutcomeRatesOut):
    interviewer: Named


class FieldProgressOut(Schema):
    """How it goes where the caller supervises. `e` is the share of doors taken for eligible."""

    e: float
    planned: int
    whole: OutcomeRatesOut
    districts: list[DistrictRatesOut]
    interviewers: list[InterviewerRatesOut]


class FieldCommunityOut(Schema):
    """A community of the sample: doors, and whose they are; `null` counts those of nobody."""

    id: int
    place: Spot
    planned: int
    doors: int
    free: int
    able: list[Named]


class DoorOut(Schema):
    """A door by number: no address, no answer."""

    id: int
    community: int
    number: int
    booklet: int
    outcome: str
    attempts: int
    last_attempt_at: Moment | None
    interviewer: Named | None


class HandOutIn(Given):
    """Doors of communities go to an interviewer, or come back with null; `doors` narrows it to some."""

    communities: list[Id] = Field(min_length=1, max_length=500)
    doors: list[Id] | None = Field(None, max_length=5000)
    interviewer: Id | None


class MovedOut(Schema):
    moved: int


class SignOut(Schema):
    """Something to look at, at which doors, and why; no proof of anything."""

    kind: Literal["fast", "quick", "line", "far", "hurried", "copy"]
    doors: list[int]
    interviewers: list[int]
    words: str


class FieldChecksOut(Schema):
    """Signs in the interviews of a district, or of all where they are few; `icc` with its interval."""

    district: str
    districts: list[Spot]
    interviews: int
    median_minutes: float | None
    icc: list[float] | None
    signs: list[SignOut]


class BackCheckOut(Schema):
    """An interview that somebody else asks about again: how many questions agreed, not what was said."""

    id: int
    door: int
    place: Spot
    number: int
    interviewer: Named | None
    drawn_at: Moment
    found: str
    asked: int
    same: int
    at: Moment | None


class DrawnOut(Schema):
    drawn: int


@router.get("/fieldworks", response=Page[FieldworkOut], summary=n_("Fieldwork"))
def fieldworks(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Of which the caller supervises a part."""
    found = queries.fieldworks_of(request.auth, clock.now()).order_by()
    return page(request, found, _fieldwork)


@router.get(
    "/fieldworks/{fieldwork_id}/rates", response=FieldProgressOut, summary=n_("How fieldwork goes")
)
def fieldwork_rates(request: Asked, fieldwork_id: Id) -> dict[str, Any]:
    """Outcome rates by AAPOR's definitions, of districts and interviewers; 404 not_found."""
    of, reach = _seen(request, fieldwork_id)
    told = field_shown.Progress.read(of, reach)
    people = outcomes.parts(told.piles, lambda one: one.interviewer, told.whole.rates.e)
    names = queries.names_of(people)
    return {
        "e": told.whole.rates.e,
        "planned": told.planned,
        "whole": _rates(told.whole),
        "districts": [
            _rates(one.part) | {
                "district": {"path": one.path, "name": one.name}, "planned": one.planned,
                "free": one.free,
            }
            for one in field_shown.by_district(told)
        ],
        "interviewers": [
            _rates(part) | {"interviewer": {"id": person, "name": names.get(person, "")}}
            for person, part in people.items()
        ],
    }  # fmt: skip


@router.get(
    "/fieldworks/{fieldwork_id}/communities", response=list[FieldCommunityOut],
    summary=n_("Communities of a fieldwork, and who can be given their doors"),
)  # fmt: skip
def fieldwork_communities(request: Asked, fieldwork_id: Id, district: Path) -> list[dict[str, Any]]:
    """Of a district where the caller supervises; 404 not_found."""
    of, reach = _seen(request, fieldwork_id)
    here = [
        one
        for one in queries.communities(of, reach)
        if queries.district_of(of, one.division.path) == district
    ]
    piles = queries.piles(of, reach)
    return [_community(one, piles) for one in here]


@router.get(
    "/fieldworks/{fieldwork_id}/communities/{community_id}/doors", response=Page[DoorOut],
    summary=n_("Doors of a community"),
)  # fmt: skip
def fieldwork_doors(
    request: Asked, fieldwork_id: Id, community_id: Id, paging: Query[Paging]
) -> dict[str, Any]:
    """404 not_found."""
    of, reach = _seen(request, fieldwork_id)
    one = queries.community(of, community_id, reach)
    return page(request, queries.doors_in(of, one).order_by(), _door, Sort())


@router.post(
    "/fieldworks/{fieldwork_id}/assignments", response=MovedOut,
    summary=n_("Give doors to an interviewer, or take them back"),
)  # fmt: skip
def assign_doors(request: Asked, fieldwork_id: Id, body: HandOutIn) -> dict[str, int]:
    """What is finished stays with who did it; 404 not_found, 403 not_allowed, 409 rule_broken."""
    of, reach = _seen(request, fieldwork_id)
    moved = assigning.hand_out(
        of.pk, communities=set(body.communities), doors=body.doors, by=request.auth, now=clock.now(),
        interviewer=_interviewer(of, reach, body),
    )  # fmt: skip
    return {"moved": moved}


@router.get(
    "/fieldworks/{fieldwork_id}/checks", response=FieldChecksOut,
    summary=n_("Signs in interviews that are worth a look"),
)  # fmt: skip
def fieldwork_checks(
    request: Asked, fieldwork_id: Id, district: Path | None = None
) -> dict[str, Any]:
    """Of one district, or of all where they are few; 404 not_found."""
    of, reach = _seen(request, fieldwork_id)
    found = field_looks.look(of, reach, district or "", clock.now())
    return {
        "district": found.district,
        "districts": [{"path": path, "name": name} for path, name, _n in found.districts],
        "interviews": found.told.interviews,
        "median_minutes": found.told.median_minutes,
        "icc": list(found.told.icc) if found.told.icc else None,
        "signs": [_sign(one) for one in found.told.signs],
    }


@router.get(
    "/fieldworks/{fieldwork_id}/back-checks", response=Page[BackCheckOut],
    summary=n_("Interviews to ask about again"),
)  # fmt: skip
def fieldwork_back_checks(
    request: Asked, fieldwork_id: Id, paging: Query[Paging]
) -> dict[str, Any]:
    """Where the caller supervises; 404 not_found."""
    of, reach = _seen(request, fieldwork_id)
    return page(request, queries.back_checks(of, reach).order_by(), _back_check, Sort())


@router.post(
    "/fieldworks/{fieldwork_id}/back-checks", response=DrawnOut,
    summary=n_("Draw interviews to ask about again"),
)  # fmt: skip
def draw_fieldwork_back_checks(request: Asked, fieldwork_id: Id) -> dict[str, int]:
    """What is short of each interviewer's share; 404 not_found, 409 rule_broken."""
    of, _reach = _seen(request, fieldwork_id)
    return {"drawn": back_checks.draw_back_checks(of.pk, by=request.auth, now=clock.now())}


def _seen(request: Asked, fieldwork_id: int) -> tuple[Fieldwork, Reach]:
    """A fieldwork of which the caller supervises a part, and which part; raises Outside."""
    now = clock.now()
    return queries.fieldwork(fieldwork_id, request.auth, now), queries.reach_of(request.auth, now)


def _interviewer(of: Fieldwork, reach: Reach, body: HandOutIn) -> User | None:
    """Who may knock at doors of one of the communities at least; another person is not found."""
    if body.interviewer is None:
        return None
    for community_id in body.communities:
        path = queries.community(of, community_id, reach).division.path
        for one in queries.interviewers_at(path, clock.now()):
            if one.pk == body.interviewer:
                return one
    raise Outside(_("there is no such interviewer here"))


def _fieldwork(one: Fieldwork) -> dict[str, Any]:
    return {
        "id": one.pk, "title": one.title, "state": one.state, "opens_on": one.opens_on,
        "closes_on": one.closes_on, "place": {"path": one.path, "name": one.division_now.name},
    }  # fmt: skip


def _rates(part: Part) -> dict[str, Any]:
    told = part.rates
    return {
        "doors": part.doors, "tried": part.tried, "interviews": part.interviews,
        "outcomes": {code: many for code, many in part.by_code.items() if code},
        "response": list(told.response), "cooperation": list(told.cooperation),
        "refusal": list(told.refusal), "contact": list(told.contact),
    }  # fmt: skip


def _community(one: SampledCommunity, piles: list[queries.Pile]) -> dict[str, Any]:
    mine = [pile for pile in piles if pile.community == one.pk]
    able = queries.interviewers_at(one.division.path, clock.now())
    return {
        "id": one.pk, "planned": one.interviews, "doors": sum(pile.doors for pile in mine),
        "free": sum(pile.doors for pile in mine if pile.interviewer is None),
        "place": {"path": one.division.path, "name": one.division.name},
        "able": [named(person) for person in able],
    }  # fmt: skip


def _door(one: Case) -> dict[str, Any]:
    return {
        "id": one.pk, "community": one.community_id, "number": one.number, "booklet": one.booklet,
        "outcome": one.outcome, "attempts": one.attempts_made,
        "last_attempt_at": one.last_attempt_at, "interviewer": named(one.interviewer),
    }  # fmt: skip


def _sign(one: Sign) -> dict[str, Any]:
    return {
        "kind": one.kind, "words": one.words,
        "doors": [each.case_id for each in one.interviews],
        "interviewers": sorted({each.by_id for each in one.interviews}),
    }  # fmt: skip


def _back_check(one: BackCheck) -> dict[str, Any]:
    place = one.case.community.division
    return {
        "id": one.pk, "door": one.case_id, "number": one.case.number, "drawn_at": one.drawn_at,
        "place": {"path": place.path, "name": place.name}, "found": one.found, "asked": one.asked,
        "same": one.same, "at": one.at, "interviewer": named(one.case.interviewer),
    }  # fmt: skip
