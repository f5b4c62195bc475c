"""Titles by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.actions.timing import run_terms
from kepu.kernel.facts.registry import Occasion, every


@every(
    timedelta(hours=1), called=lazy("See which titles owe a report, are late or end"), apart=True
)
def run_titles(occasion: Occasion) -> None:
    """Reports fall due, the late are warned, terms end."""
    run_terms(occasion.now)
