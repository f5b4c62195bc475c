"""What this room holds of a person, table by table: the file `people.json` of their export, and the words
that go when they are erased. Ids, numbers and states stay, under the pseudonym, for the figures."""

from __future__ import annotations

from kepu.kernel.accounts.held import Held

TABLES = (
    Held(
        "people.Volunteer",
        persons=("person",),
        shown=(
            "number", "national_number", "state", "state_reason", "division_now__name", "skills", "areas",
            "availability", "consent_at", "consent_version", "guardian_consent_at", "applied_at",
            "active_at", "let_serve_at", "suspended_for", "suspended_after",
        ),
        words={"person": {"state_reason": "", "national_sealed": b"", "national_digest": None}},
    ),
    Held(
        "people.Membership",
        persons=("person",),
        shown=("team__name", "role", "state", "asked_at", "since", "until"),
    ),
    Held(
        "people.Team",
        persons=("applied_by",),
        shown=("name", "about", "state", "state_reason", "applied_at", "joined_at"),
    ),
    Held(
        "people.Service",
        persons=("person",),
        shown=(
            "title", "team__name", "organisation__name", "began_at", "ended_at", "minutes", "state",
            "reason", "proposed_at", "certified_at", "confirmed_at",
        ),
        words={"person": {"reason": ""}, "receiver": {"reason": ""}},
    ),
    Held(
        "people.Evaluation",
        persons=("service__person",),
        shown=("service__title", "score", "at"),
    ),
    Held(
        "people.Entry",
        persons=("person",),
        shown=("service__title", "team__name", "minutes", "reason", "at"),
    ),
    Held(
        "people.Absence",
        persons=("person",),
        shown=("title", "team__name", "expected_at", "excused", "bad_faith", "state", "stated_at"),
    ),
    Held(
        "people.AbsenceStep",
        persons=("absence__person",),
        shown=("absence__title", "verb", "state", "excused", "bad_faith", "reason", "at"),
        words={"absence__person": {"reason": ""}, "by": {"reason": ""}},
    ),
    Held(
        "people.Certificate",
        persons=("person",),
        shown=(
            "code", "issuer", "minutes", "services", "first_on", "last_on", "star", "issued_at",
            "revoked_at", "revoked_reason",
        ),
    ),
    Held(
        "people.Training",
        persons=("person",),
        shown=("title", "on", "minutes", "recorded_at"),
    ),
    Held(
        "people.Honour",
        persons=("person",),
        shown=("title", "star", "on", "given_at"),
    ),
    Held(
        "people.Enrolment",
        persons=("person",),
        shown=("course__title", "course__starts_at", "seat", "at", "attended", "passed"),
    ),
    Held(
        "people.Answer",
        persons=("person",),
        shown=("call__title", "coming", "at", "withdrawn_at"),
    ),
    Held(
        "people.Nomination",
        persons=("person",),
        shown=(
            "year", "team__name", "deeds", "state", "nominated_at", "notice_from", "notice_until",
            "named_at", "reason",
        ),
        words={"person": {"deeds": "", "reason": ""}},
    ),
    Held(
        "people.Objection",
        persons=("person",),
        shown=("nomination__year", "reason", "made_at", "state", "answer", "answered_at"),
        words={
            "person": {"reason": "", "answer": ""},
            "nomination__person": {"reason": "", "answer": ""},
        },
    ),
    Held(
        "people.Post",
        persons=("person",),
        shown=(
            "kind__title", "division_now__name", "organisation__name", "first", "last", "deputy",
            "ended_on",
        ),
    ),
    Held(
        "people.Expert",
        persons=("person",),
        shown=(
            "state", "division_now__name", "fields", "rank", "languages", "about", "availability",
            "most_duties", "invited_at", "applied_at", "reason", "consent_at", "confirmed_at",
            "confirmed_until",
        ),
        words={"person": {"rank": "", "languages": [], "about": "", "reason": ""}},
    ),
    Held(
        "people.Title",
        persons=("expert__person",),
        shown=("name", "track", "level", "since", "body"),
        goes_with=("expert__person",),
    ),
    Held(
        "people.Work",
        persons=("expert__person",),
        shown=("kind", "title", "year", "coauthors", "authors", "link"),
        goes_with=("expert__person",),
    ),
    Held(
        "people.FeeAccount",
        persons=("expert__person",),
        shown=("values", "kept_at"),
        goes_with=("expert__person",),
    ),
    Held(
        "people.Worker",
        persons=("person",),
        shown=(
            "organisation__name", "sector", "time", "role", "level", "state", "named_at",
            "answered_at", "ended_at",
        ),
    ),
    Held(
        "people.Employment",
        persons=("expert__person",),
        shown=("unit", "post", "first", "last"),
        goes_with=("expert__person",),
    ),
    Held(
        "people.Conflict",
        persons=("expert__person",),
        shown=("kind", "organisation__name", "named", "reason", "declared_at", "until"),
        goes_with=("expert__person", "person"),
    ),
    Held(
        "people.Duty",
        persons=("expert__person",),
        shown=("source", "source_id", "since", "until"),
    ),
)  # fmt: skip
