"""What this room holds of a person, table by table: the file `orders.json` of their export, and the words
that go when they are erased. Ids, numbers and states stay, under the pseudonym, for the figures."""

from __future__ import annotations

from kepu.kernel.accounts.held import Held

TABLES = (
    Held(
        "orders.Order",
        persons=("resident",),
        shown=(
            "number", "title", "need", "topic__title", "audience", "people", "place_text",
            "division_at__name", "wanted_from", "wanted_until", "priority", "state", "department__name",
            "team__name", "starts_at", "ends_at", "delivered_at", "attended", "created_at",
        ),
        words={"resident": {"need": "", "sealed_place": b""}},  # titles: see `forget_titles`
    ),
    Held(
        "orders.Step",
        persons=("order__resident", "by", "for_whom"),
        shown=("order__number", "verb", "state", "at", "note", "team__name", "department__name"),
        words={"order__resident": {"note": ""}, "by": {"note": ""}, "for_whom": {"note": ""}},
    ),
    Held(
        "orders.Rating",
        persons=("by", "order__resident"),
        shown=("order__number", "team__name", "stars", "words", "at", "answer", "answered_at"),
        words={
            "by": {"words": ""},
            "order__resident": {"words": "", "answer": ""},
            "answered_by": {"answer": ""},
        },
    ),
    Held(
        "orders.Evidence",
        persons=("uploaded_by", "order__resident"),
        shown=("order__number", "kind", "taken_at", "uploaded_at"),
    ),
    Held(
        "orders.CheckIn",
        persons=("person",),
        shown=("order__number", "arrived_at", "left_at", "by_code"),
    ),
    Held(
        "orders.RosterPlace",
        persons=("person",),
        shown=("order__number", "team__name", "put_at", "presence", "marked_at", "told_at"),
    ),
    Held(
        "orders.DeviceEvent",
        persons=("by",),
        shown=("order__number", "kind", "data", "device_time", "received_at", "outcome", "reason"),
        words={
            "by": {"data": {}, "reason": ""},
            "order__resident": {"data": {}, "reason": ""},
        },
    ),
    Held(
        "orders.Offer",
        persons=("declined_by",),
        shown=("order__number", "team__name", "answer", "declined_at"),
        words={"declined_by": {"answer": ""}},
    ),
)  # fmt: skip
