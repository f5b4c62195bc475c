"""The item bank for programs: what officers and writers do on its pages, and reviewers on theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Key, Line, Words
from kepu.kernel.errors import BadInput, NotAllowed, Outside, authorize
from kepu.literacy import hints
from kepu.literacy.actions import findings, items, reviews
from kepu.literacy.models import Item, Review
from kepu.literacy.queries import items as queries
from kepu.literacy.queries import reviews as said
from kepu.literacy.rules import items as rules
from kepu.literacy.rules import reviews as may
from kepu.literacy.states import DifLevel, DifMethod, Grouping, ItemState, Model, Use, Verdict
from kepu.people import queries as people
from kepu.people.queries import experts

router = Router(tags=[n_("Item bank")])

Text = Annotated[str, Field(min_length=1, max_length=1000)]
Small = Annotated[float, Field(ge=0, le=10)]


class WordingIn(Given):
    """A question in one language."""

    language: Literal["zh-hans", "en"]
    stem: Text
    options: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(
        min_length=2, max_length=8
    )


class ItemIn(Given):
    """An item to write. `key` is the position of the right option, from 0."""

    dimension: Key
    discipline: Key
    use: Use = Use.SURVEY
    key: int = Field(ge=0, le=7)
    source: Line = Field(min_length=1)
    code: Line = Field("", max_length=20)
    wordings: list[WordingIn] = Field(min_length=1, max_length=2)


class ItemChange(ItemIn):
    """A draft worded anew; `version` is the one that was read."""

    version: int = Field(ge=1, le=2**31 - 1)


class WordingOut(Schema):
    """A question in one language."""

    language: str
    stem: str
    options: list[str]


class ItemHintOut(Schema):
    """A verb this caller could do, and what stands against it now."""

    verb: str
    why_not: str | None


class CalibrationOut(Schema):
    """What one wave taught, with standard errors."""

    model: Model
    difficulty: float
    difficulty_se: float
    discrimination: float
    discrimination_se: float
    guessing: float
    guessing_se: float
    people: int
    on: Day
    wave: str
    example: bool
    scale: str
    raw_difficulty: float | None
    raw_discrimination: float | None


class ItemOut(Schema):
    """An item as officers and writers see it."""

    id: int
    code: str
    dimension: str
    discipline: str
    use: Use
    key: int
    source: str
    example: bool
    state: ItemState
    version: int
    reason: str
    wordings: list[WordingOut]
    approvals: int
    calibrations: list[CalibrationOut]
    hints: list[ItemHintOut]


class ItemFilter(Schema):
    """Which items."""

    q: Words | None = None
    dimension: Key | None = None
    discipline: Key | None = None
    state: ItemState | None = None
    use: Use | None = None


class ItemStepIn(Given):
    """Why an item is sent back or retired."""

    reason: str = Field("", max_length=300)


class ReviewersIn(Given):
    """Whom to ask."""

    expert_id: Id


class ReviewOut(Schema):
    """A review; the wordings are there while they are under review."""

    id: int
    item: str
    dimension: str
    discipline: str
    key: int | None
    verdict: str
    remark: str
    wordings: list[WordingOut]


class ItemVerdictIn(Given):
    """What the reviewer says."""

    verdict: Verdict
    remark: str = Field("", max_length=2000)


class CalibrationIn(Given):
    """What one wave taught of an item, with standard errors."""

    model: Model
    difficulty: float = Field(ge=-6, le=6)
    difficulty_se: Small
    discrimination: float = Field(1.0, gt=0, le=5)
    discrimination_se: Small = 0.0
    guessing: float = Field(0.0, ge=0, lt=1)
    guessing_se: Small = 0.0
    people: int = Field(ge=1, le=2**31 - 1)
    on: Day
    wave: Line = Field(min_length=1, max_length=60)


class DifIn(Given):
    """Whether an item was found to favour a group."""

    grouping: Grouping
    method: DifMethod
    size: float = Field(ge=-100, le=100)
    p_value: float = Field(ge=0, le=1)
    level: DifLevel
    people: int = Field(ge=1, le=2**31 - 1)
    on: Day
    wave: Line = Field(min_length=1, max_length=60)


@router.get("/items", response=Page[ItemOut], summary=n_("The item bank"))
def items_of_bank(
    request: Asked, wanted: Query[ItemFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """Officers see their bank, writers what they wrote; 403 not_allowed."""
    if not queries.banks(request.auth, clock.now()).exists():
        authorize(_("only writers and officers of an item bank may read it"))
    asked = {key: value or "" for key, value in wanted.model_dump(exclude={"q"}).items()}
    found = queries.listed(request.auth, clock.now(), words=wanted.q or "", **asked)
    return page(request, found, lambda one: _item(request, one))


@router.post("/items", response={201: ItemOut}, summary=n_("Write an item"))
def write_item(request: Asked, body: ItemIn) -> Status[dict[str, Any]]:
    """As a draft; 403 not_allowed, 409 rule_broken, 422 bad_input."""
    bank = queries.banks(request.auth, clock.now()).first()
    if bank is None:
        raise NotAllowed(_("only a writer or officer of this item bank may write items"))
    made = items.write_item(_question(body), bank=bank, by=request.auth, now=clock.now())
    return Status(201, _item(request, queries.item(made.pk)))


@router.get("/items/{item_id}", response=ItemOut, summary=n_("One item"))
def read_item(request: Asked, item_id: Id) -> dict[str, Any]:
    """404 not_found for everybody but officers of the bank and who wrote it."""
    return _item(request, _seen(request, item_id))


@router.post("/items/{item_id}", response=ItemOut, summary=n_("Word a draft anew"))
def change_item(request: Asked, item_id: Id, body: ItemChange) -> dict[str, Any]:
    """404 not_found, 409 rule_broken, 422 bad_input."""
    _seen(request, item_id)
    items.change_item(item_id, _question(body), seen=body.version, by=request.auth, now=clock.now())
    return _item(request, queries.item(item_id))


@router.post(
    "/items/{item_id}/{verb}", response=ItemOut,
    summary=n_("Hand in, send back, approve or retire an item"),
)  # fmt: skip
def step_item(
    request: Asked,
    item_id: Id,
    verb: Literal["submit", "send-back", "approve", "retire"],
    body: ItemStepIn,
) -> dict[str, Any]:
    """403 not_allowed, 404 not_found, 409 rule_broken."""
    _seen(request, item_id)
    with_reason = {"reason": body.reason} if verb in ("send-back", "retire") else {}
    STEPS[verb](item_id, **with_reason, by=request.auth, now=clock.now())
    return _item(request, queries.item(item_id))


STEPS: dict[str, Callable[..., Item]] = {
    "submit": items.submit,
    "send-back": items.send_back,
    "approve": items.approve,
    "retire": items.retire,
}


@router.post("/item-reviews/of/{item_id}", response={201: ItemOut}, summary=n_("Ask an expert"))
def ask_review(request: Asked, item_id: Id, body: ReviewersIn) -> Status[dict[str, Any]]:
    """403 not_allowed, 404 not_found, 409 rule_broken."""
    item = _seen(request, item_id)
    authorize(rules.why_not_keep(request.auth, item.path, clock.now()))
    expert = experts.expert(body.expert_id)
    reviews.ask_review(item_id, expert, by=request.auth, now=clock.now())
    return Status(201, _item(request, queries.item(item_id)))


@router.post("/item-figures/{item_id}/calibration", response=ItemOut,
             summary=n_("Record what a wave taught of an item"))  # fmt: skip
def record_calibration(request: Asked, item_id: Id, body: CalibrationIn) -> dict[str, Any]:
    """403 not_allowed, 404 not_found, 409 rule_broken."""
    _seen(request, item_id)
    known = findings.Parameters(**body.model_dump())
    findings.record_calibration(item_id, known, by=request.auth, now=clock.now())
    return _item(request, queries.item(item_id))


@router.post("/item-figures/{item_id}/dif", response=ItemOut,
             summary=n_("Record whether an item favours a group"))  # fmt: skip
def record_dif(request: Asked, item_id: Id, body: DifIn) -> dict[str, Any]:
    """403 not_allowed, 404 not_found, 409 rule_broken."""
    _seen(request, item_id)
    known = findings.Dif(**body.model_dump())
    findings.record_dif(item_id, known, by=request.auth, now=clock.now())
    return _item(request, queries.item(item_id))


@router.get("/me/item-reviews", response=list[ReviewOut], summary=n_("Items that wait for you"))
def my_reviews(request: Asked) -> list[dict[str, Any]]:
    """At most a hundred, those that wait longest first."""
    found = said.waiting_for(request.auth).prefetch_related("item__wordings")
    return [_review(one) for one in found[:100]]


@router.post("/me/item-reviews/{review_id}", response=ReviewOut, summary=n_("Judge an item"))
def answer_review(request: Asked, review_id: Id, body: ItemVerdictIn) -> dict[str, Any]:
    """404 not_found, 409 rule_broken."""
    if may.why_not_review_as(request.auth, said.review(review_id)):
        raise Outside(_("there is no such review"))
    answered = reviews.answer_review(
        review_id, verdict=body.verdict, remark=body.remark, by=request.auth, now=clock.now()
    )
    return _review(said.review(answered.pk))


def _seen(request: Asked, item_id: int) -> Item:
    item = queries.item(item_id)
    if rules.why_not_see(request.auth, item, clock.now()):
        raise Outside(_("there is no such item"))
    return item


def _question(body: ItemIn) -> items.Question:
    discipline = people.fields().filter(key=body.discipline).first()
    if discipline is None:
        raise BadInput(_("one of the disciplines does not exist"), field="discipline")
    plain = body.model_dump(include={"dimension", "use", "key", "source", "code"})
    wordings = tuple(
        items.Words(one.language, one.stem, tuple(one.options)) for one in body.wordings
    )
    return items.Question(**plain, discipline=discipline, wordings=wordings)


def _item(request: Asked, item: Item) -> dict[str, Any]:
    plain = (
        "id",
        "code",
        "dimension",
        "use",
        "key",
        "source",
        "example",
        "state",
        "version",
        "reason",
    )
    return {
        **{name: getattr(item, name) for name in plain},
        "discipline": item.discipline.key,
        "wordings": list(item.wordings.all()),
        "approvals": said.approvals(item),
        "calibrations": list(item.calibrations.all()[:20]),
        "hints": hints.hints(item, request.auth, clock.now()),
    }


def _review(review: Review) -> dict[str, Any]:
    shown = said.shows_item(review)
    item = review.item
    return {
        "id": review.pk,
        "item": item.code,
        "dimension": item.dimension,
        "discipline": item.discipline.key,
        "key": item.key if shown else None,
        "verdict": review.verdict,
        "remark": review.remark,
        "wordings": list(item.wordings.all()) if shown else [],
    }
