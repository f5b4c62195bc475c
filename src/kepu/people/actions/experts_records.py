"""What experts tell of themselves: disciplines, titles, works, and where a fee is paid to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.files import actions as files
from kepu.kernel.files.models import StoredFile
from kepu.people.actions.experts_entries import locked, own
from kepu.people.models import Expert, FeeAccount, Field, Title, Work
from kepu.people.queries import experts_records as queries
from kepu.people.rules import experts_records as rules


@transaction.atomic
def update_expertise(
    expert_id: int, *, fields: Iterable[Field], languages: list[str], by: User, now: datetime
) -> Expert:
    """Say what one knows, and in which languages one can review and speak."""
    expert, fields = own(expert_id, by), list(fields)
    require(rules.why_not_know(fields, languages))

    expert.languages = languages
    expert.save(update_fields=["languages"])
    expert.fields.set(fields)
    audit.record(by, "expert.update_expertise", expert, now=now)
    return expert


@transaction.atomic
def state_title(
    expert_id: int,
    *,
    name: str,
    track: str,
    level: str,
    since: date,
    body: str,
    by: User,
    now: datetime,
    title_id: int | None = None,
) -> Title:
    """State a professional title, from when and by which body; the newest is the one that is shown."""
    expert = own(expert_id, by)
    require(rules.why_not_state_title(expert, name, since, title_id, now))

    title = queries.part(expert, Title, title_id) if title_id else Title(expert=expert)
    title.name, title.body = name.strip(), body.strip()
    title.track, title.level, title.since = track, level, since
    title.save()
    _rank(expert)
    audit.record(by, "expert.state_title", expert, now=now, title=title.pk)
    return title


@transaction.atomic
def state_work(
    expert_id: int,
    *,
    kind: str,
    title: str,
    year: int,
    coauthors: Iterable[Expert],
    authors: list[str],
    by: User,
    now: datetime,
    link: str = "",
    file: StoredFile | None = None,
    work_id: int | None = None,
) -> Work:
    """State a representative work and who made it too; a file that is handed in replaces the one before."""
    expert, others = own(expert_id, by), list(coauthors)
    names = [name for name in (" ".join(each.split()) for each in authors) if name]
    require(rules.why_not_state_work(expert, year, others, names, work_id, now))

    work = queries.part(expert, Work, work_id) if work_id else Work(expert=expert)
    work.kind, work.title, work.year, work.link = kind, title.strip(), year, link
    if file is not None:
        _let_go(work, by, now)
        work.file = file
    work.keep_authors(names)
    work.save()
    work.coauthors.set(others)
    audit.record(by, "expert.state_work", expert, now=now, work=work.pk)
    return work


@transaction.atomic
def remove_part(expert_id: int, part: str, row_id: int, *, by: User, now: datetime) -> Expert:
    """Take a title, a work or an employer off the record, with the file that was handed in."""
    expert = own(expert_id, by)
    require(rules.why_not_remove_part(expert, part))

    if part == "work":
        _let_go(queries.part(expert, Work, row_id), by, now)
    queries.any_part(expert, part, row_id).delete()
    _rank(expert)
    audit.record(by, "expert.remove_part", expert, now=now, part=part, row=row_id)
    return expert


@transaction.atomic
def keep_fee_account(
    expert_id: int,
    *,
    holder: str,
    id_number: str,
    bank: str,
    account: str,
    by: User,
    now: datetime,
) -> FeeAccount:
    """The expert says where a fee is paid to. Sealed under the expert's key; shown masked even to them."""
    expert = own(expert_id, by)
    account, id_number = "".join(account.split()), id_number.strip().upper()
    require(rules.why_not_keep_fee_account(id_number, account))

    fee = FeeAccount.objects.filter(expert=expert).first() or FeeAccount(expert=expert)
    values = {"holder": holder.strip(), "id_number": id_number, "bank": bank.strip()}
    fee.keep({**values, "account": account})
    fee.kept_at = now
    fee.save()
    audit.record(by, "expert.keep_fee_account", expert, now=now)
    return fee


@transaction.atomic
def forget_fee_account(expert_id: int, *, by: User, now: datetime) -> Expert:
    """The expert takes identity number and bank account back; nothing of them is kept here."""
    expert = own(expert_id, by)
    FeeAccount.objects.filter(expert=expert).delete()
    audit.record(by, "expert.forget_fee_account", expert, now=now)
    return expert


@transaction.atomic
def read_fee_account(expert_id: int, *, by: User, now: datetime) -> queries.FeeLine | None:
    """Who pays fees reads identity number and account in clear, one expert at a time; each reading is kept.

    None where the expert gave none. Raises NotAllowed for who may not pay experts of that place.
    """
    expert = locked(expert_id)
    authorize(rules.why_not_read_fee_account(by, expert, now))

    audit.record(by, "expert.read_fee_account", expert, now=now, for_whom=expert.person)
    return queries.fee_line(expert)


def _rank(expert: Expert) -> None:
    """The newest title is the one lists show; without any, what the invitation said stays."""
    newest = expert.titles.first()
    if newest is not None and newest.name != expert.rank:
        expert.rank = newest.name
        expert.save(update_fields=["rank"])


def _let_go(work: Work, by: User, now: datetime) -> None:
    if work.file_id is not None:
        files.remove(work.file_id, by=by, now=now)
        work.file = None
