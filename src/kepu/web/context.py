"""What the shell of every page shows: who is here, where, and which doors are open to them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import reverse
from django.utils.functional import Promise, lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kepu.appraisal.queries import inspections, reviewing
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.notices import queries as notices
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import queries as literacy
from kepu.people import queries as people
from kepu.ui import preferences
from kepu.ui.cards import Choice
from kepu.ui.shell import NavItem, Place, Shell
from kepu.web import seats
from kepu.web.once import key_input

PATH = re.compile(r"([0-9]+\.){1,9}")
NARROWED = ("desk", "department", "order-list")  # by the place in their address
CARRIED = ("home", *NARROWED)


@dataclass(frozen=True)
class Door:
    """A page of the navigation, and the verb that opens it; none means it is open to everybody.

    What shows the whole installation opens only to who may do so `everywhere` in it.
    """

    label: Promise
    url: str
    icon: str
    verb: Verb | None = None
    short: Promise | str = ""
    everywhere: bool = False


REPORTS = pgettext_lazy("thumb", "Reports")
TITLES_SHORT = pgettext_lazy("thumb", "Titles")
STAFF = (
    Door(_("Overview"), "home", "map"),
    Door(_("Desk"), "desk", "order", Verb.ORDER_DISPATCH),
    Door(_("Department"), "department", "building", Verb.ORDER_ACCEPT),
    Door(
        _("Volunteers and teams"),
        "people-desk",
        "people",
        Verb.TEAM_APPROVE,
        pgettext_lazy("thumb", "Teams"),
    ),
    Door(_("Registers"), "office", "flag", Verb.POST_APPOINT, pgettext_lazy("thumb", "Registers")),
    Door(_("My venues"), "my-venues", "building", Verb.VENUE_KEEP),
    Door(
        _("Registration of venues"),
        "venue-desk",
        "building",
        Verb.VENUE_JUDGE,
        pgettext_lazy("thumb", "Venue desk"),
    ),
    Door(
        _("Calls you keep"),
        "appraisal-call-desk",
        "calendar",
        Verb.APPRAISAL_KEEP,
        pgettext_lazy("thumb", "Calls"),
    ),
    Door(_("Applications"), "application-desk", "list", Verb.APPRAISAL_KEEP),
    Door(_("Programmes of appraisal"), "programmes", "book", Verb.APPRAISAL_KEEP),
    Door(_("Applications"), "application-desk", "list", Verb.APPRAISAL_DECIDE),
    Door(_("Applications"), "application-desk", "list", Verb.APPRAISAL_RECOMMEND),
    Door(_("My applications"), "applications", "edit", Verb.APPRAISAL_APPLY),
    Door(_("Board of titles"), "title-board", "flag", Verb.APPRAISAL_KEEP, TITLES_SHORT),
    Door(_("Board of titles"), "title-board", "flag", Verb.APPRAISAL_DECIDE, TITLES_SHORT),
    Door(_("Board of titles"), "title-board", "flag", Verb.APPRAISAL_RECOMMEND, TITLES_SHORT),
    Door(_("My titles"), "my-titles", "flag", Verb.APPRAISAL_APPLY),
    Door(_("Statements of contributions"), "contributions", "shield", Verb.APPRAISAL_APPLY),
    Door(_("Kepu duties undertaken"), "undertakings", "check", Verb.APPRAISAL_APPLY),
    Door(_("Statements of contributions"), "contributions", "shield", Verb.APPRAISAL_DECIDE),
    Door(_("My standards"), "my-standards", "book", Verb.APPRAISAL_APPLY),
    Door(_("Standards in hand"), "standard-desk", "book", Verb.APPRAISAL_KEEP),
    Door(_("Standards in hand"), "standard-desk", "book", Verb.APPRAISAL_DECIDE),
    Door(_("All orders"), "order-list", "list", Verb.ORDER_DISPATCH),
    Door(_("All orders"), "order-list", "list", Verb.ORDER_ACCEPT),
    Door(_("All orders"), "order-list", "list", Verb.ORDER_SUPERVISE),
    Door(_("Orders without a venue"), "rehoming", "pin", Verb.ORDER_SUPERVISE),
    Door(_("Monthly reports"), "month-reports", "chart", Verb.ORDER_DISPATCH, REPORTS),
    Door(_("Monthly reports"), "month-reports", "chart", Verb.ORDER_SUPERVISE, REPORTS),
    Door(_("Monthly reports"), "month-reports", "chart", Verb.FIGURES_READ, REPORTS),
    Door(_("What we offer"), "manage-menu", "edit", Verb.MENU_PUBLISH),
    Door(_("Item bank"), "items", "edit", Verb.ITEM_WRITE),
    Door(_("Samples of the survey"), "survey-samples", "list", Verb.SURVEY_PUBLISH),
    Door(
        _("Fieldwork"),
        "survey-fieldworks",
        "people",
        Verb.SURVEY_SUPERVISE,
        pgettext_lazy("thumb", "Fieldwork"),
    ),
    Door(_("Interviewing"), "interviews", "phone", Verb.SURVEY_ASK),
    Door(_("Records that need a person"), "interviews-stuck", "check", Verb.SURVEY_SUPERVISE),
    Door(_("Runs of the survey"), "survey-runs", "chart", Verb.SURVEY_PUBLISH),
    Door(_("Targets"), "targets", "flag", Verb.TARGET_KEEP),
    Door(_("Effect studies"), "survey-studies", "chart", Verb.SURVEY_PUBLISH),
    Door(_("Kepu statistics"), "return-rounds", "chart", Verb.RETURN_CHECK),
    Door(_("Statistical returns"), "returns", "edit", Verb.RETURN_FILE),
    Door(_("Programmes of appraisal"), "programmes", "book", Verb.RULEBOOK_ISSUE),
    Door(_("Rulebooks"), "rulebooks", "book", Verb.RULEBOOK_ISSUE),
    Door(_("Rulebooks"), "rulebooks", "book", Verb.FIGURES_READ),
    Door(_("Rulebooks"), "rulebooks", "book", Verb.AUDIT_READ),
    Door(_("Roles"), "roles", "person", Verb.ROLE_GRANT),
    Door(_("Units"), "units", "building", Verb.ACCOUNT_MANAGE),
    Door(_("Deliveries"), "deliveries", "gear", Verb.SYSTEM_OPERATE, everywhere=True),
    Door(_("Audit"), "audit", "shield", Verb.AUDIT_READ, everywhere=True),
)
TEAM = (
    Door(_("My teams"), "team-board", "people", short=pgettext_lazy("thumb", "My teams")),
    Door(_("What we offer"), "manage-menu", "edit"),
)
EXPERT = Door(
    _("My work as an expert"), "expert-me", "light", short=pgettext_lazy("thumb", "Expert")
)
REVIEWS = Door(_("Items to review"), "item-reviews", "check")
JUDGING = Door(_("My reviews"), "appraisal-reviews", "check")
INSPECTING = Door(_("My inspections"), "inspections", "pin")
VOLUNTEER = Door(_("Volunteering"), "people-me", "star")
RESIDENT = (
    Door(_("Home"), "home", "home"),
    Door(_("Menu"), "menu", "menu"),
    Door(_("My orders"), "my-orders", "order"),
)
VENUES = Door(_("Kepu venues"), "venues", "map", short=pgettext_lazy("thumb", "Venues"))
TITLES = Door(_("Titles"), "titles", "flag", short=TITLES_SHORT)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of the page; for staff the doors their roles open, for everybody else a few."""
    person = getattr(request, "user", None)
    now = clock.now()
    frame = _for(person, now, request) if isinstance(person, User) else _for_guest(request)
    return {"shell": frame, "csrf_input": _inputs(request)}


