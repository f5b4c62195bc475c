"""Reads of venues: who sees which, whether one may be used now, and how many came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.search import queries as search
from kepu.venues.models import DayCount, Proposal, ReportedCount, Venue, VenueStep, YearReport
from kepu.venues.states import (
    AT_WORK,
    NAME_FREE,
    OVER,
    PUBLIC,
    STANDING,
    VENUE,
    ProposalState,
    VenueState,
)


def why_not_usable(venue_id: int, *, hold: bool = False) -> str | None:
    """Why nobody may book, order or lend at this venue now; to be asked at the moment of decision.

    Read from the database each time, so a suspension counts the same second. With `hold`, inside a
    transaction, no decision about the venue falls until that transaction has ended. Two queries.
    """
    found = Venue.objects.filter(pk=venue_id).select_related("organisation")
    venue = (found.select_for_update(of=("self",), no_key=True) if hold else found).first()
    if venue is None:
        return _("there is no such venue")
    return why_not_at_work(venue)


def why_not_at_work(venue: Venue) -> str | None:
    """Why a venue that was read just now is not open to use; with the reason that was given."""
    if venue.state in AT_WORK:
        if venue.organisation and not venue.organisation.active:
            return _("the unit of this venue is closed")
        return None
    said = _("this venue is not open to use: %(state)s") % {"state": VenueState(venue.state).label}
    step = last_decision(venue)
    return _("%(state)s (%(reason)s)") % {"state": said, "reason": step.reason} if step else said


def was_shut(venue_id: int) -> bool:
    """Whether the venue could not be used before its latest step. One query."""
    steps = VenueStep.objects.filter(venue=venue_id).order_by("-at", "-pk")
    before = steps.values_list("state", flat=True)[1:2]
    return any(state in (VenueState.SUSPENDED, VenueState.REVOKED) for state in before)


def version_where(venue_id: int, verb: str) -> int | None:
    """The version of a venue for whose state the verb leads on; None where it leads nowhere."""
    venue = Venue.objects.get(pk=venue_id)
    return venue.version if VENUE.why_not(venue.state, verb) is None else None


def decided_under(venue_id: int) -> str:
    """The number of the signed paper by which a venue stands where it does; empty without one."""
    step = VenueStep.objects.filter(venue=venue_id).last()
    return step.reference if step else ""


def to_choose_from(path: str, *, besides: int | None = None) -> QuerySet[Venue]:
    """Venues that can be used in the district of `path`, in all of it above districts; by name. One query.

    `besides` is one more, which need not be usable: what names it already goes on naming it.
    """
    near = ancestors(path)
    scope = near[2] if len(near) > 2 else path
    usable = Q(state__in=AT_WORK, path__within=scope)
    found = Venue.objects.filter(usable & Q(organisation__active=True) | Q(pk=besides))
    return found.order_by("sort_key", "pk")


def last_decision(venue: Venue) -> VenueStep | None:
    """The step that led to where the venue stands, if a reason was given for it. One query."""
    step = venue.steps.last()
    return step if step is not None and step.state == venue.state and step.reason else None


def steps(venue: Venue) -> QuerySet[VenueStep]:
    """How the registration came to stand where it does, the newest first. One query."""
    return venue.steps.order_by("-at", "-pk")


def handed_in_by(venue: Venue) -> QuerySet[User]:
    """Everybody who ever handed the venue in. One query."""
    return User.objects.filter(pk__in=venue.steps.filter(verb="submit").values("by"))


def public(
    scope: str = "", *, words: str = "", kind: str = "", state: str = "", **columns: str
) -> QuerySet[Venue]:
    """Venues that everybody may see, place by place; those that are over only when asked for by state.

    `columns` are level, host and sector; what is empty asks for nothing.
    """
    found = Venue.objects.filter(state__in=PUBLIC, same_as__isnull=True)
    found = found.filter(state=state) if state else found.exclude(state__in=OVER)
    found = found.filter(**{column: value for column, value in columns.items() if value})
    return _narrowed(found, scope, words, kind)


def to_judge(
    person: User | None, now: datetime, *, scope: str = "", words: str = "", kind: str = "",
    state: str = "",
) -> QuerySet[Venue]:  # fmt: skip
    """Venues of the officer's places that were ever handed in. Two queries."""
    reach = roles.reach(person, Verb.VENUE_JUDGE, now)
    found = Venue.objects.filter(reach.limit()).exclude(state=VenueState.DRAFT)
    found = found.filter(state=state) if state else found
    return _narrowed(found, scope, words, kind)


def kept_by(person: User, now: datetime) -> QuerySet[Venue]:
    """Venues of the units that the person manages, in every state. Two queries."""
    units = roles.reach(person, Verb.VENUE_KEEP, now).organisations
    return _joined(Venue.objects.filter(organisation__in=units))


def units_of(person: User, now: datetime) -> QuerySet[Organisation]:
    """Units at work for which the person registers venues. Two queries."""
    units = roles.reach(person, Verb.VENUE_KEEP, now).organisations
    return Organisation.objects.filter(pk__in=units, active=True)


def seen(venue_id: int, person: User | None, now: datetime) -> Venue:
    """A venue that the person may see; what was not confirmed yet only its managers and officers do.

    Raises Outside.
    """
    venue: Venue | None = _joined(Venue.objects.filter(pk=venue_id)).first()
    if venue is None or not (venue.state in PUBLIC or _concerns(venue, person, now)):
        raise Outside(_("there is no such venue"))
    return venue


