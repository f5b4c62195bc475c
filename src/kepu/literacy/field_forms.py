"""The shape of what is typed about fieldwork."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.days import DayField
from kepu.kernel.divisions.models import Division
from kepu.literacy.actions.fieldwork import FieldPlan
from kepu.literacy.asked_again import DO_NOT_KNOW, Again
from kepu.literacy.states import Checked

NOBODY = 0  # no person has this id


class PlanForm(forms.Form):
    """Which sample goes out with which booklets, and when."""

    title = forms.CharField(label=lazy("What it is for"), max_length=80)
    sample: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=lazy("Sample"), queryset=None, help_text=lazy("adopted, and not in the field yet")
    )
    booklets: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=lazy("Booklets"), queryset=None, help_text=lazy("adopted; every door gets one by lot")
    )
    opens_on = DayField(label=lazy("Fieldwork begins"))
    closes_on = DayField(label=lazy("Fieldwork ends"))
    seed = forms.IntegerField(
        label=lazy("Seed"), min_value=0, max_value=2**31 - 1,
        help_text=lazy("The same seed draws the same again"),
    )  # fmt: skip
    meets_science = forms.BooleanField(
        label=lazy("Also ask how people meet science"), required=False,
        help_text=lazy("Six short questions (an example); the run finds segments of the public by them"),
    )  # fmt: skip

    def __init__(self, *args: Any, samples: Any, booklets: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sample"].queryset = samples  # type: ignore[attr-defined]
        self.fields["booklets"].queryset = booklets  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        data = super().clean() or {}
        first, last = data.get("opens_on"), data.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", _("the last day lies before the first"))
        return data

    def plan(self) -> FieldPlan:
        """What was typed."""
        return FieldPlan(**self.cleaned_data)


class HandOutForm(forms.Form):
    """Which doors, and who knocks there; nobody takes them back."""

    chosen = forms.TypedMultipleChoiceField(
        label=lazy("Communities"), coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": lazy("choose at least one")},
    )  # fmt: skip
    interviewer = forms.TypedChoiceField(label=lazy("Interviewer"), coerce=int)

    def __init__(
        self,
        *args: Any,
        choices: list[tuple[int, str]],
        people: list[tuple[int, str]],
        label: str = "",
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        first, nobody = ("", _("please choose")), (NOBODY, _("nobody: take them back"))
        self.fields["chosen"].choices = choices  # type: ignore[attr-defined]
        self.fields["interviewer"].choices = [first, *people, nobody]  # type: ignore[attr-defined]
        if label:
            self.fields["chosen"].label = label


class TableForm(forms.Form):
    table = forms.FileField(
        label=lazy("Table of addresses"),
        help_text=lazy("XLSX or CSV, at most 20,000 rows and 8 MB"),
    )


class QuotaForm(forms.Form):
    table = forms.FileField(label=lazy("Table of people"), help_text=lazy("XLSX or CSV"))


class SubmissionsForm(forms.Form):
    table = forms.FileField(
        label=lazy("Submissions (CSV)"), help_text=lazy("as ODK exports them, at most 1,000 rows")
    )


class EstimateForm(forms.Form):
    """What the report speaks, and whether anybody was really asked; nobody answers that for the officer."""

    language = forms.ChoiceField(
        label=lazy("Language of the report"), choices=[("zh", lazy("Chinese")), ("en", lazy("English"))],
        initial="zh", widget=forms.RadioSelect,
    )  # fmt: skip
    people = forms.ChoiceField(
        label=lazy("Who answered"), widget=forms.RadioSelect,
        choices=[("real", lazy("Real people, who were asked")),
                 ("invented", lazy("Invented people, for an exercise"))],
        help_text=lazy("Figures of an exercise carry “SYNTHETIC DATA” wherever they stand"),
    )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """What was chosen."""
        data = self.cleaned_data
        return {"language": data["language"], "synthetic": data["people"] == "invented"}


class FilesForm(forms.Form):
    packed = forms.FileField(
        label=lazy("Plan and files (ZIP)"), widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
        help_text=lazy("plan.yaml, and beside it the CSV or Parquet files that it names; at most 64 MB"),
    )  # fmt: skip
    place: forms.ModelChoiceField[Any] = forms.ModelChoiceField(label=lazy("Place"), queryset=None)

    def __init__(self, *args: Any, places: QuerySet[Division], **options: Any) -> None:
        """Who runs the survey of one place is not asked for which."""
        super().__init__(*args, **options)
        field = self.fields["place"]
        field.queryset, field.initial = places, places.first()  # type: ignore[attr-defined]
        if places.count() == 1:
            field.required, field.widget = False, forms.HiddenInput()

    def clean_place(self) -> Division:
        """The place chosen, or the only one."""
        found: Division = self.cleaned_data["place"] or self.fields["place"].initial
        return found


class CheckForm(forms.Form):
    """What a second visit or call found: first what was asked once more, then the finding."""

    found = forms.ChoiceField(
        label=lazy("What you found"), choices=Checked.choices, widget=forms.RadioSelect
    )
    remark = forms.CharField(
        label=lazy("What else was found"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=lazy("No names, please"),
    )  # fmt: skip

    def __init__(self, *args: Any, again: Sequence[Again] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.again = again
        asked = {
            self._name(one): forms.ChoiceField(
                label=one.words, required=False, widget=forms.RadioSelect,
                choices=[*one.options, (DO_NOT_KNOW, _("does not know")), ("", _("not asked again"))],
            )
            for one in again
        }  # fmt: skip
        self.fields = {**asked, **self.fields}

    @staticmethod
    def _name(one: Again) -> str:
        return f"again-{one.key}"

    def told(self) -> dict[str, Any]:
        """The finding, and the answers that were heard."""
        data = self.cleaned_data
        heard = {one.key: data[self._name(one)] for one in self.again if data[self._name(one)]}
        return {"found": data["found"], "remark": data["remark"], "heard": heard}
