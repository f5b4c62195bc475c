"""The shape of what experts type about themselves, and officers about applications."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.divisions.forms import HomeField
from kepu.people.models.careers import FIRST_YEAR
from kepu.people.office_forms import FieldsField, day_field, long_field
from kepu.people.queries.experts_records import coauthors
from kepu.people.queries.vocabulary import fields
from kepu.people.states import Speech, TitleLevel, Track, WorkKind


class ExpertiseForm(forms.Form):
    """What an expert knows, and in which languages."""

    fields_known = FieldsField(required=False)
    languages = forms.MultipleChoiceField(
        label=lazy("Languages in which I can review and speak"),
        choices=Speech.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fields_known"].queryset = fields()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "fields_known" in data:
            data["fields"] = data.pop("fields_known")
        return data


class ApplyForm(ExpertiseForm):
    """An application that can be kept half done."""

    home = HomeField(
        label=lazy("Where do you work or live?"),
        help_text=lazy("Your district, by name. Its officers answer."),
    )
    about = long_field(lazy("What would you like to do as an expert?"), most=500, required=False)
    field_order = ("home", "fields_known", "languages", "about")


class TitleForm(forms.Form):
    """A professional title."""

    name = forms.CharField(
        label=lazy("Professional title"), max_length=40, help_text=lazy("As on the certificate")
    )
    track = forms.ChoiceField(label=lazy("Track"), choices=Track.choices)
    level = forms.ChoiceField(label=lazy("Level of the title"), choices=TitleLevel.choices)
    since = day_field(lazy("Conferred on"))
    body = forms.CharField(label=lazy("Conferred by"), max_length=120)


class WorkForm(forms.Form):
    """A representative work."""

    title = forms.CharField(label=lazy("Title"), max_length=120)
    kind = forms.ChoiceField(label=lazy("Kind of work"), choices=WorkKind.choices)
    year = forms.IntegerField(label=lazy("Year"), min_value=FIRST_YEAR, max_value=2100)
    authors = forms.CharField(
        label=lazy("Co-authors, one to a line"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy(
            "By name; an expert here also by login or telephone. You do not review what they hand in."
        ),
    )
    link = forms.URLField(label=lazy("Link"), required=False, max_length=300, assume_scheme="https")
    upload = forms.FileField(
        label=lazy("Or a file"),
        required=False,
        help_text=lazy("PDF or picture, at most 20 MB; a new file replaces the one before"),
    )

    def clean(self) -> dict[str, Any]:
        """Names, and among them the experts who are known here."""
        data = super().clean() or {}
        lines = [line.strip() for line in data.pop("authors", "").splitlines() if line.strip()]
        data["coauthors"], data["authors"] = coauthors(lines)
        return data


class FeeForm(forms.Form):
    """Where a fee is paid to."""

    holder = forms.CharField(
        label=lazy("Name of the account"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    id_number = forms.CharField(
        label=lazy("Identity number"), max_length=18,
        help_text=lazy("For the tax on the fee"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    bank = forms.CharField(
        label=lazy("Bank and branch"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    account = forms.CharField(
        label=lazy("Account number"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip
