"""The shape of a sheet of paper: what stands at its head, and what is scored on it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.programme.schema import Criterion
from kepu.kernel.days import DayField


class OpenForm(forms.Form):
    """A sheet that came in."""

    signed_on = DayField(label=lazy("Signed by the reviewer on"))
    reference = forms.CharField(
        label=lazy("Number of the paper"), max_length=80,
        help_text=lazy("By which the paper is found again in your files."),
    )  # fmt: skip
    scan = forms.FileField(
        label=lazy("Scan"), help_text=lazy("A picture or a PDF, 20 MB at most."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
    )  # fmt: skip
    pledged = forms.BooleanField(
        label=lazy("On the paper the reviewer pledges confidentiality and no bond, and has signed"),
        required=False,
    )


class KeyForm(forms.Form):
    """Points in the order of the rubric, then remarks, then the opinion: as fast as one can type."""

    def __init__(self, *args: Any, criteria: list[Criterion], **options: Any) -> None:
        super().__init__(*args, **options)
        self.criteria = criteria
        for one in criteria:
            self.fields[f"points-{one.key}"] = _points(one)
        for one in criteria:
            self.fields[f"remark-{one.key}"] = forms.CharField(
                label=lazy("%(criterion)s: remark") % {"criterion": one}, required=False,
                max_length=1000, widget=forms.TextInput(attrs={"data-next": ""}),
            )  # fmt: skip
        self.fields["comment"] = forms.CharField(
            label=lazy("Opinion"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
        )

    def points(self) -> dict[str, int]:
        """Hundredths by criterion."""
        said = self.cleaned_data
        return {one.key: int(Decimal(said[f"points-{one.key}"]) * 100) for one in self.criteria}

    def remarks(self) -> dict[str, str]:
        """Words by criterion."""
        return {one.key: self.cleaned_data[f"remark-{one.key}"] for one in self.criteria}


def _points(one: Criterion) -> forms.DecimalField:
    """Points of one criterion; what lies beyond the rubric is said while it is keyed."""
    most = Decimal(f"{one.points:g}")
    label = lazy("%(criterion)s, 0 to %(most)s") % {"criterion": one, "most": most}
    look = {"inputmode": "decimal", "min": "0", "max": f"{most}", "step": "any", "data-next": ""}
    return forms.DecimalField(
        label=label, min_value=0, max_value=most, max_digits=7, decimal_places=2,
        widget=forms.NumberInput(attrs=look),
    )  # fmt: skip
