"""Statistical returns as tables: one return to be filled in a spreadsheet, and a round taken away."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import tables
from kepu.kernel.divisions import english
from kepu.kernel.tables import Column, Fault
from kepu.literacy.models import Figure, Return
from kepu.literacy.rules.returns import LARGEST
from kepu.literacy.statistics import Statistics

BATCH = 200

# --- one return -----------------------------------------------------------------------------------


def columns(rules: Statistics) -> list[Column]:
    """What stands above the table of one return; the code tells which figure a row has."""
    known = {key: key for key in rules.asked}
    return [
        Column("key", lazy("Code of the indicator"), tables.one_of(known)),
        Column("name", lazy("Indicator"), required=False),
        Column("unit", lazy("Counted in"), required=False),
        Column("value", lazy("Figure"), _number, required=False),
        Column("last", lazy("Last year"), required=False),
    ]


def _number(value: str) -> Decimal:
    try:
        found = Decimal(value.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise ValueError(_("a number such as 1234 or 12.50")) from None
    if not found.is_finite() or not 0 <= found <= LARGEST:
        raise ValueError(_("a figure is not below 0"))
    return found


def read(file: IO[bytes], name: str, rules: Statistics) -> tuple[dict[str, Decimal], list[Fault]]:
    """The figures that a table holds, and what is wrong with it, row by row. An empty cell says nothing."""
    sheet = tables.read_table(file, name, columns(rules))
    found: dict[str, Decimal] = {}
    for row in sheet.rows:
        key, value = row.values["key"], row.values["value"]
        if key in found:
            sheet.faults.append(
                Fault(row.number, str(_("Indicator")), _("this indicator stands twice"))
            )
        elif value is not None and value != round(value, _places(rules, key)):
            sheet.faults.append(Fault(row.number, str(_("Figure")), _places_words(rules, key)))
        elif value is not None:
            found[key] = value
    return found, sorted(sheet.faults, key=lambda fault: fault.row)


def _places(rules: Statistics, key: str) -> int:
    return rules.indicators[key].places


def _places_words(rules: Statistics, key: str) -> str:
    if not _places(rules, key):
        return _("a whole number")
    return _("at most %(n)s decimal places") % {"n": _places(rules, key)}


def write(rules: Statistics, values: Mapping[str, Decimal], last: Mapping[str, Decimal]) -> bytes:
    """The form with what is filled so far, to be filled in a spreadsheet and given back."""
    headers = [str(column.header) for column in columns(rules)]
    rows = (
        [key, rules.indicators[key].title, rules.unit_of(key), _cell(values.get(key)), _cell(last.get(key))]
        for key in rules.asked
    )  # fmt: skip
    return xlsx(headers, rows)


def _cell(value: Decimal | str | None) -> float | None:
    return None if value is None else float(value)


def xlsx(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    tables.write_xlsx(out, headers, rows)
    return out.getvalue()


# --- a round --------------------------------------------------------------------------------------

Rows = tuple[list[str], Iterable[list[Any]]]


def by_district(rules: Statistics, told: Mapping[str, Any]) -> Rows:
    """Districts and the whole, with every figure; a cell that is withheld is empty."""
    keys = told["keys"]
    headers = [
        _("District"), _("Units asked"), _("Units counted"), _("Residents of the 2020 census"),
        _("Special funds per head (yuan)"), _("Growth of government funds (%)"),
        _("Growth of recurrent revenue (%)"),
        *(f"{rules.indicators[key].title} ({rules.unit_of(key)})" for key in keys),
    ]  # fmt: skip
    return headers, (_district(row, keys) for row in [*told["rows"], told["total"]])


def _district(row: Mapping[str, Any], keys: Sequence[str]) -> list[Any]:
    return [
        english.title(row["name"]), row["asked"], row["counted"], row["people"], _cell(row["per_head"]),
        row["growth"], row["revenue"], *(_cell(row["values"].get(key)) for key in keys),
    ]  # fmt: skip


def by_unit(rules: Statistics, returns: Any) -> Rows:
    """Units one by one, for officers: state, and every figure they gave."""
    headers = [
        _("Unit"), _("Place"), _("State"),
        *(f"{rules.indicators[key].title} ({rules.unit_of(key)})" for key in rules.asked),
    ]  # fmt: skip
    return headers, _units(rules, returns)


def _units(rules: Statistics, returns: Any) -> Iterator[list[Any]]:
    ids = list(returns.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        yield from _some_units(rules, ids[start : start + BATCH])


def _some_units(rules: Statistics, ids: list[int]) -> Iterator[list[Any]]:
    given: dict[int, dict[str, Decimal]] = {}
    for of, key, value in Figure.objects.filter(of__in=ids).values_list("of", "key", "value"):
        given.setdefault(of, {})[key] = value
    found = Return.objects.filter(pk__in=ids).select_related("organisation", "division_now")
    for one in found.order_by("path", "pk"):
        figures = given.get(one.pk, {})
        told = [one.organisation.name, one.division_now.name, one.get_state_display()]
        yield [*told, *(_cell(figures.get(key)) for key in rules.asked)]
