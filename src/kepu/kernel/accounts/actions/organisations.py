"""Register organisations, change what they are called, close and reopen them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts import queries, rules
from kepu.kernel.accounts.checks import valid_credit_code
from kepu.kernel.accounts.models import Organisation, OrganisationKind, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput, authorize, require


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
    authorize(rules.why_not_register_organisation(by, division, now))
    name, code = _read(name, credit_code)
    if code and (known := queries.by_credit_code(code)):
        return known

    unit = Organisation(name=name, kind=kind, credit_code=code or None, sort_key=_sort_key(name))
    unit.place(division)
    unit.save()
    audit.record(by, "organisation.register", unit, now=now)
    return unit


@transaction.atomic
def change_organisation(
    organisation_id: int,
    *,
    name: str,
    kind: OrganisationKind,
    credit_code: str,
    by: User,
    now: datetime,
) -> Organisation:
    """Say anew what a unit is called and is; without a code it keeps the one it has.

    Raises NotAllowed if `by` is no officer of its area, BadInput as `register_organisation` does, and
    RuleBroken if another unit has this code.
    """
    unit = Organisation.objects.select_for_update().get(pk=organisation_id)
    authorize(rules.why_not_register_organisation(by, unit.division_now, now))
    name, code = _read(name, credit_code)
    require(rules.why_not_take_credit_code(code, unit))

    unit.name, unit.kind, unit.sort_key = name, kind, _sort_key(name)
    unit.credit_code = code or unit.credit_code
    unit.save(update_fields=["name", "kind", "sort_key", "credit_code"])
    audit.record(by, "organisation.change", unit, now=now)
    return unit


@transaction.atomic
def relate_organisation(
    organisation_id: int,
    *,
    parent: Organisation | None,
    merged_into: Organisation | None,
    by: User,
    now: datetime,
) -> Organisation:
    """Say which unit it is a part of, and which one it was merged into; conflicts of interest follow both.

    Raises NotAllowed if `by` is no officer of its area, and RuleBroken if it would lie above itself.
    """
    unit = Organisation.objects.select_for_update().get(pk=organisation_id)
    authorize(rules.why_not_register_organisation(by, unit.division_now, now))
    require(rules.why_not_relate_organisation(unit, parent, merged_into))

    if (unit.parent, unit.merged_into) == (parent, merged_into):
        return unit
    unit.parent, unit.merged_into = parent, merged_into
    unit.save(update_fields=["parent", "merged_into"])
    audit.record(
        by, "organisation.relate", unit, now=now, parent=unit.parent_id, into=unit.merged_into_id
    )
    return unit


@transaction.atomic
def close_organisation(organisation_id: int, *, by: User, now: datetime) -> Organisation:
    """From now on it takes no order and no role; what it has under way it brings to an end.

    Raises NotAllowed if `by` is no officer of its area, and RuleBroken if it is closed.
    """
    unit = _turn(organisation_id, False, by, now)
    audit.record(by, "organisation.close", unit, now=now)
    return unit


@transaction.atomic
def reopen_organisation(organisation_id: int, *, by: User, now: datetime) -> Organisation:
    """It takes orders and roles again.

    Raises NotAllowed if `by` is no officer of its area, and RuleBroken if it is not closed.
    """
    unit = _turn(organisation_id, True, by, now)
    audit.record(by, "organisation.reopen", unit, now=now)
    return unit


def _turn(organisation_id: int, active: bool, by: User, now: datetime) -> Organisation:
    unit = Organisation.objects.select_for_update().get(pk=organisation_id)
    authorize(rules.why_not_register_organisation(by, unit.division_now, now))
    require(rules.why_not_turn_organisation(unit, active))

    unit.active = active
    unit.save(update_fields=["active"])
    return unit


def _read(name: str, credit_code: str) -> tuple[str, str]:
    """Name and code as they are kept; raises BadInput."""
    name, code = name.strip(), credit_code.strip().upper()
    if not name:
        raise BadInput(_("an organisation needs a name"))
    if code and not valid_credit_code(code):
        raise BadInput(
            _("the unified social credit code is not right; please check each character")
        )
    return name, code


def _sort_key(name: str) -> str:
    from pypinyin import lazy_pinyin  # its tables take a moment; every command would wait for them

    return " ".join(lazy_pinyin(name))[:240]
