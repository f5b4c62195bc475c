"""Issue a new version."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import RulebookIssued
from kepu.kernel.rulebooks import queries, reading, rules
from kepu.kernel.rulebooks.models import Rulebook


@transaction.atomic
def issue(kind: str, *, text: str, effective_from: date, by: User, now: datetime) -> Rulebook:
    """Issue a version of `kind` that takes effect on `effective_from`.

    Raises NotAllowed if `by` is no city officer, BadInput if the text does not fit the schema,
    and RuleBroken if the day is not in the future or another version is already planned for later.
    """
    list(Rulebook.objects.select_for_update().filter(kind=kind))
    authorize(rules.why_not_issue_rulebooks(by, now))
    reading.read(kind, text)
    require(rules.why_not_issue(kind, text, effective_from, now))

    book = Rulebook.objects.create(
        kind=kind,
        version=Rulebook.objects.filter(kind=kind).count() + 1,
        effective_from=effective_from,
        text=text,
        digest=reading.digest(text),
        issued_by=by,
        issued_at=now,
    )
    queries.forget()
    audit.record(by, "rulebook.issue", book, now=now, kind=kind, version=book.version)
    facts.publish(RulebookIssued(at=now, rulebook_id=book.pk))
    return book
