"""Why not? Registering venues, judging them, and counting who came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.rules.oneself import why_not_decide_about
from kepu.venues import policy, queries
from kepu.venues.models import Proposal, Venue
from kepu.venues.policy import Registration
from kepu.venues.states import (
    EXPLAINED,
    OPEN_TO_CHANGE,
    SIGNED,
    STANDING,
    VENUE,
    BaseCategory,
    BaseLevel,
    ProposalState,
    VenueKind,
    VenueState,
)

HALLS = (
    VenueKind.MUSEUM,
    VenueKind.RURAL_SCHOOL,
    VenueKind.VILLAGE_HALL,
    VenueKind.COMMUNITY,
    VenueKind.INDUSTRY,
)
WITHOUT_A_DOOR = (VenueKind.DIGITAL, VenueKind.MOBILE_SET, VenueKind.CARAVAN)
LEVELS = (Level.DISTRICT, Level.TOWNSHIP, Level.COMMUNITY)


# --- who ------------------------------------------------------------------------------------------


def why_not_keep(by: User | None, organisation: Organisation | None, now: datetime) -> str | None:
    """Who manages the venues of a unit registers and keeps them."""
    if organisation is not None and roles.holds(
        by, Verb.VENUE_KEEP, now=now, organisation_id=organisation.pk
    ):
        return None
    return _("only a venue manager of this unit may do this")


def why_not_judge(by: User | None, venue: Venue, now: datetime) -> str | None:
    """An officer of the place decides: never who manages the venue, registered it, or speaks for them."""
    if not roles.holds(by, Verb.VENUE_JUDGE, now=now, path=venue.path):
        return _("only an officer of this place may decide about venues")
    if why_not_keep(by, venue.organisation, now) is None:
        return _("nobody decides about a venue he manages; another officer of this place does")
    if by is not None and venue.registered_by is not None:
        return why_not_decide_about(by, venue.registered_by)
    return None


def why_not_officer(by: User | None, venue: Venue, now: datetime) -> str | None:
    """Whoever decides about venues of the place, whether about this one or not."""
    if roles.holds(by, Verb.VENUE_JUDGE, now=now, path=venue.path):
        return None
    return _("only an officer of this place may do this")


def why_not_confirm_as(by: User | None, venue: Venue, now: datetime) -> str | None:
    """Who decides, but nobody who ever handed this venue in, nor who speaks for them. Two queries."""
    if refusal := why_not_judge(by, venue, now):
        return refusal
    assert by is not None  # noqa: S101 (or nobody would judge)
    refusals = (why_not_decide_about(by, person) for person in queries.handed_in_by(venue))
    return next((one for one in refusals if one), None)


def why_not_close_as(by: User | None, venue: Venue, now: datetime) -> str | None:
    """A venue is closed by who manages it, or by an officer of the place."""
    if why_not_keep(by, venue.organisation, now) is None:
        return None
    return why_not_judge(by, venue, now)


# --- when -----------------------------------------------------------------------------------------


def why_not_register(
    organisation: Organisation, place: Division, name: str, *, kind: str, besides: int = 0
) -> str | None:
    """A unit at work with a credit code, a place that fits, and a name that no other venue has there."""
    if not organisation.active:
        return _("this unit is closed")
    if not organisation.credit_code:
        return _("the unit has no unified social credit code yet; have it entered first")
    if place.level not in LEVELS and kind not in WITHOUT_A_DOOR:
        return _("a venue that people go to lies in a district, a township or a community")
    if queries.standing_there(name, place.path).exclude(pk=besides).exists():
        return _("a venue of this name is on the register of this place already")
    return None


def why_not_change(venue: Venue, seen: int) -> str | None:
    """All of it changes until it is handed in and after it was returned; nobody overwrites unseen."""
    if venue.state not in OPEN_TO_CHANGE:
        return _(
            "what was handed in stays as it is; while a venue is registered, only its opening changes"
        )
    return why_not_unseen(venue, seen)


def why_not_change_opening(venue: Venue, seen: int) -> str | None:
    """Opening hours and the like change as long as the venue stands."""
    if venue.state not in STANDING:
        return _("only a registered venue says anew when it is open")
    return why_not_unseen(venue, seen)


def why_not_unseen(venue: Venue, seen: int) -> str | None:
    """Nobody overwrites, confirms or decides about what they have not seen."""
    if venue.version != seen:
        return _("somebody changed this venue meanwhile; look at it again")
    return None


def why_not_submit(venue: Venue, now: datetime) -> str | None:
    """Complete, and by its numbers what it says it is."""
    return VENUE.why_not(venue.state, "submit") or why_not_fit(venue, now)


def why_not_confirm(venue: Venue, seen: int, now: datetime) -> str | None:
    """Handed in, seen as it stands, and still what the rules of the day ask."""
    return (
        VENUE.why_not(venue.state, "confirm")
        or why_not_unseen(venue, seen)
        or why_not_fit(venue, now)
    )


def why_not_decide(
    venue: Venue, verb: str, reason: str, reference: str, *, seen: int, own: bool
) -> str | None:
    """A decision is about what was seen and says why; a grave one has the number of a signed paper.

    `own` where a manager of the venue decides, who only closes it.
    """
    if refusal := why_not_take(venue, verb, own=own) or why_not_unseen(venue, seen):
        return refusal
    if not reason.strip():
        return _("please give a reason")
    if is_signed(verb, own=own) and not reference.strip():
        return _("please give the number of the signed decision")
    return None


def why_not_take(venue: Venue, verb: str, *, own: bool) -> str | None:
    """A decision that leads on from here; no manager leaves a suspension by closing the venue."""
    if verb not in EXPLAINED:
        return _("there is no such decision")
    if refusal := VENUE.why_not(venue.state, verb):
        return refusal
    if own and venue.state == VenueState.SUSPENDED:
        return _("while a venue is suspended, only officers of the place reinstate it or close it")
    return None


def why_not_restore(venue: Venue, reason: str, reference: str) -> str | None:
    """A revoked venue comes back by a signed answer to an appeal, if nobody took its name meanwhile."""
    if refusal := VENUE.why_not(venue.state, "restore"):
        return refusal
    if not reason.strip() or not reference.strip():
        return _("please give a reason and the number of the signed decision")
    if queries.standing_there(venue.name, venue.path).exists():
        return _("a venue of this name is on the register of this place already")
    return None


def is_signed(verb: str, *, own: bool) -> bool:
    """Whether the decision stands under the number of a signed paper; a manager's own close does not."""
    return verb in SIGNED or (verb == "close" and not own)


