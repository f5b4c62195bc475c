"""Reads of kepu workers: what a unit stated, who is named, and the figures by district and sector."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Sector, Staffing, Worker
from kepu.people.models.staff import COUNTS
from kepu.people.states import WorkerState

# What the yearly statistics call the numbers of a unit (indicator dictionary, class KP-001 personnel).
INDICATORS = {
    "staff_full": "full",
    "staff_full_mid": "full_middle",
    "staff_full_female": "full_female",
    "staff_full_rural": "full_rural",
    "staff_full_manage": "full_manage",
    "staff_full_create": "full_create",
    "staff_full_guide": "full_guide",
    "staff_part": "part",
    "staff_part_months": "part_months",
    "staff_part_guide": "part_guide",
}
CALLED = gettext_lazy("kepu workers that the unit stated by sector")
LIVING = (WorkerState.ASKED, WorkerState.AGREED)


def sectors() -> QuerySet[Sector]:
    """Sectors that can be chosen, those the plan names first."""
    return Sector.objects.filter(retired=False).order_by("rank", "key")


def units_kept(person: User, now: datetime) -> QuerySet[Organisation]:
    """Units whose kepu workers the person keeps, by name."""
    held = roles.reach(person, Verb.RETURN_FILE, now).organisations
    return Organisation.objects.filter(pk__in=held, active=True)


def unit_kept(person: User, unit_id: int, now: datetime) -> Organisation:
    """One of them; raises Outside."""
    found = units_kept(person, now).filter(pk=unit_id).first()
    if found is None:
        raise Outside(_("there is no such unit"))
    return found


def stated(unit: Organisation) -> QuerySet[Staffing]:
    """What the unit stated, the latest year first, by sector."""
    found = Staffing.objects.filter(organisation=unit).select_related("sector")
    return found.order_by("-year", "sector__rank")


def staffing(unit: Organisation, staffing_id: int) -> Staffing:
    """One line of the unit's own; raises Outside."""
    found = stated(unit).filter(pk=staffing_id).first()
    if found is None:
        raise Outside(_("there is no such page"))
    return found


def named(unit: Organisation) -> QuerySet[Worker]:
    """Who stands on the unit's list, or is asked to, in the order they were named."""
    found = Worker.objects.filter(organisation=unit, state__in=LIVING)
    return found.select_related("person", "sector").order_by("pk")


def of_person(person: User) -> QuerySet[Worker]:
    """Where a person is named as a kepu worker, or asked; open questions first."""
    found = Worker.objects.filter(person=person, state__in=LIVING)
    return found.select_related("organisation", "sector").order_by("-state", "pk")


def worker(worker_id: int) -> Worker:
    """One row; raises Outside."""
    found = Worker.objects.filter(pk=worker_id).select_related("organisation").first()
    if found is None:
        raise Outside(_("there is no such page"))
    return found


def indicators_of(unit: int, year: int) -> dict[str, int]:
    """What a unit stated for a year, by the keys of the yearly statistics; empty where it stated nothing.

    So that nobody types a number twice: the return of the unit is filled with it. One query.
    """
    found = Staffing.objects.filter(organisation=unit, year=year)
    if not found.exists():
        return {}
    sums = found.aggregate(**{f"n_{column}": Sum(column) for column in INDICATORS.values()})
    return {key: int(sums[f"n_{column}"]) for key, column in INDICATORS.items()}


# --- figures --------------------------------------------------------------------------------------


@dataclass
class Cell:
    """Numbers of a district and a sector, and on how many units they rest."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    units: set[int] = field(default_factory=set)

    def add(self, row: Mapping[str, int]) -> None:
        self.units.add(row["organisation"])
        for key in COUNTS:
            self.counts[key] += row[key]


ALL = ""  # the key of a margin


@dataclass
class Figures:
    """One year: cells by (path of a district, key of a sector), either of them ALL for a sum.

    `withheld` are those that a reader who may not see single units must not read.
    """

    year: int
    districts: dict[str, str]  # path -> name, in the order of names
    sectors: dict[str, str]  # key -> title
    cells: dict[tuple[str, str], Cell]
    withheld: set[tuple[str, str]] = field(default_factory=set)


def years(within: Q) -> list[int]:
    """Years for which some unit inside stated anything, the latest first."""
    found = Staffing.objects.filter(within).order_by("-year")
    return list(found.values_list("year", flat=True).distinct())


def figures(year: int, within: Q, *, least: int = 0) -> Figures:
    """Numbers of a year inside some places, by district and sector, with their sums. Three queries.

    A cell that rests on fewer than `least` units is withheld, and where it could be worked out from a
    sum, so is another one of its row or column.
    """
    rows = list(Staffing.objects.filter(within, year=year).values(
        "path", "organisation", "sector__key", *COUNTS
    ))  # fmt: skip
    districts = divisions.district_paths(row["path"] for row in rows)
    cells: dict[tuple[str, str], Cell] = defaultdict(Cell)
    for row in rows:
        place, sector = districts.get(row["path"], row["path"]), row["sector__key"]
        for key in ((place, sector), (place, ALL), (ALL, sector), (ALL, ALL)):
            cells[key].add(row)
    there = {place for place, _sector in cells} - {ALL}
    named = Division.objects.filter(path__in=there).order_by("sort_key", "path")
    titles = {one.key: one.title for one in Sector.objects.order_by("rank", "key")}
    told = {key: title for key, title in titles.items() if (ALL, key) in cells}
    names = dict(named.values_list("path", "name"))
    return Figures(year, names, told, dict(cells), withheld(cells, least))


def withheld(cells: Mapping[tuple[str, str], Cell], least: int) -> set[tuple[str, str]]:
    """Cells on too few units, and those that would give one away: no row or column, its sum with it,
    keeps exactly one secret.
    """
    hidden = {key for key, cell in cells.items() if len(cell.units) < least}
    while another := _giving_away(cells, hidden):
        hidden.add(another)
    return hidden


def _giving_away(
    cells: Mapping[tuple[str, str], Cell], hidden: Collection[tuple[str, str]]
) -> tuple[str, str] | None:
    """The next cell to withhold: of a line with one secret, that on the fewest units, the sum last."""
    for side in (0, 1):
        lines: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key in cells:
            lines[key[side]].append(key)
        for line in lines.values():
            open_cells = [key for key in line if key not in hidden]
            if len(line) - len(open_cells) == 1 and open_cells:
                return min(
                    open_cells, key=lambda key: (key == (ALL, ALL), len(cells[key].units), key)
                )
    return None
