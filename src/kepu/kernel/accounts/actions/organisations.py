"""Register organisations."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts import queries, rules
from kepu.kernel.accounts.checks import valid_credit_code
from kepu.kernel.accounts.models import Organisation, OrganisationKind, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput, authorize


@transaction.atomic
def register_organisation(
    name: str,
    *,
    kind: OrganisationKind,
    division: Division,
    by: User | None,
    now: datetime,
    credit_code: str = "",
) -> Organisation:
    """Register a unit at a place, or find the one that has this unified social credit code.

    Raises NotAllowed if `by` is no officer of the area, and BadInput if the code's check character
    is wrong or the name is missing.
    """
    from pypinyin import lazy_pinyin  # its tables take a moment; every command would wait for them

    authorize(rules.why_not_register_organisation(by, division, now))
    name, code = name.strip(), credit_code.strip().upper()
    if not name:
        raise BadInput(_("an organisation needs a name"))
    if code and not valid_credit_code(code):
        raise BadInput(
            _("the unified social credit code is not right; please check each character")
        )
    if code and (known := queries.by_credit_code(code)):
        return known

    unit = Organisation(
        name=name, kind=kind, credit_code=code or None, sort_key=" ".join(lazy_pinyin(name))[:240]
    )
    unit.place(division)
    unit.save()
    audit.record(by, "organisation.register", unit, now=now)
    return unit