def _inputs(request: HttpRequest) -> Any:
    """What every form carries unseen: the token against forgery, and a key of its own."""
    return lazy(lambda: csrf_input(request) + key_input(), SafeString, str)()


def _for(person: User, now: datetime, request: HttpRequest) -> Shell:
    titles = roles.titles(person, now)
    doors = _doors(person, now)
    place = _place(request) if titles else ""
    return Shell(
        user=person.name,
        role="、".join(titles),
        places=getattr(request, "places", None) or _places(person, titles, place, now, request),
        nav=_nav(doors, request, place),
        side=bool(titles),
        **_search(doors),
        unread=notices.unread(person),
        notices_url=reverse("notices"),
        account_url=reverse("account"),
        preferences_url=reverse("account-preferences"),
        sign_out_url=reverse("sign-out"),
        **_common(request),
    )


def _for_guest(request: HttpRequest) -> Shell:
    return Shell(
        nav=_nav([*RESIDENT, VENUES, TITLES], request),
        sign_in_url=reverse("sign-in"),
        **_search([]),
        **_common(request),
    )


def office_doors(person: User, verbs: Collection[Verb], now: datetime) -> list[Choice]:
    """What an administrator's offices open, as the first page shows it."""
    doors = {door.url: door for door in _staff_doors(person, verbs, now)}
    return [Choice(str(door.label), reverse(url), door.icon) for url, door in doors.items()]


