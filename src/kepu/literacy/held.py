"""What this room holds of a person: what experts said in reviews, and why officers did what they did."""

from __future__ import annotations

from kepu.kernel.accounts.held import Held

TABLES = (
    Held(
        "literacy.Review",
        persons=("expert__person",),
        shown=("item__code", "version", "verdict", "remark", "asked_at", "answered_at"),
        words={"expert__person": {"remark": ""}},
    ),
    Held(
        "literacy.ItemStep",
        persons=("by",),
        shown=("item__code", "verb", "state", "version", "reason", "at"),
        words={"by": {"reason": ""}},
    ),
    Held(
        "literacy.ReturnStep",
        persons=("by",),
        shown=(
            "of__organisation__name",
            "of__round__year",
            "verb",
            "state",
            "reason",
            "remarks",
            "at",
        ),
        words={"by": {"reason": "", "remarks": {}}},
    ),
    Held(
        "literacy.TargetStep",
        persons=("by",),
        shown=("of__year", "share", "base_year", "base_share", "source", "reason", "at"),
        words={"by": {"reason": ""}},
    ),
)
