"""Reads of this room, by noun: items, reviews, booklets, self-tests."""

from kepu.literacy.queries.items import listed, seen_by
from kepu.literacy.queries.reviews import waiting_for

__all__ = ["listed", "seen_by", "waiting_for"]
