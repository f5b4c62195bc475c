"""Figures of kepu workers as a page and a table show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.people.models.staff import COUNTS
from kepu.people.queries.staff import ALL, Figures
from kepu.people.staff_forms import LABELS

SHOWN = (
    "full", "part", "full_create", "full_guide", "part_guide", "senior", "associate", "middle",
    "junior", "posts",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A row: its name, on how many units it rests, and the figures; None where they are withheld."""

    name: str
    units: int | None
    figures: tuple[int | None, ...]


def heads() -> list[str]:
    return [str(LABELS[key]) for key in SHOWN]


def by_district(found: Figures) -> list[Line]:
    """A line for every district, the sum at the end."""
    lines = [_line(found, name, path, ALL) for path, name in found.districts.items()]
    return [*lines, _line(found, _("Total"), ALL, ALL)]


def by_sector(found: Figures) -> list[Line]:
    """A line for every sector, the sum at the end."""
    lines = [_line(found, title, ALL, key) for key, title in found.sectors.items()]
    return [*lines, _line(found, _("Total"), ALL, ALL)]


def _line(found: Figures, name: str, path: str, sector: str) -> Line:
    cell = found.cells[path, sector]
    if (path, sector) in found.withheld:
        return Line(name, None, tuple(None for _key in SHOWN))
    return Line(name, len(cell.units), tuple(cell.counts[key] for key in SHOWN))


def headers() -> list[str]:
    """What stands above the table that is taken away."""
    return [
        _("Year"), _("District"), pgettext("kepu work", "Sector"), _("Units"),
        *(str(LABELS[key]) for key in COUNTS),
    ]  # fmt: skip


def table(found: Figures) -> Iterator[list[str | int | None]]:
    """District by sector with every number, then the sums; a cell that is withheld stays empty."""
    places = [*found.districts.items(), (ALL, _("Total"))]
    kinds = [*found.sectors.items(), (ALL, _("Total"))]
    for path, place in places:
        for sector, title in kinds:
            cell = found.cells.get((path, sector))
            if cell is None:
                continue
            shut = (path, sector) in found.withheld
            numbers = [None if shut else cell.counts[key] for key in COUNTS]
            yield [found.year, place, title, None if shut else len(cell.units), *numbers]
