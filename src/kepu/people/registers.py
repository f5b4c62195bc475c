"""The room's registers as lists: who may read each, in which orders it stands, its columns as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext

from kepu.kernel import clock
from kepu.kernel.accounts import masks
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.divisions.fields import ancestors, within
from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import Asked, Column, Order, Register
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.search import queries as search
from kepu.people.course_forms import CourseListForm
from kepu.people.forms import TeamListForm, VolunteerListForm
from kepu.people.hours_forms import LedgerListForm
from kepu.people.office_forms import (
    CallListForm,
    CampaignListForm,
    ExpertListForm,
    NominationListForm,
    PostListForm,
    StationListForm,
)
from kepu.people.queries import (
    campaigns,
    experts,
    hours,
    places,
    teams,
    training,
    units,
    volunteers,
)
from kepu.people.unit_forms import UnitListForm

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

PLACE = Column(lazy("Place"), lambda _one, place: place)
STATE = Column(lazy("State"), lambda one, _place: one.get_state_display())
TOPICS = Column(lazy("Topics"), lambda one, _place: _titles(one.skills))
BY_PLACE = Order(lazy("by place"), ("path", "pk"))


def _titles(known: Any) -> str:
    return "、".join(one.title for one in known.all())


def _named(
    found: QuerySet[Any], words: str, columns: tuple[str, ...], who: str = ""
) -> QuerySet[Any]:
    """Those whose columns hold every word or, since names are sealed, whose person in the column
    `who` has this login, pseudonym or telephone.
    """
    if not words.strip():
        return found
    held = search.in_columns(words, columns)
    person = accounts.by_word(words.strip()) if who else None
    held = held | Q(**{who: person}) if person else held
    rows = found.model._default_manager.filter(held)  # a row may hold the words more than once
    return found.filter(pk__in=rows.values("pk"))


def _within(person: User | None, verb: Verb, refusal: str, now: datetime) -> Q:
    """Where an officer may do `verb`; whoever may nowhere is refused in these words."""
    reach = roles.reach(person, verb, now)
    if not reach.paths:
        raise NotAllowed(refusal)
    return reach.limit()


def _reached(*verbs: Verb) -> Callable[[User | None, datetime], Callable[[str], bool]]:
    """Districts in which an officer may do one of the verbs, or which hold such a place."""

    def ground(person: User | None, now: datetime) -> Callable[[str], bool]:
        reaches = roles.reaches(person, verbs, now).values() if person else ()
        units = {pk for reach in reaches for pk in reach.organisations}
        homes = Organisation.objects.filter(pk__in=units).values_list("path", flat=True)
        cities = {
            f"{path.split('.')[0]}." for path in homes
        }  # a unit serves beyond its own district
        paths = {path for reach in reaches for path in reach.paths} | cities
        return lambda place: any(within(place, path) or within(path, place) for path in paths)

    return ground


def _lying(rows: Callable[[datetime], QuerySet[Any]]) -> Any:
    """Districts in which any of the rows lies."""

    def ground(_person: User | None, now: datetime) -> Callable[[str], bool]:
        paths = rows(now).order_by().values_list("path", flat=True).distinct()
        return {place for path in paths for place in ancestors(path)}.__contains__

    return ground


# --- open to everybody ----------------------------------------------------------------------------


def _teams(person: User | None, asked: Asked, _now: datetime) -> QuerySet[Any]:
    found = teams.listed(
        scope=asked.get("district", ""), words=asked.get("q", ""), skill=asked.get("skill", "")
    )
    home = person.home if person else None
    near = teams.nearest_first(found, home.path) if home else found
    return near.prefetch_related("skills")


def _stations(_person: User | None, asked: Asked, _now: datetime) -> QuerySet[Any]:
    return places.stations(
        asked.get("district", ""),
        words=asked.get("q", ""),
        kind=asked.get("kind", ""),
        tier=asked.get("tier", ""),
    )


def _campaigns(_person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    scope = asked.get("district", "")
    running = asked.get("running")
    found = campaigns.running(clock.day(now), scope) if running else campaigns.campaigns(scope)
    return _named(found, asked.get("q", ""), ("name", "about"))


def _calls(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    found = campaigns.calls(now)
    if asked.get("district"):
        found = found.filter(path__within=asked["district"])
    if asked.get("skill"):
        found = found.filter(skills__key=asked["skill"])
    if asked.get("fits") and person is not None:
        found = campaigns.fit_for(person, found)
    found = _named(found, asked.get("q", ""), ("title", "about"))
    return found.prefetch_related("skills")


def _courses(_person: User | None, asked: Asked, _now: datetime) -> QuerySet[Any]:
    found = training.courses(
        scope=asked.get("district", ""),
        skill=asked.get("skill", ""),
        state=asked.get("state", ""),
    )
    return _named(found, asked.get("q", ""), ("title", "about", "room"))


NEAREST = Order(lazy("nearest first"), ())  # by name for who has no home here

TEAMS = Register(
    "team-list", "teams", lazy("Volunteer teams"), TeamListForm, _teams,
    {
        "near": NEAREST,
        "name": Order(lazy("by name"), ("sort_key", "pk")),
        "place": Order(lazy("by place"), ("path", "sort_key", "pk")),
        "members": Order(lazy("most members first"), ("-member_count", "sort_key", "pk")),
        "new": Order(lazy("newest first"), ("-joined_at", "-pk")),
    },
    (
        Column(lazy("Name of the team"), lambda one, _place: one.name),
        Column(lazy("Tier"), lambda one, _place: one.get_tier_display()),
        PLACE,
        Column(lazy("Unit"), lambda one, _place: one.organisation and one.organisation.name),
        TOPICS,
        Column(lazy("Members"), lambda one, _place: one.member_count),
        Column(lazy("Orders a day"), lambda one, _place: one.day_capacity),
        Column(lazy("Orders a week"), lambda one, _place: one.week_capacity),
    ),
    ground=_lying(lambda _now: teams.approved()),
)  # fmt: skip

STATIONS = Register(
    "stations", "stations", lazy("Stations"), StationListForm, _stations,
    {
        "place": Order(lazy("by place"), ("path", "sort_key", "pk")),
        "name": Order(lazy("by name"), ("sort_key", "pk")),
        "tier": Order(lazy("by tier"), ("tier", "path", "pk")),
    },
    (
        Column(lazy("Station"), lambda one, _place: one.name),
        Column(lazy("Kind"), lambda one, _place: one.get_kind_display()),
        Column(lazy("Tier"), lambda one, _place: one.get_tier_display()),
        PLACE,
        Column(lazy("Address"), lambda one, _place: one.address),
        Column(lazy("Opening hours"), lambda one, _place: one.open_hours),
        Column(lazy("Longitude"), lambda one, _place: one.lon),
        Column(lazy("Latitude"), lambda one, _place: one.lat),
    ),
    ground=_lying(lambda _now: places.stations()),
)  # fmt: skip

CAMPAIGNS = Register(
    "campaigns", "campaigns", lazy("Campaigns"), CampaignListForm, _campaigns,
    {
        "new": Order(lazy("newest first"), ("-first", "-pk")),
        "end": Order(lazy("first to end first"), ("last", "pk")),
        "place": BY_PLACE,
    },
    (
        Column(lazy("Campaign"), lambda one, _place: one.name),
        PLACE,
        Column(lazy("Counting rule"), lambda one, _place: one.counting),
        Column(lazy("First day"), lambda one, _place: one.first),
        Column(lazy("Last day"), lambda one, _place: one.last),
    ),
    ground=_lying(lambda _now: campaigns.campaigns()),
)  # fmt: skip

CALLS = Register(
    "calls", "calls", lazy("Calls for volunteers"), CallListForm, _calls,
    {
        "deadline": Order(lazy("next deadline first"), ("deadline", "pk")),
        "new": Order(lazy("newest first"), ("-pk",)),
        "place": BY_PLACE,
    },
    (
        Column(lazy("Call"), lambda one, _place: one.title),
        PLACE,
        TOPICS,
        Column(lazy("Answer until"), lambda one, _place: one.deadline),
        Column(lazy("People wanted"), lambda one, _place: one.target),
        Column(lazy("People who come"), lambda one, _place: one.answered),
    ),
    ground=_lying(campaigns.calls),
)  # fmt: skip

COURSES = Register(
    "courses", "courses", lazy("Training for volunteers"), CourseListForm, _courses,
    {
        "late": Order(lazy("latest first"), ("-starts_at", "-pk")),
        "early": Order(lazy("earliest first"), ("starts_at", "pk")),
        "place": BY_PLACE,
    },
    (
        Column(lazy("Course"), lambda one, _place: one.title),
        TOPICS,
        PLACE,
        Column(lazy("Room"), lambda one, _place: one.room or _("on line")),
        Column(lazy("Begins"), lambda one, _place: one.starts_at),
        Column(lazy("Ends"), lambda one, _place: one.ends_at),
        Column(lazy("Seats taken"), lambda one, _place: one.taken),
        Column(lazy("Seats"), lambda one, _place: one.seats),
        STATE,
    ),
    ground=_lying(lambda _now: training.courses()),
)  # fmt: skip


# --- for the officers of a place ------------------------------------------------------------------


def _posts(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    refusal = _("only officers who appoint to posts have this page")
    held = places.holding_post(clock.day(now), asked.get("district", ""))
    held = held.filter(_within(person, Verb.POST_APPOINT, refusal, now))
    held = _named(held, asked.get("q", ""), ("organisation__name", "division_now__name"), "person")
    return held.filter(kind=asked["kind"]) if asked.get("kind") else held


def _experts(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    refusal = _("only officers who answer applications of experts have this page")
    found = experts.listed(
        field=asked.get("field", ""),
        state=asked.get("state", ""),
        scope=asked.get("district", ""),
    )
    found = found.filter(_within(person, Verb.EXPERT_ADMIT, refusal, now))
    if asked.get("late"):
        found = experts.late(found, clock.day(now))
    columns = (
        "rank",
        "employments__organisation__name",
        "employments__named",
        "fields__title_zh",
        "fields__title_en",
    )
    return _named(found, asked.get("q", ""), columns, "person")


def _nominations(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    refusal = _("only officers who run campaigns review nominations")
    found = campaigns.put_forward(
        year=asked.get("year"), state=asked.get("state", ""), scope=asked.get("district", "")
    )
    found = found.filter(_within(person, Verb.CAMPAIGN_RUN, refusal, now))
    return _named(found, asked.get("q", ""), ("team__name", "deeds"), "person")


def _volunteers(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    refusal = _("only officers who approve volunteers have this page")
    found = volunteers.listed(
        state=asked.get("state", ""),
        skill=asked.get("skill", ""),
        scope=asked.get("district", ""),
    )
    found = found.filter(_within(person, Verb.VOLUNTEER_APPROVE, refusal, now))
    return _named(found, asked.get("q", ""), ("number",), "person")


VOLUNTEERS = Register(
    "volunteer-list", "volunteers", lazy("Volunteers"), VolunteerListForm, _volunteers,
    {
        "number": Order(lazy("by number"), ("number",)),
        "new": Order(lazy("newest first"), ("-applied_at", "-pk")),
        "hours": Order(lazy("most hours first"), ("-minutes", "number")),
        "place": Order(lazy("by place"), ("path", "number")),
    },
    (
        Column(lazy("Volunteer number"), lambda one, _place: one.number),
        Column(lazy("Name"), lambda one, _place: masks.name(one.person.name)),
        STATE,
        PLACE,
        TOPICS,
        Column(lazy("Service hours"), lambda one, _place: round(one.minutes / 60, 1)),
        Column(lazy("Registered"), lambda one, _place: one.applied_at),
    ),
    personal=True,
    ground=_reached(Verb.VOLUNTEER_APPROVE),
)  # fmt: skip

POSTS = Register(
    "posts", "posts", lazy("Posts"), PostListForm, _posts,
    {
        "place": Order(lazy("by place"), ("path", "kind", "first", "pk")),
        "end": Order(lazy("first to end first"), ("last", "pk")),
        "kind": Order(lazy("by post"), ("kind", "path", "pk")),
    },
    (
        Column(lazy("Who"), lambda one, _place: one.person.name),
        Column(lazy("Post"), lambda one, _place: one.kind.title),
        Column(lazy("Deputy"), lambda one, _place: _("yes") if one.deputy else ""),
        PLACE,
        Column(lazy("Unit"), lambda one, _place: one.organisation and one.organisation.name),
        Column(lazy("First day"), lambda one, _place: one.first),
        Column(lazy("Last day"), lambda one, _place: one.last),
    ),
    personal=True,
    ground=_reached(Verb.POST_APPOINT),
)  # fmt: skip

EXPERTS = Register(
    "experts", "experts", lazy("Experts"), ExpertListForm, _experts,
    {
        "free": Order(lazy("those who carry least first"), ("load", "pk")),
        "state": Order(lazy("by state"), ("state", "load", "pk")),
        "place": BY_PLACE,
        "new": Order(lazy("newest first"), ("-pk",)),
    },
    (
        Column(lazy("Expert"), lambda one, _place: one.person.name),
        Column(lazy("Title or rank"), lambda one, _place: one.rank),
        Column(lazy("Disciplines"), lambda one, _place: _titles(one.fields)),
        PLACE,
        STATE,
        Column(lazy("Confirmed until"), lambda one, _place: one.confirmed_until),
        Column(lazy("Duties now"), lambda one, _place: one.load),
        Column(lazy("Duties at most"), lambda one, _place: one.most_duties),
    ),
    personal=True,
    ground=_reached(Verb.EXPERT_ADMIT),
)  # fmt: skip

NOMINATIONS = Register(
    "nominations", "nominations", lazy("Nominations of model volunteers"), NominationListForm,
    _nominations,
    {
        "new": Order(lazy("newest first"), ("-year", "-pk")),
        "place": BY_PLACE,
        "state": Order(lazy("by state"), ("state", "-pk")),
    },
    (
        Column(lazy("Who"), lambda one, _place: (one.team or one.person).name),
        Column(lazy("Year"), lambda one, _place: one.year),
        PLACE,
        STATE,
    ),
    personal=True,
    ground=_reached(Verb.CAMPAIGN_RUN),
)  # fmt: skip


def _units(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    if person is None or not units.keeps_units(person, now):
        raise NotAllowed(
            _("only officers who manage accounts or approve teams keep the register of units")
        )
    return units.units_kept(
        person, now,
        words=asked.get("q", "").strip(),
        scope=asked.get("district", ""),
        kind=asked.get("kind", ""),
        active={"works": True, "closed": False}.get(asked.get("state", "")),
    )  # fmt: skip


UNITS = Register(
    "units", "units", lazy("Units"), UnitListForm, _units,
    {
        "name": Order(lazy("by name"), ("sort_key", "pk")),
        "place": Order(lazy("by place"), ("path", "sort_key", "pk")),
        "kind": Order(lazy("by kind"), ("kind", "sort_key", "pk")),
        "new": Order(lazy("newest first"), ("-pk",)),
    },
    (
        Column(lazy("unit name"), lambda one, _place: one.name),
        Column(lazy("kind of unit"), lambda one, _place: one.get_kind_display()),
        PLACE,
        Column(lazy("credit code of the unit"), lambda one, _place: one.credit_code),
        Column(
            lazy("State"),
            lambda one, _place: _("works") if one.active else pgettext("unit of work", "closed"),
        ),
    ),
    ground=_reached(*units.KEEPERS),
)  # fmt: skip


def _ledger(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    reach = roles.reach(person, Verb.HOURS_CERTIFY, now)
    if not reach:
        raise NotAllowed(_("only officers who certify hours read the ledger"))
    found = hours.lines(
        reach,
        scope=asked.get("district", ""),
        since=asked.get("since"),
        until=asked.get("until"),
        corrections=bool(asked.get("corrections")),
    )
    # Names stay masked here, so that a telephone is not a word by which a line can be found out.
    columns = ("person__volunteer__number", "team__name", "service__title")
    return _named(found, asked.get("q", ""), columns)


LEDGER = Register(
    "hours-ledger", "hours-ledger", lazy("Ledger of hours"), LedgerListForm, _ledger,
    {
        "day": Order(lazy("latest service first"), ("-service__began_at", "-pk")),
        "new": Order(lazy("latest entry first"), ("-pk",)),
        "volunteer": Order(lazy("by volunteer"), ("person__volunteer__number", "-pk")),
        "long": Order(lazy("longest first"), ("-minutes", "-pk")),
    },
    (
        Column(lazy("Line"), lambda one, _place: one.pk),
        Column(lazy("Volunteer number"), lambda one, _place: hours.number_of(one)),
        Column(lazy("Name"), lambda one, _place: masks.name(one.person.name)),
        Column(lazy("Team"), lambda one, _place: one.team and one.team.name),
        Column(lazy("Service given"), lambda one, _place: one.service.title),
        PLACE,
        Column(lazy("Began"), lambda one, _place: one.service.began_at),
        Column(lazy("Minutes"), lambda one, _place: one.minutes),
        Column(lazy("Corrects line"), lambda one, _place: one.corrects_id),
        Column(lazy("Reason"), lambda one, _place: one.reason),
        Column(lazy("Entered"), lambda one, _place: one.at),
    ),
    personal=True,
    path_of=attrgetter("service.path"),
    ground=_reached(Verb.HOURS_CERTIFY),
)  # fmt: skip

REGISTERS = (
    TEAMS, VOLUNTEERS, STATIONS, CAMPAIGNS, CALLS, COURSES, POSTS, EXPERTS, NOMINATIONS, UNITS,
    LEDGER,
)  # fmt: skip
