"""Field inspections by the clock, and when somebody was erased."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal import held
from kepu.appraisal.actions import inspections
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.facts.catalogue import PersonErased
from kepu.kernel.facts.registry import Occasion, every, listen


@every(timedelta(hours=6), called=lazy("Remind inspectors whose time is nearly over"), apart=True)
def remind_inspectors(occasion: Occasion) -> None:
    """Inspectors are reminded, and secretaries told what became overdue."""
    inspections.remind(now=occasion.now)


@listen(PersonErased, called=lazy("Remove the person's words from field inspections"))
def forget_inspections(fact: PersonErased, occasion: Occasion) -> None:
    """Where an erased inspector was goes, and what was noted in words at an erased applicant's."""
    accounts.forget_words(held.TABLES, fact.person_id)
