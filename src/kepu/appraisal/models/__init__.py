"""What is judged: calls, applications and their evidence, reviews, objections, titles and their terms."""

from kepu.appraisal.models.applications import Application, ApplicationStep, Evidence
from kepu.appraisal.models.calls import Call
from kepu.appraisal.models.drafts import ProgrammeDraft
from kepu.appraisal.models.meetings import (
    Meeting,
    MeetingItem,
    MeetingMember,
    MeetingRecusal,
    MeetingVote,
)
from kepu.appraisal.models.notices import Appeal, Objection
from kepu.appraisal.models.panels import Panels, Seat
from kepu.appraisal.models.reviews import Judgement, Review, Score
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

__all__ = [
    "Appeal",
    "Application",
    "ApplicationStep",
    "Call",
    "Clause",
    "ClauseVersion",
    "Comment",
    "CommentRound",
    "Drafter",
    "Evidence",
    "Judgement",
    "Meeting",
    "MeetingItem",
    "MeetingMember",
    "MeetingRecusal",
    "MeetingVote",
    "Objection",
    "Panels",
    "ProgrammeDraft",
    "Review",
    "ReviewOpinion",
    "Score",
    "Seat",
    "Series",
    "SpotCheck",
    "Standard",
    "StandardBallot",
    "StandardStep",
    "StandardVoter",
    "Title",
    "TitleStep",
    "YearReport",
]
