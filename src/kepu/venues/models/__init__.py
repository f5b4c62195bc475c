"""Tables of the venues room."""

from kepu.venues.models.alliances import Alliance, HeldPass, Member, PassVenue, SharedPass, Stamp
from kepu.venues.models.keeping import Proposal, ReportedCount, VenueFile, YearReport, YearTold
from kepu.venues.models.registry import DayCount, Venue, VenueStep

__all__ = [
    "Alliance",
    "DayCount",
    "HeldPass",
    "Member",
    "PassVenue",
    "Proposal",
    "ReportedCount",
    "SharedPass",
    "Stamp",
    "Venue",
    "VenueFile",
    "VenueStep",
    "YearReport",
    "YearTold",
]
