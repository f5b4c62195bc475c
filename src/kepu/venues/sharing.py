"""Alliances and their passes: what there is, and why not to join, share, take or stamp."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.fields import within
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues import rules
from kepu.venues.models import Alliance, HeldPass, Member, SharedPass, Stamp, Venue
from kepu.venues.states import AT_WORK, MemberState

# --- reads ------------------------------------------------------------------------------------------


def alliances() -> QuerySet[Alliance]:
    """Every alliance with its `size`, place by place; they are for everybody."""
    belongs = Q(members__state=MemberState.IN)
    found = Alliance.objects.annotate(size=Count("members", filter=belongs))
    return found.select_related("division_now")


def alliance(alliance_id: int) -> Alliance:
    """One alliance; raises Outside."""
    found = alliances().filter(pk=alliance_id).first()
    if found is None:
        raise Outside(_("there is no such alliance"))
    return found


def members(of: Alliance) -> QuerySet[Member]:
    """Venues that belong to it, by name. One query."""
    return of.members.filter(state=MemberState.IN).select_related("venue__division_now")


def asking(of: Alliance) -> QuerySet[Member]:
    """Venues that asked and wait for the keeper, the first first. One query."""
    return of.members.filter(state=MemberState.ASKED).select_related("venue").order_by("asked_at")


def passes(of: Alliance, now: datetime) -> QuerySet[SharedPass]:
    """Passes that are good now or later, the longest first. Two queries."""
    found = of.passes.filter(last_day__gte=clock.day(now))
    return found.prefetch_related("venues__venue")


def shared_pass(pass_id: int) -> SharedPass:
    """One pass; raises Outside."""
    found = SharedPass.objects.select_related("alliance").filter(pk=pass_id).first()
    if found is None:
        raise Outside(_("there is no such pass"))
    return found


def of_person(person: User) -> QuerySet[HeldPass]:
    """Passes that the person took, the latest first. One query."""
    return HeldPass.objects.filter(holder=person).select_related("shared__alliance")


def by_code(code: str) -> HeldPass:
    """The pass of this code, however it was typed; raises Outside."""
    wanted = code.strip().upper()
    found = HeldPass.objects.select_related("shared__alliance").filter(code=wanted).first()
    if found is None:
        raise Outside(_("there is no pass of this code; please read it once more"))
    return found


def used(held: HeldPass, venue: Venue) -> int:
    """How often the pass was stamped at the venue. One query."""
    return held.stamps.filter(venue=venue).count()


def counters(person: User, held: HeldPass, now: datetime) -> QuerySet[Venue]:
    """Venues of the person's at which this pass is good. Two queries."""
    units = roles.reach(person, Verb.VENUE_KEEP, now).organisations
    listed = held.shared.venues.values("venue")
    return Venue.objects.filter(organisation__in=units, pk__in=listed).order_by("sort_key", "pk")


def good_at(venue: Venue, now: datetime) -> QuerySet[SharedPass]:
    """Passes that are good at the venue now or later. One query."""
    member = Q(alliance__members__venue=venue, alliance__members__state=MemberState.IN)
    listed = Q(venues__venue=venue, last_day__gte=clock.day(now))
    return SharedPass.objects.filter(listed).filter(member).select_related("alliance").distinct()


def held_for(venue: Venue, now: datetime) -> QuerySet[HeldPass]:
    """Passes that people hold, good at the venue now or later and not used up there. One query."""
    stamped = Stamp.objects.filter(held=OuterRef("pk"), venue=venue).order_by().values("held")
    used = Subquery(stamped.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    found = HeldPass.objects.filter(shared__in=good_at(venue, now).order_by().values("pk"))
    found = found.exclude(holder__data_key=None).alias(used=Coalesce(used, 0))
    left: QuerySet[HeldPass] = found.filter(used__lt=F("shared__times"))
    return left.select_related("shared", "holder__guardian").order_by("pk")


# --- why not? ---------------------------------------------------------------------------------------


def why_not_keep_at(by: User | None, path: str, now: datetime) -> str | None:
    """Officers who decide about venues of the whole place keep its alliances."""
    if roles.holds(by, Verb.VENUE_JUDGE, now=now, path=path):
        return None
    return _("only an officer of the alliance's place may do this")


def why_not_found(path: str, name: str) -> str | None:
    if not name.strip():
        return _("give the alliance a name")
    if Alliance.objects.filter(path=path, name=name.strip()).exists():
        return _("there is an alliance of this name already")
    return None


def why_not_join(alliance: Alliance, venue: Venue) -> str | None:
    """A venue at work that lies in the alliance's place and does not belong to it."""
    if venue.state not in AT_WORK:
        return _("only a venue that is at work joins an alliance")
    if not within(venue.path, alliance.path):
        return _("the venue lies outside the place of this alliance")
    found = alliance.members.filter(venue=venue).first()
    if found is not None and found.state in (MemberState.ASKED, MemberState.IN):
        return _("the venue asked already, or belongs to it")
    return None


def why_not_answer(member: Member) -> str | None:
    return None if member.state == MemberState.ASKED else _("this was answered already")


def why_not_leave_as(by: User, member: Member, now: datetime) -> str | None:
    """By the manager of the venue, or by the alliance's keeper."""
    if rules.why_not_keep(by, member.venue.organisation, now) is None:
        return None
    return why_not_keep_at(by, member.alliance.path, now)


def why_not_leave(member: Member) -> str | None:
    return None if member.state == MemberState.IN else _("the venue does not belong to it")


def why_not_share(
    alliance: Alliance,
    title: str,
    venues: Collection[Venue],
    first_day: date,
    last_day: date,
    now: datetime,
) -> str | None:
    """A title of its own, days that lie ahead, and members only."""
    if not title.strip() or alliance.passes.filter(title=title.strip()).exists():
        return _("give the pass a title that no other of this alliance has")
    if last_day < first_day or last_day < clock.day(now):
        return _("the last day comes after the first, and has not passed")
    if not venues:
        return _("name at least one member at which the pass is good")
    inside = set(members(alliance).values_list("venue", flat=True))
    if any(one.pk not in inside for one in venues):
        return _("a pass is good at members of the alliance alone")
    return None


def why_not_take(shared: SharedPass, now: datetime) -> str | None:
    """A free pass that has not ended; of others only the price is told."""
    if shared.price:
        return _("Kepu sells nothing: this pass is had from the alliance for its price")
    if shared.last_day < clock.day(now):
        return _("this pass has ended")
    return None


def why_not_stamp(held: HeldPass, venue: Venue, now: datetime) -> str | None:
    """Within its days, at a member that it names, as often as it is good there. Some queries."""
    shared, today = held.shared, clock.day(now)
    if today < shared.first_day:
        return _("this pass is good from %(day)s on") % {"day": shared.first_day.isoformat()}
    if today > shared.last_day:
        return _("this pass has ended")
    listed = shared.venues.filter(venue=venue).exists()
    if not listed or not members(shared.alliance).filter(venue=venue).exists():
        return _("this pass is not good at this venue")
    if used(held, venue) >= shared.times:
        return _("this pass was used here as often as it is good")
    return None
