"""What other rooms may ask of this one; the rest is in the modules, by noun."""

from kepu.people.queries.absences import (
    missed_too_often,
    teams_missing_often,
    unexcused,
    unexcused_in_team,
)
from kepu.people.queries.experts import expert_of
from kepu.people.queries.hours import (
    Standing,
    minutes_of,
    of_source,
    of_sources,
    service,
    standing,
    to_certify,
    to_confirm,
)
from kepu.people.queries.places import dispatching
from kepu.people.queries.teams import (
    Load,
    approved,
    areas_of,
    belongs,
    homes_of,
    leaders,
    leads,
    led_team,
    load,
    locked_team,
    members,
    places_in_teams,
    serving,
    team,
    teams_led,
    teams_of,
)
from kepu.people.queries.vocabulary import fields, skills
from kepu.people.queries.volunteers import free_at, suspended, volunteer_of, willing

__all__ = [
    "Load",
    "Standing",
    "approved",
    "areas_of",
    "belongs",
    "dispatching",
    "expert_of",
    "fields",
    "free_at",
    "homes_of",
    "leaders",
    "leads",
    "led_team",
    "load",
    "locked_team",
    "members",
    "minutes_of",
    "missed_too_often",
    "of_source",
    "of_sources",
    "places_in_teams",
    "service",
    "serving",
    "skills",
    "standing",
    "suspended",
    "team",
    "teams_led",
    "teams_missing_often",
    "teams_of",
    "to_certify",
    "to_confirm",
    "unexcused",
    "unexcused_in_team",
    "volunteer_of",
    "willing",
]