def _concerns(venue: Venue, person: User | None, now: datetime) -> bool:
    reaches = roles.reaches(person, (Verb.VENUE_KEEP, Verb.VENUE_JUDGE), now)
    if venue.organisation_id in reaches[Verb.VENUE_KEEP].organisations:
        return True
    handed_in = venue.state != VenueState.DRAFT
    return handed_in and reaches[Verb.VENUE_JUDGE].covers(venue.path)


def standing_there(name: str, path: str) -> QuerySet[Venue]:
    """Venues of this name at this place that a unit registered and that are not over."""
    return Venue.objects.filter(name=name.strip(), path=path).exclude(state__in=NAME_FREE)


@dataclass(frozen=True)
class Month:
    """Visits of one month, and on how many days they were counted."""

    first: date
    visits: int
    days: int


def months(venue: Venue, most: int = 12) -> list[Month]:
    """Visits month by month, the latest first. One query."""
    found = (
        venue.counts.annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(visits_in=Sum("visits"), days_in=Count("pk"))
        .order_by("-month")[:most]
    )
    return [Month(one["month"], one["visits_in"], one["days_in"]) for one in found]


def visits_in(venue_id: int, year: int) -> tuple[int, int]:
    """Visits counted in a year, and on how many days. One query."""
    found = DayCount.objects.filter(venue=venue_id, day__year=year).aggregate(
        visits=Sum("visits"), days=Count("pk")
    )
    return found["visits"] or 0, found["days"]


@dataclass(frozen=True)
class Counted:
    """Visits to the venues of a unit, on how many days of a venue they were counted, at how many venues."""

    visits: int
    days: int
    venues: int


def counted_for(unit_id: int, *, since: date, until: date) -> Counted:
    """What the venues of a unit counted from one day to another, both included. One query."""
    found = DayCount.objects.filter(venue__organisation=unit_id, day__range=(since, until))
    sums = found.aggregate(
        visits=Sum("visits"), days=Count("pk"), venues=Count("venue", distinct=True)
    )
    return Counted(sums["visits"] or 0, sums["days"], sums["venues"])


def activities_of(unit_id: int, year: int) -> int | None:
    """Activities that the venues of a unit told of a whole year; None where none told. One query."""
    found = YearReport.objects.filter(venue__organisation=unit_id, year=year)
    total: int | None = found.aggregate(total=Sum("activities"))["total"]
    return total


def counted(venue: Venue) -> QuerySet[DayCount]:
    """Visits day by day, the latest first."""
    return venue.counts.order_by("-day")


def reports_of(venue: Venue) -> QuerySet[Venue]:
    """Bases known from reports that are this venue, the newest report first. One query."""
    return venue.reported_as.order_by("-reported_in", "pk")


def to_tie(venue: Venue) -> QuerySet[Venue]:
    """Bases known from reports that may be this venue: of its name, there or of a place around it."""
    listed = Venue.objects.filter(state=VenueState.LISTED, same_as__isnull=True)
    return listed.filter(name=venue.name, path__in=ancestors(venue.path)).order_by(
        "-reported_in", "pk"
    )


def reported_counts(scope: str = "") -> list[ReportedCount]:
    """What reports count at the place and around it; anywhere without one. One query."""
    found = ReportedCount.objects.all()
    return list(found.filter(path__in=ancestors(scope)) if scope else found)


def waiting_change(venue: Venue) -> Proposal | None:
    """The change that waits for the officers, if one does. One query."""
    return venue.proposals.filter(state=ProposalState.WAITING).select_related("by", "venue").first()


def change_seen(change_id: int, person: User | None, now: datetime) -> Proposal:
    """A change of a venue that the person manages or decides about; raises Outside."""
    rows = Proposal.objects.select_related("venue__organisation", "venue__registered_by", "by")
    found = rows.filter(pk=change_id).first()
    if found is None or not _concerns(found.venue, person, now):
        raise Outside(_("there is no such change"))
    return found


def changes_to_judge(person: User | None, now: datetime) -> QuerySet[Proposal]:
    """Changes that wait in the officer's places, the oldest first. Two queries."""
    reach = roles.reach(person, Verb.VENUE_JUDGE, now)
    found = Proposal.objects.filter(reach.limit("venue__path"), state=ProposalState.WAITING)
    return found.select_related("venue__division_now", "by").order_by("at", "pk")


def _narrowed(found: QuerySet[Venue], scope: str, words: str, kind: str) -> QuerySet[Venue]:
    if scope:
        found = found.filter(path__within=scope)
    if kind:
        found = found.filter(kind=kind)
    if words.strip():
        columns = ("name", "about", "address", "organisation__name")
        found = found.filter(search.in_columns(words, columns))
    return _joined(found)


def _joined(found: QuerySet[Venue]) -> QuerySet[Venue]:
    return found.select_related("organisation", "division_now")


def stands_for(venue_id: int, unit_id: int) -> bool:
    """Whether the venue is on the register now, for that unit. One query."""
    return Venue.objects.filter(pk=venue_id, organisation=unit_id, state__in=STANDING).exists()


def by_id(venue_id: int) -> Venue:
    """The venue as it is registered now. Raises Outside. One query."""
    venue = Venue.objects.filter(pk=venue_id).first()
    if venue is None:
        raise Outside(_("there is no such venue"))
    return venue


def standing_of(person: User, now: datetime) -> list[Venue]:
    """Venues on the register that the person manages, to choose from. Two queries."""
    return list(kept_by(person, now).filter(state__in=STANDING).order_by("sort_key", "pk"))
