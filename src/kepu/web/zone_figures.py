"""A zone beside the city around it: what there is, what was done in a year, and its part of the whole.

The plan names 重庆高新区 as a demonstration zone, and no official list of indicators of one is public, so
the page calls these examples. They are counts of Kepu's own records. A zone holds parts of districts and
the census counts districts, so its people are known only where its parts add up to whole ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.appraisal.queries import titles
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import english
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import parts, within
from kepu.kernel.divisions.models import Zone
from kepu.kernel.errors import NotAllowed
from kepu.kernel.roles import queries as roles
from kepu.literacy.queries import runs
from kepu.orders import figures as orders
from kepu.people.queries import teams, volunteers
from kepu.ui import formats
from kepu.ui.cards import NumberTile
from kepu.ui.charts import Bar, Bars
from kepu.venues import figures as venues
from kepu.web import duties

YEAR = 12  # months
TEN_THOUSAND = 10_000


@dataclass(frozen=True)
class Counted:
    """What there is in some places today, and what was done there within a year."""

    people: crosswalk.Population
    communities: int
    served: int  # of the communities, those to which a visit was made
    venues: dict[str, int]  # by the kind's name
    titles: int
    volunteers: int
    teams: int
    year: orders.Figures


@dataclass(frozen=True)
class Line:
    """One indicator of the zone and of the whole."""

    label: str
    unit: str
    here: int
    whole: int
    here_people: int | None = None
    whole_people: int | None = None

    @property
    def part(self) -> float | None:
        """The zone's part of the whole; None where the whole has nothing."""
        return self.here / self.whole if self.whole else None

    @property
    def each(self) -> tuple[str, str]:
        """For 10,000 people, here and in the whole; empty where nobody knows how many live there."""
        return _for_people(self.here, self.here_people), _for_people(self.whole, self.whole_people)


def _for_people(many: int, people: int | None) -> str:
    return formats.decimal(many / people * TEN_THOUSAND, 2) if people else ""


@login_required
def show(request: HttpRequest, zone_id: int) -> HttpResponse:
    """The indicators of a zone, for whoever reads figures at one of its parts."""
    person, now = request.user, clock.now()
    assert isinstance(person, User)  # noqa: S101 (login_required)
    zone = Zone.objects.filter(pk=zone_id).first()
    if zone is None:
        raise Http404
    today = clock.day(now)
    here = divisions.zone_paths(zone, today)
    if not may_read(person, zone, now):
        raise NotAllowed(
            _("only officers of the zone, or of what lies around it, read its indicators")
        )
    return render(request, "web/zone_figures.html", {"zone": zone, **_told(zone, here, now)})


def may_read(person: User, zone: Zone, now: datetime) -> bool:
    """Whoever answers for orders or reads figures at a whole part of the zone; also of one that is over.

    A zone that keeps others from writing is read by the city around it all the same.
    """
    return _meet(divisions.zone_ground(zone, clock.day(now)), _scopes(person, now))


def readable(person: User, now: datetime) -> list[Zone]:
    """Zones of today whose indicators the person may read, by name. One query beside the person's roles."""
    scopes = _scopes(person, now)
    held = divisions.zone_parts(clock.day(now)).select_related("zone")
    found = {part.zone_id: part.zone for part in held if _meet([part.path], scopes)}
    return sorted(found.values(), key=lambda zone: zone.name)


def _scopes(person: User, now: datetime) -> set[str]:
    """Where the person answers for orders or reads figures."""
    held = roles.reaches(person, duties.FIGURES, now).values()
    return {scope for reach in held for scope in reach.paths}


def _meet(ground: Iterable[str], scopes: Collection[str]) -> bool:
    return any(within(path, scope) for path in ground for scope in scopes)


def _told(zone: Zone, here: list[str], now: datetime) -> dict[str, object]:
    """What the page says; of a zone that holds nothing today, that alone."""
    if not here:
        return {"lines": []}
    root = f"{parts(here[0])[0]}."
    months = orders.Month.before(clock.day(now))
    first = orders.Month(_a_year_to(months.first))
    found = _counted(here, first.begins(), months.ends(), clock.day(now))
    whole = _counted([root], first.begins(), months.ends(), clock.day(now))
    around = english.title(divisions.at(root).name)
    lines = _lines(found, whole)
    return {
        "lines": lines,
        "around": around,
        "span": f"{first} – {months}",
        "people": found.people,
        "tiles": _tiles(found),
        "bars": _bars(zone, lines, found, whole, around),
        "kinds": [
            (kind, _("%(here)s of %(all)s") % {"here": many, "all": whole.venues[kind]})
            for kind, many in found.venues.items()
        ],
        "stars": [(zone.name, _stars(found.year)), (around, _stars(whole.year))],
        "published": _published(here, root),
    }


