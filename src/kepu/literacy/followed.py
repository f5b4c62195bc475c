"""From a sample over its fieldwork to the figures, and back: so that a survey can be followed through."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from kepu.literacy.models import Fieldwork, Run, Sample
from kepu.literacy.queries import learnt
from kepu.literacy.states import FieldworkState

Fact = tuple[str, Any]


def from_sample(made: Sample) -> list[Fact]:
    """Where the sample went into the field, and what was found."""
    found = []
    for of in made.fieldworks.exclude(state=FieldworkState.DROPPED):
        runs = Run.objects.filter(estimates__fieldwork=of).distinct()
        found += [(_("Fieldwork"), _link("survey-fieldwork", of))]
        found += [(_("Figures"), _link("survey-run", run)) for run in runs]
    return found


def to_sample(run: Run, handles: bool) -> list[Fact]:
    """Whom the figures of a run are from; officers may go there."""
    found: list[Fact] = []
    for of in learnt.fieldworks(run).select_related("sample"):
        many = {
            "doors": f"{of.cases.count():,}",
            "communities": f"{of.sample.communities.count():,}",
            "districts": len(of.sample.summary.get("districts", [])),
        }
        drawn = (
            _("%(doors)s doors in %(communities)s communities of %(districts)s districts") % many
        )
        found += [
            (_("Sample"), _link("survey-sample", of.sample) if handles else of.sample.title),
            (_("Drawn"), drawn),
            (_("Fieldwork"), _link("survey-fieldwork", of) if handles else of.title),
            (_("Days of the fieldwork"), _days(of)),
        ]
    return found


def sample_of(of: Fieldwork, handles: bool) -> Fact:
    """The sample that is in the field."""
    return _("Sample"), _link("survey-sample", of.sample) if handles else of.sample.title


def _days(of: Fieldwork) -> str:
    days = {"first": of.opens_on.isoformat(), "last": of.closes_on.isoformat()}
    return _("%(first)s to %(last)s") % days


def _link(name: str, row: models.Model) -> Any:
    return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), str(row))
