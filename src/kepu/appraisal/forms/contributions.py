"""The shape of what is asked and decided about statements of contributions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.days import DayField
from kepu.kernel.divisions.forms import HomeField


class AskForm(forms.Form):
    """Whose record, which period, and what for."""

    unit: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("Whose record?"), required=False,
        empty_label=lazy("my own"),
    )  # fmt: skip
    place = HomeField(
        label=lazy("Where do you live or work?"), required=False,
        help_text=lazy("The district, by name: an officer there signs. Of a unit it is known."),
    )  # fmt: skip
    since = DayField(label=lazy("From"))
    until = DayField(label=lazy("To, with that day"))
    purpose = forms.CharField(
        label=pgettext_lazy("statement", "What for?"), max_length=120,
        help_text=lazy("It stands on the paper, such as: for a prize of science and technology"),
    )  # fmt: skip

    def __init__(self, *args: Any, units: QuerySet[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if not units.exists():
            del self.fields["unit"]


class SignForm(forms.Form):
    """The number of the paper; what was looked at comes along."""

    reference = forms.CharField(label=lazy("Number of the paper"), max_length=80)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class CorrectForm(forms.Form):
    """A correction: its paper, and what was wrong."""

    reference = forms.CharField(label=lazy("Number of the paper"), max_length=80)
    reason = forms.CharField(
        label=lazy("What was wrong?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("The holder reads it, and whoever verifies the old statement."),
    )  # fmt: skip


class EndForm(forms.Form):
    """Why it is not signed, or holds no more."""

    reason = forms.CharField(
        label=lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("The holder reads it; of a revoked one, whoever verifies it too."),
    )  # fmt: skip


class StatementNumberForm(forms.Form):
    """The number of a statement."""

    code = forms.CharField(
        label=lazy("Number of the statement"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