def why_not_count(venue: Venue, day: date, now: datetime) -> str | None:
    """Visits of a registered venue, of a day that has begun and is not too long ago."""
    if venue.state not in STANDING:
        return _("only a registered venue tells its visits")
    today = clock.day(now)
    if day > today:
        return _("this day has not begun yet")
    within = policy.registration(now).counting.within_days
    if day < today - timedelta(days=within):
        return _("visits are told within %(days)s days") % {"days": within}
    return None


def why_not_tie(venue: Venue, listed: Venue | None) -> str | None:
    """A base known from a report, of the same name, there or somewhere around, tied to none yet."""
    if listed is None or listed.state != VenueState.LISTED or listed.same_as_id is not None:
        return _("this is no base known from a report, or it is tied already")
    if venue.state not in STANDING:
        return _("only a registered venue is tied to a report")
    if listed.name.strip() != venue.name.strip() or not within(venue.path, listed.path):
        return _("the report names another base, or another place")
    return None


# --- changes of confirmed facts, and the year's figures ---------------------------------------------


def why_not_propose(venue: Venue, seen: int, facts: Mapping[str, Any]) -> str | None:
    """While the venue stands, one change at a time, and one that changes something."""
    if venue.state not in STANDING:
        return _("while a venue is not registered, you change it yourself")
    if refusal := why_not_unseen(venue, seen):
        return refusal
    if queries.waiting_change(venue) is not None:
        return _("a change waits for the officers already; take it back first, or wait")
    return None if facts else _("nothing differs from what the register says")


