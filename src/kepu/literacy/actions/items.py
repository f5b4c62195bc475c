"""Write items, have them reviewed, approve and retire them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require
from kepu.literacy import schemas, telling
from kepu.literacy.actions import reviews
from kepu.literacy.models import Item, ItemStep, Wording
from kepu.literacy.queries import items as queries
from kepu.literacy.rules import items as rules
from kepu.literacy.states import ITEM, Use

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division
    from kepu.people.models import Field


@dataclass(frozen=True)
class Words:
    """A question in one language."""

    language: str
    stem: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What an item asks, what is right, and where it comes from. Without a code one is found."""

    dimension: str
    discipline: Field
    key: int
    source: str
    wordings: tuple[Words, ...]
    use: str = Use.SURVEY
    code: str = ""
    example: bool = False

    def __post_init__(self) -> None:
        if not self.wordings:
            raise BadInput(_("write the question in at least one language"))
        for one in self.wordings:
            _check(one)
        if len({len(one.options) for one in self.wordings}) > 1:
            raise BadInput(_("every language has the same number of options"))
        if not 0 <= self.key < self.options:
            raise BadInput(_("the right answer must be one of the options"))
        if not self.source.strip():
            raise BadInput(_("say where the item comes from"))

    @property
    def options(self) -> int:
        return len(self.wordings[0].options)


def _check(words: Words) -> None:
    if not words.stem.strip():
        raise BadInput(_("the question is empty"))
    said = [one.strip() for one in words.options]
    if not all(said) or len(set(said)) < len(said):
        raise BadInput(_("options must not be empty, and no two may be the same"))


@transaction.atomic
def write_item(question: Question, *, bank: Division, by: User, now: datetime) -> Item:
    """Write an item for a bank, as a draft."""
    authorize(rules.why_not_write_in(by, bank.path, now))
    _require_fit(question, now)
    taken = queries.codes(bank)
    require(rules.why_not_code(question.code.strip(), taken))

    item = Item(written_by=by, written_at=now, example=question.example)
    item.place(bank)
    item.code = question.code.strip() or _next_code(question.dimension, taken)
    _say(item, question)
    item.save()
    _set_wordings(item, question)
    _keep_step(item, "write", by=by, now=now)
    audit.record(by, "item.write", item, now=now)
    return item


@transaction.atomic
def write_items(
    questions: Iterable[Question], *, bank: Division, by: User, now: datetime
) -> list[Item]:
    """Write every item of a table as a draft, or none of them."""
    return [write_item(one, bank=bank, by=by, now=now) for one in questions]


@transaction.atomic
def change_item(item_id: int, question: Question, *, seen: int, by: User, now: datetime) -> Item:
    """Word a draft anew. What reviewers said was of the wording before."""
    item = _seen(item_id, by, now)
    require(rules.why_not_change(item, seen))
    _require_fit(question, now)

    item.version += 1
    _say(item, question)
    item.save(update_fields=["version", "dimension", "discipline", "use", "key", "source"])
    _set_wordings(item, question)
    _keep_step(item, "change", by=by, now=now)
    audit.record(by, "item.change", item, now=now, version=item.version)
    return item


@transaction.atomic
def submit(item_id: int, *, by: User, now: datetime) -> Item:
    """Hand a draft in for review."""
    item = _seen(item_id, by, now)
    require(rules.why_not_submit(item, schemas.framework(now)))
    return _move(item, "submit", by=by, now=now)


@transaction.atomic
def send_back(item_id: int, *, reason: str, by: User, now: datetime) -> Item:
    """Give an item back to its writer; who has not answered yet need not."""
    item = _kept(item_id, by, now)
    require(rules.why_not_send_back(item, reason))

    reviews.drop_open(item, by=by, now=now)
    _move(item, "send_back", by=by, now=now, reason=reason)
    telling.sent_back(item, reason, now=now)
    return item


@transaction.atomic
def approve(item_id: int, *, by: User, now: datetime) -> Item:
    """Let an item be used that enough experts found fit. From now on its words stay."""
    item = _locked(item_id)
    authorize(rules.why_not_approve_as(by, item, now))
    require(rules.why_not_approve(item, schemas.framework(now)))

    reviews.drop_open(item, by=by, now=now)
    return _move(item, "approve", by=by, now=now)


@transaction.atomic
def retire(item_id: int, *, reason: str, by: User, now: datetime) -> Item:
    """Take an item out of use for good; what is known of it stays."""
    item = _kept(item_id, by, now)
    require(rules.why_not_retire(item, reason))

    item.reason = reason.strip()
    return _move(item, "retire", "reason", by=by, now=now, reason=reason)


def _say(item: Item, question: Question) -> None:
    item.dimension, item.discipline = question.dimension, question.discipline
    item.use, item.key, item.source = question.use, question.key, question.source.strip()


def _set_wordings(item: Item, question: Question) -> None:
    item.wordings.all().delete()
    Wording.objects.bulk_create(
        Wording(
            item=item,
            language=one.language,
            stem=one.stem.strip(),
            options=[option.strip() for option in one.options],
            plain="\n".join((one.stem, *one.options)),
        )
        for one in question.wordings
    )


def _require_fit(question: Question, now: datetime) -> None:
    framework = schemas.framework(now)
    require(rules.why_not_word(question.dimension, question.options, framework))


def _next_code(dimension: str, taken: set[str]) -> str:
    """Such as K0042: the first letter of the dimension, and the next free number."""
    letter = dimension[:1].upper()
    numbers = [int(code[1:]) for code in taken if code[:1] == letter and code[1:].isdecimal()]
    return f"{letter}{max(numbers, default=0) + 1:04}"


def _move(item: Item, verb: str, *named: str, by: User, now: datetime, reason: str = "") -> Item:
    item.state = ITEM.after(item.state, verb)
    item.save(update_fields=["state", *named])
    _keep_step(item, verb, by=by, now=now, reason=reason)
    audit.record(by, f"item.{verb}", item, now=now)
    return item


def _keep_step(item: Item, verb: str, *, by: User, now: datetime, reason: str = "") -> None:
    ItemStep.objects.create(
        item=item, verb=verb, state=item.state, version=item.version, by=by, at=now,
        reason=reason.strip(),
    )  # fmt: skip


def _seen(item_id: int, by: User, now: datetime) -> Item:
    item = _locked(item_id)
    authorize(rules.why_not_see(by, item, now))
    return item


def _kept(item_id: int, by: User, now: datetime) -> Item:
    item = _locked(item_id)
    authorize(rules.why_not_keep(by, item.path, now))
    return item


def _locked(item_id: int) -> Item:
    item: Item = Item.objects.select_for_update().get(pk=item_id)
    return item
