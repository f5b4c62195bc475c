"""The management rules of volunteering (S080): the words of each rule beside what is carried out."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kepu.kernel import clock
from kepu.kernel.divisions.states import Level
from kepu.kernel.rulebooks import rows
from kepu.people import policy
from kepu.people.policy import Article, Management


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
        "articles": articles(rules),
        "version": policy.management_version(now),
        "stars": policy.stars(now).stars,
        "stars_version": policy.stars_version(now),
        "recognised_by": {level.value: level.label for level in Level},
        "key": policy.MANAGEMENT,
    }
    return render(request, "people/rules.html", context)


def articles(rules: Management) -> list[Told]:
    """Every article that the city has, in the order of the rulebook and in its words."""
    stated = ((name, getattr(rules, name)) for name in type(rules).model_fields)
    return [
        Told(str(rows.told(type(rules), name).label), article.text, _carried_out(article))
        for name, article in stated
        if article is not None
    ]


def _carried_out(article: Article) -> list[tuple[str, str]]:
    """What Kepu carries out of an article: all but its words."""
    own = str(rows.told(type(article), "text").label)
    found = [row for row in rows.rows_of(article) if row.section or row.label != own]
    return [(row.label, f"{row.value} {row.unit}".strip()) for row in found]
