"""Give a title, and recognise one of another programme."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kepu.appraisal import policy
from kepu.appraisal.actions.steps import begin, step
from kepu.appraisal.models import Application, Title
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.rules import titles as rules
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import authorize, require


@transaction.atomic
def grant(
    application: Application, *, grade: str, reference: str, by: User, now: datetime,
    since: date | None = None, batch: str = "",
) -> Title:  # fmt: skip
    """Give the title that an application was named for, from today on; its holder hears of it.

    One that another body named holds since that naming, and says by whom it was and in which batch.

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
        named_by=programme.named_by,
        batch=batch.strip(),
    )
    title.place(application.division_now)
    return begin(title, "grant", reference=reference, by=by, now=now, since=since)


@transaction.atomic
def recognise(
    title_id: int, programme: str, *, klass: str, grade: str, reason: str, reference: str, by: User,
    now: datetime,
) -> Title:  # fmt: skip
    """Give the title of `programme` to who holds one that it recognises, without a new review.

    Both stand side by side. A signed decision: raises NotAllowed if `by` does not decide for the whole
    city, RuleBroken where the programme does not recognise the title, or it does not stand.
    """
    lower = queries.locked(title_id)
    rule = policy.in_force(programme, now)
    authorize(rules.why_not_recognise_as(by, lower, now))
    require(rules.why_not_recognise(lower, rule, klass, grade, reason, reference))

    title = Title(
        recognises=lower,
        programme=programme,
        rules_version=rule.version,
        klass=klass,
        grade=grade,
        venue_id=lower.venue_id,
        organisation_id=lower.organisation_id,
        person_id=lower.person_id,
        holder_name=lower.holder_name,
    )
    title.place(lower.division_now)
    return begin(title, "recognise", reason=reason, reference=reference, by=by, now=now)
