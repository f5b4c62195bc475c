"""What a reader of the audit looks for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.kernel.days import DayField


class AskForm(forms.Form):
    verb = forms.CharField(label=_("What was done"), required=False, max_length=60)
    about = forms.CharField(
        label=_("To what"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "orders.order 12"}),
    )  # fmt: skip
    actor = forms.CharField(label=_("Who (pseudonym)"), required=False, max_length=20)
    day = DayField(
        label=_("Day"),
        required=False,
    )
