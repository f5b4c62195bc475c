"""Judgements: what went in, what came out, and whether it comes out again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import Application, Call, Judgement, Review, Score, Weighing
from kepu.appraisal.programme import scoring
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import applications, calls, discussions, papers, reviewing
from kepu.appraisal.states import SITTING, ApplicationState, ReviewState, WeighingState
from kepu.appraisal.weighing import Place, places
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.errors import Outside

WEIGHED = (ApplicationState.IN_REVIEW, ApplicationState.REVIEWED)


def is_weighable(call: Call) -> bool:
    """Whether some application of the call has all its reviews. One query."""
    done = reviewing.number_of([ReviewState.DONE])
    unfinished = Review.objects.filter(application=OuterRef("pk"), state__in=reviewing.UNFINISHED)
    again = Q(state=ApplicationState.REVIEWED)
    found = (
        call.applications.order_by().filter(state__in=WEIGHED).filter(again | ~Exists(unfinished))
    )
    return found.annotate(done=done).filter(done__gte=_asked(call)).exists()


def _asked(call: Call) -> int:
    programme = calls.programme(call)
    return programme.reviewing.each if programme.reviewing else 0


def weighable(call: Call, found: Iterable[Application] | None = None) -> list[Application]:
    """Applications whose reviewers have all handed in, by code. Two queries.

    `found` are those of WEIGHED, where they were read already; else one query more.
    """
    asked = _asked(call)
    found = applications.plainly_of(call, WEIGHED) if found is None else found
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


def at_work(call: Call) -> Weighing | None:
    """What the worker weighs of a call now, or will as soon as it comes to it."""
    found: Weighing | None = call.weighings.filter(state=WeighingState.COMPUTING).first()
    return found


def weighing(weighing_id: int) -> Weighing:
    """One with its call and its judgement, for who may see the call. Raises Outside."""
    rows = Weighing.objects.select_related("call__division_now", "judgement").defer(
        "judgement__inputs", "judgement__result"
    )
    found: Weighing | None = rows.filter(pk=weighing_id).first()
    if found is None:
        raise Outside(_("there is no such judgement"))
    return found
