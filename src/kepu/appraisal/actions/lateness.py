"""What was not answered in time is told to who has to answer it, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.appraisal import telling
from kepu.appraisal.models import Appeal, Objection
from kepu.appraisal.queries import grievances
from kepu.kernel.audit import actions as audit


def tell_late_answers(now: datetime) -> None:
    """Each in a transaction of its own, so that nobody waits for the others."""
    for one in grievances.overdue(now):
        _tell(one, now)


@transaction.atomic
def _tell(one: Objection | Appeal, now: datetime) -> None:
    same = type(one).objects.filter(pk=one.pk, state=one.state, told_late_at=None)
    if not same.update(told_late_at=now):
        return  # answered meanwhile
    audit.record(None, "appraisal.tell_late_answer", one, now=now)
    if isinstance(one, Appeal) and one.title is not None:
        telling.titles.appeal_late(one, one.title, now=now)
    elif one.application is not None:
        telling.applications.answer_late(one.application, now=now)
