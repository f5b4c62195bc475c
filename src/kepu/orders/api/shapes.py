"""Orders, dishes and plans as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from kepu.kernel.api.shapes import (
    Day,
    Given,
    Id,
    Key,
    Line,
    Moment,
    Named,
    Path,
    Reason,
    Spot,
    Topic,
)
from kepu.orders.states import Audience, MenuState, OrderState, Priority


class HintOut(Schema):
    """One verb the caller could do, where to send it, and what stands against it now."""

    verb: str
    href: str
    why_not: str | None


class ClaimHint(Schema):
    """One team the caller leads, and what stands against its claiming the order."""

    team: Named
    why_not: str | None


class Contact(Schema):
    """Who asked for the visit, and where: only for those who serve the order."""

    name: str
    phone: str = Field(description="Its middle left out; whole at /phone/resident")
    place: str


class LineOut(Schema):
    """Whom one reaches at which telephone."""

    name: str
    phone: str


class StepOut(Schema):
    """One thing that happened to the order."""

    verb: str
    state: OrderState
    at: datetime
    by: str = Field(description="Empty for those who do not serve the order")
    note: str
    team: Named | None
    department: Named | None
    station: Named | None = Field(description="From which it was dispatched, as it was called")


class RatingOut(Schema):
    """What the resident thought, and what the team answered."""

    stars: int
    words: str
    at: datetime
    answer: str
    answered_at: datetime | None


class OrderRow(Schema):
    """An order as a row of a list."""

    id: int
    number: str
    title: str
    state: OrderState
    state_title: str = Field(description="The state in the reader's language")
    version: int
    topic: Topic
    place: Spot
    people: int
    wanted_from: datetime
    wanted_until: datetime
    minutes: int
    priority: Priority
    due_at: datetime | None
    department: Named | None
    team: Named | None
    starts_at: datetime | None
    ends_at: datetime | None
    wide: bool
    hints: list[HintOut] | None = Field(None, description="In lists only when asked for")


class RehomingOut(Schema):
    """An order lost its venue, and who finds another one."""

    order_id: int
    venue: Named
    officer: Named | None = Field(description="For those who serve the order")
    since: datetime


class RehomeIn(Given):
    venue_id: Id


class EarlierOut(Schema):
    """A visit before the present one; `attended` is null when nobody came."""

    number: int
    team: Named | None
    at: datetime
    attended: int | None
    came: bool
    rating: RatingOut | None


class OrderOut(OrderRow):
    """An order with all that the caller may know of it."""

    need: str
    audience: Audience
    service_id: int | None
    created_at: datetime
    delivered_at: datetime | None
    attended: int | None
    merged_into_id: int | None
    contact: Contact | None
    why_no_contact: str | None
    venue: Named | None = Field(description="Where it takes place, if not at the resident's")
    rehoming: RehomingOut | None = Field(description="While its venue cannot be used")
    code: str | None = Field(description="To check in with; only for the receiving side")
    visit: int = Field(description="Which visit this is; reopening the order begins another")
    rating: RatingOut | None = Field(description="Of this visit")
    earlier_visits: list[EarlierOut] = Field(description="How the visits before it ended")
    claims: list[ClaimHint]
    steps: list[StepOut]


class CallerIn(Given):
    """Who telephoned, when a worker writes an order down."""

    name: str = Field(min_length=1, max_length=40)
    phone: Line = Field(min_length=5, max_length=20)
    of_age: bool = Field(
        description="The caller says to be 14 or older; for a child a guardian orders"
    )


class WordsIn(Given):
    """What a draft asks for, where and when."""

    title: Line = Field(min_length=1, max_length=80)
    topic: Key | None = Field(None, description="Needed unless a service is ordered")
    community: Path
    place: Line = Field("", description="Where exactly; only those who serve the order read it")
    wanted_from: Moment
    wanted_until: Moment
    people: int = Field(1, ge=1, le=100_000)
    minutes: int = Field(60, ge=10, le=600)
    audience: Audience = Audience.EVERYBODY
    priority: Priority = Field(
        Priority.NORMAL, description="Left out: the desk or the department says so, at /prioritise"
    )
    need: str = Field("", max_length=1000)


class WishIn(WordsIn):
    """What somebody wants, and for whom."""

    service_id: Id | None = None
    caller: CallerIn | None = Field(None, description="Only for community workers")
    send: bool = Field(True, description="False keeps it as a draft")
    sure: bool = Field(False, description="True sends it although like orders are under way")


class ReasonIn(Given):
    reason: Reason


class PriorityIn(ReasonIn):
    """How urgent it is, and why."""

    priority: Priority


class ReopenIn(ReasonIn):
    """Why, and when another visit is wanted: needed when the time wanted before has passed."""

    wanted_from: Moment | None = None
    wanted_until: Moment | None = None


class DispatchIn(Given):
    department_id: Id
    station_id: Id | None = Field(None, description="Where several stations stand at the desk")
    note: str = Field("", max_length=300)


class TeamIn(Given):
    team_id: Id


class RefuseIn(Given):
    """Which team says no, and why."""

    team_id: Id
    reason: str = Field(min_length=1, max_length=200)


class OfferIn(Given):
    team_id: Id
    reason: str = Field(min_length=1, max_length=200)
    starts_at: Moment | None = None


class ScheduleIn(Given):
    starts_at: Moment


class MergeIn(Given):
    into_id: Id


class CodeIn(Given):
    code: Line = Field(min_length=1, max_length=8)


class DeliverIn(Given):
    attended: int = Field(ge=0, le=100_000)
    note: str = Field("", max_length=300)
    ended_at: Moment | None = Field(
        None,
        description="When the visit ended: hours count from arrival to then; else to the report",
    )


class RateIn(Given):
    stars: int = Field(ge=1, le=5)
    words: str = Field("", max_length=500)


class AnswerIn(Given):
    words: str = Field(min_length=1, max_length=500)


class OfferOut(Schema):
    """A team was asked to take the order; `declined_at` when it said no."""

    order_id: int
    team_id: int
    reason: str
    starts_at: datetime | None
    at: datetime
    declined_at: datetime | None
    answer: str


class WaitingOut(Schema):
    """A team stands on the waiting list."""

    order_id: int
    team_id: int
    at: datetime


class ArrivalOut(Schema):
    """When the caller arrived at the visit, and left."""

    order_id: int
    arrived_at: datetime
    left_at: datetime | None


class CountOut(Schema):
    """For how many people something was done."""

    count: int


class EvidenceOut(Schema):
    """A photograph or a list that was handed in of a visit."""

    id: int
    uuid: str
    kind: str
    taken_at: datetime
    uploaded_at: datetime
    file_kind: str
    size: int
    href: str = Field(description="Where a signed-in browser fetches it")


class RosterOut(Schema):
    """A member of the team who was put down for a visit; `presence` is empty until it is said."""

    person_id: int
    name: str
    presence: str
    marked_at: datetime | None
    told_at: datetime | None = Field(description="When they said that they cannot come")


class ServiceOut(Schema):
    """A dish of the menu."""

    id: int
    title: str
    description: str
    topic: Topic
    audience: Audience
    minutes: int
    needs: str
    team: Named | None
    department: Named | None
    month_capacity: int
    areas: list[str]
    venue: Named | None = Field(description="Where it takes place, if not where it is ordered to")
    why_not: str | None = Field(description="Why nothing is ordered at that venue now")
    first_day: Day
    last_day: Day | None
    state: MenuState
    version: int


class Said(Given):
    """What a dish says of itself."""

    title: Line = Field(min_length=1, max_length=80)
    topic: Key
    description: str = Field("", max_length=1000)
    audience: Audience = Audience.EVERYBODY
    minutes: int = Field(60, ge=10, le=600)
    needs: Line = ""
    month_capacity: int = Field(20, ge=1, le=1000)
    areas: list[Path] = Field(min_length=1, max_length=100)
    first_day: Day
    last_day: Day | None = None
    contract_id: Id | None = None
    venue_id: Id | None = Field(None, description="Where it takes place; see /venues")


class ServiceIn(Said):
    """A dish to write; it is a draft until it is published."""

    team_id: Id | None = None
    department_id: Id | None = None


class ServiceChange(Said):
    """A dish anew. `version` is the one that was looked at; a contract or a venue left out stays."""

    version: int = Field(ge=1, le=2**31 - 1)


class SuggestedDepartment(Named):
    """A department that answers for the order's topic, and why it is suggested."""

    reasons: list[str]


