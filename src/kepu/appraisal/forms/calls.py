"""Forms about calls; whether it may be done is asked of rules."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal import policy
from kepu.kernel.clock import BEIJING
from kepu.kernel.days import DayField
from kepu.kernel.divisions.models import Division


class CallForm(forms.Form):
    """A call to prepare: whole days in Beijing, the last one included."""

    programme = forms.ChoiceField(label=lazy("Programme"))
    place: forms.ModelChoiceField[Division] = forms.ModelChoiceField(
        queryset=None, label=lazy("Place"), empty_label=None
    )
    title = forms.CharField(
        label=lazy("Title of the call"),
        max_length=80,
        help_text=lazy("Such as: 2026 年市级科普基地申报"),
    )
    about = forms.CharField(
        label=lazy("What applicants should know"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    first = DayField(label=lazy("First day"))
    last = DayField(label=lazy("Last day"))

    def __init__(self, *args: Any, places: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        rules = policy.all_in_force(now)
        self.fields["programme"].choices = [  # type: ignore[attr-defined]
            (one.code, str(one.programme)) for one in rules
        ]

    def clean(self) -> dict[str, Any]:
        """Days become moments: from the first midnight to the one after the last day."""
        data = super().clean() or {}
        if "first" in data and "last" in data:
            if data["last"] < data["first"]:
                self.add_error("last", _("the last day comes after the first"))
            data["opens_at"] = datetime.combine(data.pop("first"), time(), BEIJING)
            end = data.pop("last") + timedelta(days=1)
            data["closes_at"] = datetime.combine(end, time(), BEIJING)
        return data


def places_of(paths: tuple[str, ...]) -> Any:
    """Places that a secretary keeps calls of, to choose from."""
    return Division.objects.filter(path__in=paths, valid_to__isnull=True)
