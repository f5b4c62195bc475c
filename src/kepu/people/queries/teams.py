"""Reads of teams and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.ready import Slot, ready
from kepu.people import availability
from kepu.people.models import Membership, Service, Team, TeamArea
from kepu.people.newcomers import NewTeam
from kepu.people.states import MemberRole, MembershipState, ServiceState, TeamState

CALLED = gettext_lazy("members of the unit's volunteer teams at the end of the year")
OPEN = (MembershipState.ASKED, MembershipState.ACTIVE)


@dataclass(frozen=True)
class Load:
    """What a team carried in a span of time: services not dropped, and their minutes."""

    services: int = 0
    minutes: int = 0


def team(team_id: int) -> Team:
    """The team, with its place; raises Outside. One query."""
    teams = Team.objects.select_related("division_now", "organisation")
    found: Team | None = teams.filter(pk=team_id).first()
    if found is None:
        raise Outside(_("there is no such team"))
    return found


def locked_team(team_id: int) -> Team:
    """The team, locked until the transaction ends, for who counts what it holds; raises Outside.

    Rows that only point to it, as orders and memberships do, are not made to wait. Nothing is
    joined to it: PostgreSQL would not read anew what was joined before the wait.
    """
    found = _locked(team_id=team_id)
    if not found:
        raise Outside(_("there is no such team"))
    return found[0]


@ready
def _locked(team_id: Slot) -> QuerySet[Team]:
    return Team.objects.select_for_update(no_key=True).filter(pk=team_id).order_by()


def approved() -> QuerySet[Team]:
    """Teams that may be given work, in the order of their names."""
    return Team.objects.filter(state=TeamState.APPROVED).order_by("sort_key", "pk")


def serving(path: str) -> QuerySet[Team]:
    """Approved teams one of whose areas holds `path`, in the order of their names. One query."""
    holds = TeamArea.objects.filter(team=OuterRef("pk"), path__in=ancestors(path))
    return approved().filter(Exists(holds))


def with_areas(paths: Iterable[str]) -> QuerySet[Team]:
    """Approved teams one of whose areas is any of `paths`."""
    holds = TeamArea.objects.filter(team=OuterRef("pk"), path__in=list(paths))
    return approved().filter(Exists(holds)).order_by()


def listed(*, scope: str = "", words: str = "", skill: str = "") -> QuerySet[Team]:
    """Approved teams at home in `scope` whose name holds `words`, by name. One query."""
    found = approved().filter(name__icontains=words.strip()) if words.strip() else approved()
    if scope:
        found = found.filter(path__within=scope)
    if skill:
        found = found.filter(skills__key=skill)
    people = Count("memberships", filter=Q(memberships__state=MembershipState.ACTIVE))
    return found.select_related("division_now", "organisation").annotate(member_count=people)


def nearest_first(found: QuerySet[Team], home: str) -> QuerySet[Team]:
    """The same teams, those at home closest to `home` first: same community, street, district."""
    steps = [When(path__within=near, then=far) for far, near in enumerate(ancestors(home))]
    far = Case(*steps, default=len(steps), output_field=IntegerField())
    return found.annotate(far=far).order_by("far", "sort_key", "pk")


def named(name: str, home: Division) -> QuerySet[Team]:
    """Teams of that name in that place that are not over."""
    over = (TeamState.REFUSED, TeamState.DISSOLVED)
    return Team.objects.filter(name=name, division_now=home).exclude(state__in=over)


def team_taken_in(new: NewTeam) -> bool:
    """Whether an officer entered this very team with this leader before. One query."""
    entered = named(new.name.strip(), new.home).filter(joined_at=F("applied_at"))
    return new.leader is not None and entered.filter(applied_by=new.leader).exists()


def waiting(scope: str) -> QuerySet[Team]:
    """Teams that ask to be approved within `scope`, the longest waiting first."""
    found = Team.objects.filter(state=TeamState.APPLIED, path__within=scope)
    return found.select_related("division_now", "organisation").order_by("applied_at", "pk")


def leads(person: User | None, team: Team, now: datetime | None = None) -> bool:
    """Whether the person is a leader of the team, and was by `now` if that is given. One query."""
    if person is None or not person.is_active:
        return False
    since = _leads_since(person=person.pk, team=team.pk)
    return any(now is None or (began is not None and began <= now) for began in since)


def belongs(person: User | None, team: Team) -> bool:
    """Whether the person is an active member of the team, leader or not."""
    return person is not None and team.pk in places_in_teams(person)


def teams_led(person: User) -> QuerySet[Team]:
    """Teams that the person leads, whatever their state, by name. One query."""
    led = _active(person).filter(role=MemberRole.LEADER)
    return Team.objects.filter(pk__in=led.values("team")).order_by("sort_key", "pk")


def led_team(person: User, team_id: int) -> Team:
    """The team, which the person leads, whatever its state; raises Outside. One query."""
    found = _led(person=person.pk, team=team_id)
    if not found:
        raise Outside(_("there is no such team"))
    return found[0]


@ready
def _led(person: Slot, team: Slot) -> QuerySet[Team]:
    led = _active(person).filter(role=MemberRole.LEADER)
    return Team.objects.filter(pk=team, pk__in=led.values("team")).order_by()


def teams_of(person: User) -> QuerySet[Team]:
    """Teams that the person belongs to, leader or not, by name. One query."""
    return Team.objects.filter(pk__in=_active(person).values("team")).order_by("sort_key", "pk")


def places_in_teams(person: User) -> dict[int, bool]:
    """Ids of the teams that the person belongs to, each with whether the person leads it. One query."""
    return {team: role == MemberRole.LEADER for team, role in _places(person=person.pk)}


def areas_of(team_ids: Iterable[int]) -> list[str]:
    """Paths of the divisions that any of the teams serves. One query for each team."""
    return [path for team in team_ids for path in _areas(team=team)]


def homes_of(team_ids: Iterable[int]) -> list[str]:
    """Paths of the places where the teams are at home. One query."""
    return list(Team.objects.filter(pk__in=list(team_ids)).values_list("path", flat=True))


def memberships(person: User) -> QuerySet[Membership]:
    """Open memberships of the person, asked or active, oldest first."""
    found = Membership.objects.filter(person=person, state__in=OPEN)
    return found.select_related("team").order_by("asked_at", "pk")


def members(team: Team) -> QuerySet[Membership]:
    """Active members of the team, leaders first, then by time in the team."""
    found = team.memberships.filter(state=MembershipState.ACTIVE)
    return found.select_related("person").order_by("role", "since", "pk")


def asking(team: Team) -> QuerySet[Membership]:
    """People who asked to join the team, the longest waiting first."""
    found = team.memberships.filter(state=MembershipState.ASKED)
    return found.select_related("person").order_by("asked_at", "pk")


def leaders(team: Team) -> QuerySet[User]:
    """Leaders of the team: whom to tell."""
    led = members(team).filter(role=MemberRole.LEADER)
    return User.objects.filter(pk__in=led.values("person")).order_by("pk")


def indicators_of(unit: int, year: int) -> dict[str, int]:
    """What the yearly statistics ask of a unit and its teams know: people in any of them at the end of
    the year, each once; empty where the unit has no team. Two queries.
    """
    teams = Team.objects.filter(organisation=unit, joined_at__isnull=False)
    if not teams.exists():
        return {}
    end = datetime(year + 1, 1, 1, tzinfo=BEIJING)
    then = Q(since__lt=end) & (Q(until__isnull=True) | Q(until__gte=end))
    people = Membership.objects.filter(then, team__in=teams)
    return {"volunteers": people.values("person").distinct().count()}


def knows(team: Team, skill_id: int) -> bool:
    """Whether the team named the skill among what it can do. One query."""
    return bool(_known(team=team.pk, skill=skill_id))


def knowing(skill_id: int) -> QuerySet[Team]:
    """Teams that named the skill, whatever their state."""
    return Team.objects.filter(skills=skill_id).order_by()


def free_slot(person: User, most: int) -> int | None:
    """The lowest slot from 1 to `most` that no active membership of the person holds."""
    taken = set(_active(person).values_list("slot", flat=True))
    return next((slot for slot in range(1, most + 1) if slot not in taken), None)


def load(team_ids: Iterable[int], *, since: datetime, until: datetime) -> dict[int, Load]:
    """What each team carried from `since` to before `until`; absent ones nothing. One query."""
    rows = (
        Service.objects.filter(team__in=team_ids, began_at__gte=since, began_at__lt=until)
        .exclude(state=ServiceState.DROPPED)
        .values("team")
        .annotate(services=Count("pk"), total=Sum("minutes"))
    )
    return {row["team"]: Load(row["services"], row["total"]) for row in rows}


def availabilities(team_ids: Iterable[int]) -> dict[int, list[int]]:
    """The half-days in which each active member said to be free, by team; 0: nothing said. One query."""
    rows = Membership.objects.filter(team__in=team_ids, state=MembershipState.ACTIVE)
    said: dict[int, list[int]] = {}
    for team, mask in rows.values_list("team", "person__volunteer__availability"):
        said.setdefault(team, []).append(mask or 0)
    return said


def free_among(said: list[int], begin: datetime, end: datetime) -> int | None:
    """How many of a team's members have said to be free in a half-day of that time; None where it is not
    known, because those who are not free then left others who said nothing.
    """
    wanted = availability.between(begin, end)
    free = sum(bool(mask & wanted) for mask in said)
    return free if free or (said and all(said)) else None


def _active(person: User | Slot) -> QuerySet[Membership]:
    return Membership.objects.filter(person=person, state=MembershipState.ACTIVE)


@ready
def _places(person: Slot) -> QuerySet[Membership, tuple[int, str]]:
    return _active(person).values_list("team_id", "role")


@ready
def _leads_since(person: Slot, team: Slot) -> QuerySet[Membership, datetime | None]:
    led = _active(person).filter(team=team, role=MemberRole.LEADER)
    return led.values_list("since", flat=True)


@ready
def _known(team: Slot, skill: Slot) -> QuerySet[Any, int]:
    named = Team.skills.through._default_manager.filter(team=team, skill=skill)
    return named.values_list("pk", flat=True)


@ready
def _areas(team: Slot) -> QuerySet[TeamArea, str]:
    return TeamArea.objects.filter(team=team).values_list("path", flat=True)
