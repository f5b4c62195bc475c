"""What this room hears, and what it does by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal import queries
from kepu.appraisal.actions import applications, evidence, lateness, reviewing
from kepu.appraisal.actions.judging import WEIGHING_WORK
from kepu.appraisal.actions.panels import PANELS_WORK
from kepu.kernel.facts.catalogue import EvidenceAdded, PanelsAsked, WeighingAsked
from kepu.kernel.facts.registry import Occasion, every, listen, listen_outside


@every(timedelta(hours=1), called=lazy("See which steps of applications have run out"), apart=True)
def tell_late(occasion: Occasion) -> None:
    """Who has a step in hand, and those one level up, hear once that its time is over.

    So do those who have an objection or an appeal to answer.
    """
    late = queries.applications.overdue(occasion.now).values_list("pk", flat=True)
    for application_id in list(late[:1000]):
        applications.tell_late(application_id, now=occasion.now)
    lateness.tell_late_answers(occasion.now)


@listen(PanelsAsked, called=lazy("Find reviewers, or ask those who were found"), awaited=True)
def begin_panels(fact: PanelsAsked, occasion: Occasion) -> None:
    """The worker takes the proposal up as soon as its asking is committed."""
    PANELS_WORK.begin(fact.panels_id, occasion.now)


@every(timedelta(minutes=1), called=lazy("Go on with reviewers whose worker stopped"))
def begin_panels_again(occasion: Occasion) -> None:
    """What a worker that was killed left half done is taken up."""
    PANELS_WORK.begin_again(occasion.now)


@listen(WeighingAsked, called=lazy("Weigh the scores of a call"), awaited=True)
def begin_weighing(fact: WeighingAsked, occasion: Occasion) -> None:
    """The worker takes it up as soon as its asking is committed."""
    WEIGHING_WORK.begin(fact.weighing_id, occasion.now)


@every(timedelta(minutes=1), called=lazy("Go on with scores whose worker stopped"))
def begin_weighing_again(occasion: Occasion) -> None:
    """What a worker that was killed left half done is taken up."""
    WEIGHING_WORK.begin_again(occasion.now)


@listen_outside(EvidenceAdded, called=lazy("Make the copy of a file for blind reviewers"))
def free_evidence(fact: EvidenceAdded, occasion: Occasion) -> None:
    """Slow, so it holds no transaction; a second time finds nothing to do."""
    evidence.free(fact.evidence_id, now=occasion.now)


@every(timedelta(hours=6), called=lazy("Remind reviewers whose time is nearly over"), apart=True)
def remind_reviewers(occasion: Occasion) -> None:
    """Reviewers are reminded, and secretaries told what became overdue."""
    reviewing.remind(now=occasion.now)
