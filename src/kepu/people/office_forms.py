"""The shape of what officers type about stations, posts, experts, campaigns and calls."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.days import DayField
from kepu.kernel.divisions.forms import HomeField
from kepu.kernel.roles.forms import PersonField
from kepu.people.forms import ListForm, TopicsForm, WeekField, unit_field
from kepu.people.models import Field, PostKind, StationKind, StationTier, Team
from kepu.people.queries.vocabulary import fields, post_kinds, skills
from kepu.people.states import BondKind, ExpertState, NominationState

ALL = ("", lazy("All"))


def day_field(label: Any, **options: Any) -> DayField:
    """A day, chosen from the calendar of the telephone."""
    return DayField(label=label, **options)


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


def sealed_field(label: Any) -> forms.CharField:
    """What a list of people is searched by: their names are sealed."""
    return forms.CharField(
        label=label, required=False, max_length=60,
        help_text=lazy("Names of people are sealed: a login, telephone or pseudonym in full."),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip


# --- stations and posts ---------------------------------------------------------------------------


class StationListForm(ListForm):
    kind = forms.ChoiceField(
        label=lazy("Kind"), required=False, choices=[ALL, *StationKind.choices]
    )
    tier = forms.ChoiceField(
        label=lazy("Tier"), required=False, choices=[ALL, *StationTier.choices]
    )
    view = forms.CharField(required=False, max_length=5, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["q"].label = _("Name of the station")


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
        queryset=None, label=lazy("Post"), required=False, empty_label=lazy("All")
    )
    q = sealed_field(lazy("Unit, place or person"))
    field_order = ("q", "district", "kind")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
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


# --- experts --------------------------------------------------------------------------------------


class FieldsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Disciplines as boxes, in the order of the list."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Field.objects.none(), label=lazy("Disciplines"), **options)


class ExpertListForm(ListForm):
    field = forms.ChoiceField(label=lazy("Discipline"), required=False)
    state = forms.ChoiceField(
        label=lazy("State"),
        required=False,
        choices=[ALL, *(one for one in ExpertState.choices if one[0] != ExpertState.DRAFT)],
    )
    q = sealed_field(lazy("Unit, rank or person"))
    late = forms.BooleanField(
        label=lazy("Only those who have not confirmed in time"), required=False
    )
    field_order = ("q", "field", "state", "district", "late")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [ALL, *((one.key, one.title) for one in fields())]
        self.fields["field"].choices = choices  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Somebody to ask."""

    person = somebody(lazy("Who"))
    home = HomeField(
        label=lazy("For which place?"), help_text=lazy("The city, or a district, by name")
    )
    rank = forms.CharField(label=lazy("Professional title"), required=False, max_length=40)
    fields_known = FieldsField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fields_known"].queryset = fields()  # type: ignore[attr-defined]


class ConsentForm(forms.Form):
    consent = forms.BooleanField(
        label=lazy("I agree that my name, disciplines and duties are kept to organise reviews"),
        error_messages={"required": lazy("Without your consent you cannot be an expert here.")},
    )


class ExpertWeekForm(forms.Form):
    """When an expert is free, and how much is not too much."""

    availability = WeekField(label=lazy("When are you usually free?"))
    most_duties = forms.IntegerField(
        label=lazy("Open duties at one time, at most"), min_value=0, max_value=100
    )


