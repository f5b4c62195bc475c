"""What was done in the places below one division within a month: a table of sums, ready to show."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time

from django.db.models import Count, QuerySet, Sum

from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.queries import inside
from kepu.kernel.divisions.states import Level
from kepu.orders.models import Rating, Step

FEWEST_RATINGS = 5  # a mean of fewer would tell of persons, not of a place

_COUNTED = {
    "place": "placed",
    "deliver": "delivered",
    "report_no_show": "missed",
    "escalate": "escalated",
}


@dataclass(frozen=True)
class Month:
    """A calendar month in Beijing."""

    first: date

    @classmethod
    def before(cls, day: date) -> Month:
        """The last month that had ended on `day`."""
        return cls(day.replace(day=1)).previous()

    @classmethod
    def read(cls, text: str) -> Month:
        """From `2026-02`; raises ValueError."""
        found = cls(date.fromisoformat(f"{text}-01"))
        if not 2000 <= found.first.year <= 2200:
            raise ValueError(f"{text} is no month of ours")
        return found

    def previous(self) -> Month:
        return Month(_first_of(self.first.year * 12 + self.first.month - 2))

    def next(self) -> Month:
        return Month(_first_of(self.first.year * 12 + self.first.month))

    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), BEIJING)

    def ends(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return self.next().begins()

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


@dataclass
class Figures:
    """Counts of one place in one month. `stars` is a sum over `ratings` ratings."""

    placed: int = 0  # orders sent
    delivered: int = 0  # visits made
    missed: int = 0  # visits to which nobody came
    escalated: int = 0  # stages that ran out of time
    reached: int = 0  # people who were at the visits, as each was reported; at two, counted twice
    ratings: int = 0
    stars: int = 0

    @property
    def mean_stars(self) -> float | None:
        """Mean of the ratings; None where there are too few to publish."""
        return self.stars / self.ratings if self.ratings >= FEWEST_RATINGS else None

    def add(self, other: Figures) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def as_data(self) -> dict[str, int]:
        return asdict(self)


def of_month(places: Iterable[str], month: Month) -> dict[str, Figures]:
    """Figures of each of `places` (paths) with all that lies below it. Two queries.

    An order counts where it was made, as the divisions stood then: figures of a month do not change
    when a township is moved later.
    """
    found = {place: Figures() for place in places}
    for path, figures in _by_place(_inside(found, month)):
        for above in ancestors(path):
            if above in found:
                found[above].add(figures)
    return found


def of_places(places: Collection[str], since: datetime, until: datetime) -> Figures:
    """Figures of all the places together from `since` to before `until`; what lies in two counts once.

    An order counts where its place lies today, so a place that was moved takes them along. Two queries.
    """
    steps = Step.objects.filter(inside(places, "order__path"), verb__in=_COUNTED)
    ratings = Rating.objects.filter(inside(places, "order__path"))
    total = Figures()
    for _path, figures in _by_place(
        (steps.filter(at__gte=since, at__lt=until), ratings.filter(at__gte=since, at__lt=until))
    ):
        total.add(figures)
    return total


def communities_served(places: Collection[str], since: datetime, until: datetime) -> int:
    """Communities of the places, as they stand today, to which a visit was made. One query."""
    made = Step.objects.filter(verb="deliver", at__gte=since, at__lt=until)
    there = made.filter(
        inside(places, "order__path"), order__division_now__level=Level.COMMUNITY
    ).order_by()
    return there.values("order__division_now").distinct().count()


def _inside(places: Iterable[str], month: Month) -> tuple[QuerySet[Step], QuerySet[Rating]]:
    scope = _common(list(places))
    span = (month.begins(), month.ends())
    steps = Step.objects.filter(at__gte=span[0], at__lt=span[1], verb__in=_COUNTED)
    ratings = Rating.objects.filter(at__gte=span[0], at__lt=span[1])
    return (
        steps.filter(order__division_at__path__within=scope),
        ratings.filter(order__division_at__path__within=scope),
    )


def _common(places: list[str]) -> str:
    """The nearest division that holds all of `places`; empty for all there are."""
    if not places:
        return ""
    shared = [above for above in ancestors(places[0]) if all(p.startswith(above) for p in places)]
    return shared[0] if shared else ""


def _by_place(
    rows: tuple[QuerySet[Step], QuerySet[Rating]],
) -> Iterable[tuple[str, Figures]]:
    place = "order__division_at__path"
    steps, ratings = rows
    counted = steps.order_by().values_list(place, "verb")
    for path, verb, n, attended in counted.annotate(n=Count("pk"), reached=Sum("attended")):
        yield path, Figures(**{_COUNTED[verb]: n}, reached=attended or 0)
    rated = ratings.order_by().values_list(place)
    for path, n, stars in rated.annotate(n=Count("pk"), sum=Sum("stars")):
        yield path, Figures(ratings=n, stars=stars)
