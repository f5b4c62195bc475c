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
