"""What a page's frame shows: who is here, where, and where one can go. Built once per request by
a context processor."""

from dataclasses import dataclass, field

from django.utils.functional import Promise

UNDER_THE_THUMB = 5


@dataclass(frozen=True)
class NavItem:
    """One door to a room. `count` is work that waits there; 0 shows nothing. `short` is its name
    under the thumb, four Chinese letters at most."""

    label: str
    href: str
    icon: str = "dot"
    current: bool = False
    count: int = 0
    short: str = ""


@dataclass(frozen=True)
class Place:
    """A division or zone one may look at; `level` indents the list (0 city, 1 district, 2
    township)."""

    key: str
    label: str
    href: str
    current: bool = False
    level: int = 0


@dataclass(frozen=True)
class Preferences:
    """How this reader wants pages: theme auto, light or dark; type normal or large; language by
    Django's code."""

    theme: str = "auto"
    type: str = "normal"
    language: str = "zh-hans"


@dataclass(frozen=True)
class Shell:
    """The frame of one page.

    With `side` the navigation stands at the left on a desk (staff); without it lies across the
    top (residents).
    `thumb` is the bar at the bottom of a telephone; left empty it is `nav`. More than five doors
    are four and the rest folded away.
    """

    user: str = ""
    role: str = ""
    places: tuple[Place, ...] = ()
    nav: tuple[NavItem, ...] = ()
    thumb: tuple[NavItem, ...] = ()
    side: bool = False
    unread: int = 0
    home_url: str = "/"
    search_url: str = ""
    search_words: Promise | str = ""  # what the box searches
    query: str = ""
    notices_url: str = ""
    account_url: str = ""
    sign_in_url: str = ""
    sign_out_url: str = ""
    preferences_url: str = "/preferences"
    path: str = "/"
    about_url: str = ""
    accessibility_url: str = ""
    sources_url: str = ""
    region: str = ""
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def place(self) -> Place | None:
        """The place the reader looks at now."""
        return next((p for p in self.places if p.current), None)

    @property
    def thumb_items(self) -> tuple[NavItem, ...]:
        """The doors that lie under the thumb."""
        doors = self.thumb or self.nav
        return doors if len(doors) <= UNDER_THE_THUMB else doors[: UNDER_THE_THUMB - 1]

    @property
    def thumb_rest(self) -> tuple[NavItem, ...]:
        """The doors that a telephone folds away."""
        return (self.thumb or self.nav)[len(self.thumb_items) :]


BLANK = Shell()
