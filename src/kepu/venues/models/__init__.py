"""Tables of the venues room."""

from kepu.venues.models.alliances import Alliance, HeldPass, Member, PassVenue, SharedPass, Stamp
from kepu.venues.models.facilities import (
    FacilityPlan,
    Milestone,
    MilestoneTold,
    Progress,
    Project,
)
from kepu.venues.models.keeping import Proposal, ReportedCount, VenueFile, YearReport, YearTold
from kepu.venues.models.money import Contribution, Incentive
from kepu.venues.models.points import ServicePoint
from kepu.venues.models.registry import DayCount, Venue, VenueStep
from kepu.venues.models.subsidies import Subsidy

__all__ = [
    "Alliance",
    "Contribution",
    "DayCount",
    "FacilityPlan",
    "HeldPass",
    "Incentive",
    "Member",
    "Milestone",
    "MilestoneTold",
    "PassVenue",
    "Progress",
    "Project",
    "Proposal",
    "ReportedCount",
    "ServicePoint",
    "SharedPass",
    "Stamp",
    "Subsidy",
    "Venue",
    "VenueFile",
    "VenueStep",
    "YearReport",
    "YearTold",
]
