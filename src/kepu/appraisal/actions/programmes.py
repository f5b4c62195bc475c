"""Write a programme in the browser: begin from a copy, say its sections, issue it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kepu.appraisal import policy, rules
from kepu.appraisal.models import ProgrammeDraft
from kepu.appraisal.programme import drafting
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Outside, RuleBroken, authorize, require
from kepu.kernel.rulebooks import actions as rulebooks

UP, DOWN = -1, 1


@transaction.atomic
def begin(
    copied_from: str, *, code: str = "", title: str = "", by: User, now: datetime
) -> ProgrammeDraft:
    """Begin a draft from a copy of the programme `copied_from`, in its newest version.

    With a `code` of its own it is a new programme under `title`, else the next version of the same one.
    Raises NotAllowed, Outside where there is nothing to copy, RuleBroken where the code is taken.
    """
    authorize(rules.programmes.why_not_write(by, now))
    base = policy.newest(copied_from)
    if code:
        require(rules.programmes.why_not_new(code))
    require(rules.programmes.why_not_begin(code or copied_from))

    said = drafting.plain(base.programme)
    named = {"title": title.strip(), "title_en": ""} if code else {}
    draft = ProgrammeDraft(
        code=code or copied_from, copied_from=copied_from, copied_version=base.version,
        rules={**said, **named}, made_by=by, made_at=now, changed_by=by, changed_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as twice:
        words = _("there is a draft of this programme already; go on with that one")
        raise RuleBroken(words) from twice
    audit.record(by, "programme.begin", draft, now=now, code=draft.code, copied_from=copied_from)
    return draft


@transaction.atomic
def say(
    draft_id: int, section: str, said: drafting.Row | None, *, seen: int, by: User, now: datetime
) -> ProgrammeDraft:
    """Say a section that is one record anew; None leaves an optional one out."""
    draft = _locked(draft_id, seen, by, now)
    return _keep(draft, drafting.with_record(draft.rules, section, said), section, by, now)


@transaction.atomic
def say_row(
    draft_id: int,
    section: str,
    at: int | None,
    said: drafting.Row,
    *,
    seen: int,
    by: User,
    now: datetime,
) -> ProgrammeDraft:
    """Say a row anew, or, `at` None, add one."""
    draft = _locked(draft_id, seen, by, now)
    require(rules.programmes.why_not_place(draft, section, at))
    return _keep(draft, drafting.with_row(draft.rules, section, at, said), section, by, now)


@transaction.atomic
def move_row(
    draft_id: int, section: str, at: int, way: int, *, seen: int, by: User, now: datetime
) -> ProgrammeDraft:
    """Put a row one place further up or down."""
    draft = _locked(draft_id, seen, by, now)
    require(rules.programmes.why_not_place(draft, section, at))
    return _keep(draft, drafting.moved(draft.rules, section, at, way), section, by, now)


@transaction.atomic
def remove_row(
    draft_id: int, section: str, at: int, *, seen: int, by: User, now: datetime
) -> ProgrammeDraft:
    """Take a row away; RuleBroken where another one stands on it."""
    draft = _locked(draft_id, seen, by, now)
    require(rules.programmes.why_not_place(draft, section, at))
    require(drafting.why_not_remove(draft.rules, section, at))
    return _keep(draft, drafting.removed(draft.rules, section, at), section, by, now)


@transaction.atomic
def issue(
    draft_id: int, *, effective_from: date, seen: int, by: User, now: datetime
) -> ProgrammeDraft:
    """Issue the draft as a version of its rulebook, in force from a day on.

    Raises NotAllowed for who is no city officer, RuleBroken while something is wrong with it or the day.
    """
    draft = _locked(draft_id, seen, by, now)
    require(rules.programmes.why_not_issue(draft, seen))

    book = rulebooks.issue(
        f"{policy.PREFIX}.{draft.code}", text=drafting.text(draft.rules),
        effective_from=effective_from, by=by, now=now,
    )  # fmt: skip
    draft.issued = book.version
    draft.version += 1
    draft.save(update_fields=["issued", "version"])
    audit.record(by, "programme.issue", draft, now=now, code=draft.code, version=book.version)
    return draft


@transaction.atomic
def discard(draft_id: int, *, seen: int, by: User, now: datetime) -> None:
    """Throw away a draft that was not issued."""
    draft = _locked(draft_id, seen, by, now)
    audit.record(by, "programme.discard", draft, now=now, code=draft.code)
    draft.delete()


def _locked(draft_id: int, seen: int, by: User, now: datetime) -> ProgrammeDraft:
    """The draft, nobody else's until the transaction has ended, in the version that was looked at."""
    draft = ProgrammeDraft.objects.select_for_update().filter(pk=draft_id).first()
    authorize(rules.programmes.why_not_write(by, now))
    if draft is None:
        raise Outside(_("there is no such draft"))
    require(rules.programmes.why_not_change(draft, seen))
    return draft


def _keep(
    draft: ProgrammeDraft, said: drafting.Draft, section: str, by: User, now: datetime
) -> ProgrammeDraft:
    draft.rules = said
    draft.version += 1
    draft.changed_by, draft.changed_at = by, now
    draft.save(update_fields=["rules", "version", "changed_by", "changed_at"])
    audit.record(by, "programme.change", draft, now=now, section=section, version=draft.version)
    return draft