def _search(doors: list[Door]) -> dict[str, Any]:
    """Where the search box leads: to the orders for those who watch over them, else to the menu."""
    if any(door.url == "order-list" for door in doors):
        return {"search_url": reverse("order-list"), "search_words": _("Search the orders")}
    return {"search_url": reverse("menu"), "search_words": _("Search the services")}


def _place(request: HttpRequest) -> str:
    """The place that an officer looks at on this page; none when none is chosen."""
    asked = request.GET.get("place", "")
    return asked if PATH.fullmatch(asked) else ""


def _places(
    person: User, titles: list[str], place: str, now: datetime, request: HttpRequest
) -> tuple[Place, ...]:
    """The menu of places on the other pages that a place narrows."""
    if not titles or request.path not in {reverse(url) for url in NARROWED}:
        return ()
    rows = seats.of(person, now)
    return seats.menu(rows, place, request.path, everywhere=True)


def _common(request: HttpRequest) -> dict[str, Any]:
    return {
        "path": request.get_full_path(),
        "preferences": preferences.read(request),
        "about_url": reverse("about"),
        "sources_url": reverse("sources"),
        "accessibility_url": reverse("accessibility"),
    }


def _doors(person: User, now: datetime) -> list[Door]:
    verbs = roles.verbs(person, now)
    doors = _staff_doors(person, verbs, now)
    found = [STAFF[0], *doors, *RESIDENT[1:]] if doors else list(RESIDENT)
    if teams := people.places_in_teams(person):
        found[1:1] = TEAM if any(teams.values()) else TEAM[:1]
    if people.expert_of(person):
        found[1:1] = _of_expert(person)
    if inspections.wait_for(person):
        found[1:1] = [INSPECTING]
    found += [VOLUNTEER, VENUES, TITLES]
    return list({door.url: door for door in found}.values())


def _of_expert(person: User) -> list[Door]:
    """An expert's own page, and what waits for an opinion."""
    items, applications = literacy.waiting_for(person), reviewing.waiting_for(person)
    waiting = [door for door, rows in ((REVIEWS, items), (JUDGING, applications)) if rows.exists()]
    return [EXPERT, *waiting]


def _staff_doors(person: User, verbs: Collection[Verb], now: datetime) -> list[Door]:
    return [
        door
        for door in STAFF
        if door.verb
        and door.verb in verbs
        and (not door.everywhere or roles.holds_everywhere(person, door.verb, now=now))
    ]


def _nav(doors: list[Door], request: HttpRequest, place: str = "") -> tuple[NavItem, ...]:
    """The doors; the place that is chosen goes along to pages that it narrows."""
    found = []
    for door in doors:
        href = reverse(door.url)
        carried = f"?{urlencode({'place': place})}" if place and door.url in CARRIED else ""
        found.append(
            NavItem(
                str(door.label),
                href + carried,
                door.icon,
                current=request.path == href,
                short=str(door.short),
            )
        )
    return tuple(found)
