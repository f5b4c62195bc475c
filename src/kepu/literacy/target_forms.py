"""The shape of what is typed about targets and their tasks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.days import DayField
from kepu.kernel.divisions.models import Division
from kepu.literacy.actions.targets import MOST_WORDS, Aim
from kepu.literacy.models import Target, Task
from kepu.literacy.queries import targets as queries
from kepu.literacy.rules.targets import FIRST_YEAR, LAST_YEAR

UNIT, PLACE = "unit-", "place-"


def _share(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, max_digits=4, decimal_places=2, help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip


def _year(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=FIRST_YEAR, max_value=LAST_YEAR)


class AimForm(forms.Form):
    """What is aimed at, from where, and which document says so."""

    share = _share(lazy("Target: share of literate citizens (%)"))
    above = forms.BooleanField(
        label=lazy("The document says “over”, not “at least”"), required=False
    )
    base_year = _year(lazy("Year of the base"))
    base_share = _share(lazy("Share in that year (%)"))
    source = forms.CharField(
        label=lazy("Document that states the target"), max_length=200,
        help_text=lazy("Its title, number and day, so that it can be found"),
    )  # fmt: skip

    def aim(self) -> Aim:
        return Aim(**{name: self.cleaned_data[name] for name in Aim.__dataclass_fields__})


class TargetForm(AimForm):
    """Whose target it is, and for which year."""

    place = forms.ModelChoiceField(queryset=Division.objects.none(), label=lazy("City or district"))
    year = _year(lazy("Year of the target"))

    field_order = ("place", "year")

    def __init__(self, *args: Any, places: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


class CorrectionForm(AimForm):
    """The target put right, and why."""

    reason = forms.CharField(
        label=lazy("Reason"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )


class TaskForm(forms.Form):
    """What is to be done, by whom, until when."""

    what = forms.CharField(label=lazy("What is to be done"), max_length=200)
    responsible = forms.ChoiceField(label=lazy("Responsible"))
    due = DayField(label=lazy("Due day"))

    def __init__(self, *args: Any, of: Target, **options: Any) -> None:
        super().__init__(*args, **options)
        units, places = queries.units_of(of), queries.divisions_of(of)
        self.known: dict[str, Organisation | Division] = {
            **{f"{UNIT}{one.pk}": one for one in units},
            **{f"{PLACE}{one.pk}": one for one in places},
        }
        groups = ((_("Units"), UNIT), (_("Places"), PLACE))
        self.fields["responsible"].choices = [  # type: ignore[attr-defined]
            (title, [(key, one.name) for key, one in self.known.items() if key.startswith(start)])
            for title, start in groups
        ]

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "what": data["what"],
            "due": data["due"],
            "responsible": self.known[data["responsible"]],
        }


def initial(task: Task) -> dict[str, Any]:
    """What a task says, to be changed."""
    held = f"{UNIT}{task.organisation_id}" if task.organisation_id else f"{PLACE}{task.division_id}"
    return {"what": task.what, "due": task.due, "responsible": held}


class FinishForm(forms.Form):
    remark = forms.CharField(
        label=lazy("What shows it"), max_length=MOST_WORDS, required=False,
        help_text=lazy("Such as a document or a date; optional"),
    )  # fmt: skip
