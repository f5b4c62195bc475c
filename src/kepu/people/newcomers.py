"""What is said of a team or a volunteer that joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kepu.kernel.accounts.models import Organisation, Personal, User
from kepu.kernel.divisions.models import Division
from kepu.people.models import Skill
from kepu.people.states import Tier


@dataclass(frozen=True)
class NewTeam:
    """A team as its form or its row describes it; it serves its home unless `areas` name others."""

    name: str
    home: Division
    leader: User | None
    skills: Sequence[Skill] = ()
    tier: str = Tier.TEAM
    organisation: Organisation | None = None
    areas: Sequence[str] = ()
    about: str = ""
    day_capacity: int = 1
    week_capacity: int = 3
    position: tuple[float, float] | None = None
    agreed: date | None = None  # the day the leader said yes to the officer who enters the team


@dataclass(frozen=True)
class NewVolunteer:
    """A volunteer whose signed consent is on paper."""

    personal: Personal
    home: Division
    consented: date
    skills: Sequence[Skill] = ()
    national_number: str = ""
