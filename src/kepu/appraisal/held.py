"""What appraisal holds of a person: the file `appraisal.json` of their export.

What a person wrote is sealed with their key and goes with it. Points and opinions of reviewers stay:
decisions rest on them, and they tell of an application, not of who judged it.
"""

from __future__ import annotations

from kepu.kernel.accounts.held import Held

TABLES = (
    Held(
        "appraisal.Application",
        persons=("person",),
        shown=("call__title", "code", "klass", "state", "grade", "said", "made_at"),
    ),
    Held(
        "appraisal.Review",
        persons=("expert__person",),
        shown=("application__code", "state", "comment", "reason", "asked_at", "done_at"),
    ),
    Held(
        "appraisal.DiscussionRemark",
        persons=("review__expert__person",),
        shown=("discussion__application__code", "text", "at"),
    ),
    Held(
        "appraisal.ScoreChange",
        persons=("review__expert__person",),
        shown=("discussion__application__code", "criterion", "before", "after", "reason", "at"),
    ),
    # Sums stay for the books; words about a correction go with the expert.
    Held(
        "appraisal.FeeLine",
        persons=("expert__person",),
        shown=("list__call__title", "kind", "fen", "about", "added_at"),
        words={"expert__person": {"about": ""}},
    ),
    Held(
        "appraisal.FeeShare",
        persons=("expert__person",),
        shown=("list__call__title", "list__month", "list__state", "gross", "tax"),
    ),
    Held(
        "appraisal.MeetingMember",
        persons=("expert__person",),
        shown=(
            "meeting__title",
            "meeting__starts_at",
            "joined_at",
            "pledged_at",
            "left_at",
            "opinion",
            "signed_at",
        ),
    ),
    Held(
        "appraisal.Objection",
        persons=("raised_by",),
        shown=("application__code", "text", "raised_at", "state", "reply"),
    ),
    Held(
        "appraisal.Appeal",
        persons=("raised_by",),
        shown=("text", "raised_at", "state", "reply"),
    ),
    Held(
        "appraisal.Title",
        persons=("person",),
        shown=("number", "programme", "klass", "grade", "since", "until", "state"),
    ),
    Held(
        "appraisal.CallNomination",
        persons=("by",),
        shown=("call__title", "said", "state", "made_at", "answered_at"),
    ),
    Held(
        "appraisal.LedgerExtract",
        persons=("application__person",),
        shown=("application__code", "told", "as_of", "digest"),
    ),
    # Figures are sealed and go with the key; what it was for and why it ended are words about a person.
    Held(
        "appraisal.ContributionStatement",
        persons=("person",),
        shown=("code", "since", "until", "purpose", "told", "state", "reason", "signed_at"),
        words={"person": {"purpose": "", "reason": "…"}},
    ),
    Held("appraisal.Elector", persons=("person",), shown=("ballot__call__title", "voted")),
    # What an account chose of the public's candidates goes with it; what was counted stays.
    Held(
        "appraisal.PublicSlip",
        persons=("person",),
        shown=("vote__call__title", "day", "choices", "at"),
        goes_with=("person",),
    ),
    Held(
        "appraisal.TalentConsent",
        persons=("person",),
        shown=("title__number", "given_at"),
        goes_with=("person",),
    ),
    Held(
        "appraisal.Inspector",
        persons=("person",),
        shown=("inspection_id", "signed_at", "opinion", "venue_words", "latitude", "longitude"),
        words={
            "person": {"latitude": None, "longitude": None},
            "inspection__application__person": {"venue_words": "", "venue_post": ""},
        },
    ),
    Held(
        "appraisal.Finding",
        persons=("inspector__person",),
        shown=("inspector__inspection_id", "item", "value", "note", "said_at"),
        words={"inspector__inspection__application__person": {"note": ""}},
    ),
    Held(
        "appraisal.InspectionPhoto",
        persons=("inspector__person",),
        shown=("inspector__inspection_id", "item", "taken_at"),
    ),
    Held(
        "appraisal.InspectionEvent",
        persons=("by",),
        shown=("inspection_id", "kind", "data", "device_time", "received_at", "receipt", "reason"),
        words={
            "by": {"data": {}, "reason": ""},
            "inspection__application__person": {"data": {}, "reason": ""},
        },
    ),
)
