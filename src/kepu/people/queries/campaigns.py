"""Reads of campaigns, nominations and calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.people import policy
from kepu.people.models import Answer, Call, Campaign, Entry, Nomination, Service
from kepu.people.states import CallState, NominationState, ServiceState


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


def on_notice() -> QuerySet[Nomination]:
    """Nominations that the public may object to, those that end first on top."""
    found = Nomination.objects.filter(state=NominationState.NOTICE)
    return found.select_related("person", "team", "division_now").order_by("notice_until", "pk")


def nominations(scope: str, year: int) -> QuerySet[Nomination]:
    """Nominations of a year in `scope`, in the order they came."""
    found = Nomination.objects.filter(path__within=scope, year=year)
    return found.select_related("person", "team", "division_now").order_by("pk")


def calls(now: datetime) -> QuerySet[Call]:
    """Calls that can still be answered, the next deadline first, with `answered` people each."""
    standing = Count("answers", filter=Q(answers__withdrawn_at__isnull=True))
    found = Call.objects.exclude(state=CallState.CLOSED).filter(deadline__gt=now)
    ordered: QuerySet[Call] = found.annotate(answered=standing).order_by("deadline")
    return ordered.select_related("division_now")


def answered(call: Call) -> int:
    """How many people stand by their answer."""
    return call.answers.filter(withdrawn_at__isnull=True).count()


def answer_of(call: Call, person: User) -> Answer | None:
    """The person's standing answer."""
    return call.answers.filter(person=person, withdrawn_at__isnull=True).first()
