"""What returns add up to: by district and in all, per head, and whether the funds grow as they should."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.states import Level
from kepu.literacy import statistics
from kepu.literacy.models import Figure, Return, Round
from kepu.literacy.queries import rounds
from kepu.literacy.states import COUNTED, FILLING, ReturnState
from kepu.literacy.statistics import Statistics

WAN = 10_000  # funds are counted in units of ten thousand yuan
CENSUS = 2020  # whose residents stand below every figure per head


@dataclass
class Growth:
    """The funds that must grow, of the units counted in both years: who joined or left is no growth."""

    units: int = 0
    then: Decimal = Decimal()
    now: Decimal = Decimal()
    revenue: float | None = None  # growth of recurrent revenue in per cent, as an officer stated it

    @property
    def percent(self) -> float | None:
        return float((self.now - self.then) / self.then * 100) if self.then else None

    @property
    def verdict(self) -> str:
        """Above or below revenue where that is known; else only whether they rise or fall."""
        if self.percent is None:
            return "unknown"
        if self.revenue is not None:
            return "above" if self.percent > self.revenue else "below"
        return "rises" if self.percent > 0 else "falls"


@dataclass
class Row:
    """A district, or the units of the city itself: who reported, and what that comes to."""

    path: str
    name: str
    asked: int = 0
    reported: int = 0  # handed in, and not sent back
    counted: int = 0  # checked or locked: the figures are of these
    locked: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    givers: dict[str, int] = field(default_factory=dict)  # units that gave more than nothing
    people: int | None = None
    why_no_people: crosswalk.Unknown | None = None
    growth: Growth = field(default_factory=Growth)

    def per_head(self, rules: Statistics) -> Decimal | None:
        """Funds per resident in yuan; none where nobody reported or the people are not known."""
        funds = self.sums.get(rules.funds.per_head)
        return funds * WAN / self.people if funds is not None and self.people else None


@dataclass(frozen=True)
class Whole:
    """A round added up: by district, and the whole of it."""

    rules: Statistics
    rows: tuple[Row, ...]
    total: Row


def whole(one: Round, within: Iterable[str] = ()) -> Whole:
    """The round by district, or the parts `within` that the reader checks. About fifteen queries."""
    adding = _Adding(one, statistics.of_version(one.rules), tuple(within) or (one.path,))
    adding.count_returns()
    adding.add_figures()
    adding.compare()
    adding.count_people(clock.day(one.opened_at))
    return Whole(adding.rules, tuple(adding.rows.values()), adding.total)


class _Adding:
    """Rows being filled: what is grouped by the place of a unit goes to the district above it."""

    def __init__(self, one: Round, rules: Statistics, within: tuple[str, ...]) -> None:
        self.round, self.rules, self.within = one, rules, within
        name = one.division_at.name if within == (one.path,) else _("your districts together")
        self.total = Row(one.path, name)
        standing = divisions.standing(clock.day(one.opened_at)).filter(
            self.inside("path") | Q(path__in={above for path in within for above in ancestors(path)}),
            path__within=one.path, level=Level.DISTRICT,
        )  # fmt: skip
        names = standing.order_by("path").values_list("path", "name")
        self.rows = {path: Row(path, name) for path, name in names}

    def inside(self, name: str) -> Q:
        """The parts of the round that the reader checks."""
        found = Q(pk__in=())
        for path in self.within:
            found |= Q(**{f"{name}__within": path})
        return found

    def rows_of(self, path: str) -> tuple[Row, Row]:
        """Where a unit counts: in its district, or among those of the city itself; and in all."""
        district = next((above for above in ancestors(path) if above in self.rows), self.round.path)
        if district not in self.rows:
            self.rows[district] = Row(district, _("units of the city itself"))
        return self.rows[district], self.total

    def returns(self) -> QuerySet[Return]:
        found: QuerySet[Return] = self.round.returns.filter(self.inside("path"))
        return found

    def count_returns(self) -> None:
        """Who was asked, who handed in, whose figures count."""
        grouped = self.returns().values("division_at__path").annotate(
            asked=Count("pk"),
            reported=Count("pk", filter=~Q(state__in=FILLING)),
            counted=Count("pk", filter=Q(state__in=COUNTED)),
            locked=Count("pk", filter=Q(state=ReturnState.LOCKED)),
        )  # fmt: skip
        for one in grouped.order_by("division_at__path"):
            for row in self.rows_of(one["division_at__path"]):
                for name in ("asked", "reported", "counted", "locked"):
                    setattr(row, name, getattr(row, name) + one[name])

    def add_figures(self) -> None:
        """Sums, and on how many units each rests."""
        figures = Figure.objects.filter(of__in=self.returns().filter(state__in=COUNTED))
        grouped = figures.values("of__division_at__path", "key").annotate(
            all=Sum("value"), givers=Count("pk", filter=Q(value__gt=0))
        )
        for one in grouped.order_by("of__division_at__path", "key"):
            for row in self.rows_of(one["of__division_at__path"]):
                row.sums[one["key"]] = row.sums.get(one["key"], Decimal()) + one["all"]
                row.givers[one["key"]] = row.givers.get(one["key"], 0) + one["givers"]
        for row in (*self.rows.values(), self.total):
            self._compute(row)

    def _compute(self, row: Row) -> None:
        for key, parts in self.rules.computed.items():
            if all(part in row.sums for part in parts):
                row.sums[key] = sum((row.sums[part] for part in parts), Decimal())
                row.givers[key] = max(row.givers[part] for part in parts)

    def compare(self) -> None:
        """The funds that must grow against the year before, and against revenue where it is stated."""
        last = rounds.of_year(self.round.division_at, self.round.year - 1)
        known = self._funds(last) if last else {}
        for unit, (path, value) in self._funds(self.round).items():
            if unit in known:
                for row in self.rows_of(path):
                    row.growth.units += 1
                    row.growth.then += known[unit][1]
                    row.growth.now += value
        for path, percent in self.round.revenues.values_list("division__path", "growth"):
            row = self.total if path == self.round.path else self.rows.get(path, self.total)
            row.growth.revenue = float(percent)

    def _funds(self, of: Round) -> Mapping[int, tuple[str, Decimal]]:
        found = Figure.objects.filter(
            self.inside("of__path"), of__round=of, of__state__in=COUNTED,
            key=self.rules.funds.growth,
        )  # fmt: skip
        rows = found.values_list("of__organisation", "of__division_at__path", "value")
        return {unit: (path, value) for unit, path, value in rows}

    def count_people(self, day: date) -> None:
        """Usual residents by the census; those of the whole are known even where a part is not."""
        districts = [path for path in self.rows if path != self.round.path]
        asked = [*districts, self.round.path] if self.within == (self.round.path,) else districts
        told = crosswalk.population(asked, on=day)
        self.total.people, self.total.why_no_people = told.figure, told.reason
        for path, people, reason in told.parts or ((asked[0], told.figure, told.reason),):
            if path in districts:
                self.rows[path].people, self.rows[path].why_no_people = people, reason
