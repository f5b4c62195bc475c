"""Fieldwork that never was: invented people behind invented doors, so that pages have something to show.

Straight into the tables, for thousands of actions would take minutes; but each interview is held to the
rules that hold for a device's. No figure of it says anything about a real place.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import require
from kepu.literacy import addresses, heard
from kepu.literacy.bridge.interviewing import chosen
from kepu.literacy.heard import InterviewContent
from kepu.literacy.models import (
    LETTERS,
    Attempt,
    BookletItem,
    Case,
    FieldEvent,
    Fieldwork,
    Interview,
    SampledCommunity,
)
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.rules import interviewing as rules
from kepu.literacy.states import Disposition, Taking

# Of a hundred doors knocked at, roundly.
CAME_OF = {
    Disposition.COMPLETE: 46, Disposition.HOUSEHOLD_REFUSED: 10, Disposition.PERSON_REFUSED: 5,
    Disposition.BROKEN_OFF: 2, Disposition.NOBODY_HOME: 17, Disposition.AWAY: 8,
    Disposition.NO_ENTRY: 3, Disposition.UNABLE: 2, Disposition.NOT_SCREENED: 2,
    Disposition.VACANT: 3, Disposition.NO_DWELLING: 2,
}  # fmt: skip
BACKGROUND = {one.key: [key for key, _title in one.options] for one in heard.BACKGROUND}
# Invented as all else, but with the differences that published surveys show: schooling tells most, then
# age, then town and country. Schools by age, and what somebody does by school, roundly in a hundred.
SCHOOLS = {
    "18-29": (2, 20, 33, 45), "30-39": (5, 33, 30, 32), "40-49": (14, 46, 24, 16),
    "50-59": (30, 45, 18, 7), "60-69": (52, 33, 11, 4),
}  # fmt: skip
COUNTRY = (1.8, 1.2, 0.6, 0.3)  # times as many in the countryside
WORK = {
    "primary": {"farmer": 50, "worker": 22, "service": 14},
    "junior": {"farmer": 32, "worker": 30, "service": 24},
    "senior": {"farmer": 10, "worker": 24, "service": 34, "professional": 12, "official": 4},
    "college": {"farmer": 2, "worker": 8, "service": 26, "professional": 42, "official": 14},
}
OTHERS = 4  # of any other work, each
# By how much more of the items people have right.
KNOWN_BY = {
    "education": {"primary": -0.12, "junior": -0.04, "senior": 0.05, "college": 0.15},
    "age": {"18-29": 0.02, "30-39": 0.02, "40-49": 0.0, "50-59": -0.01, "60-69": -0.03},
    "residence": {"urban": 0.02, "rural": -0.02},
}
TRIED = 0.6
DAYS = 12  # of knocking
ABLE = 0.5  # share of the items that people have right, in the mean
MINUTES = 18  # of an honest interview
HURRY = 0.15  # of that; the one who makes interviews up
LETTER = "B"


@dataclass
class _Written:
    """Rows that are written together."""

    effort: Effort
    events: list[FieldEvent] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    interviews: list[Interview] = field(default_factory=list)


@dataclass(frozen=True)
class Effort:
    """How far the knocking has come, and what people know.

    `hurried` makes interviews up: too fast, and the same letter again and again. `able` is the share of
    items that people of a district have right, in the mean; by its path.
    """

    hurried: User | None = None
    tried: float = TRIED  # share of the doors
    days: int = DAYS
    able: Mapping[str, float] = field(default_factory=dict)


def fill(
    of: Fieldwork, to: Mapping[str, Sequence[User]], effort: Effort, *, now: datetime, seed: int
) -> None:
    """Give doors to the interviewers of each district, and let them knock at some of them."""
    chance = random.Random(seed)  # noqa: S311
    lines: dict[int, list[BookletItem]] = {}
    for line in of.booklets.lines.select_related("item").prefetch_related("item__wordings"):
        lines.setdefault(line.number, []).append(line)
    cases = list(of.cases.select_related("community__division").order_by("pk"))
    written, free = _Written(effort), _Hours(of, now, effort.days)
    for case in cases:
        case.fieldwork = of
        _give(case, to, chance)
        if case.interviewer and chance.random() < effort.tried:
            _knock(case, lines[case.booklet], written, free, chance)
    told = ["interviewer", "address", "outcome", "attempts_made", "last_attempt_at"]
    Case.objects.bulk_create(  # one statement for hundreds: bulk_update would take as long as all else
        cases, batch_size=500, update_conflicts=True, unique_fields=["pk"], update_fields=told
    )
    FieldEvent.objects.bulk_create(written.events, batch_size=500)
    Attempt.objects.bulk_create(written.attempts, batch_size=500)
    Interview.objects.bulk_create(written.interviews, batch_size=500)


def _give(case: Case, to: Mapping[str, Sequence[User]], chance: random.Random) -> None:
    """A community goes to one person."""
    division = case.community.division
    able = to.get(queries.district_of(case.fieldwork, division.path), ())
    case.interviewer = able[case.community_id % len(able)] if able else None
    number = chance.randint(1, 200)
    case.address = addresses.seal(case, f"{division.name}示例路 {number} 号 {case.number} 室")


class _Hours:
    """Nobody is at two doors at once, or at one before the fieldwork opened."""

    def __init__(self, of: Fieldwork, now: datetime, days: int) -> None:
        opened = datetime.combine(of.opens_on, time(9), BEIJING)
        self._now, self._first = now, max(now - timedelta(days=days), opened)
        self._next: dict[int, datetime] = {}

    def next(self, person: int, length: timedelta) -> datetime | None:
        begins = self._next.get(person, self._first)
        if begins + length > self._now:
            return None
        self._next[person] = begins + length + timedelta(hours=2)
        return begins


def _knock(
    case: Case, lines: list[BookletItem], written: _Written, free: _Hours, chance: random.Random
) -> None:
    assert case.interviewer is not None  # noqa: S101 (just asked)
    hurried = case.interviewer == written.effort.hurried
    outcome = chance.choices(list(CAME_OF), list(CAME_OF.values()))[0]
    minutes = MINUTES * chance.lognormvariate(0, 0.2) * (HURRY if hurried else 1)
    at = free.next(case.interviewer.pk, timedelta(minutes=minutes))
    if at is None:  # this one has no hour left
        return
    held = outcome == Disposition.COMPLETE
    adults = chance.choice((1, 2, 2, 2, 3, 4)) if held else None
    event = _event(case, "interview" if held else "attempt", at)
    written.events.append(event)
    written.attempts.append(
        Attempt(event=event, case=case, by=case.interviewer, at=at, outcome=outcome, adults=adults,
                chosen=chosen(case, adults))
    )  # fmt: skip
    if held:
        here = queries.district_of(case.fieldwork, case.community.division.path)
        known = background(chance)
        able = written.effort.able.get(here, ABLE) + more_right(known)
        who = _Who(chance.gauss(able, 0.12), LETTER if hurried else "", known)
        written.interviews.append(_interview(event, case, lines, minutes, chance, who))
    case.outcome, case.attempts_made, case.last_attempt_at = outcome, 1, at


def _event(case: Case, kind: str, at: datetime) -> FieldEvent:
    return FieldEvent(
        uuid=uuid.uuid4(), case=case, by=case.interviewer, kind=kind, schema=1, device_time=at,
        received_at=at + timedelta(hours=3), taking=Taking.DONE,
    )  # fmt: skip


class _Who(NamedTuple):
    """Who answers: an ability; with `letter` most answers are that one; and what is known of them."""

    ability: float
    letter: str
    known: dict[str, Any]


def background(chance: random.Random) -> dict[str, Any]:
    """An invented person: schooling hangs on age and residence, work on schooling, the rest on nothing."""
    known: dict[str, Any] = {key: chance.choice(some) for key, some in BACKGROUND.items()}
    schools: Sequence[float] = SCHOOLS[known["age"]]
    if known["residence"] == "rural":
        schools = tuple(many * times for many, times in zip(schools, COUNTRY, strict=True))
    known["education"] = chance.choices(BACKGROUND["education"], schools)[0]
    work = WORK[known["education"]]
    odds = [work.get(one, OTHERS) for one in BACKGROUND["occupation"]]
    known["occupation"] = chance.choices(BACKGROUND["occupation"], odds)[0]
    return known


def more_right(known: Mapping[str, Any]) -> float:
    """By how much more of the items such a person has right than people in the mean."""
    return sum(by[known[key]] for key, by in KNOWN_BY.items())


def _interview(
    event: FieldEvent, case: Case, lines: list[BookletItem], minutes: float,
    chance: random.Random, who: _Who,
) -> Interview:  # fmt: skip
    """Answers by an ability, whatever the item."""
    length = timedelta(minutes=minutes)
    options = {line.item.code: _options(line) for line in lines}
    answers = {
        line.item.code: who.letter
        if who.letter and chance.random() < 0.95
        else _said(line, who.ability, chance)
        for line in lines
    }
    each = length.total_seconds() / max(len(lines), 1)
    seconds = {code: round(each * chance.uniform(0.6, 1.4), 1) for code in answers}
    known = who.known
    latitude, longitude = _near(case.community)
    at = event.device_time
    content = InterviewContent(
        begun_at=at, ended_at=at + length, complete=True, answers=answers, background=known,
        seconds=seconds,
    )  # fmt: skip
    require(rules.why_not_interview(content, options, case.fieldwork, at + length))
    return Interview(
        event=event, case=case, by=case.interviewer, begun_at=at, ended_at=at + length,
        answers=answers, background=known, seconds=seconds, latitude=latitude, longitude=longitude,
    )  # fmt: skip


def _near(community: SampledCommunity) -> tuple[float | None, float | None]:
    """The place of the community where it was surveyed; none where it was placed by rule."""
    one = community.division
    if one.lat is None or one.lon is None or one.approximate_position:
        return None, None
    return round(one.lat, 3), round(one.lon, 3)


def _options(line: BookletItem) -> int:
    return max(len(one.options) for one in line.item.wordings.all())


def _said(line: BookletItem, ability: float, chance: random.Random) -> str:
    """The right letter, another of those offered, or that it is not known."""
    if chance.random() < ability:
        return line.item.letter
    offered = LETTERS[: _options(line)][:3]
    return chance.choice(("", *(one for one in offered if one != line.item.letter)))
