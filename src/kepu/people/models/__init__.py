"""Who serves: teams, volunteers, experts, posts and stations; and the hours they gave."""

from kepu.people.models.absences import Absence, AbsenceStep
from kepu.people.models.campaigns import Answer, Call, Campaign, Nomination
from kepu.people.models.careers import FeeAccount, Title, Work
from kepu.people.models.certificates import Certificate
from kepu.people.models.experts import Conflict, Duty, Employment, Expert
from kepu.people.models.hours import Entry, Service
from kepu.people.models.objections import Objection
from kepu.people.models.places import Post, Station, StationKind, StationTier
from kepu.people.models.staff import Staffing, Worker
from kepu.people.models.teams import Membership, Team, TeamArea
from kepu.people.models.training import Course, Enrolment
from kepu.people.models.vocabulary import Field, PostKind, Sector, Skill
from kepu.people.models.volunteers import (
    Evaluation,
    Honour,
    Training,
    Volunteer,
    VolunteerArea,
)

__all__ = [
    "Absence",
    "AbsenceStep",
    "Answer",
    "Call",
    "Campaign",
    "Certificate",
    "Conflict",
    "Course",
    "Duty",
    "Employment",
    "Enrolment",
    "Entry",
    "Evaluation",
    "Expert",
    "FeeAccount",
    "Field",
    "Honour",
    "Membership",
    "Nomination",
    "Objection",
    "Post",
    "PostKind",
    "Sector",
    "Service",
    "Skill",
    "Staffing",
    "Station",
    "StationKind",
    "StationTier",
    "Team",
    "TeamArea",
    "Title",
    "Training",
    "Volunteer",
    "VolunteerArea",
    "Work",
    "Worker",
]
