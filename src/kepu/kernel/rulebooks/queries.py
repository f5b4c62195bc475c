"""Which version is in force, and what it says."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.errors import Outside
from kepu.kernel.rulebooks.models import Rulebook
from kepu.kernel.rulebooks.reading import read
from kepu.kernel.rulebooks.registry import KINDS, Kind, Rules, called_by, find


@dataclass(frozen=True)
class Ruling:
    """The rules in force and the version that says so; version 0 is what Kepu ships."""

    kind: str
    version: int
    rules: Any


def in_force(kind: str, now: datetime) -> Ruling:
    """The version of `kind` in force on the Beijing day of `now`. One query a day and process.

    A version takes effect tomorrow at the earliest and is never changed, so what is in force on a
    day that has begun can be kept; it is asked anew every minute all the same, for a version that
    was handed in a breath before midnight.
    """
    day = clock.day(now)
    if day > clock.day(clock.now()):
        return _in_force_on(kind, day)
    minute = int(time.monotonic() // KEPT)
    known = _days.get((kind, day))
    if known is None or known[0] != minute:
        forget_other_days(day)
        _days[kind, day] = known = (minute, _in_force_on(kind, day))
    return known[1]


def in_force_or_none(kind: str, now: datetime) -> Ruling | None:
    """The same; None before the first version of a kind that a city added."""
    try:
        return in_force(kind, now)
    except Outside:
        return None


KEPT = 60.0  # seconds
_days: dict[tuple[str, date], tuple[int, Ruling]] = {}


def _in_force_on(kind: str, day: date) -> Ruling:
    found = versions(kind).filter(effective_from__lte=day).last()
    if found is None:
        return Ruling(kind, 0, shipped(kind))
    return Ruling(kind, found.version, _read(kind, found.digest, found.text))


def forget_other_days(day: date) -> None:
    """Keep only what was found for `day`: a process lives for months."""
    for key in [key for key in _days if key[1] != day]:
        _days.pop(key, None)


def forget() -> None:
    """Ask anew; for whoever changes versions behind the actions' back, as tests do."""
    _days.clear()
    _versions.clear()


def version(kind: str, number: int) -> Ruling:
    """One version, for replaying what it decided. One query a process: a version is never changed."""
    if number == 0:
        return Ruling(kind, 0, shipped(kind))
    if (kind, number) not in _versions:
        found = versions(kind).get(version=number)
        if len(_versions) >= MOST_KEPT:
            _versions.clear()
        _versions[kind, number] = Ruling(kind, number, _read(kind, found.digest, found.text))
    return _versions[kind, number]


MOST_KEPT = 200
_versions: dict[tuple[str, int], Ruling] = {}


def versions(kind: str) -> QuerySet[Rulebook]:
    """Every version of `kind`, in the order of the days they take effect."""
    return Rulebook.objects.filter(kind=kind).order_by("effective_from")


def text_in_force(kind: str, day: date) -> str:
    found = versions(kind).filter(effective_from__lte=day).last()
    return found.text if found else _shipped_text(kind)


@lru_cache(maxsize=64)
def _read(kind: str, digest: str, text: str) -> Rules:
    return read(kind, text)


@lru_cache(maxsize=64)
def shipped(kind: str) -> Rules:
    """What Kepu ships for `kind`."""
    return read(kind, _shipped_text(kind))


def _shipped_text(key: str) -> str:
    found = find(key)
    text = found.shipped() if found else ""
    if not text:
        raise Outside(_("no version of this rulebook is in force yet"))
    return text


def kind(key: str) -> Kind | None:
    """A kind with its name; what a city added goes by the name in its latest version. One query then."""
    found = find(key)
    if found is None or key in KINDS:
        return found
    last = versions(key).last()
    return found if last is None else called_by(found, _read(key, last.digest, last.text))


def kinds(prefix: str = "") -> list[Kind]:
    """Every kind there is, those that a city added after those that ship. One query, and one for each
    that was added."""
    added = Rulebook.objects.exclude(kind__in=KINDS).order_by("kind").values_list("kind", flat=True)
    found = [*KINDS.values(), *(kind(key) for key in added.distinct() if key.startswith(prefix))]
    return [one for one in found if one is not None and one.key.startswith(prefix)]
