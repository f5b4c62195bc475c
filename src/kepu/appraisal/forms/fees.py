"""The shape of what is typed about fees; whether it may be done is asked of rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.papers_states import FeeKind
from kepu.kernel.days import DayField


def _month(words: str) -> date:
    return date.fromisoformat(f"{words}-01")


class MonthForm(forms.Form):
    """In which month a list is paid."""

    month = forms.TypedChoiceField(label=lazy("Paid in the month"), coerce=_month)

    def __init__(self, *args: Any, months: list[date], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(f"{one:%Y-%m}", f"{one:%Y-%m}") for one in months]
        self.fields["month"].choices = choices  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """Half a day, or a correction of what was paid before."""

    expert = forms.TypedChoiceField(label=lazy("Expert"), coerce=int)
    kind = forms.ChoiceField(
        label=lazy("What is added"),
        choices=[
            (FeeKind.HALF_DAY.value, lazy("Half a day of a meeting or visit, by the rulebook")),
            (FeeKind.CORRECTION.value, lazy("Correction of what was paid before")),
        ],
        widget=forms.RadioSelect,
    )
    yuan = forms.DecimalField(
        label=lazy("Amount in yuan"), required=False, max_digits=8, decimal_places=2,
        help_text=lazy("Of a correction, before tax; less than nothing takes back."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )  # fmt: skip
    about = forms.CharField(label=lazy("What the money is for"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, experts: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["expert"].choices = experts  # type: ignore[attr-defined]

    def fen(self) -> int:
        """The amount of a correction as it is kept."""
        return int(Decimal(self.cleaned_data["yuan"] or 0) * 100)


class SignForm(forms.Form):
    """Under which paper a list is signed, and which version was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reference = forms.CharField(
        label=lazy("Number of the paper"), max_length=80,
        help_text=lazy("Of the request for payment that was signed on paper or in the office system."),
    )  # fmt: skip


class PaidForm(forms.Form):
    """When the finance office paid."""

    on = DayField(label=lazy("Paid on"))
