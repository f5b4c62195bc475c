"""Give a title, and recognise one of another programme."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.appraisal import issuing, policy
from kepu.appraisal.actions.steps import set_base_level, step
from kepu.appraisal.models import Application, Series, Title, TitleStep
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.rules import titles as rules
from kepu.appraisal.telling import titles as telling
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require


@transaction.atomic
def grant(
    application: Application, *, grade: str, reference: str, by: User, now: datetime
) -> Title:
    """Give the title that an application was named for, from today on; its holder hears of it.

    Part of naming: call it in the same transaction. `grade` is the key of a level, `reference` the
    number of the signed paper. A title of the same programme that the holder has already is followed
    by the new one. Raises NotAllowed if `by` does not decide at the call's place, and RuleBroken for a
    level that there is not, a paper without a number, a second title, or one before that is suspended.
    """
    call = application.call
    programme = policy.as_of(call.programme, call.rules_version).programme
    authorize(rules.why_not_name_at(by, call.path, now))
    require(rules.why_not_grant(application, programme, grade, reference))

    before = queries.to_follow(application)
    if before is not None:
        before = step(queries.locked(before.pk), "renew", by=by, now=now, reference=reference)
    title = Title(
        application=application,
        programme=call.programme,
        rules_version=call.rules_version,
        klass=application.klass,
        grade=grade,
        venue_id=application.venue_id,
        organisation_id=application.organisation_id,
        person_id=application.person_id,
        holder_name=application.subject_name,
        follows=before,
    )
    title.place(application.division_now)
    return _begin(title, programme, "grant", reference, by=by, now=now)


def _begin(
    title: Title, programme: Programme, verb: str, reference: str, *, by: User, now: datetime,
    reason: str = "",
) -> Title:  # fmt: skip
    """A new title from today on, with its number, its first step, and the venue's level after it."""
    title.issuing_version, rules = issuing.in_force(now)
    title.since, title.granted_at = clock.day(now), now
    title.until = queries.last_day(title.since, programme.term)
    title.number = _next_number(rules.prefix, title.programme, title.since.year)
    title.save()
    said = {"reason": reason.strip(), "reference": reference.strip()}
    TitleStep.objects.create(
        title=title, verb=verb, state=title.state, grade=title.grade, by=by, at=now, **said
    )
    audit.record(
        by, f"appraisal.{verb}_title", title, now=now, number=title.number, grade=title.grade
    )
    set_base_level(title, programme, by=by, now=now)
    telling.given(title, programme, now=now)
    return title


def _next_number(prefix: str, programme: str, year: int) -> str:
    """KP-BASE-2026-0001: the series is locked until the transaction has ended, so none is given twice."""
    key = f"{prefix}-{programme.upper().replace('_', '-')}-{year}"
    Series.objects.get_or_create(prefix=key)
    series = Series.objects.select_for_update().get(prefix=key)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{key}-{series.last:04d}"
