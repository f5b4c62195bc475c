"""Judgements: what went in, what came out, and whether it comes out again."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import Application, Call, Judgement, Review, Score
from kepu.appraisal.programme import scoring
from kepu.appraisal.queries import applications, calls
from kepu.appraisal.states import SITTING, ApplicationState, ReviewState
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.errors import Outside

WEIGHED = (ApplicationState.IN_REVIEW, ApplicationState.REVIEWED)


def weighable(call: Call) -> list[Application]:
    """Applications whose reviewers have all handed in, by code. Three queries."""
    programme = calls.programme(call)
    asked = programme.reviewing.each if programme.reviewing else 0
    found = applications.of_call(call, states=WEIGHED)
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
        if one.state == reviewed or (done[one.pk] >= asked and one.pk not in open_)
    ]  # fmt: skip


def inputs(call: Call, rows: list[Application]) -> dict[str, Any]:
    """All that a ranking follows from, as plain data; no name of anybody is in it. Two queries."""
    programme = calls.programme(call)
    reviews = _reviews(call)
    return {
        "programme": call.programme,
        "rules_version": call.rules_version,
        "applications": [
            {
                "id": one.pk,
                "code": one.code,
                "klass": one.klass,
                "district": _district(one.path),
                "measured": {
                    key: str(points)
                    for key, points in scoring.points_measured(
                        programme, one.klass, applications.answers(one)
                    ).items()
                },
                "reviews": reviews[one.pk],
            }
            for one in rows
        ],
    }


def _reviews(call: Call) -> dict[int, list[dict[str, Any]]]:
    """Reviews handed in of each application, by their numbers."""
    done = Review.objects.filter(application__call=call, state=ReviewState.DONE).order_by("pk")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    points: dict[int, dict[str, int]] = defaultdict(dict)
    scores = Score.objects.filter(review__in=done).order_by("review", "criterion")
    for review, criterion, given in scores.values_list("review", "criterion", "points"):
        points[review][criterion] = given
    for review, application, expert in done.values_list("pk", "application", "expert"):
        found[application].append({"expert": expert, "points": points[review]})
    return found


def _district(path: str) -> str:
    """The district that a place lies in: the third step of its path, or the place itself above that."""
    above = ancestors(path)
    return above[1] if len(above) > 1 else path


def digest(told: Any) -> str:
    """SHA-256 of plain data as canonical JSON."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def of_call(call: Call) -> QuerySet[Judgement]:
    """Judgements of a call, the newest first."""
    return call.judgements.select_related("made_by").order_by("-number")


def by_number(call: Call, number: int) -> Judgement:
    """One judgement of a call. Raises Outside."""
    found: Judgement | None = of_call(call).filter(number=number).first()
    if found is None:
        raise Outside(_("there is no such judgement"))
    return found
