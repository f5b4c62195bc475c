"""Discussions of scores: who takes part, under which label, what was said and changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import Application, Call, Discussion, Review, ScoreChange
from kepu.appraisal.programme.schema import Criterion
from kepu.appraisal.queries import calls
from kepu.appraisal.queries import reviewing as reviews
from kepu.appraisal.states import SITTING, ReviewState
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


@dataclass(frozen=True)
class Said:
    """One entry of the thread: under which label, what, and when."""

    label: str
    own: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class Given:
    """One criterion with the points of every reviewer, in the order of the labels."""

    criterion: Criterion
    points: tuple[str, ...]


def seen(discussion_id: int, person: User, now: datetime) -> tuple[Discussion, Review | None]:
    """A discussion, and the person's own review in it; None for the secretary. Raises Outside."""
    rows = Discussion.objects.select_related("application__call")
    found: Discussion | None = rows.filter(pk=discussion_id).first()
    if found is not None:
        own = taking_part(found.application).filter(expert__person=person).first()
        if own is not None or keeps(found.application.call, person, now):
            return found, own
    raise Outside(_("there is no such discussion"))


def keeps(call: Call, person: User | None, now: datetime) -> bool:
    return roles.reach(person, Verb.APPRAISAL_KEEP, now).covers(call.path)


def taking_part(application: Application) -> QuerySet[Review]:
    """Reviews that were handed in, in the order that gives them their labels. One query."""
    done = application.reviews.filter(state=ReviewState.DONE).order_by("pk")
    return done.select_related("expert__person").prefetch_related("scores")


def labels(application: Application) -> dict[int, str]:
    """Reviewer 1, Reviewer 2: what the reviewers of an application are called, by review. One query."""
    numbers = taking_part(application).values_list("pk", flat=True)
    return {pk: _("Reviewer %(n)s") % {"n": n} for n, pk in enumerate(numbers, 1)}


def labels_in(ids: Collection[int]) -> dict[tuple[int, int], str]:
    """The same for some applications, by application and expert. One query."""
    done = Review.objects.filter(application__in=ids, state=ReviewState.DONE).order_by("pk")
    found: dict[int, list[int]] = defaultdict(list)
    for application, expert in done.values_list("application", "expert"):
        found[application].append(expert)
    return {
        (application, expert): _("Reviewer %(n)s") % {"n": n}
        for application, experts in found.items()
        for n, expert in enumerate(experts, 1)
    }


def thread(of: Discussion, own: Review | None) -> list[Said]:
    """What was said and changed, the oldest first. Three queries."""
    called = labels(of.application)
    mine = own.pk if own else 0
    names = {one.key: str(one) for one in criteria(of.application)}
    found = [
        Said(called.get(one.review_id, ""), one.review_id == mine, one.text, one.at)
        for one in of.remarks.order_by("at", "pk")
    ]
    for change in of.changes.order_by("at", "pk"):
        label, is_own = called.get(change.review_id, ""), change.review_id == mine
        found.append(Said(label, is_own, _told(change, names), change.at))
    return sorted(found, key=attrgetter("at"))


def _told(change: ScoreChange, names: dict[str, str]) -> str:
    return _("%(criterion)s: %(before)s → %(after)s points. %(reason)s") % {
        "criterion": names.get(change.criterion, change.criterion),
        "before": f"{change.before / 100:g}", "after": f"{change.after / 100:g}",
        "reason": change.reason,
    }  # fmt: skip


def criteria(application: Application) -> list[Criterion]:
    """What the reviewers score."""
    return reviews.judged(calls.programme(application.call), application.klass)


def table(application: Application) -> list[Given]:
    """Criterion by criterion what each reviewer gives now. Two queries."""
    rows = [
        {score.criterion: score.points for score in one.scores.all()}
        for one in taking_part(application)
    ]
    return [
        Given(one, tuple(f"{row.get(one.key, 0) / 100:g}" for row in rows))
        for one in criteria(application)
    ]


def unfinished(application: Application) -> bool:
    """Whether somebody who sits on it has not handed in. One query."""
    return application.reviews.filter(state__in=SITTING).exclude(state=ReviewState.DONE).exists()


def open_in(call: Call) -> QuerySet[Discussion]:
    """Discussions of a call that go on."""
    return Discussion.objects.filter(application__call=call, closed_at__isnull=True)


def goes_on(application: Application) -> bool:
    """Whether its scores are being talked over. One query."""
    return Discussion.objects.filter(application=application, closed_at__isnull=True).exists()


def of_application(application: Application) -> Discussion | None:
    return Discussion.objects.filter(application=application).first()


def of_person(person: User) -> QuerySet[Discussion]:
    """Discussions that go on and that a reviewer takes part in. One query."""
    own = Review.objects.filter(expert__person=person, state=ReviewState.DONE)
    found = Discussion.objects.filter(
        closed_at__isnull=True, application__in=own.values("application")
    )
    return found.select_related("application__call").order_by("due_at", "pk")


def first_points(call: Call) -> dict[int, dict[str, int]]:
    """Points before they were first changed, by review and criterion. One query."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    changes = ScoreChange.objects.filter(review__application__call=call).order_by("-at", "-pk")
    for review, criterion, before in changes.values_list("review", "criterion", "before"):
        found[review][criterion] = before  # the earliest comes last and stands
    return found
