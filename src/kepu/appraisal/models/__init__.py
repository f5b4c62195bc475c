"""What is judged: calls, applications and their evidence, reviews, votes, objections, titles."""

from kepu.appraisal.models.applications import Application, ApplicationStep, Evidence
from kepu.appraisal.models.awards import CallNomination, LedgerExtract, TalentConsent
from kepu.appraisal.models.ballots import Elector, JuryBallot, PublicSlip, PublicVote
from kepu.appraisal.models.calls import Call
from kepu.appraisal.models.contributions import ContributionStatement
from kepu.appraisal.models.discussions import Discussion, DiscussionRemark, ScoreChange
from kepu.appraisal.models.drafts import ProgrammeDraft
from kepu.appraisal.models.fees import FeeLine, FeeList, FeeShare
from kepu.appraisal.models.inspections import (
    Finding,
    Inspection,
    InspectionDraw,
    InspectionEvent,
    InspectionPhoto,
    Inspector,
)
from kepu.appraisal.models.meetings import (
    Meeting,
    MeetingItem,
    MeetingMember,
    MeetingRecusal,
    MeetingVote,
)
from kepu.appraisal.models.notices import Appeal, Objection
from kepu.appraisal.models.panels import Panels, Seat
from kepu.appraisal.models.papers import Keying, Paper
from kepu.appraisal.models.reviews import Judgement, Review, Score, Weighing
from kepu.appraisal.models.standards import (
    Clause,
    ClauseVersion,
    Comment,
    CommentRound,
    Drafter,
    ReviewOpinion,
    Standard,
    StandardBallot,
    StandardStep,
    StandardVoter,
)
from kepu.appraisal.models.titles import Series, SpotCheck, Title, TitleStep, YearReport
from kepu.appraisal.models.undertakings import AgreedDuty, DutyReminder, DutyYear, Undertaking

__all__ = [
    "AgreedDuty",
    "Appeal",
    "Application",
    "ApplicationStep",
    "Call",
    "CallNomination",
    "Clause",
    "ClauseVersion",
    "Comment",
    "CommentRound",
    "ContributionStatement",
    "Discussion",
    "DiscussionRemark",
    "Drafter",
    "DutyReminder",
    "DutyYear",
    "Elector",
    "Evidence",
    "FeeLine",
    "FeeList",
    "FeeShare",
    "Finding",
    "Inspection",
    "InspectionDraw",
    "InspectionEvent",
    "InspectionPhoto",
    "Inspector",
    "Judgement",
    "JuryBallot",
    "Keying",
    "LedgerExtract",
    "Meeting",
    "MeetingItem",
    "MeetingMember",
    "MeetingRecusal",
    "MeetingVote",
    "Objection",
    "Panels",
    "Paper",
    "ProgrammeDraft",
    "PublicSlip",
    "PublicVote",
    "Review",
    "ReviewOpinion",
    "Score",
    "ScoreChange",
    "Seat",
    "Series",
    "SpotCheck",
    "Standard",
    "StandardBallot",
    "StandardStep",
    "StandardVoter",
    "TalentConsent",
    "Title",
    "TitleStep",
    "Undertaking",
    "Weighing",
    "YearReport",
]
