"""Cards, boards, timelines and step bars as data. A room fills these from its rows; templates
only print them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Tag:
    """A short word in a coloured pill; tone accent, information, success, warning, danger or
    plain."""

    label: str
    tone: str = "plain"
    icon: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a card: an icon, a word for readers who cannot see it, and the text."""

    icon: str
    text: str
    means: str = ""


@dataclass(frozen=True)
class Person:
    """A person as others may see them; the telephone number arrives masked."""

    name: str
    duty: str = ""
    place: str = ""
    href: str = ""
    phone: str = ""
    tags: Sequence[Tag] = ()
    stars: int | None = None
    hours: float | None = None


@dataclass(frozen=True)
class Team:
    """A volunteer team."""

    name: str
    kind: str = ""
    place: str = ""
    href: str = ""
    leader: str = ""
    members: int | None = None
    tags: Sequence[Tag] = ()
    stars: int | None = None


@dataclass(frozen=True)
class Venue:
    """A venue or base with what a visitor asks first."""

    name: str
    kind: str = ""
    address: str = ""
    href: str = ""
    hours: str = ""
    distance: float | None = None
    tags: Sequence[Tag] = ()


@dataclass(frozen=True)
class Advice:
    """What is proposed for a card: the words on its button, why, and where the button leads."""

    label: str
    why: str
    href: str


@dataclass(frozen=True)
class Order:
    """An order on a list or board; `due` draws a clock, `hurry` says why it cannot wait."""

    title: str
    number: str = ""
    href: str = ""
    state: Tag | None = None
    lines: Sequence[Line] = ()
    due: datetime | None = None
    hurry: Tag | None = None
    start: datetime | None = None
    done_at: datetime | None = None
    advice: Advice | None = None


@dataclass(frozen=True)
class BoardColumn:
    """One step of a board. `total` may exceed the cards shown; `more_href` leads to the rest.

    With `one_state` its cards leave out their state, which the column's label says.
    """

    label: str
    cards: Sequence[Any] = ()
    total: int | None = None
    more_href: str = ""
    none: str = ""
    one_state: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Happening:
    """One entry of a timeline: what, who, when, and for whom when somebody acted for another."""

    what: str
    at: datetime
    who: str = ""
    for_whom: str = ""
    note: str = ""
    tone: str = "plain"
    icon: str = "dot"


@dataclass(frozen=True)
class Step:
    """One hand-over: state done, now, todo or stopped; who holds it and since when."""

    label: str
    state: str = "todo"
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class NumberTile:
    """One number with what it counts, and where it leads."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    href: str = ""
    spark: Any = None


@dataclass(frozen=True)
class Choice:
    """One big door of a choice list."""

    label: str
    href: str
    icon: str = ""
    note: str = ""
