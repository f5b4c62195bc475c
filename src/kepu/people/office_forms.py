"""The shape of what officers type about stations, posts, experts, campaigns and courses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.roles.forms import PersonField
from kepu.people.forms import HomeField, ListForm
from kepu.people.models import PostKind, StationKind, StationTier
from kepu.people.queries.vocabulary import post_kinds

ALL = ("", lazy("all"))


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, chosen from the calendar of the telephone."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **options)


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time of day in Beijing."""
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        **options,
    )


def long_field(label: Any, *, most: int = 1000, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 4}), **options
    )


def somebody(label: Any, **options: Any) -> PersonField:
    """A person by the exact word; there is no search through people."""
    return PersonField(
        label=label, max_length=60, help_text=lazy("Login, telephone or pseudonym"), **options
    )


class UnitField(forms.CharField):
    """A unit by its whole name or its unified social credit code."""

    def clean(self, value: Any) -> Any:
        said = str(super().clean(value)).strip()
        if not said:
            return None
        found = Organisation.objects.filter(active=True)
        unit = found.filter(name=said).first() or found.filter(credit_code=said).first()
        if unit is None:
            raise forms.ValidationError(_("no unit of this name or code is registered"))
        return unit


def unit_field(label: Any, **options: Any) -> UnitField:
    return UnitField(
        label=label,
        max_length=120,
        help_text=lazy("Its whole name, or its unified social credit code"),
        **options,
    )


# --- stations and posts ---------------------------------------------------------------------------


class StationListForm(ListForm):
    kind = forms.ChoiceField(
        label=lazy("Kind"), required=False, choices=[ALL, *StationKind.choices]
    )
    tier = forms.ChoiceField(
        label=lazy("Tier"), required=False, choices=[ALL, *StationTier.choices]
    )
    view = forms.CharField(required=False, max_length=5, widget=forms.HiddenInput)


class StationDoorForm(forms.Form):
    """What a station is called, when it is open, and where its door is."""

    name = forms.CharField(
        label=lazy("Name of the station"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    open_hours = forms.CharField(
        label=lazy("Opening hours"),
        required=False,
        max_length=120,
        help_text=lazy("Such as: Monday to Friday 9:00-17:00"),
    )
    address = forms.CharField(label=lazy("Address"), required=False, max_length=160)
    lon = forms.FloatField(
        label=lazy("Longitude"),
        required=False,
        min_value=73,
        max_value=136,
        help_text=lazy("Left empty, the station stands where its place does."),
    )
    lat = forms.FloatField(label=lazy("Latitude"), required=False, min_value=3, max_value=54)

    def clean(self) -> dict[str, Any]:
        """Longitude and latitude go together."""
        data = super().clean() or {}
        lon, lat = data.pop("lon", None), data.pop("lat", None)
        if (lon is None) != (lat is None):
            self.add_error("lat", _("give both longitude and latitude, or neither"))
        data["position"] = None if lon is None or lat is None else (lon, lat)
        return data


class StationForm(StationDoorForm):
    """A new station."""

    kind = forms.ChoiceField(label=lazy("Kind"), choices=StationKind.choices)
    tier = forms.ChoiceField(
        label=lazy("Tier"),
        choices=StationTier.choices,
        help_text=lazy(
            "A centre serves a district, an institute a township, a station a community"
        ),
    )
    place = HomeField(
        label=lazy("Which place does it serve?"),
        help_text=lazy("District, street or community by name"),
    )
    field_order = ("name", "kind", "tier", "place", "open_hours", "address", "lon", "lat")


class PostListForm(ListForm):
    kind: forms.ModelChoiceField[PostKind] = forms.ModelChoiceField(
        queryset=None, label=lazy("Post"), required=False, empty_label=lazy("all")
    )
    field_order = ("district", "kind")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["q"]
        self.fields["kind"].queryset = post_kinds()  # type: ignore[attr-defined]


class PostForm(forms.Form):
    """Somebody for a post at a township."""

    person = somebody(lazy("Who"))
    kind: forms.ModelChoiceField[PostKind] = forms.ModelChoiceField(
        queryset=None, label=lazy("Post")
    )
    place = HomeField(
        label=lazy("Township or street"), help_text=lazy("District and township by name")
    )
    organisation = unit_field(lazy("Hospital, school or station"), required=False)
    first = day_field(lazy("First day of the term"))
    last = day_field(lazy("Last day of the term"))
    deputy = forms.BooleanField(label=lazy("As a deputy, who stands in"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].queryset = post_kinds()  # type: ignore[attr-defined]


class EndPostForm(forms.Form):
    on = day_field(lazy("First day without the post"))
