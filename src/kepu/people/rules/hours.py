"""Why not? Services and the ledger: two sides, once, and never by one's own hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Entry, Service
from kepu.people.models.hours import DAY
from kepu.people.queries import hours as queries
from kepu.people.queries import teams
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules.oneself import why_not_as_child, why_not_decide_about_ward
from kepu.people.states import SERVICE, ServiceState
from kepu.ui import formats

PRESSED_TWICE = timedelta(minutes=15)


def why_not_propose_for(by: User, service: Service, now: datetime) -> str | None:
    """The person, a leader of the team, the organiser, or the station of the place."""
    if by.pk == service.person_id or _organises(by, service, now) or _stands_at(by, service, now):
        return None
    return _("only the volunteer, the team, the organiser or the station may propose hours")


def why_not_propose(service: Service, now: datetime) -> str | None:
    """A registered volunteer; a span that is over, of possible length, recent, and claimed once."""
    volunteer = volunteer_of(service.person)
    if volunteer is None or volunteer.active_at is None:
        return _("hours are kept for registered volunteers")
    return (
        _why_not_span(service, now)
        or _why_not_again(service)
        or _why_not_overlap(service)
        or _why_not_day(service, now)
    )


def _why_not_span(service: Service, now: datetime) -> str | None:
    if service.ended_at <= service.began_at:
        return _("a service ends after it begins")
    if service.ended_at > now:
        return _("hours are claimed after the service, not before")
    days = policy.management(now).hours.claim_within_days
    if service.ended_at < now - timedelta(days=days):
        return _("hours are claimed within %(days)s days after the service") % {"days": days}
    return _why_not_minutes(service, service.minutes)


def _why_not_minutes(service: Service, minutes: int) -> str | None:
    began, ended = (
        at.replace(second=0, microsecond=0) for at in (service.began_at, service.ended_at)
    )
    length = int((ended - began).total_seconds() // 60)  # as people read the two times
    if not 1 <= minutes <= min(length, DAY):
        return _("between 1 and %(most)s minutes can be claimed for this span") % {
            "most": min(length, DAY)
        }
    return None


def _why_not_again(service: Service) -> str | None:
    same = queries.of_source(service.source, service.source_id).filter(person=service.person)
    if same.exclude(state=ServiceState.DROPPED).exists():
        return _("these hours are claimed already")
    return None


def _why_not_overlap(service: Service) -> str | None:
    other = queries.at_the_same_time(service.person, service.began_at, service.ended_at).first()
    if other is None:
        return None
    return _("at that time the person already served from %(began)s to %(ended)s") % {
        "began": formats.dated(other.began_at),
        "ended": formats.dated(other.ended_at),
    }


def _why_not_day(service: Service, now: datetime) -> str | None:
    most = policy.management(now).hours.most_in_a_day
    claimed = queries.minutes_on(service.person, clock.day(service.began_at))
    if claimed + service.minutes > most * 60:
        return _("at most %(hours)g hours a day are counted") % {"hours": most}
    return None


def why_not_certify_as(by: User, service: Service, now: datetime) -> str | None:
    """Who organises certifies: a leader of the team, the department or the place; never oneself."""
    if by.pk == service.person_id:
        return _("nobody certifies his own hours")
    if ward := why_not_decide_about_ward(by, service.person):
        return ward
    if _organises(by, service, now):
        return None
    return _("only who organised the service may certify its hours")


def why_not_certify(service: Service, minutes: int) -> str | None:
    """Proposed, and of no more minutes than the span has."""
    return SERVICE.why_not(service.state, "certify") or _why_not_minutes(service, minutes)


def why_not_confirm_as(by: User, service: Service, now: datetime) -> str | None:
    """The receiving side: the resident, a guardian, or the station of the place; another than who
    certified.
    """
    if by.pk == service.person_id:
        return _("nobody confirms his own hours")
    if ward := why_not_decide_about_ward(by, service.person):
        return ward
    if by.pk == service.certified_by_id:
        return _("who certified the hours cannot confirm them as well")
    if by.pk == service.receiver_id and (young := why_not_as_child(by, now)):
        return young
    if _received(by, service) or _stands_at(by, service, now):
        return None
    return _("only the receiving side may confirm these hours")


def why_not_confirm(service: Service) -> str | None:
    """Certified and not yet confirmed."""
    return SERVICE.why_not(service.state, "confirm")


def why_not_dispute_as(by: User, service: Service, now: datetime) -> str | None:
    """Whoever took part; a child by its guardian."""
    own = by.pk in (service.person_id, service.receiver_id)
    return why_not_see(by, service, now) or (why_not_as_child(by, now) if own else None)


def why_not_see(by: User, service: Service, now: datetime) -> str | None:
    """The volunteer and both sides know of the hours, and the guardian of either."""
    own = by.pk in (service.person_id, service.person.guardian_id)
    if (
        own
        or _received(by, service)
        or _organises(by, service, now)
        or _stands_at(by, service, now)
    ):
        return None
    return _("only those who took part may object to these hours")


def why_not_dispute(service: Service, reason: str) -> str | None:
    """Not yet in the ledger, and for a stated reason."""
    return SERVICE.why_not(service.state, "dispute") or why_not_silent(reason)


def why_not_amend(service: Service, minutes: int) -> str | None:
    """Disputed, and of no more minutes than the span has."""
    return SERVICE.why_not(service.state, "amend") or _why_not_minutes(service, minutes)


def why_not_correct_as(by: User, entry: Entry, now: datetime) -> str | None:
    """Officers of the place or the department correct the ledger, never in their own favour."""
    if by.pk == entry.person_id:
        return _("nobody corrects his own hours")
    if ward := why_not_decide_about_ward(by, entry.person):
        return ward
    if _officer(by, entry.service, now):
        return None
    return _("only an officer who may certify hours may correct the ledger")


def may_correct_somewhere(by: User, person: User, now: datetime) -> bool:
    """Whether a way to correct is worth showing; each line still asks `why_not_correct_as`."""
    reach = roles.reach(by, Verb.HOURS_CERTIFY, now)
    own = by.pk in (person.pk, person.guardian_id)
    return not own and bool(reach.paths or reach.organisations)


def why_not_correct_again(
    entry: Entry, minutes: int, reason: str, by: User, now: datetime
) -> str | None:
    """A difference counts each time: a button pressed twice, or a page sent again, must not."""
    since = now - PRESSED_TWICE
    same = entry.corrections.filter(by=by, minutes=minutes, reason=reason.strip(), at__gt=since)
    if same.exists():
        return _("this correction is in the ledger already; for a second one give another reason")
    return None


def why_not_correct(entry: Entry, minutes: int, reason: str) -> str | None:
    """An original line, a difference, a reason, and a result between nothing and the whole span."""
    if entry.corrects_id is not None:
        return _("correct the first line of the service, not a correction")
    if minutes == 0:
        return _("a correction adds or takes away minutes")
    result = queries.minutes_of_entry(entry) + minutes
    if result < 0:
        return _("a correction cannot take away more minutes than were counted")
    if result:
        return _why_not_minutes(entry.service, result) or why_not_silent(reason)
    return why_not_silent(reason)


def why_not_silent(reason: str) -> str | None:
    """A reason is given in words."""
    return None if reason.strip() else _("state the reason")


def _organises(by: User, service: Service, now: datetime) -> bool:
    if service.team is not None and teams.leads(by, service.team, now):
        return True
    return _officer(by, service, now)


def _officer(by: User, service: Service, now: datetime) -> bool:
    if roles.holds(by, Verb.HOURS_CERTIFY, now=now, path=service.path):
        return True
    return service.organisation_id is not None and roles.holds(
        by, Verb.HOURS_CERTIFY, now=now, organisation_id=service.organisation_id
    )


def _received(by: User, service: Service) -> bool:
    if service.receiver is None:
        return False
    return by.pk in (service.receiver_id, service.receiver.guardian_id)


def ward_of(by: User, service: Service) -> User | None:
    """The child that `by` speaks for in this service, on either side."""
    sides = (service.person, service.receiver)
    return next((one for one in sides if one is not None and one.guardian_id == by.pk), None)


def _stands_at(by: User, service: Service, now: datetime) -> bool:
    return roles.holds(by, Verb.ORDER_PLACE_FOR, now=now, path=service.path)
