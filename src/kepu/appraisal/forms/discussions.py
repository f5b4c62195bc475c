"""The shape of what is typed in a discussion of scores."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.forms.reviewing import ScoreForm


class SayForm(forms.Form):
    """Words to the other reviewers."""

    text = forms.CharField(
        label=lazy("What you want to say"), max_length=2000,
        help_text=lazy("The other reviewers and the secretary read it. Name nobody, yourself neither."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ChangeForm(ScoreForm):
    """Other points of one criterion, and why."""

    comment = forms.CharField(
        label=lazy("Why you change them"), max_length=300,
        help_text=lazy("The other reviewers read it. The points until now are kept beside the new ones."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