class SuggestedTeam(Named):
    """A team that could take an open order, how well it fits from 0 to 1, and why."""

    fit: float
    reasons: list[str]


class TopicsIn(Schema):
    """Topics that a department answers for, all of them; an empty list takes all away."""

    topics: list[Key] = Field(max_length=200)


class PlanLineOut(Schema):
    """What would happen to one order."""

    order_id: int
    team: Named | None
    starts_at: datetime | None
    km: float | None
    reason: str


class PlanProgressOut(Schema):
    """How far the worker is: of `total` steps of the stage, `done` are."""

    stage: str = Field(description="Empty until a worker has begun")
    done: int
    total: int


class PlanOut(Schema):
    """What the engine would do with a department's open orders."""

    id: int
    department: Named
    state: str
    made_at: datetime
    applied_at: datetime | None = Field(description="When somebody said that it be applied")
    progress: PlanProgressOut | None = Field(description="While it is computed or applied")
    failure: str = Field(description="Why it has failed")
    summary: dict[str, Any] = Field(description="Empty until it is proposed")
    lines: list[PlanLineOut] = Field(description="None until it is proposed")
    why_not: str | None = Field(description="What stands against applying it")
    hints: list[HintOut]


class EventIn(Given):
    """Something a device wrote down, perhaps without a network."""

    uuid: str = Field(json_schema_extra={"format": "uuid"}, pattern=r"^[0-9a-fA-F-]{36}$")
    kind: Line = Field(max_length=20)
    order_id: Id
    device_time: Moment
    data: dict[str, Any] = {}
    schema_version: int = Field(1, alias="schema", ge=1, le=32767)


class EventsIn(Given):
    events: list[EventIn] = Field(max_length=200)


class EventOut(Schema):
    """What became of one event; `refused` waits for a person and is never dropped."""

    id: int
    uuid: str
    outcome: str
    reason: str


class EventsOut(Schema):
    events: list[EventOut]