class EmploymentForm(forms.Form):
    """Where an expert works or worked; a unit that is not registered here by its name."""

    organisation = unit_field(lazy("Unit"), required=False)
    named = forms.CharField(
        label=lazy("Or a unit that is not registered here"), required=False, max_length=120
    )
    post = forms.CharField(label=lazy("Post"), required=False, max_length=60)
    first = day_field(lazy("From"))
    last = day_field(lazy("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        """Work ends after it begins."""
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("it ends after it begins"))
        return data


class ConflictForm(forms.Form):
    """A bond to a unit, to a person known here, or to somebody by name."""

    kind = forms.ChoiceField(label=lazy("What kind of bond?"), choices=BondKind.choices)
    organisation = unit_field(lazy("To this unit"), required=False)
    person = somebody(lazy("Or to this person"), required=False)
    named = forms.CharField(
        label=lazy("Or to somebody not known here, by name"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=lazy("In your own words"),
        max_length=120,
        required=False,
        help_text=lazy("Such as: adviser of the unit until last year"),
    )
    until = day_field(lazy("Until"), required=False)


# --- campaigns, models, calls ---------------------------------------------------------------------


class CampaignListForm(ListForm):
    running = forms.BooleanField(label=lazy("Only those that run today"), required=False)
    field_order = ("q", "district", "running")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["q"].label = _("Name of the campaign")


class CampaignForm(forms.Form):
    """A campaign to open; what counts is chosen from the rulebook in force."""

    name = forms.CharField(
        label=lazy("Name of the campaign"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    counting = forms.ChoiceField(label=lazy("What counts"))
    place = HomeField(label=lazy("Where?"), help_text=lazy("The city, or a district, by name"))
    first = day_field(lazy("First day"))
    last = day_field(lazy("Last day"))
    goal = forms.IntegerField(
        label=lazy("Services it wants to reach"), required=False, min_value=1, max_value=1_000_000
    )
    about = long_field(lazy("What it is about"), required=False)

    def __init__(self, *args: Any, counting: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["counting"].choices = counting  # type: ignore[attr-defined]


class TeamField(forms.CharField):
    """A team by its whole name."""

    def clean(self, value: Any) -> Any:
        said = str(super().clean(value)).strip()
        if not said:
            return None
        found = list(Team.objects.filter(name=said)[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("several teams have this name") if found else _("there is no team of this name")
            )
        return found[0]


class NominationListForm(ListForm):
    year = forms.IntegerField(label=lazy("Year"), required=False, min_value=2000, max_value=2100)
    state = forms.ChoiceField(
        label=lazy("State"), required=False, choices=[ALL, *NominationState.choices]
    )
    q = sealed_field(lazy("Team, deeds or person"))
    field_order = ("q", "year", "state", "district")


class NominationForm(forms.Form):
    """A person or a team put forward, and what they did."""

    team = TeamField(
        label=lazy("Team"), required=False, max_length=60, help_text=lazy("By its whole name")
    )
    person = somebody(lazy("Or a person"), required=False)
    place = HomeField(label=lazy("Where?"), help_text=lazy("District, street or community by name"))
    year = forms.IntegerField(label=lazy("Year"), min_value=2000, max_value=2100)
    deeds = long_field(lazy("What the candidate did"), most=3000)


class ObjectionForm(forms.Form):
    """Why a candidate should not be named."""

    reason = long_field(
        lazy("Why should the candidate not be named?"),
        help_text=lazy("Say what you know and how it can be checked."),
    )


class CallListForm(ListForm):
    skill = forms.ChoiceField(label=lazy("Topic"), required=False)
    fits = forms.BooleanField(label=lazy("Only those that fit me"), required=False)
    field_order = ("q", "district", "skill", "fits")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["q"].label = _("Words of the call")
        choices = [("", _("every topic")), *((one.key, one.title) for one in skills())]
        self.fields["skill"].choices = choices  # type: ignore[attr-defined]


class CallForm(TopicsForm):
    """How many volunteers are called, where, with which skills, until when."""

    title = forms.CharField(
        label=lazy("What for?"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place = HomeField(label=lazy("Where?"), help_text=lazy("District, street or community by name"))
    target = forms.IntegerField(
        label=lazy("How many people are needed?"), min_value=1, max_value=100_000
    )
    deadline = moment_field(lazy("Answer until"))
    about = long_field(lazy("What they do, when and where they meet"), required=False)
    field_order = ("title", "place", "target", "deadline", "skills", "about")
