"""Reads of an expert's record: its parts, co-authors by word, and the fee account."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.masks import name as mask_name
from kepu.kernel.errors import Outside
from kepu.people.models import Conflict, Employment, Expert, FeeAccount, Title, Work
from kepu.people.states import ExpertState

Part = TypeVar("Part", Conflict, Employment, Title, Work)

PARTS: dict[str, type[Employment] | type[Title] | type[Work]] = {
    "employment": Employment,
    "title": Title,
    "work": Work,
}


@dataclass(frozen=True)
class FeeLine:
    """Where an expert's fee is paid to, in clear: for who pays, and never for a list or a log."""

    expert_id: int
    holder: str
    id_number: str
    bank: str
    account: str


@dataclass(frozen=True)
class MaskedFee:
    """The same as the expert sees it: enough to know it again."""

    holder: str
    id_number: str
    bank: str
    account: str


def part(expert: Expert, table: type[Part], row_id: int) -> Part:
    """A row of this expert's own record; raises Outside for another's."""
    found = table._default_manager.filter(expert=expert, pk=row_id).first()
    if found is None:
        raise Outside(_("this is not on your record"))
    return found


def any_part(expert: Expert, name: str, row_id: int) -> Employment | Title | Work:
    """A row of one of the kinds of PARTS by its name; raises Outside."""
    if name not in PARTS:
        raise Outside(_("this is not on your record"))
    found = PARTS[name]._default_manager.filter(expert=expert, pk=row_id).first()
    if found is None:
        raise Outside(_("this is not on your record"))
    return found


def fee_line(expert: Expert) -> FeeLine | None:
    """The account in clear; None where none was given or the key is gone. Ask through an action only."""
    fee = FeeAccount.objects.filter(expert=expert).select_related("expert__person").first()
    values = fee.values if fee else {}
    return FeeLine(expert.pk, **values) if values else None


def masked_fee(expert: Expert) -> MaskedFee | None:
    """What the expert sees of the own account."""
    line = fee_line(expert)
    if line is None:
        return None
    return MaskedFee(
        mask_name(line.holder),
        _masked(line.id_number, 3, 2),
        line.bank,
        _masked(line.account, 0, 4),
    )


def with_fee_account(experts: Collection[int]) -> set[int]:
    """Which of these experts gave an account that can still be read. One query."""
    found = FeeAccount.objects.filter(expert__in=experts, expert__person__data_key__isnull=False)
    return set(found.values_list("expert", flat=True))


def masked_fees(experts: Iterable[Expert]) -> dict[int, MaskedFee]:
    """The accounts of experts for who pays them, masked; who gave none is left out. One query each."""
    found = {one.pk: masked_fee(one) for one in experts}
    return {pk: masked for pk, masked in found.items() if masked is not None}


def _masked(value: str, head: int, tail: int) -> str:
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]


@dataclass(frozen=True)
class Sight:
    """Whose names a reader of a record sees in full; others are masked.

    An expert sees what they typed; of a person found by login or telephone never more than before.
    """

    typed: bool
    known: bool


OWN, CITY, OFFICE = Sight(typed=True, known=False), Sight(True, True), Sight(False, False)


@dataclass(frozen=True)
class WorkLine:
    """A work as it is shown, with its authors."""

    id: int
    title: str
    kind: str
    year: int
    authors: tuple[str, ...]
    link: str
    file_id: int | None


@dataclass(frozen=True)
class BondLine:
    """A bond as it is shown."""

    id: int
    party: str
    kind: str
    reason: str
    until: date | None


def works(expert: Expert, sight: Sight) -> list[WorkLine]:
    """Works, the newest first, with co-authors as far as the reader may know them."""
    found = Work.objects.filter(expert=expert).select_related("expert__person")
    return [
        WorkLine(
            one.pk, one.title, one.get_kind_display(), one.year, tuple(_authors(one, sight)), one.link,
            one.file_id,
        )
        for one in found.prefetch_related("coauthors__person")
    ]  # fmt: skip


def _authors(work: Work, sight: Sight) -> list[str]:
    known = [_name(other.person.name, sight.known) for other in work.coauthors.all()]
    return known + [_name(name, sight.typed) for name in work.authors]


def declared(expert: Expert, sight: Sight) -> list[BondLine]:
    """Bonds in the order they were declared, with people as far as the reader may know them."""
    found = Conflict.objects.filter(expert=expert).order_by("pk")
    rows = found.select_related("organisation", "person", "expert__person")
    return [
        BondLine(
            one.pk,
            _party(one, sight),
            one.get_kind_display(),
            one.reason if sight.typed or one.organisation else "",  # words that may name somebody
            one.until,
        )
        for one in rows
    ]


def _party(bond: Conflict, sight: Sight) -> str:
    if bond.organisation:
        return bond.organisation.name
    if bond.person:
        return _name(bond.person.name, sight.known)
    return _name(bond.named, sight.typed)


def _name(full: str, in_full: bool) -> str:
    return full if in_full else mask_name(full)


def path_of_file(file_id: int) -> str | None:
    """The place of the expert whose work a file is, once the record was handed in or agreed to."""
    works = Work.objects.filter(file=file_id).exclude(expert__state=ExpertState.DRAFT)
    found: str | None = works.values_list("expert__path", flat=True).first()
    return found


def coauthors(words: Iterable[str]) -> tuple[list[Expert], list[str]]:
    """Co-authors as somebody writes them: experts here by login, pseudonym or telephone, others by name."""
    found: list[Expert] = []
    names: list[str] = []
    for word in words:
        person = accounts.by_word(word)
        expert = Expert.objects.filter(person=person).first() if person else None
        if expert is not None and expert.state != ExpertState.DRAFT:
            found.append(expert)
        else:
            names.append(word)
    return found, names
