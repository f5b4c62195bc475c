"""Addresses of doors as a table: written to be filled in, read with every wrong row named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import tables
from kepu.kernel.errors import BadInput
from kepu.kernel.tables import Column, Fault, Row, Sheet
from kepu.literacy.models import Fieldwork, SampledCommunity

LONGEST = 200  # characters of an address
MOST_DOORS = 2_000  # of one community on a page
COLUMNS = (
    Column("community", lazy("Community code"), tables.text(60),
           hint=lazy("official code, or the path that the table of the sample names")),
    Column("name", lazy("Community"), tables.text(60), required=False),
    Column("number", lazy("Number of the door"), tables.whole(1, 10_000)),
    Column("address", lazy("Address"), tables.text(LONGEST), required=False,
           hint=lazy("a row without one is left out, to be filled in later")),
)  # fmt: skip
Door = tuple[int, int]  # community of the sample, number in it


def read(
    file: IO[bytes], name: str, of: Fieldwork, places: Iterable[SampledCommunity]
) -> tuple[dict[int, str], list[Fault]]:
    """Addresses by the id of their case, and everything that is wrong, row by row.

    A row whose address is not filled in yet is left out: a table may be sent again as it grows.
    """
    sheet = tables.read_table(file, name, COLUMNS)
    known = _known(places)
    cases: dict[Door, int] = {
        (community, number): pk
        for community, number, pk in of.cases.filter(community__in=set(known.values())).values_list(
            "community", "number", "pk"
        )
    }
    found: dict[int, str] = {}
    for row in sheet.rows:
        if row.values["address"]:
            _take(sheet, row, known, cases, found)
    if not found and not sheet.faults:
        raise BadInput(_("no row has an address yet: fill in the column “Address” first"))
    return found, sorted(sheet.faults, key=lambda fault: fault.row)


def _known(places: Iterable[SampledCommunity]) -> dict[str, int]:
    """Communities by path and by official code."""
    found: dict[str, int] = {}
    for one in places:
        found[one.division.path] = found[one.division.path.rstrip(".")] = one.pk
        if one.division.official_code:
            found[one.division.official_code] = one.pk
    return found


def _take(
    sheet: Sheet, row: Row, known: dict[str, int], cases: dict[Door, int], found: dict[int, str]
) -> None:
    code, number = row.values["community"], row.values["number"]
    community = known.get(code)
    case = cases.get((community or 0, number))
    if community is None:
        words = _("no community of this sample: %(code)s") % {"code": code}
        sheet.faults.append(Fault(row.number, str(COLUMNS[0].header), words))
    elif case is None:
        words = _("there is no door %(n)s in this community") % {"n": number}
        sheet.faults.append(Fault(row.number, str(COLUMNS[2].header), words))
    elif case in found:
        sheet.faults.append(Fault(row.number, "", _("this door stands in an earlier row")))
    else:
        found[case] = row.values["address"]


def to_fill_in(of: Fieldwork, places: Iterable[SampledCommunity]) -> bytes:
    """A row for each door, without addresses: they are never written out again."""
    told = {one.pk: one.division for one in places}
    doors = of.cases.filter(community__in=told).order_by("community__division__path", "number")
    rows = (
        (told[community].path, told[community].name, number, "")
        for community, number in doors.values_list("community", "number")
    )
    return tables.csv_text([str(one.header) for one in COLUMNS], rows)
