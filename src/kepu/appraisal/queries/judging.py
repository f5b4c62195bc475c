"""Judgements: what went in, what came out, and whether it comes out again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import Application, Call, Judgement, Review, Score
from kepu.appraisal.programme import scoring
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import applications, calls, discussions, papers
from kepu.appraisal.states import SITTING, ApplicationState, ReviewState
from kepu.appraisal.weighing import Place, places
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.errors import Outside

WEIGHED = (ApplicationState.IN_REVIEW, ApplicationState.REVIEWED)


def is_weighable(call: Call) -> bool:
    """Whether some application of the call has all its reviews. One query."""
    asked = _asked(call)
    sitting = Count("reviews", filter=Q(reviews__state__in=SITTING))
    done = Count("reviews", filter=Q(reviews__state=ReviewState.DONE))
    found = (
        call.applications.order_by().filter(state__in=WEIGHED).annotate(sitting=sitting, done=done)
    )
    again = Q(state=ApplicationState.REVIEWED)
    return found.filter(again | Q(sitting=F("done")), done__gte=asked).exists()


def _asked(call: Call) -> int:
    programme = calls.programme(call)
    return programme.reviewing.each if programme.reviewing else 0


def weighable(call: Call, found: Iterable[Application] | None = None) -> list[Application]:
    """Applications whose reviewers have all handed in, by code. Two queries.

    `found` are those of WEIGHED, where they were read already; else one query more.
    """
    asked = _asked(call)
    found = applications.of_call(call, states=WEIGHED) if found is None else found
    done: dict[int, int] = defaultdict(int)
    open_: set[int] = set()
    sitting = Review.objects.filter(application__call=call, state__in=SITTING)
    for number, state in sitting.values_list("application", "state"):
        if state == ReviewState.DONE:
            done[number] += 1
        else:
            open_.add(number)
    reviewed = ApplicationState.REVIEWED
    return [
        one for one in found
        if done[one.pk] >= asked and (one.state == reviewed or one.pk not in open_)
    ]  # fmt: skip


def inputs(call: Call, rows: list[Application]) -> dict[str, Any]:
    """All that a ranking follows from, as plain data; no name of anybody is in it. Two queries."""
    programme = calls.programme(call)
    reviews = _reviews(call)
    return {
        "programme": call.programme,
        "rules_version": call.rules_version,
        "taken": taken(call),
        "applications": [_row(programme, one, reviews[one.pk]) for one in rows],
    }


def _row(programme: Programme, one: Application, reviews: list[dict[str, Any]]) -> dict[str, Any]:
    said = applications.answers(one)
    measured = scoring.points_measured(programme, one.klass, said)
    key = programme.level_asked
    return {
        "id": one.pk,
        "code": one.code,
        "klass": one.klass,
        "district": district_of(one.path),
        "measured": {criterion: str(points) for criterion, points in measured.items()},
        "asked": {key: str(said[key])} if key and key in said else {},
        "reviews": reviews,
    }


def _reviews(call: Call) -> dict[int, list[dict[str, Any]]]:
    """Reviews handed in of each application, by their numbers."""
    done = Review.objects.filter(application__call=call, state=ReviewState.DONE).order_by("pk")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    points: dict[int, dict[str, int]] = defaultdict(dict)
    scores = Score.objects.filter(review__in=done).order_by("review", "criterion")
    for review, criterion, given in scores.values_list("review", "criterion", "points"):
        points[review][criterion] = given
    numbers, first = papers.from_paper(done), discussions.first_points(call)
    for review, application, expert in done.values_list("pk", "application", "expert"):
        one: dict[str, Any] = {"expert": expert, "points": points[review]}
        if review in numbers:
            one["paper"] = numbers[review]
        if review in first:
            one["before"] = points[review] | first[review]
        found[application].append(one)
    return found


def district_of(path: str) -> str:
    """The district that a place lies in: the third step of its path, or the place itself above that."""
    above = ancestors(path)
    return above[1] if len(above) > 1 else path


def digest(told: Any) -> str:
    """SHA-256 of plain data as canonical JSON."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def of_call(call: Call) -> QuerySet[Judgement]:
    """Judgements of a call, the newest first; what was weighed, and what it came to, is read when asked."""
    found: QuerySet[Judgement] = call.judgements.select_related("made_by").order_by("-number")
    return found.defer("inputs", "result")


def grade_reached(application: Application) -> str | None:
    """The level by the newest judgement that weighed it, empty for none; None where none weighed it."""
    newest: Judgement | None = of_call(application.call).first()
    rows = newest.result["applications"] if newest else []
    return next((row["grade"] for row in rows if row["id"] == application.pk), None)


def taken(call: Call) -> list[dict[str, str]]:
    """Class and district of what is proposed, in notice or named: it has its place in the quotas."""
    states = (
        ApplicationState.PROPOSED, ApplicationState.NOTICED, ApplicationState.OBJECTED,
        ApplicationState.PUT_FORWARD, ApplicationState.NAMED,
    )  # fmt: skip
    rows = applications.of_call(call, states=states).values_list("klass", "path")
    return [{"klass": klass, "district": district_of(path)} for klass, path in rows]


def places_taken(call: Call) -> Counter[Place]:
    """How many have a place in the quotas: in all, of each class, of each district. One query."""
    return Counter(place for one in taken(call) for place in places(one))


def places_of(application: Application) -> list[Place]:
    """Where an application counts in the quotas: in all, in its class, in its district."""
    return places({"klass": application.klass, "district": district_of(application.path)})


def by_number(call: Call, number: int) -> Judgement:
    """One judgement of a call. Raises Outside."""
    found: Judgement | None = (
        of_call(call).defer(None).defer("inputs").filter(number=number).first()
    )
    if found is None:
        raise Outside(_("there is no such judgement"))
    return found
