"""The shape of what is asked of the register of titles, and of what is typed about one title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.appraisal import policy
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.states import TitleState
from kepu.kernel.days import DayField
from kepu.kernel.divisions import queries as divisions

ALL = ("", lazy("All"))
FIGURES = {
    "open_days": lazy("Days open in the year"),
    "activities": lazy("Activities held"),
    "reached": lazy("People reached by activities"),
    "full_time": lazy("Full-time staff"),
    "part_time": lazy("Part-time staff"),
    "works": lazy("Works published"),
    "editions": lazy("Editions or copies"),
}


class TitleListForm(forms.Form):
    """Which titles everybody sees."""

    q = forms.CharField(label=lazy("Name or number"), required=False, max_length=60)
    programme = forms.ChoiceField(label=lazy("Programme"), required=False)
    klass = forms.ChoiceField(label=pgettext_lazy("title", "Class"), required=False)
    grade = forms.ChoiceField(label=pgettext_lazy("title", "Level"), required=False)
    district = forms.ChoiceField(label=lazy("District"), required=False)
    state = forms.ChoiceField(
        label=lazy("State"), required=False, choices=[ALL, *TitleState.choices]
    )
    view = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rules = [policy.as_of(*one) for one in queries.programmes_there_are()]
        chosen = [one for one in rules if one.code == self.data.get("programme")] or rules
        classes = {row.key: str(row) for one in chosen for row in one.programme.classes}
        levels = {row.key: str(row) for one in chosen for row in one.programme.levels}
        self._offer("programme", {one.code: str(one.programme) for one in rules})
        self._offer("klass", classes)
        self._offer("grade", levels)
        places = [("", lazy("everywhere")), *divisions.districts_by_city()]
        self.fields["district"].choices = places  # type: ignore[attr-defined]

    def _offer(self, field: str, names: Mapping[str, str]) -> None:
        self.fields[field].choices = [ALL, *names.items()]  # type: ignore[attr-defined]


class NumberForm(forms.Form):
    """The number of a certificate."""

    number = forms.CharField(
        label=pgettext_lazy("title", "Number of the certificate"), max_length=64,
        help_text=lazy("As it stands on the paper, such as KP-BASE-2026-0001"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip


class Explained(forms.Form):
    """Why; with the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=lazy("Reason"), max_length=600, widget=forms.Textarea(attrs={"rows": 4})
    )


class TitleDecisionForm(Explained):
    """Why, under the number of which signed paper, and to which level."""

    reference = forms.CharField(
        label=lazy("Number of the signed decision"), max_length=80,
        help_text=lazy("Such as: 渝中科协〔2026〕12号"),
    )  # fmt: skip
    grade = forms.ChoiceField(label=lazy("New level"))

    def __init__(
        self, *args: Any, signed: bool, levels: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = lazy(
            "Everybody reads this on the page of the title. Write nothing about a person."
        )
        if not signed:
            del self.fields["reference"]
        if levels:
            self.fields["grade"].choices = list(levels.items())  # type: ignore[attr-defined]
        else:
            del self.fields["grade"]


class RecogniseForm(forms.Form):
    """Class and level of the higher title, why, and under which signed paper."""

    klass = forms.ChoiceField(label=pgettext_lazy("title", "Class"))
    grade = forms.ChoiceField(label=pgettext_lazy("title", "Level"))
    reason = forms.CharField(
        label=lazy("Reason"), max_length=600, widget=forms.Textarea(attrs={"rows": 4})
    )
    reference = forms.CharField(label=lazy("Number of the signed decision"), max_length=80)

    def __init__(
        self, *args: Any, classes: Mapping[str, str], levels: Mapping[str, str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["klass"].choices = list(classes.items())  # type: ignore[attr-defined]
        self.fields["grade"].choices = list(levels.items())  # type: ignore[attr-defined]
        if not classes:
            del self.fields["klass"]


class ReportForm(forms.Form):
    """What was done in a year, in words and in figures."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=lazy("What was done in the year"), max_length=4000,
        help_text=lazy("What visitors found, what was new, what did not go well"),
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip

    def __init__(self, *args: Any, figures: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        for key in figures:
            self.fields[key] = forms.IntegerField(
                label=FIGURES[key], required=False, min_value=0, max_value=100_000_000,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """Text, version, and the figures that were given."""
        data = dict(self.cleaned_data)
        figures = {key: data.pop(key) for key in FIGURES if key in data}
        told = {key: one for key, one in figures.items() if one is not None}
        return {"text": data["text"], "seen": data.get("version") or 0, "figures": told}


class CheckForm(Explained):
    """Whether a report is enough."""

    verb = forms.ChoiceField(
        label=lazy("The report"), widget=forms.RadioSelect,
        choices=[
            ("pass", lazy("passes")), ("send_back", lazy("goes back for mending")),
            ("fail", lazy("fails")),
        ],
    )  # fmt: skip
    field_order = ("verb", "reason", "version")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = False
        self.fields["reason"].help_text = lazy(
            "The holder reads this. Needed where it does not pass."
        )


class VisitForm(forms.Form):
    """A spot check and what it found."""

    day = DayField(label=lazy("Day of the spot check"))
    passed = forms.TypedChoiceField(
        label=lazy("Found"), widget=forms.RadioSelect, coerce=lambda told: told == "yes",
        choices=[("yes", lazy("in order")), ("no", lazy("not in order"))],
    )  # fmt: skip
    text = forms.CharField(
        label=lazy("What was seen"), max_length=600, widget=forms.Textarea(attrs={"rows": 4})
    )


class AppealForm(forms.Form):
    """What the holder holds against a decision."""

    text = forms.CharField(
        label=lazy("What you hold against the decision"), max_length=2000,
        help_text=lazy("Officers who decide read this, and nobody else."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The answer to an appeal."""

    upheld = forms.TypedChoiceField(
        label=lazy("The appeal"), widget=forms.RadioSelect, coerce=lambda told: told == "yes",
        choices=[("yes", lazy("is upheld: what was decided is undone")), ("no", lazy("is rejected"))],
    )  # fmt: skip
    reply = forms.CharField(
        label=lazy("Answer"), max_length=600, widget=forms.Textarea(attrs={"rows": 5})
    )
    reference = forms.CharField(
        label=lazy("Number of the signed decision"), max_length=80, required=False,
        help_text=lazy("Needed where the appeal is upheld"),
    )  # fmt: skip


class BoardForm(forms.Form):
    """Which programme and year the board shows."""

    programme = forms.ChoiceField(label=lazy("Programme"), required=False)
    year = forms.TypedChoiceField(label=lazy("Year"), required=False, coerce=int, empty_value="")
    standing = forms.ChoiceField(label=lazy("Standing"), required=False)
    district = forms.ChoiceField(label=lazy("District"), required=False)

    def __init__(
        self, *args: Any, programmes: Mapping[str, str], years: list[int],
        standings: Mapping[str, Any], **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        offered: dict[str, list[Any]] = {
            "programme": list(programmes.items()),
            "year": [(one, str(one)) for one in years],
            "standing": [ALL, *standings.items()],
            "district": [("", lazy("everywhere")), *divisions.districts_by_city()],
        }
        for field, choices in offered.items():
            self.fields[field].choices = choices  # type: ignore[attr-defined]
