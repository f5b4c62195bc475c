"""Every table that names a person says so where rooms declare what they hold of people."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from kepu.appraisal import held as appraisal
from kepu.appraisal import standards_held as standards
from kepu.kernel.accounts.models import User
from kepu.literacy import held as literacy
from kepu.orders import held as orders
from kepu.people import held as people
from kepu.venues import held as venues

TABLES = (
    *people.TABLES, *literacy.TABLES, *orders.TABLES, *venues.TABLES, *appraisal.TABLES,
    *standards.TABLES,
)  # fmt: skip
HELD = {held.model: held for held in TABLES}
ROOMS = [
    model
    for room in ("people", "venues", "literacy", "orders", "appraisal")
    for model in apps.get_app_config(room).get_models()
]

# Tables that name people and are in nobody's export, each with its reason.
LEFT_OUT = {
    "people.Campaign": "names who opened it in office; the audit holds that deed",
    "people.Call": "names who called in office; what a person answered is their own",
    "people.Staffing": "names who stated it in office, for a unit; numbers only",
    "people.Course": "names who announced it in office; what a person sat in is their own",
    "venues.Venue": "names who registered it in office, for a unit",
    "venues.VenueStep": "names who decided in office; the audit holds that deed",
    "venues.Proposal": "names who proposed and decided it in office, for a unit",
    "venues.YearReport": "names who told it in office, for a unit",
    "venues.VenueFile": "names who added it in office, for a unit",
    "venues.Alliance": "names who founded it in office",
    "venues.Member": "names who asked and answered in office, for a unit",
    "venues.SharedPass": "names who published it in office",
    "venues.FacilityPlan": "names who stated it in office",
    "venues.Project": "names who added it in office",
    "venues.Milestone": "names who said it was reached in office, for a unit",
    "venues.Progress": "names who reported it in office, for a unit",
    "venues.Contribution": "names who entered it in office; a giver is an organisation",
    "venues.Subsidy": "names who entered it in office, for a venue",
    "venues.Incentive": "names who entered it in office",
    "venues.ServicePoint": "names who opened it in office, for a unit",
    "venues.DayCount": "names who counted in office; who came is known to nobody",
    "orders.Rehoming": "names who was to find another venue, in office",
    "literacy.Item": "names who wrote it in office; the deed is in the item's history, which is theirs",
    "literacy.Calibration": "names who recorded it in office",
    "literacy.DifFinding": "names who recorded it in office",
    "literacy.BookletSet": "names who had it assembled, in office",
    "literacy.Sample": "names who had it drawn, in office",
    "literacy.Estimate": "names who asked for it, in office",
    "literacy.Fieldwork": "names who planned it, in office",
    "literacy.Case": "names who is to knock there, in office",
    "literacy.FieldEvent": "names who reported it, in office",
    "literacy.Attempt": "names who knocked, in office",
    "literacy.Interview": "names who asked; who answered is known to nobody",
    "literacy.BackCheck": "names who asked again, in office",
    "literacy.Run": "names who kept and published it, in office",
    "literacy.Study": "names who registered, measured and published it, in office",
    "literacy.Round": "names who opened, locked and published it, in office",
    "literacy.Return": "names who handed it in, for a unit; the deed is in its steps, which are theirs",
    "literacy.Revenue": "names who entered it in office, for a district",
    "literacy.Task": "names who gave it out and who said it is done, in office",
    "appraisal.Standard": "names who proposed it in office, for a unit",
    "appraisal.ClauseVersion": "names who wrote it in the drafting group, which is theirs",
    "appraisal.CommentRound": "names who opened it in office",
    "appraisal.ReviewOpinion": "names who recorded it in office",
    "appraisal.StandardBallot": "names who opened it in office; who voted is theirs",
    "appraisal.StandardStep": "names who decided in office; the audit holds that deed",
    "appraisal.Undertaking": "names who proposed, answered and ended it in office, for a unit",
    "appraisal.DutyYear": "names who handed it in and reviewed it in office, for a unit",
    "appraisal.Call": "names who opened it in office",
    "appraisal.JuryBallot": "names who opened and counted it in office; who voted is theirs",
    "appraisal.PublicVote": "names who opened it in office; what an account chose is its own",
    "appraisal.ApplicationStep": "names who decided in office; the audit holds that deed",
    "appraisal.Evidence": "names who added it for the applicant; the file is their own",
    "appraisal.FeeList": "names who wrote, signed and paid it in office",
    "appraisal.Paper": "names who took it in, in office",
    "appraisal.Keying": "names who keyed it in office; what it says is the review's",
    "appraisal.Discussion": "names who opened and closed it in office",
    "appraisal.Judgement": "names who weighed in office; reviewers stand in it by numbers",
    "appraisal.Meeting": "names who planned and closed it in office",
    "appraisal.Panels": "names who asked for it in office",
    "appraisal.Weighing": "names who asked for it in office",
    "appraisal.ProgrammeDraft": "names who writes it in office",
    "appraisal.TitleStep": "names who decided in office; the audit holds that deed",
    "appraisal.YearReport": "names who checked it in office; what it says is the unit's",
    "appraisal.SpotCheck": "names who went there in office",
    "appraisal.Inspection": "names who ordered and countersigned it in office; who went is theirs",
    "appraisal.InspectionDraw": "names who drew it in office",
    "orders.Contract": "names who signed it in office, for an organisation",
    "orders.DishVersion": "names who wrote the menu, for a team or a department",
    "orders.AutoPlan": "names who asked the engine, in office",
    "orders.MonthReport": "names who signed it in office, for a place",
}
# Keys that name somebody other than the hand that did it, and do not make the row that person's own.
OTHERS = {
    "people.Service.receiver": "the hours are the volunteer's; the visit stands with the order",
    "appraisal.CallNomination.nominee": "the application that came of it is the nominee's own",
    "people.Conflict.person": "an expert's own declaration, made in confidence",
}


def keys_to_people(model) -> set[str]:
    return {field.name for field in model._meta.fields if field.related_model is User}


@pytest.mark.parametrize("model", ROOMS, ids=lambda model: model._meta.label)
def test_a_table_that_names_a_person_is_in_their_export_or_left_out_for_a_reason(model):
    label = model._meta.label

    if keys_to_people(model):
        assert (label in HELD) != (label in LEFT_OUT)


@pytest.mark.parametrize("held", TABLES, ids=lambda held: held.model)
def test_every_key_to_a_person_makes_the_row_their_own_or_names_the_hand_that_did_it(held):
    forgotten = {
        key
        for key in keys_to_people(held.table) - set(held.persons)
        if not key.endswith("by") and f"{held.model}.{key}" not in OTHERS
    }

    assert forgotten == set()


def test_no_table_is_declared_twice():
    assert len(HELD) == len(TABLES)


# Columns of words that stay when a person was erased, each with its reason.
PUBLISHED = "published in office or by a team, about nobody"
SORTED = "what a controlled list, another record or Kepu itself says"
KEPT_WORDS = {
    **dict.fromkeys(
        [
            "people.Campaign.name", "people.Campaign.about", "people.Call.title", "people.Call.about",
            "people.Course.title", "people.Course.about", "people.Course.room", "people.Course.link",
            "people.Course.reason", "people.Station.name", "people.Station.open_hours",
            "people.Station.address", "people.Team.name", "people.Team.about",
            "people.Team.state_reason", "venues.Venue.name", "venues.Venue.about", "venues.Venue.address",
            "venues.Venue.phone", "venues.Venue.accessibility", "venues.Venue.source",
            "venues.VenueStep.reason", "venues.VenueStep.reference",
            "venues.Proposal.why", "venues.Proposal.reason", "venues.Proposal.facts",
            "venues.Proposal.before", "venues.YearReport.remark", "venues.VenueFile.words",
            "venues.Alliance.name", "venues.Alliance.about", "venues.SharedPass.title",
            "venues.SharedPass.about",
            "venues.FacilityPlan.about", "venues.FacilityPlan.document", "venues.FacilityPlan.link",
            "venues.FacilityPlan.number", "venues.FacilityPlan.title", "venues.Project.name",
            "venues.Project.former", "venues.Project.address", "venues.Project.reason",
            "venues.Milestone.title", "venues.Progress.words", "venues.Progress.photo_words",
            "venues.Contribution.giver", "venues.Contribution.words", "venues.Incentive.title",
            "venues.Incentive.issuer", "venues.Incentive.document", "venues.Incentive.number",
            "venues.Incentive.link", "venues.Incentive.helps", "venues.ServicePoint.name",
            "venues.ServicePoint.offers", "venues.ServicePoint.address", "venues.ServicePoint.remark",
            "venues.Subsidy.reference", "venues.Subsidy.words", "venues.Venue.study",
            "orders.Contract.number", "orders.Dispatch.name",
            "orders.Service.title", "orders.Service.description", "orders.Service.needs",
            "orders.DishVersion.title",
            "orders.DishVersion.description", "orders.DishVersion.needs", "orders.MonthReport.figures",
            "orders.MonthReport.remark", "literacy.Item.source", "literacy.Item.reason",
            "literacy.Wording.stem", "literacy.Wording.options", "literacy.Wording.plain",
            "literacy.Calibration.wave", "literacy.Calibration.scale", "literacy.DifFinding.wave",
            "literacy.Calibration.joins", "literacy.BookletSet.title",
            "literacy.Run.title", "literacy.Sample.title", "literacy.Run.reason",
            "literacy.Fieldwork.title", "literacy.Estimate.title", "literacy.Study.title",
            "literacy.Study.reason", "literacy.Study.inputs", "literacy.Study.activities",
            "literacy.Study.outputs", "literacy.Study.outcomes", "literacy.Study.measure",
            "literacy.Round.reason", "literacy.Round.published", "literacy.Return.explanations",
            "literacy.Revenue.source", "literacy.Target.source", "literacy.TargetStep.source",
            "literacy.Task.what", "literacy.Task.remark",
            "appraisal.Meeting.title", "appraisal.Meeting.place",
            "appraisal.Call.title", "appraisal.Call.about", "appraisal.Call.seed_salt",
            "appraisal.Call.seed_digest", "literacy.Figure.source", "appraisal.Application.subject_name",
            "appraisal.Application.answers", "appraisal.ApplicationStep.reason",
            "appraisal.ApplicationStep.reference", "appraisal.Objection.reply", "appraisal.Appeal.reply",
            "appraisal.ProgrammeDraft.rules", "appraisal.Title.holder_name", "appraisal.TitleStep.reason",
            "appraisal.TitleStep.reference", "appraisal.YearReport.text", "appraisal.YearReport.figures",
            "appraisal.YearReport.reason", "appraisal.SpotCheck.text",
            "appraisal.Standard.number", "appraisal.Standard.title", "appraisal.Standard.about",
            "appraisal.Standard.source", "appraisal.Standard.known", "appraisal.Clause.number",
            "appraisal.Clause.heading", "appraisal.Clause.text", "appraisal.ClauseVersion.heading",
            "appraisal.ClauseVersion.text", "appraisal.CommentRound.explained",
            "appraisal.CommentRound.draft", "appraisal.ReviewOpinion.opinion",
            "appraisal.ReviewOpinion.reference", "appraisal.StandardStep.reason",
            "appraisal.StandardStep.reference", "appraisal.Comment.reply",
            "appraisal.FeeList.reference", "appraisal.FeeList.reason", "appraisal.Paper.reference",
            "appraisal.Paper.reason", "appraisal.Discussion.reason",
            "appraisal.ContributionStatement.holder_name", "appraisal.ContributionStatement.reference",
            "appraisal.Undertaking.title", "appraisal.Undertaking.parties",
            "appraisal.Undertaking.duties_said", "appraisal.Undertaking.reference",
            "appraisal.Undertaking.reason", "appraisal.DutyYear.words", "appraisal.DutyYear.review",
            "appraisal.Title.batch",
            "appraisal.Inspection.words", "appraisal.Inspector.opinion", "appraisal.Finding.value",
        ],
        PUBLISHED,
    ),
    **dict.fromkeys(
        [
            "appraisal.ContributionStatement.figures", "appraisal.ContributionStatement.digest",
            "appraisal.ContributionStatement.code", "appraisal.DutyYear.figures",
            "appraisal.Title.named_by",
            "appraisal.Finding.item", "appraisal.InspectionPhoto.item", "appraisal.InspectionEvent.kind",
            "appraisal.InspectionDraw.codes", "appraisal.InspectionDraw.chosen",
            "appraisal.Call.programme", "appraisal.Application.code", "appraisal.Application.klass",
            "appraisal.Application.grade", "appraisal.Application.reached",
            "appraisal.ApplicationStep.verb",
            "appraisal.Evidence.blind_note", "appraisal.Series.prefix",
            "appraisal.FeeLine.source", "appraisal.ScoreChange.criterion",
            "appraisal.Meeting.code", "appraisal.Meeting.record", "appraisal.Meeting.digest",
            "appraisal.Meeting.klass", "appraisal.Meeting.seed_salt", "appraisal.Meeting.seed_digest",
            "appraisal.MeetingItem.tally", "appraisal.MeetingVote.mark",
            "appraisal.Judgement.inputs", "appraisal.Judgement.result", "appraisal.Judgement.digest",
            "appraisal.JuryBallot.candidates", "appraisal.JuryBallot.slips", "appraisal.JuryBallot.result",
            "appraisal.JuryBallot.quorum", "appraisal.JuryBallot.majority", "appraisal.JuryBallot.digest",
            "appraisal.PublicVote.candidates", "appraisal.PublicVote.report",
            "appraisal.LedgerExtract.figures", "appraisal.LedgerExtract.digest",
            "appraisal.CallNomination.klass",
            "appraisal.Panels.summary", "appraisal.Panels.inputs", "appraisal.Panels.numbered",
            "appraisal.Panels.failure", "appraisal.Panels.drawn", "appraisal.Panels.language",
            "appraisal.Weighing.failure", "appraisal.Weighing.language",
            "appraisal.ProgrammeDraft.code", "appraisal.ProgrammeDraft.copied_from",
            "appraisal.Title.programme", "appraisal.Title.klass", "appraisal.Title.grade",
            "appraisal.Title.number", "appraisal.TitleStep.verb", "appraisal.TitleStep.grade",
            "appraisal.Review.drawn", "appraisal.Score.criterion", "appraisal.Seat.reason",
            "appraisal.Clause.order", "appraisal.Comment.clause", "appraisal.StandardBallot.quorum",
            "appraisal.StandardBallot.majority", "appraisal.StandardStep.verb",
            "people.Campaign.counting", "people.Certificate.code", "people.Certificate.issuer",
            "people.Volunteer.number", "people.Duty.source", "people.Service.source",
            "people.Absence.source", "people.Absence.title",
            "people.AbsenceStep.verb", "venues.VenueStep.verb", "venues.MilestoneTold.stage",
            "venues.ReportedCount.period", "venues.ReportedCount.group", "venues.ReportedCount.label",
            "venues.ReportedCount.source", "venues.HeldPass.code",
            "people.Training.title", "people.Honour.title", "orders.Step.verb",
            "orders.Step.rules", "orders.Order.title", "orders.Order.check_in_code",
            "orders.DeviceEvent.kind", "orders.Offer.reason", "orders.AutoPlan.summary",
            "orders.AutoPlan.failure", "orders.AutoPlan.language", "orders.PlanLine.reason",
            "literacy.Item.code", "literacy.Item.dimension", "literacy.Wording.language",
            "literacy.ItemStep.verb", "literacy.BookletSet.failure", "literacy.BookletSet.language",
            "literacy.BookletSet.summary", "literacy.SelfTest.language", "literacy.SelfTest.result",
            "literacy.Sample.failure", "literacy.Sample.language", "literacy.Sample.summary",
            "literacy.Sample.shares", "literacy.Sample.adults",
            "literacy.SampledCommunity.stratum", "literacy.SampledCommunity.psu",
            "literacy.SampledCommunity.chances",
            "literacy.Estimate.failure", "literacy.Estimate.language", "literacy.Estimate.stage",
            "literacy.Estimate.unchecked", "literacy.Sample.digest", "literacy.Fieldwork.quotas",
            "literacy.FieldEvent.kind", "literacy.FieldEvent.reason",
            "literacy.ReturnStep.verb",
            "literacy.Run.level", "literacy.Run.framework", "literacy.Run.digest", "literacy.Run.record",
            "literacy.Study.plan", "literacy.Study.result", "literacy.Study.digest",
            "literacy.Run.figures", "literacy.Run.districts",
        ],
        SORTED,
    ),
    **dict.fromkeys(
        [
            "literacy.FieldEvent.data", "literacy.Interview.answers", "literacy.Interview.background",
            "literacy.Interview.seconds",
        ],
        "what somebody answered who is known to nobody, and not of who asked",
    ),
    "appraisal.MeetingMember.opinion": "what a member signed about what the panel decided; it rests on it",
    "appraisal.Review.comment": "what a reviewer found of an application; the decision rests on it",
    "appraisal.Keying.read": "what two people read on the paper of a review; the decision rests on it",
    "appraisal.DiscussionRemark.text": "what a reviewer said of an application; the decision rests on it",
    "appraisal.ScoreChange.reason": "why points were changed; the decision rests on it",
    "appraisal.ScoreChange.comment_before": "what stood there before; the decision rests on it",
    "appraisal.Review.reason": "why a reviewer stepped aside; the secretary's record of the panel",
    "appraisal.Score.comment": "what a reviewer found of an application; the decision rests on it",
    "literacy.BackCheck.remark": "what was found of an interview; the survey must be able to show it",
    "people.Service.title": "the order's; asked for by hand it goes, see `forget_titles`",
    "people.Entry.reason": "the ledger cannot be changed; a correction tells of minutes, not of a person",
    "people.Certificate.revoked_reason": "whoever holds the paper reads why it is good no longer",
}  # fmt: skip
INDEXES = {"path", "desk", "sort_key", "key", "title_zh", "title_en"}


def words_of(model) -> set[str]:
    return {
        field.name
        for field in model._meta.fields
        if isinstance(field, (models.CharField, models.TextField, models.JSONField))
        and not field.choices
        and field.name not in INDEXES
    }


@pytest.mark.parametrize("model", ROOMS, ids=lambda model: model._meta.label)
def test_words_go_with_the_person_they_belong_to_or_stay_for_a_reason(model):
    label = model._meta.label
    held = HELD.get(label)
    going = {column for blanks in (held.words if held else {}).values() for column in blanks}

    staying = words_of(model) - going
    if not (held and held.goes_with):
        assert {f"{label}.{column}" for column in staying} - set(KEPT_WORDS) == set()


@pytest.mark.parametrize("held", TABLES, ids=lambda held: held.model)
def test_a_table_with_words_that_go_says_that_it_holds_personal_data(held):
    if held.words or held.goes_with:
        assert held.table.PERSONAL_DATA
