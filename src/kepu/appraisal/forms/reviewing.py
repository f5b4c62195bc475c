"""The shape of what reviewers and their secretary type; whether it may be done is asked of rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.programme.schema import Criterion


class PledgeForm(forms.Form):
    """What a reviewer pledges before the dossier opens."""

    confidential = forms.BooleanField(
        label=lazy("I keep confidential what I read and how I judge, and copy nothing")
    )
    unbound = forms.BooleanField(
        label=lazy("I know of no bond between me and whoever may stand behind this application")
    )


class ScoreForm(forms.Form):
    """Points and words of one criterion."""

    points = forms.DecimalField(min_value=0, max_digits=7, decimal_places=2)
    comment = forms.CharField(
        label=lazy("Remark"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, criterion: Criterion, **options: Any) -> None:
        options["auto_id"] = f"{criterion.key}-%s"
        super().__init__(*args, **options)
        points = self.fields["points"]
        most = f"{criterion.points:g}"
        points.label = lazy("Points, 0 to %(most)s") % {"most": most}
        points.widget = forms.NumberInput(
            attrs={"inputmode": "decimal", "min": "0", "max": most, "step": "any"}
        )

    def hundredths(self) -> int:
        """The points as they are kept."""
        return int(Decimal(self.cleaned_data["points"]) * 100)


class SummingUpForm(forms.Form):
    """The opinion on the whole."""

    comment = forms.CharField(
        label=lazy("Your opinion in a few words"), max_length=4000,
        help_text=lazy("The panel reads it. Write nothing by which the applicant could know you."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class WhyForm(forms.Form):
    """A reason in words; who writes hears who reads it."""

    reason = forms.CharField(
        label=lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, read_by: Any = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = read_by


class ReplaceForm(WhyForm):
    """Who reviews instead."""

    expert = forms.TypedChoiceField(label=lazy("Who reviews instead"), coerce=int)

    def __init__(self, *args: Any, experts: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["expert"].choices = experts  # type: ignore[attr-defined]
        self.order_fields(["expert", "reason"])
