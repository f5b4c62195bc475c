"""Dossiers of earlier calls, for trying a programme on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kepu.appraisal import policy
from kepu.appraisal.models import Application, Call, Score, Title
from kepu.appraisal.programme.schema import Subject
from kepu.appraisal.programme.trying import Dossier
from kepu.appraisal.queries import applications, calls
from kepu.appraisal.states import (
    HELD,
    JUDGED,
    TO_REVIEW,
    ApplicationCallState,
    ApplicationState,
    ReviewState,
)
from kepu.kernel.accounts.models import User

MOST = 2000  # applications of one call that are tried


def calls_like(subject: Subject, person: User, now: datetime) -> list[Call]:
    """Calls that the person keeps and that judge the same, the newest first. Two queries, and the rules.

    One that is still with its reviewers is none of the past: nobody reads points before they are all in.
    """
    under_review = Application.objects.filter(state__in=TO_REVIEW).values("call")
    kept = (
        calls.kept_by(person, now)
        .exclude(state=ApplicationCallState.DRAFT)
        .exclude(pk__in=under_review)
        .order_by("-opens_at", "-pk")
    )
    return [
        one
        for one in kept[:50]
        if policy.as_of(one.programme, one.rules_version).programme.subject == subject
    ]


def dossiers(call: Call) -> list[Dossier]:
    """What was handed in to a call, MOST at most, by codes and without names. Three queries.

    Answers of persons are opened one by one; nothing of them but points and reasons is shown.
    """
    found = list(
        applications.joined()
        .filter(call=call)
        .exclude(state__in=(ApplicationState.DRAFT, ApplicationState.WITHDRAWN))
        .order_by("code")[:MOST]
    )
    given = _given(call)
    return [
        Dossier(
            one.code, one.klass, applications.answers(one), frozenset(held), given.get(one.pk, {})
        )
        for one, held in zip(found, _held(found), strict=True)
    ]


def _given(call: Call) -> dict[int, dict[str, list[int]]]:
    """Hundredths by application and criterion, of applications whose review is over. One query."""
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    scores = Score.objects.filter(
        review__application__call=call, review__application__state__in=JUDGED,
        review__state=ReviewState.DONE,
    )  # fmt: skip
    columns = ("review__application", "criterion", "points")
    for application, criterion, points in scores.order_by("review").values_list(*columns):
        found[application][criterion].append(points)
    return found


def _held(found: Sequence[Application]) -> list[set[str]]:
    """For each, the programmes whose title its venue, unit or person holds now. One query."""
    by_holder: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    columns = ("venue", "organisation", "person", "programme")
    for *holder, programme in Title.objects.filter(state__in=HELD).values_list(*columns):
        by_holder[_holder(*holder)].add(programme)
    keys = [_holder(one.venue_id, one.organisation_id, one.person_id) for one in found]
    return [by_holder.get(key, set()) for key in keys]


def _holder(venue: int | None, unit: int | None, person: int | None) -> tuple[Any, ...]:
    return ("venue", venue) if venue else ("person", person) if person else ("unit", unit)
