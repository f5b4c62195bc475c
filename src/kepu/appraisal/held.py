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
)
