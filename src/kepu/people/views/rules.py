"""The management rules of volunteering (S080): the words of each rule beside what is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import clock
from kepu.kernel.divisions.states import Level
from kepu.people import policy
from kepu.people.policy import Article
from kepu.people.states import Tier

TITLES: dict[str, Promise] = {
    "registration": lazy("Registering"),
    "joining": lazy("Joining teams"),
    "no_show": lazy("Not coming"),
    "hours": lazy("Hours"),
    "points": lazy("Points"),
    "certificates": lazy("Certificates"),
    "models": lazy("Models"),
    "training": lazy("Training"),
    "tiers": lazy("Tiers of teams"),
}
VALUES: dict[str, Promise] = {
    "guardian_under": lazy("A guardian agrees below the age of"),
    "youngest": lazy("Youngest age"),
    "most_teams": lazy("Teams at one time, at most"),
    "excused_before_hours": lazy("Excused when told so many hours before"),
    "most_in_a_year": lazy("Unexcused in a year, at most"),
    "malicious_in_a_year": lazy("In bad faith in a year, at most"),
    "most_in_a_day": lazy("Hours a day, at most"),
    "claim_within_days": lazy("Reported within days"),
    "per_hour": lazy("Points for an hour"),
    "issuer": lazy("Issued by"),
    "fewest_minutes": lazy("Minutes, at least"),
    "notice_workdays": lazy("Working days on public notice"),
}


@dataclass(frozen=True)
class Told:
    """One rule: its title, its words, and the values that Kepu carries out."""

    title: str
    text: str
    values: list[tuple[str, str]]


def management(request: HttpRequest) -> HttpResponse:
    """Everybody may read by which rules volunteers are registered, counted and honoured."""
    now = clock.now()
    rules = policy.management(now)
    context = {
        "articles": [_told(key, getattr(rules, key)) for key in TITLES if getattr(rules, key)],
        "version": policy.management_version(now),
        "stars": policy.stars(now).stars,
        "stars_version": policy.stars_version(now),
        "recognised_by": {level.value: level.label for level in Level},
        "key": policy.MANAGEMENT,
    }
    return render(request, "people/rules.html", context)


def _told(key: str, article: Article) -> Told:
    values = [(_label(name), _words(value)) for name, value in article if name != "text"]
    if isinstance(article, policy.Tiers):
        values = [
            (str(Tier(tier).label), _words([str(Level(level).label) for level in levels]))
            for tier, levels in article.homes.items()
        ]
    return Told(str(TITLES[key]), article.text, values)


def _label(name: str) -> str:
    return str(VALUES.get(name, name))


def _words(value: Any) -> str:
    if isinstance(value, list):
        return _(", ").join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
