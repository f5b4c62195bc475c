"""Interviews -> arrays -> signs that somebody should look at, in words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.outlines import Ring
from kepu.literacy.models import LETTERS, BookletItem, Fieldwork, Interview
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.schemas import FieldRules
from kepu.ui.formats import decimal, share

if TYPE_CHECKING:
    from kepu_engines.survey.paradata import Interviewers

MOST = 5_000  # interviews looked at in one page
FEW = 5  # interviews tell nothing of what is usual


@dataclass(frozen=True)
class Sign:
    """Something to look at: what kind, at which interviews, and why."""

    kind: str
    interviews: tuple[Interview, ...]
    words: str


@dataclass(frozen=True)
class Person:
    """An interviewer: interviews, share of right answers against the district, and how odd it is."""

    person: int
    interviews: int
    off: float
    z: float
    odd: bool
    minutes: float


@dataclass(frozen=True)
class Look:
    """Everything found in some interviews."""

    interviews: int
    median_minutes: float | None
    signs: tuple[Sign, ...]
    people: tuple[Person, ...]
    icc: tuple[float, float, float] | None


def look(
    of: Fieldwork,
    interviews: Sequence[Interview],
    rules: FieldRules,
    outlines: dict[str, tuple[Ring, ...]],
) -> Look:
    """Check interviews with the thresholds of `rules`; `outlines` are those of districts by path."""
    if not interviews:
        return Look(0, None, (), (), None)
    booklets = _booklets(of)
    length = np.array([max(_seconds(one), 1.0) for one in interviews])
    people, icc = _people(of, interviews, rules, booklets, length)
    lines = _lines(interviews, rules, booklets)
    signs = [
        *_fast(interviews, rules, length),
        *_quick(interviews, rules),
        *lines,
        *_far(of, interviews, rules, outlines),
        *_hurried(interviews, rules),
        *_copies(_without(interviews, lines), rules, booklets),
    ]
    middle = float(np.median(length)) / 60
    return Look(len(interviews), middle, tuple(signs), tuple(people), icc)


def _booklets(of: Fieldwork) -> dict[int, list[BookletItem]]:
    found: dict[int, list[BookletItem]] = defaultdict(list)
    for line in of.booklets.lines.select_related("item"):
        found[line.number].append(line)
    return found


def _seconds(one: Interview) -> float:
    """What the items took; a pause of days is no slow interview."""
    timed = sum(one.seconds.values())
    return timed or (one.ended_at - one.begun_at).total_seconds()


def _fast(interviews: Sequence[Interview], rules: FieldRules, length: Any) -> list[Sign]:
    from kepu_engines.survey.paradata import speed

    if len(interviews) < FEW:
        return []
    words = _("%(minutes)s minutes; the median is %(median)s")
    median = decimal(float(np.median(length)) / 60)
    return [
        Sign("fast", (one,), words % {"minutes": decimal(took / 60), "median": median})
        for one, took, off in zip(interviews, length, speed(length), strict=True)
        if off < -rules.speed.deviations
    ]


def _quick(interviews: Sequence[Interview], rules: FieldRules) -> list[Sign]:
    from kepu_engines.survey.paradata import share_below

    widest = max((len(one.seconds) for one in interviews), default=0)
    table = np.full((len(interviews), max(widest, 1)), math.nan)
    for row, one in enumerate(interviews):
        table[row, : len(one.seconds)] = list(one.seconds.values())
    floor = rules.speed.floor_seconds
    words = _("%(share)s of the items took less than %(n)s seconds")
    return [
        Sign("quick", (one,), words % {"share": share(part), "n": decimal(floor, 0)})
        for one, part in zip(interviews, share_below(table, floor), strict=True)
        if part > rules.speed.floor_share
    ]


def _letters(
    interviews: Sequence[Interview], booklets: dict[int, list[BookletItem]]
) -> dict[int, tuple[list[Interview], Any]]:
    """Interviews of each booklet with their letters from 0, in the order asked; -1 where none."""
    held: dict[int, list[Interview]] = defaultdict(list)
    for one in interviews:
        held[one.case.booklet].append(one)
    found = {}
    for number, some in held.items():
        codes = [line.item.code for line in booklets.get(number, ())]
        rows = [[_letter(one.answers.get(code, "")) for code in codes] for one in some]
        found[number] = (some, np.array(rows, np.int64).reshape(len(some), len(codes)))
    return found


def _letter(said: str) -> int:
    return LETTERS.find(said) if said else -1


def _lines(
    interviews: Sequence[Interview], rules: FieldRules, booklets: dict[int, list[BookletItem]]
) -> list[Sign]:
    from kepu_engines.survey.paradata import straight_lines

    found, limit = [], rules.same_letter.chance
    run_words = _("the same letter %(n)s times on end")
    share_words = _("%(share)s of the answers are the same letter")
    for some, table in _letters(interviews, booklets).values():
        lines = straight_lines(table)
        for row, one in enumerate(some):
            if lines.run_chance[row] < limit:
                found.append(Sign("line", (one,), run_words % {"n": lines.run[row]}))
            elif lines.share_chance[row] < limit:
                found.append(Sign("line", (one,), share_words % {"share": share(lines.share[row])}))
    return found


def _far(
    of: Fieldwork,
    interviews: Sequence[Interview],
    rules: FieldRules,
    outlines: dict[str, tuple[Ring, ...]],
) -> list[Sign]:
    from kepu_engines.survey.paradata import km_outside

    held: dict[str, list[Interview]] = defaultdict(list)
    for one in interviews:
        district = queries.district_of(of, _division(one).path)
        if one.latitude is not None and district in outlines:
            held[district].append(one)
    found = []
    for district, some in held.items():
        away = km_outside([_spot(one) for one in some], outlines[district])
        words = _("%(km)s km outside the district")
        found += [
            Sign("far", (one,), words % {"km": decimal(float(km))})
            for one, km in zip(some, away, strict=True)
            if km > rules.place.outside_km
        ]
    return found


def _division(one: Interview) -> Division:
    division: Division = one.case.community.division
    return division


def _spot(one: Interview) -> tuple[float, float]:
    """Longitude and latitude; not a number where the device did not know."""
    if one.longitude is None or one.latitude is None:
        return math.nan, math.nan
    return one.longitude, one.latitude


def _hurried(interviews: Sequence[Interview], rules: FieldRules) -> list[Sign]:
    from kepu_engines.survey.paradata import too_soon

    flags = too_soon(
        np.array([one.by_id for one in interviews], np.int64),
        [one.begun_at.timestamp() for one in interviews],
        [one.ended_at.timestamp() for one in interviews],
        [_spot(one) for one in interviews], kmh=rules.place.kmh, rest=rules.place.rest_seconds,
    )  # fmt: skip
    words = _("begun before the interviewer can have come from the one before")
    return [
        Sign("hurried", (one,), words)
        for one, flagged in zip(interviews, flags, strict=True)
        if flagged
    ]


def _without(interviews: Sequence[Interview], signs: Sequence[Sign]) -> list[Interview]:
    named = {one.pk for sign in signs for one in sign.interviews}
    return [one for one in interviews if one.pk not in named]


def _copies(
    interviews: Sequence[Interview], rules: FieldRules, booklets: dict[int, list[BookletItem]]
) -> list[Sign]:
    """Pairs of one booklet; answers that are one letter throughout are named already, and left out."""
    from kepu_engines.survey.paradata import copies

    found = []
    words = _("%(share)s of the answers are alike, %(n)s uncommon ones among them")
    for some, table in _letters(interviews, booklets).values():
        pairs = copies(table, same=rules.copies.same, uncommon=rules.copies.uncommon)
        for one, other, same, odd in zip(
            pairs.one, pairs.other, pairs.same, pairs.uncommon, strict=True
        ):
            said = words % {"share": share(float(same)), "n": int(odd)}
            found.append(Sign("copy", (some[one], some[other]), said))
    return found


def _people(
    of: Fieldwork,
    interviews: Sequence[Interview],
    rules: FieldRules,
    booklets: dict[int, list[BookletItem]],
    length: Any,
) -> tuple[list[Person], tuple[float, float, float] | None]:
    from kepu_engines.survey.paradata import interviewers

    districts = [queries.district_of(of, _division(one).path) for one in interviews]
    places = {path: number for number, path in enumerate(sorted(set(districts)))}
    who = np.array([one.by_id for one in interviews], np.int64)
    right = [_right(one, booklets.get(one.case.booklet, [])) for one in interviews]
    told = interviewers(right, who, np.array([places[path] for path in districts], np.int64))
    icc = None if math.isnan(told.icc) else (told.icc, told.low, told.high)
    return _rows(told, rules, who, length), icc


def _rows(told: Interviewers, rules: FieldRules, who: Any, length: Any) -> list[Person]:
    limit, least = rules.interviewers.deviations, rules.interviewers.least
    rows = zip(told.name, told.number, told.mean, told.z, strict=True)
    found = [
        Person(
            person=int(name), interviews=int(number), off=float(off), z=float(z),
            odd=bool(abs(z) > limit and number >= least),
            minutes=float(np.median(length[who == name])) / 60,
        )
        for name, number, off, z in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: -abs(one.z))


def _right(one: Interview, lines: list[BookletItem]) -> float:
    """Share of right answers, in points of a hundred."""
    if not lines:
        return 0.0
    right = sum(one.answers.get(line.item.code) == line.item.letter for line in lines)
    return 100 * right / len(lines)
