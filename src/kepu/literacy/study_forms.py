"""Forms of studies: what is registered before an activity, and the measurements that come in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.days import DayField
from kepu.literacy.actions.studies import Registered
from kepu.literacy.forms import TableForm

MOST_PEOPLE = 100_000_000
PLANNED = (
    "attending", "attending_clusters", "comparison", "comparison_clusters", "deviation",
    "correlation", "together", "lost",
)  # fmt: skip


def _words(label: Any, help_text: Any, most: int = 600) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, help_text=help_text, max_length=most, widget=area)


def _people(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, max_value=MOST_PEOPLE, **options)


def _real(label: Any, low: float, high: float, **options: Any) -> forms.FloatField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    return forms.FloatField(label=label, min_value=low, max_value=high, widget=widget, **options)


class StudyForm(forms.Form):
    """The logic model, what is measured, and the sizes; nothing of it can be changed later."""

    title = forms.CharField(label=lazy("Activity or project"), max_length=80)
    begins_on = DayField(
        label=lazy("First day of the activity"), help_text=lazy("A study is registered before it")
    )
    inputs = _words(lazy("Inputs"), lazy("People, money, places, exhibits"))
    activities = _words(lazy("Activities"), lazy("What is done, how often, for whom"))
    outputs = _words(lazy("Outputs"), lazy("What can be counted: sessions, people reached"))
    outcomes = _words(lazy("Outcomes"), lazy("What shall be different in people afterwards"))
    measure = _words(
        lazy("Measure of the outcome"),
        lazy("The test or scale, who scores it, and from where to where points run"), 300,
    )  # fmt: skip
    aimed = _people(lazy("People of the audience aimed at"), min_value=1)
    attending = _people(lazy("People to be measured who attend"), min_value=2)
    attending_clusters = _people(
        lazy("Schools, communities or sessions they come in"), min_value=0, initial=0,
        help_text=lazy("0 where each comes alone"),
    )  # fmt: skip
    comparison = _people(
        lazy("People of the comparison group"), min_value=0,
        help_text=lazy("Alike, and not attending. 0: none; then no change proves an effect"),
    )  # fmt: skip
    comparison_clusters = _people(
        lazy("Schools, communities or sessions of the comparison"), min_value=0, initial=0
    )
    deviation = _real(
        lazy("Standard deviation of a score (points)"), 0.001, 1e6,
        help_text=lazy("From an earlier study or a trial"),
    )  # fmt: skip
    correlation = _real(
        lazy("Correlation of scores before and after"), 0, 0.99, initial=0.5,
        help_text=lazy("0 where other people are asked after"),
    )  # fmt: skip
    together = _real(
        lazy("How alike changes are inside a school or community (intraclass correlation)"),
        0, 0.99, initial=0.05,
    )  # fmt: skip
    lost = _real(lazy("Share who will not be measured again (%)"), 0, 95, initial=10)
    synthetic = forms.BooleanField(label=lazy("People are invented: an exercise"), required=False)

    def clean(self) -> dict[str, Any]:
        """Clusters hold people."""
        data = super().clean() or {}
        for name in ("attending", "comparison"):
            people, clusters = data.get(name) or 0, data.get(f"{name}_clusters") or 0
            if clusters > people or (people and clusters == 1):
                words = _("two at least, and no more than people; 0 where each comes alone")
                self.add_error(f"{name}_clusters", words)
        return data

    def registered(self) -> Registered:
        """What was typed; shares as fractions."""
        data = dict(self.cleaned_data)
        plan = {name: data.pop(name) for name in PLANNED}
        return Registered(**data, plan={**plan, "lost": plan["lost"] / 100})


class MeasuredForm(TableForm):
    """Measurements, how many attended, and what was spent."""

    reached = _people(lazy("People who attended"), min_value=1)
    spent = forms.DecimalField(
        label=lazy("What it cost (yuan)"), min_value=0, max_digits=14, decimal_places=2
    )
