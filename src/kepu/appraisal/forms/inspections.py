"""The shape of what is typed to order an inspection and to close it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.days import DayField


class InspectionForm(forms.Form):
    """Who goes, and between which days."""

    first = DayField(label=lazy("First day of the visit"))
    last = DayField(label=lazy("Last day of the visit"))
    people = forms.TypedMultipleChoiceField(
        label=lazy("Inspectors"), coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=lazy(
            "Experts and officers who are bound to nobody here. Who inspects does not review."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].choices = people  # type: ignore[attr-defined]


class ClosingForm(forms.Form):
    """What whoever closes it says, on a report as it was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=lazy("Reason"), max_length=600, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("The inspectors read this."),
    )  # fmt: skip
