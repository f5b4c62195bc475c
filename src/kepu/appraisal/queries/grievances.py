"""Objections and appeals: which wait, and what they say."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import Appeal, Application, Objection
from kepu.appraisal.queries.applications import owner
from kepu.appraisal.states import ObjectionState
from kepu.kernel.accounts import keys
from kepu.kernel.errors import Outside


def text(raised: Objection | Appeal) -> str:
    """What was written; nothing is left of a person who was erased."""
    key = raised.raised_by.data_key
    return str(keys.unseal(key, raised.sealed_text, owner(raised.raised_by))["text"]) if key else ""


def waiting(application: Application) -> QuerySet[Objection]:
    """Objections to the application that nobody has answered. One query."""
    found: QuerySet[Objection] = application.objections.filter(state=ObjectionState.OPEN)
    return found.select_related("raised_by")


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
