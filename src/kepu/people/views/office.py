"""One page of doors to the registers: stations, posts, experts, campaigns, training, divisions, roles."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kepu.kernel import clock
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.views.shapes import person_of
from kepu.ui.cards import Choice


@dataclass(frozen=True)
class Register:
    """A register: its door, what stands in it, and the verb that keeps it (none: all may read)."""

    label: Promise
    url: str
    icon: str
    note: Promise
    verb: Verb | None = None


REGISTERS = (
    Register(_("Stations"), "stations", "building", _("Where orders are dispatched")),
    Register(
        _("Who holds which post"), "posts", "person", _("The three heads and their deputies"),
        Verb.POST_APPOINT,
    ),
    Register(
        _("Volunteers"), "volunteers", "people", _("By topic, state and hours"),
        Verb.VOLUNTEER_APPROVE,
    ),
    Register(
        _("Ledger of hours"), "hours-ledger", "clock", _("Every line and correction, as a table"),
        Verb.HOURS_CERTIFY,
    ),
    Register(
        _("Stars to recognise"), "stars", "star", _("Whose hours have earned the next one"),
        Verb.TEAM_APPROVE,
    ),
    Register(
        _("Experts"), "experts", "light", _("By discipline, with load and bonds"), Verb.EXPERT_ADMIT
    ),
    Register(
        _("Figures of kepu workers"), "staff-figures", "chart",
        _("Full-time and part-time, by district and sector"), Verb.EXPERT_ADMIT,
    ),
    Register(
        _("Figures of kepu workers"), "staff-figures", "chart",
        _("Full-time and part-time, by district and sector"), Verb.FIGURES_READ,
    ),
    Register(
        _("Kepu workers of my unit"), "staff", "people", _("Numbers by year and sector, and names"),
        Verb.RETURN_FILE,
    ),
    Register(
        _("Units"), "units", "building", _("Departments, schools, firms and venues"),
        Verb.TEAM_APPROVE,
    ),
    Register(_("Campaigns"), "campaigns", "flag", _("What they count and how far they are")),
    Register(_("Calls for volunteers"), "calls", "bell", _("By area and skill; who comes")),
    Register(
        _("Nominations of model volunteers"), "nominations", "star", _("Review, notice, naming"),
        Verb.CAMPAIGN_RUN,
    ),
    Register(_("Training for volunteers"), "courses", "calendar", _("Courses, seats, results")),
    Register(
        _("Rules of volunteering"), "volunteering-rules", "book",
        _("The words beside what is carried out"),
    ),
    Register(
        _("Changes of divisions"), "division-changes", "map",
        _("Which township went where, and when"),
    ),
    Register(_("Zones"), "zones", "target", _("Areas without a code of their own")),
    Register(_("My roles and leave"), "my-roles", "clock", _("Who stands in while you are away")),
    Register(_("Roles"), "roles", "shield", _("Who may do what where"), Verb.ROLE_GRANT),
    Register(
        _("Contracts for purchased services"), "contracts", "file", _("What was bought, from whom"),
        Verb.CONTRACT_SIGN,
    ),
)  # fmt: skip


@login_required
def doors(request: HttpRequest) -> HttpResponse:
    """Every register that the reader may keep or read."""
    held = roles.verbs(person_of(request), clock.now())
    choices = [
        Choice(str(one.label), reverse(one.url), one.icon, str(one.note))
        for one in REGISTERS
        if one.verb is None or one.verb in held
    ]
    once = {choice.href: choice for choice in choices}  # two verbs may open one door
    return render(request, "people/office.html", {"choices": list(once.values())})
