"""Everybody a simulated city needs, written in bulk: officers, departments, residents, teams.

What measures writes only what it measures by the public actions; the ground it stands on is made here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from kepu.kernel.accounts.models import Organisation, OrganisationKind, Personal, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles.models import Grant
from kepu.people.availability import ALWAYS
from kepu.people.models import Membership, Skill, Team, TeamArea, Volunteer
from kepu.people.states import MemberRole, MembershipState, TeamState, VolunteerState

BATCH = 500


@dataclass
class District:
    """One district of the town: who works there, and where."""

    path: str
    worker: User
    officer: User
    department: Organisation
    communities: list[Division]
    residents: list[User] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    leaders: list[User] = field(default_factory=list)


@dataclass
class Town:
    """The districts of a city with everybody in them."""

    districts: list[District]
    skills: list[Skill]

    @property
    def teams(self) -> list[tuple[Team, User]]:
        """Every team beside its leader."""
        return [pair for d in self.districts for pair in zip(d.teams, d.leaders, strict=True)]


def build(
    *, now: datetime, teams: int, residents: int, province: str = "50.", topics: int = 8
) -> Town:
    """Settle a town on the divisions of `province`; teams and residents are spread over its districts.

    A team knows as many topics as told, drawn by chance: always the same ones.
    """
    chance = random.Random(1)  # noqa: S311 (a simulation)
    long_ago = now - timedelta(days=400)
    places = _communities(province)
    names = _Names(long_ago)
    districts = [_officials(path, found, names) for path, found in places.items()]
    town = Town(districts, list(Skill.objects.all()))
    shares = [len(district.communities) for district in town.districts]
    for district, count in zip(town.districts, _spread(residents, shares), strict=True):
        district.residents = names.people(count, district.communities)
    for district, count in zip(town.districts, _spread(teams, shares), strict=True):
        knowing = [chance.sample(town.skills, min(topics, len(town.skills))) for _ in range(count)]
        _teams(district, knowing, names)
    return town


def _communities(province: str) -> dict[str, list[Division]]:
    found: dict[str, list[Division]] = {}
    for community in divisions.below(province, Level.COMMUNITY).order_by("path"):
        found.setdefault(divisions.district_path(community.path) or province, []).append(community)
    return found


def _spread(total: int, shares: list[int]) -> list[int]:
    """`total` in whole numbers, after `shares`, at least one for each."""
    whole = sum(shares)
    return [max(1, round(total * share / whole)) for share in shares]


@dataclass
class _Names:
    """Makes people who can be told apart; their telephone numbers are ranges of examples."""

    since: datetime
    count: int = 0

    def __post_init__(self) -> None:
        self.count = User.objects.count()

    def people(self, number: int, homes: list[Division]) -> list[User]:
        made = [self._one(homes[n % len(homes)]) for n in range(number)]
        return User.objects.bulk_create(made, batch_size=BATCH)

    def _one(self, home: Division) -> User:
        self.count += 1
        person = User(login=f"simulated{self.count}", home=home, created_at=self.since)
        person.keep(Personal(name=f"示例{self.count}", phone=f"+86138{self.count:08d}"))
        person.password = _NO_PASSWORD
        return person


_NO_PASSWORD = make_password(None)


def _officials(path: str, communities: list[Division], names: _Names) -> District:
    worker, officer = names.people(2, communities)
    department = Organisation(name=f"示例部门{path}", kind=OrganisationKind.DEPARTMENT)
    department.place(divisions.at(path))
    department.save()
    Grant.objects.bulk_create(
        [
            Grant(person=worker, role="community_worker", path=path, valid_from=names.since),
            Grant(
                person=officer,
                role="department_officer",
                organisation=department,
                valid_from=names.since,
            ),
        ]
    )
    return District(path, worker, officer, department, communities)


def _teams(district: District, knowing: list[list[Skill]], names: _Names) -> None:
    """One team for each list of topics."""
    homes = district.communities
    leaders = names.people(len(knowing), homes)
    teams = Team.objects.bulk_create(
        list(_new_teams(leaders, homes, names.since)), batch_size=BATCH
    )
    TeamArea.objects.bulk_create(TeamArea(team=team, path=district.path) for team in teams)
    Team.skills.through.objects.bulk_create(
        Team.skills.through(team_id=team.pk, skill_id=skill.pk)
        for team, known in zip(teams, knowing, strict=True)
        for skill in known
    )
    _enrol(teams, leaders, names.since)
    district.teams, district.leaders = teams, leaders


def _new_teams(leaders: list[User], homes: list[Division], since: datetime) -> Iterator[Team]:
    for number, leader in enumerate(leaders):
        home = homes[number * 7 % len(homes)]
        team = Team(
            name=f"示例服务队{leader.pk}",
            sort_key=f"{leader.pk:09d}",
            state=TeamState.APPROVED,
            applied_by=leader,
            applied_at=since,
            joined_at=since,
            lon=home.lon,
            lat=home.lat,
            day_capacity=2,
            week_capacity=6,
        )
        team.place(home)
        yield team


def _enrol(teams: list[Team], leaders: list[User], since: datetime) -> None:
    pairs = list(zip(teams, leaders, strict=True))
    Membership.objects.bulk_create(
        Membership(
            team=team, person=leader, role=MemberRole.LEADER, state=MembershipState.ACTIVE,
            slot=1, asked_at=since, since=since,
        )
        for team, leader in pairs
    )  # fmt: skip
    volunteers = []
    for team, leader in pairs:
        volunteer = Volunteer(
            person=leader, number=f"S{leader.pk:09d}", state=VolunteerState.ACTIVE,
            applied_at=since, active_at=since, consent_at=since, consent_version=0,
            availability=ALWAYS,
        )  # fmt: skip
        volunteer.place(team.division_now)
        volunteers.append(volunteer)
    Volunteer.objects.bulk_create(volunteers, batch_size=BATCH)
