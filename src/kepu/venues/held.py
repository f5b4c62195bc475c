"""What this room holds of a person: the passes they took and where they used them."""

from __future__ import annotations

from kepu.kernel.accounts.held import Held

TABLES = (
    Held("venues.HeldPass", persons=("holder",), shown=("shared__title", "code", "taken_at")),
    Held(
        "venues.Stamp", persons=("held__holder",),
        shown=("held__shared__title", "venue__name", "nth", "at"),
    ),
)  # fmt: skip
