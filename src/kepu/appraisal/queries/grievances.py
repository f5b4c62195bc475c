"""Objections and appeals: which wait, and what they say."""

from __future__ import annotations

from django.db.models import QuerySet

from kepu.appraisal.models import Appeal, Application, Objection
from kepu.appraisal.queries.applications import owner
from kepu.appraisal.states import ObjectionState
from kepu.kernel.accounts import keys


def text(raised: Objection | Appeal) -> str:
    """What was written; nothing is left of a person who was erased."""
    key = raised.raised_by.data_key
    return str(keys.unseal(key, raised.sealed_text, owner(raised.raised_by))["text"]) if key else ""


def waiting(application: Application) -> QuerySet[Objection]:
    """Objections to the application that nobody has answered. One query."""
    found: QuerySet[Objection] = application.objections.filter(state=ObjectionState.OPEN)
    return found.select_related("raised_by")