def _a_year_to(first: date) -> date:
    """The first day of the month with which the year begins that ends with the month of `first`."""
    months = first.year * 12 + first.month - YEAR  # counted from 0
    return date(months // 12, months % 12 + 1, 1)


def _counted(places: list[str], since: datetime, until: datetime, day: date) -> Counted:
    """Eleven queries and those of the census, however many places there are."""
    return Counted(
        people=crosswalk.population(places, on=day),
        communities=divisions.communities(places),
        served=orders.communities_served(places, since, until),
        venues={str(kind.label): many for kind, many in venues.standing(places).items()},
        titles=titles.public().filter(divisions.inside(places)).count(),
        volunteers=volunteers.active().filter(divisions.inside(places)).count(),
        teams=teams.approved().filter(divisions.inside(places)).count(),
        year=orders.of_places(places, since, until),
    )


def _lines(here: Counted, whole: Counted) -> list[Line]:
    people = here.people.figure, whole.people.figure

    def line(label: str, unit: str, pick: Callable[[Counted], int]) -> Line:
        return Line(label, unit, pick(here), pick(whole), *people)

    return [
        line(
            _("Registered venues"), pgettext("unit", "venues"), lambda of: sum(of.venues.values())
        ),
        line(_("Titles in force"), pgettext("unit", "titles"), lambda of: of.titles),
        line(
            _("Active volunteers at home there"),
            pgettext("unit", "people"),
            lambda of: of.volunteers,
        ),
        line(_("Teams at home there"), pgettext("unit", "teams"), lambda of: of.teams),
        line(_("Visits made"), pgettext("unit", "visits"), lambda of: of.year.delivered),
        line(_("People reached"), pgettext("unit", "people"), lambda of: of.year.reached),
        line(_("Communities with a visit"), pgettext("unit", "communities"), lambda of: of.served),
    ]


def _tiles(here: Counted) -> list[NumberTile]:
    people = here.people
    return [
        NumberTile(
            _("People who live there"),
            "–" if people.figure is None else formats.count(people.figure),
            "" if people.figure is None else pgettext("unit", "people"),
            _("census of 2020") if people.figure is not None else str(people.reason),
        ),
        NumberTile(
            _("Communities"), formats.count(here.communities), pgettext("unit", "communities")
        ),
        NumberTile(
            _("Communities with a visit"),
            formats.share(here.served / here.communities, places=0) if here.communities else "–",
            note=_("%(served)s of %(all)s within the year")
            % {"served": formats.count(here.served), "all": formats.count(here.communities)},
        ),
        NumberTile(
            _("Visits made"),
            formats.count(here.year.delivered),
            pgettext("unit", "visits"),
            _("%(people)s people reached") % {"people": formats.count(here.year.reached)},
        ),
    ]


def _bars(
    zone: Zone, lines: Sequence[Line], here: Counted, whole: Counted, around: str
) -> Bars | None:
    """The zone's part of the whole by each indicator, and a line at its part of people or communities.

    None where the zone has nothing of all that.
    """
    shown = [line for line in lines if line.part is not None]
    if not any(line.here for line in shown):
        return None
    by_people = bool(here.people.figure and whole.people.figure)
    mine, all_ = (
        (here.people.figure, whole.people.figure)
        if by_people
        else (here.communities, whole.communities)
    )
    said = {"share": formats.share((mine or 0) / all_)} if all_ else {}
    words = (
        _("%(share)s of the people live there")
        if by_people
        else _("%(share)s of the communities lie there")
    )
    return Bars(
        title=_("What part of all in %(place)s is in %(zone)s")
        % {"place": around, "zone": zone.name},
        source=_("records in Kepu"),
        uncertainty=_("Counts of records, not of a sample: they have no margin"),
        bars=[
            Bar(
                one.label,
                (one.part or 0) * 100,
                formats.share(one.part),
                margin=f"({one.here:,} / {one.whole:,})",
            )
            for one in shown
        ],
        label_head=_("Indicator"),
        value_head=_("Part of the whole"),
        goal=(mine or 0) / all_ * 100 if all_ else None,
        goal_words=words % said if said else "",
        unit="%",
    )


def _stars(year: orders.Figures) -> str:
    """The mean of a year's ratings; how many there are where they are too few to publish it."""
    if year.mean_stars is None:
        return _("fewer than %(n)s ratings") % {"n": orders.FEWEST_RATINGS}
    return _("%(mean)s of 5 (%(n)s ratings)") % {
        "mean": formats.decimal(year.mean_stars, 1), "n": formats.count(year.ratings)
    }  # fmt: skip


@dataclass(frozen=True)
class Published:
    """A published survey's figures of the districts in which a zone lies."""

    title: str
    invented: bool
    rows: list[tuple[str, str]]


def _published(here: list[str], root: str) -> Published | None:
    """The last published survey of the whole; None where it has no figure of these districts."""
    run = next((one for one in runs.published() if one.path == root), None)
    if run is None:
        return None
    near = set(divisions.district_paths(here).values())
    codes = {one.official_code for one in divisions.at_and_below(near) if one.path in near}
    rows = [
        (
            english.title(row["name"]),
            _("%(share)s (%(low)s to %(high)s)")
            % {
                "share": formats.share(row["model"]),
                "low": formats.share(row["model_low"]),
                "high": formats.share(row["model_high"]),
            },
        )
        for row in run.districts
        if row["code"] in codes
    ]
    return Published(run.title, run.synthetic, rows) if rows else None
