"""Reads of campaigns, nominations and calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.errors import Outside
from kepu.people import policy
from kepu.people.models import Answer, Call, Campaign, Entry, Nomination, Service, Volunteer
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.states import CallState, NominationState, ServiceState, VolunteerState


@dataclass(frozen=True)
class Tally:
    """What a campaign came to: services, people, teams and minutes that count by its rules."""

    services: int
    people: int
    teams: int
    minutes: int


def counted(campaign: Campaign) -> QuerySet[Service]:
    """Services that count for the campaign, by the version of the rules it was opened under."""
    begin = datetime.combine(campaign.first, time(), tzinfo=BEIJING)
    end = datetime.combine(campaign.last + timedelta(days=1), time(), tzinfo=BEIJING)
    found = Service.objects.filter(
        state=ServiceState.CONFIRMED,
        path__within=campaign.path,
        began_at__gte=begin,
        began_at__lt=end,
    )
    rules = policy.counting(campaign.counting, campaign.rules_version)
    if rules is None:
        return found.none()
    found = found.filter(minutes__gte=rules.fewest_minutes)
    if rules.only_teams:
        found = found.filter(team__isnull=False)
    if rules.skills:
        found = found.filter(skills__key__in=rules.skills).distinct()
    return found


def count(campaign: Campaign) -> Tally:
    """The campaign in four numbers; minutes as the ledger has them. Two queries."""
    found = Service.objects.filter(pk__in=counted(campaign).values("pk"))
    numbers = found.aggregate(
        services=Count("pk"),
        people=Count("person", distinct=True),
        teams=Count("team", distinct=True),
    )
    lines = Entry.objects.filter(service__in=found.values("pk"))
    return Tally(**numbers, minutes=lines.aggregate(total=Sum("minutes"))["total"] or 0)


def campaigns(scope: str = "") -> QuerySet[Campaign]:
    """Campaigns in `scope`, the newest first."""
    found = Campaign.objects.select_related("division_now").order_by("-first", "-pk")
    return found.filter(path__within=scope) if scope else found


def campaign(campaign_id: int) -> Campaign:
    """A campaign with its place; raises Outside."""
    found: Campaign | None = campaigns().filter(pk=campaign_id).first()
    if found is None:
        raise Outside(_("there is no such campaign"))
    return found


def running(day: date, scope: str = "") -> QuerySet[Campaign]:
    """Campaigns that run on that day in `scope`, the newest first."""
    return campaigns(scope).filter(first__lte=day, last__gte=day)


def best_teams(campaign: Campaign) -> QuerySet[Service, dict[str, Any]]:
    """Teams by the services that count for the campaign, those with the most first. One query."""
    found = Service.objects.filter(pk__in=counted(campaign).values("pk"), team__isnull=False)
    by_team = found.values("team", "team__name").annotate(
        services=Count("pk"), total=Sum("minutes")
    )
    return by_team.order_by("-services", "team")


def on_notice() -> QuerySet[Nomination]:
    """Nominations that the public may object to, those that end first on top."""
    found = Nomination.objects.filter(state=NominationState.NOTICE)
    return found.select_related("person", "team", "division_now").order_by("notice_until", "pk")


def nominations(scope: str, year: int) -> QuerySet[Nomination]:
    """Nominations of a year in `scope`, in the order they came."""
    found = Nomination.objects.filter(path__within=scope, year=year)
    return found.select_related("person", "team", "division_now").order_by("pk")


def nomination(nomination_id: int) -> Nomination:
    """A nomination with its candidate; raises Outside."""
    nominations = Nomination.objects.select_related(
        "person", "team", "division_now", "nominated_by", "reviewed_by"
    )
    found: Nomination | None = nominations.filter(pk=nomination_id).first()
    if found is None:
        raise Outside(_("there is no such nomination"))
    return found


def put_forward(*, year: int | None, state: str, scope: str) -> QuerySet[Nomination]:
    """Nominations of a year, a state and a place, where these are asked for; the newest first."""
    found = Nomination.objects.filter(path__within=scope) if scope else Nomination.objects.all()
    found = found.filter(year=year) if year else found
    found = found.filter(state=state) if state else found
    return found.select_related("person", "team", "division_now").order_by("-year", "-pk")


def named_models(scope: str = "") -> QuerySet[Nomination]:
    """Those who were named as models, the latest first."""
    return put_forward(year=None, state=NominationState.NAMED, scope=scope)


def call(call_id: int) -> Call:
    """A call with its place, open or over; raises Outside."""
    found: Call | None = Call.objects.select_related("division_now").filter(pk=call_id).first()
    if found is None:
        raise Outside(_("there is no such call"))
    return found


def calls(now: datetime) -> QuerySet[Call]:
    """Calls that can still be answered, the next deadline first, with `answered` people each."""
    yes = Q(answers__withdrawn_at__isnull=True, answers__coming=True)
    standing = Count("answers", filter=yes, distinct=True)
    found = Call.objects.exclude(state=CallState.CLOSED).filter(deadline__gt=now)
    ordered: QuerySet[Call] = found.annotate(answered=standing).order_by("deadline")
    return ordered.select_related("division_now")


def answered(call: Call) -> int:
    """How many people stand by their answer."""
    return call.answers.filter(withdrawn_at__isnull=True, coming=True).count()


def answer_of(call: Call, person: User) -> Answer | None:
    """The person's standing yes."""
    return call.answers.filter(person=person, withdrawn_at__isnull=True, coming=True).first()


def said_no(call: Call, person: User) -> bool:
    """Whether the person's last word was that they will not come."""
    return call.answers.filter(person=person, coming=False).exists()


def fitting(call: Call) -> QuerySet[Volunteer]:
    """Active volunteers who serve where the call is, with one of the skills it asks for."""
    touches = Q(areas__path__in=ancestors(call.path)) | Q(areas__path__within=call.path)
    found = Volunteer.objects.filter(touches, state=VolunteerState.ACTIVE)
    wanted = list(call.skills.values_list("pk", flat=True))
    return (found.filter(skills__in=wanted) if wanted else found).distinct()


def fit_for(person: User, found: QuerySet[Call]) -> QuerySet[Call]:
    """Of these calls those that fit the person's skills and areas; none for no volunteer."""
    volunteer = volunteer_of(person)
    if volunteer is None:
        return found.none()
    near = Q(pk__in=())
    for area in volunteer.areas.values_list("path", flat=True):
        near |= Q(path__within=area) | Q(path__in=ancestors(area))
    able = Q(skills__isnull=True) | Q(skills__in=volunteer.skills.all())
    return found.filter(near, able).distinct()
