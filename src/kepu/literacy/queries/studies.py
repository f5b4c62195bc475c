"""Reads of studies of what activities changed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Study
from kepu.literacy.states import StudyState

OPEN_TO_ALL = (StudyState.PUBLISHED, StudyState.WITHDRAWN)


def studies_of(person: User, now: datetime) -> QuerySet[Study]:
    """Studies of the places whose survey a person runs, the latest activity first."""
    found: QuerySet[Study] = Study.objects.filter(
        roles.reach(person, Verb.SURVEY_PUBLISH, now).limit()
    )
    return found.order_by("-begins_on", "-pk")


def published() -> QuerySet[Study]:
    """Studies that everybody may read, the latest activity first."""
    found: QuerySet[Study] = Study.objects.filter(state=StudyState.PUBLISHED)
    return found.order_by("-begins_on", "-pk")


def seen(person: User | None, study_id: int, now: datetime) -> Study:
    """The study, if it was ever published or the person handles those of its place; else Outside."""
    found: Study | None = Study.objects.filter(pk=study_id).first()
    if found is not None and found.state in OPEN_TO_ALL:
        return found
    if found and roles.holds(person, Verb.SURVEY_PUBLISH, now=now, path=found.path):
        return found
    raise Outside(_("there is no such study"))
