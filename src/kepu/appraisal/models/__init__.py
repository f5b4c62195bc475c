"""What is judged: calls, applications and their evidence, reviews, votes, objections, titles."""

from kepu.appraisal.models.applications import Application, ApplicationStep, Evidence
from kepu.appraisal.models.awards import CallNomination, LedgerExtract, TalentConsent
from kepu.appraisal.models.ballots import Elector, JuryBallot, PublicSlip, PublicVote
from kepu.appraisal.models.calls import Call
from kepu.appraisal.models.drafts import ProgrammeDraft
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
    "CallNomination",
    "Clause",
    "ClauseVersion",
    "Comment",
    "CommentRound",
    "Drafter",
    "Elector",
    "Evidence",
    "Judgement",
    "JuryBallot",
    "LedgerExtract",
    "Objection",
    "Panels",
    "ProgrammeDraft",
    "PublicSlip",
    "PublicVote",
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
    "TalentConsent",
    "Title",
    "TitleStep",
    "YearReport",
]
