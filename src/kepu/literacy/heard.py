"""What is written down at a door, read from JSON: an attempt, an interview, a correction.

The questions about the person are those of `kepu literacy run`, by the same keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import clock
from kepu.kernel.clock import EARLIEST, LATEST
from kepu.kernel.errors import BadInput
from kepu.literacy.states import Disposition

MOST_ADULTS = 20
LARGEST = 1e9  # number that is read at all
PLACES = 3  # decimals of a degree: about 100 m


@dataclass(frozen=True)
class Question:
    """A question about the person who answers: its key, its words, and the answers by key."""

    key: str
    title: str | Promise
    options: tuple[tuple[str, str | Promise], ...]


BACKGROUND = (
    Question("sex", lazy("Sex"), (("male", lazy("Male")), ("female", lazy("Female")))),
    Question(
        "age",
        lazy("Age"),
        tuple((one, one) for one in ("18-29", "30-39", "40-49", "50-59", "60-69")),
    ),
    Question(
        "residence",
        lazy("Where does the person live?"),
        (("urban", lazy("In a town")), ("rural", lazy("In the countryside"))),
    ),
    Question(
        "education",
        lazy("Highest school finished"),
        (
            ("primary", lazy("Primary school or none")),
            ("junior", lazy("Junior secondary school")),
            ("senior", lazy("Senior secondary or vocational school")),
            ("college", lazy("College or university")),
        ),
    ),
    Question(
        "occupation",
        lazy("What does the person do for a living?"),
        (
            ("farmer", lazy("Farming, forestry, fishing")),
            ("worker", lazy("Industry, building, transport")),
            ("official", lazy("Leading official or civil servant")),
            ("professional", lazy("Professional or technical work")),
            ("service", lazy("Trade and services")),
            ("student", lazy("At school or university")),
            ("none", lazy("Not at work: retired, at home, looking for work")),
        ),
    ),
)

UNSAID = "unsaid"  # asked, and not answered: an empty cell of the run
_YES = (("yes", lazy("Yes")), ("no", lazy("No")), (UNSAID, lazy("Does not say")))
_MUCH = (
    ("high", lazy("Much")), ("some", lazy("Some")), ("little", lazy("Little or none")),
    (UNSAID, lazy("Does not say")),
)  # fmt: skip
# How people meet science, where the fieldwork asks it: an example, by the keys of the run's `segments`.
MEETING = (
    Question(
        "tv", lazy("In the last twelve months, was science met on television or radio?"), _YES
    ),
    Question("phone", lazy("In short videos or social media on a telephone?"), _YES),
    Question("venue", lazy("In a science museum or another place of that kind?"), _YES),
    Question("event", lazy("At an event of science communication?"), _YES),
    Question("interest", lazy("How much interest is there in new things of science?"), _MUCH),
    Question("trust", lazy("How much trust is there in scientists?"), _MUCH),
)


@dataclass(frozen=True)
class AttemptContent:
    """One knock at a door, as the device tells it."""

    outcome: str
    at: datetime
    adults: int | None = None
    chosen: int | None = None
    again_at: datetime | None = None


@dataclass(frozen=True)
class InterviewContent:
    """Answers of the person chosen. `base` is the version that a correction was made from."""

    begun_at: datetime
    ended_at: datetime
    complete: bool
    answers: Mapping[str, str]
    background: Mapping[str, str]
    seconds: Mapping[str, float] = field(default_factory=dict)
    adults: int | None = None
    chosen: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    base: int | None = None


def attempt(data: Mapping[str, Any], at: datetime) -> AttemptContent:
    """Raises BadInput."""
    outcome = str(data.get("outcome", ""))
    if outcome not in Disposition.values:
        raise BadInput(_("this outcome of an attempt is not known"))
    return AttemptContent(
        outcome=outcome,
        at=at,
        adults=_whole(data, "adults"),
        chosen=_whole(data, "chosen"),
        again_at=_moment(data, "again_at"),
    )


def interview(data: Mapping[str, Any]) -> InterviewContent:
    """Raises BadInput."""
    begun, ended = _moment(data, "begun_at"), _moment(data, "ended_at")
    if begun is None or ended is None:
        raise BadInput(_("when the interview began or ended is missing"))
    return InterviewContent(
        begun_at=begun,
        ended_at=ended,
        complete=data.get("complete") is True,
        answers=_words(data, "answers"),
        background=_words(data, "background"),
        seconds=_seconds(data),
        adults=_whole(data, "adults"),
        chosen=_whole(data, "chosen"),
        latitude=_degrees(data, "latitude", 90),
        longitude=_degrees(data, "longitude", 180),
        base=_whole(data, "base"),
    )


def _unreadable(key: str) -> BadInput:
    return BadInput(_("this cannot be read: %(key)s") % {"key": key})


def _whole(data: Mapping[str, Any], key: str) -> int | None:
    said = data.get(key)
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= 32_767:
        raise _unreadable(key)
    return said


def _moment(data: Mapping[str, Any], key: str) -> datetime | None:
    if not data.get(key):
        return None
    try:
        return moment(str(data[key]))
    except ValueError as error:
        raise _unreadable(key) from error


def moment(said: str) -> datetime:
    """A time as ISO 8601 writes it, in Beijing where it names no zone; raises ValueError."""
    found = datetime.fromisoformat(said)
    found = found if found.tzinfo else found.replace(tzinfo=clock.BEIJING)
    if not EARLIEST <= found <= LATEST:
        raise ValueError("out of our time")
    return found


def _words(data: Mapping[str, Any], key: str) -> dict[str, str]:
    said = data.get(key, {})
    if not isinstance(said, dict) or not all(isinstance(one, str) for one in said.values()):
        raise _unreadable(key)
    return dict(said)


def _seconds(data: Mapping[str, Any]) -> dict[str, float]:
    said = data.get("seconds", {})
    if not isinstance(said, dict) or not all(_finite(one) for one in said.values()):
        raise _unreadable("seconds")
    return {key: round(float(one), 1) for key, one in said.items()}


def _degrees(data: Mapping[str, Any], key: str, most: float) -> float | None:
    said = data.get(key)
    if said is None:
        return None
    if not _finite(said) or not -most <= said <= most:
        raise _unreadable(key)
    return round(float(said), PLACES)


def _finite(said: object) -> bool:
    """JSON has whole numbers of any length, and no column or float takes them all."""
    return isinstance(said, int | float) and not isinstance(said, bool) and abs(said) <= LARGEST
