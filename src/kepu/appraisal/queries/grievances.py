"""Objections and appeals: which wait, and what they say."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import Appeal, Application, Objection
from kepu.appraisal.states import GrievanceState
from kepu.kernel.errors import Outside


def text(raised: Objection | Appeal) -> str:
    """What was written; nothing is left of a person who was erased."""
    return raised.text


def waiting(application: Application) -> QuerySet[Objection]:
    """Objections to the application that nobody has answered. One query."""
    found: QuerySet[Objection] = application.objections.filter(state=GrievanceState.OPEN)
    return found.select_related("raised_by")


def overdue(now: datetime) -> list[Objection | Appeal]:
    """What nobody answered in time and of which nobody was told so. Two queries."""
    late = {"state": GrievanceState.OPEN, "due_at__lte": now, "told_late_at": None}
    return [
        *Objection.objects.filter(**late).select_related("application__call"),
        *Appeal.objects.filter(**late).select_related("application__call", "title"),
    ]


def in_this_notice(application: Application) -> QuerySet[Objection]:
    """Objections raised since the notice that runs began. One query."""
    found: QuerySet[Objection] = application.objections.filter(
        raised_at__gte=application.notice_from
    )
    return found if application.notice_from else application.objections.none()


def appeal(appeal_id: int) -> Appeal:
    """An appeal against a refusal. Raises Outside."""
    found: Appeal | None = (
        Appeal.objects.filter(pk=appeal_id, application__isnull=False)
        .select_related("application__call", "raised_by")
        .first()
    )
    if found is None:
        raise Outside(_("there is no such appeal"))
    return found
