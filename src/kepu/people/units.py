"""Organisations from a spreadsheet: every wrong row is named; then all of it is registered, or nothing."""

from __future__ import annotations

from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import tables
from kepu.kernel.accounts import actions, rules
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.checks import valid_credit_code
from kepu.kernel.accounts.models import OrganisationKind
from kepu.kernel.errors import BadInput
from kepu.kernel.sheets import Errand
from kepu.kernel.tables import Column, Fault, Sheet
from kepu.people.places import Places


def columns(places: Places | None) -> list[Column]:
    """What stands above a spreadsheet of units."""
    kinds = {str(kind.label): kind.value for kind in OrganisationKind}
    read = places.read if places else str
    hint = lazy("full name or official code of the place")
    return [
        Column("name", lazy("unit name"), tables.text(120)),
        Column("kind", lazy("kind of unit"), tables.one_of(kinds), hint="、".join(kinds)),
        Column("home", lazy("home"), read, hint=hint),
        Column("credit_code", lazy("credit code of the unit"), _credit_code),
    ]


def _credit_code(value: str) -> str:
    code = value.upper()
    if not valid_credit_code(code):
        raise ValueError(
            _("the unified social credit code is not right; please check each character")
        )
    if accounts.by_credit_code(code):
        raise ValueError(_("a unit with this credit code is registered already"))
    return code


def attempt(file: IO[bytes], name: str, errand: Errand) -> list[Fault]:
    """Read and check every row and write nothing."""
    return _read(file, name, errand).faults


def take_in(file: IO[bytes], name: str, errand: Errand) -> int:
    """Register every unit of a clean table; raises BadInput and registers nothing if it is not."""
    sheet = _read(file, name, errand)
    if sheet.faults:
        words = _("the table has %(count)s faults; nothing was imported")
        raise BadInput(words % {"count": len(sheet.faults)})
    with transaction.atomic():
        for done, row in enumerate(sheet.rows):
            errand.told("rows imported", done, len(sheet.rows))
            _register(row.values, errand)
    return len(sheet.rows)


def template(errand: Errand) -> bytes:
    """An empty XLSX to fill in."""
    return tables.template(columns(Places(errand.by, errand.now)))


def _read(file: IO[bytes], name: str, errand: Errand) -> Sheet:
    sheet = tables.read_table(file, name, columns(Places(errand.by, errand.now)))
    first: dict[str, int] = {}
    for done, row in enumerate(sheet.rows):
        errand.told("rows checked", done, len(sheet.rows))
        reason = rules.why_not_register_organisation(errand.by, row.values["home"], errand.now)
        code = row.values["credit_code"]
        if code in first:
            reason = _("the same as row %(row)s") % {"row": first[code]}
        first.setdefault(code, row.number)
        if reason:
            sheet.faults.append(Fault(row.number, "", reason))
    sheet.faults.sort(key=lambda fault: fault.row)
    return sheet


def _register(values: dict[str, Any], errand: Errand) -> None:
    actions.register_organisation(
        values["name"],
        kind=OrganisationKind(values["kind"]),
        division=values["home"],
        by=errand.by,
        now=errand.now,
        credit_code=values["credit_code"],
    )
