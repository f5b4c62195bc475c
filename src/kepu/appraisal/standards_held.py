"""What standards hold of a person: the file `standards.json` of their export, and the words that go."""

from __future__ import annotations

from kepu.kernel.accounts.held import Held

TABLES = (
    Held(
        "appraisal.Drafter",
        persons=("person",),
        shown=("standard__title", "organisation__name", "role", "added_at"),
    ),
    # The answer stays for the record of the round; what it answered goes with who said it.
    Held(
        "appraisal.Comment",
        persons=("by",),
        shown=("round__standard__title", "clause", "text", "reason", "at", "verdict", "reply"),
        words={"by": {"text": "", "reason": "", "sealed": b""}},
    ),
    Held(
        "appraisal.StandardVoter",
        persons=("person",),
        shown=("ballot__standard__title", "voted", "choice"),
    ),
)
