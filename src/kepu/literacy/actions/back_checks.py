"""Draw interviews to ask about again, and write down what was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require
from kepu.literacy import asked_again, schemas
from kepu.literacy.bridge import again
from kepu.literacy.models import BackCheck, Fieldwork
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.rules import fieldwork as rules
from kepu.literacy.states import Checked


@transaction.atomic
def draw_back_checks(fieldwork_id: int, *, by: User, now: datetime) -> int:
    """Draw what is short of each interviewer's share; how many were drawn. The seed decides which."""
    of: Fieldwork = Fieldwork.objects.select_for_update().get(pk=fieldwork_id)
    reach = queries.reach_of(by, now)
    authorize(None if reach else rules.why_not_supervise(by, of.path, now))
    require(rules.why_not_draw_again(of))
    found = again.to_draw(of, reach, schemas.field_rules(now).back_check)
    BackCheck.objects.bulk_create(
        (BackCheck(case_id=case, drawn_at=now) for case in found), batch_size=500
    )
    audit.record(by, "fieldwork.draw_back_checks", of, now=now, seed=of.seed, cases=found)
    return len(found)


@transaction.atomic
def tell_back_check(
    check_id: int, *, found: str, remark: str, heard: Mapping[str, str] | None = None, by: User,
    now: datetime,
) -> BackCheck:  # fmt: skip
    """Write down what a second visit or call found; whoever held the interview cannot.

    `heard` are answers to what was asked again, by key: how many are as they were is kept, not they.
    """
    check: BackCheck = (
        BackCheck.objects.select_for_update(of=("self",))
        .select_related("case__community__division", "case__fieldwork")
        .get(pk=check_id)
    )
    authorize(rules.why_not_supervise(by, check.case.community.division.path, now))
    authorize(rules.why_not_tell(queries.asked_by(check.case), by))
    require(rules.why_not_tell_again(check))
    if found not in Checked.values:
        raise BadInput(_("say what was found"), field="found")
    check.found, check.remark, check.by, check.at = found, remark.strip(), by, now
    check.asked, check.same = asked_again.compared(check.case, heard or {})
    check.save(update_fields=["found", "remark", "asked", "same", "by", "at"])
    audit.record(
        by, "fieldwork.tell_back_check", check, now=now, case=check.case_id, found=found,
        asked=check.asked, same=check.same,
    )  # fmt: skip
    return check