def why_not_decide_change(by: User, change: Proposal, now: datetime) -> str | None:
    """An officer of the place who may judge the venue, and does not speak for who proposed it."""
    return why_not_judge(by, change.venue, now) or why_not_decide_about(by, change.by)


def why_not_still_waiting(change: Proposal) -> str | None:
    if change.state == ProposalState.WAITING:
        return None
    return _("this change was decided already")


def why_not_tell_year(venue: Venue, year: int, now: datetime) -> str | None:
    """A year that is over, of a venue that was on the register in it and stands."""
    if venue.state not in STANDING:
        return _("only a registered venue tells its year")
    if year >= clock.day(now).year:
        return _("this year is not over yet")
    if venue.confirmed_at is None or clock.day(venue.confirmed_at).year > year:
        return _("the venue was not on the register in that year")
    return None


# --- what a registration has to show ---------------------------------------------------------------


def why_not_fit(venue: Venue, now: datetime) -> str | None:
    """All that stands in the way, in one sentence."""
    found = gaps(venue, now)
    if not found:
        return None
    return _("not complete yet: %(gaps)s") % {"gaps": _("; ").join(found)}


def gaps(venue: Venue, now: datetime) -> list[str]:
    """What is missing or too little under the rules in force, each in words; empty when it may go on."""
    rules = policy.registration(now)
    return [*_missing(venue, rules), *_areas(venue, rules), *_base(venue, rules)]


def _missing(venue: Venue, rules: Registration) -> list[str]:
    asked = list(rules.complete.always)
    if venue.kind not in WITHOUT_A_DOOR:
        asked += rules.complete.with_a_door
    if has_halls(venue):
        asked += rules.complete.with_halls
    words = {
        "about": _("what visitors find"), "phone": _("telephone of the venue"),
        "full_time": _("full-time staff"), "safety_checked_on": _("day of the last safety check"),
        "address": _("address"), "accessibility": _("accessibility"),
        "open_days": _("open days a year"), "weekdays": _("days of the week it is open"),
        "opens_at": _("opening time"), "closes_at": _("closing time"),
        "floor_area": _("floor area"), "hall_area": _("area of halls"), "halls": _("number of halls"),
    }  # fmt: skip
    empty = [key for key in asked if getattr(venue, key) in (None, "") or _no_week(venue, key)]
    return [_("%(what)s is missing") % {"what": words[key]} for key in empty]


def has_halls(venue: Venue) -> bool:
    return venue.kind in HALLS or venue.category == BaseCategory.HALL


def _no_week(venue: Venue, key: str) -> bool:
    return key == "weekdays" and venue.weekdays == 0


def _areas(venue: Venue, rules: Registration) -> list[str]:
    found = []
    halls, floor = venue.hall_area, venue.floor_area
    if halls is not None and floor is not None and halls > floor:
        found.append(_("the halls are larger than the floor area"))
    least = rules.museum.hall_area
    if venue.kind == VenueKind.MUSEUM and halls is not None and halls < least:
        found.append(_("a science museum has %(least)s m² of halls at least") % {"least": least})
    return found


def _base(venue: Venue, rules: Registration) -> list[str]:
    """Of municipal bases; a district makes its own conditions, and those of national ones are not known."""
    if venue.kind != VenueKind.BASE or venue.level != BaseLevel.MUNICIPAL:
        return []
    base, found = rules.base, []
    if (venue.open_days or 0) < base.open_days:
        found.append(
            _("a municipal base is open on %(least)s days a year") % {"least": base.open_days}
        )
    if venue.category == BaseCategory.HALL and (venue.youth_free_days or 0) < base.youth_free_days:
        words = _(
            "a municipal base of this category is free or cheaper for minors on %(least)s days a year"
        )
        found.append(words % {"least": base.youth_free_days})
    if venue.category == BaseCategory.SCENIC:
        if (venue.scenic_grade or 0) < base.scenic_grade:
            found.append(
                _("a municipal base that is a scenic area is of grade %(least)sA")
                % {"least": base.scenic_grade}
            )
        if (venue.guides or 0) < base.guides:
            found.append(
                _("a municipal base that is a scenic area has %(least)s kepu guides")
                % {"least": base.guides}
            )
    return found
