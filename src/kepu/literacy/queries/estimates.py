"""Reads of estimates."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.working import SILENCE
from kepu.literacy.models import Estimate, Fieldwork
from kepu.literacy.states import EstimateState

PATIENCE = timedelta(seconds=20)  # a worker that runs has begun long before


def estimate(estimate_id: int) -> Estimate:
    """One estimate; raises Outside."""
    found: Estimate | None = (
        Estimate.objects.select_related("division_now", "fieldwork", "made_by")
        .filter(pk=estimate_id)
        .first()
    )
    if found is None:
        raise Outside(_("there is no such estimate"))
    return found


def at_work(place: Division) -> Estimate | None:
    """The estimate of a place that the worker has, or waits for."""
    found: Estimate | None = Estimate.objects.filter(
        division_at=place, state=EstimateState.COMPUTING
    ).first()
    return found


def of_fieldwork(of: Fieldwork) -> QuerySet[Estimate]:
    """What was estimated from a fieldwork, the newest first."""
    found: QuerySet[Estimate] = Estimate.objects.filter(fieldwork=of).order_by("-pk")
    return found


def without_a_run(person: User, now: datetime) -> QuerySet[Estimate]:
    """Estimates of the person's places that have come to no run, or not yet; the newest first."""
    reach = roles.reach(person, Verb.SURVEY_PUBLISH, now)
    found: QuerySet[Estimate] = Estimate.objects.filter(reach.limit(), run__isnull=True)
    return found.order_by("-pk")


def waits_for_a_worker(of: Estimate, now: datetime) -> bool:
    """Whether no worker has begun, or been heard of, for so long that somebody should be told."""
    if of.beat_at is None:
        return now - of.made_at > PATIENCE
    return now - of.beat_at > SILENCE
