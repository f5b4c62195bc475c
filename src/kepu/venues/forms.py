"""The shape of what people type about venues; whether it may be done is asked of rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.days import DayField
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.forms import HomeField
from kepu.venues.states import (
    MADE_PUBLIC,
    PUBLIC,
    Admission,
    BaseCategory,
    BaseLevel,
    BaseSector,
    HostType,
    VenueKind,
    VenueState,
)

DAYS = (
    lazy("Monday"),
    lazy("Tuesday"),
    lazy("Wednesday"),
    lazy("Thursday"),
    lazy("Friday"),
    lazy("Saturday"),
    lazy("Sunday"),
)
ALL = ("", lazy("All"))


def _number(label: Any, most: int = 10_000, **options: Any) -> forms.IntegerField:
    options.setdefault("required", False)
    return forms.IntegerField(label=label, min_value=0, max_value=most, **options)


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days of the week as boxes; cleaned to a number with a bit for each, Monday the lowest."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=list(enumerate(DAYS)), coerce=int, required=False, **options)

    def clean(self, value: Any) -> Any:
        return sum(1 << day for day in set(super().clean(value)))

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return [day for day in range(len(DAYS)) if value >> day & 1]


class OpeningForm(forms.Form):
    """When a venue is open, for whom it is free, how it is reached."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    about = forms.CharField(
        label=lazy("What visitors find"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    phone = forms.CharField(
        label=lazy("Telephone of the venue"), required=False, max_length=20,
        help_text=lazy("Everybody reads it: the number of the venue, never that of a person"),
        widget=forms.TextInput(attrs={"type": "tel"}),
    )  # fmt: skip
    weekdays = WeekdaysField(label=lazy("Open on"))
    opens_at, closes_at = _clock(lazy("Opens at")), _clock(lazy("Closes at"))
    open_days = _number(lazy("Open days a year"), 366)
    admission = forms.ChoiceField(label=lazy("Admission"), choices=Admission.choices)
    youth_free_days = _number(lazy("Days a year free or cheaper for minors"), 366)
    accessibility = forms.CharField(
        label=lazy("Accessible facilities"), required=False, max_length=200,
        help_text=lazy("Such as: ramp at the east gate, lift, accessible toilet, braille labels"),
    )  # fmt: skip

    host = forms.ChoiceField(
        label=lazy("Public place"), required=False,
        choices=[("", lazy("in no public place")), *HostType.choices],
        help_text=lazy("Where kepu is offered in a library, a park, a station and the like"),
    )  # fmt: skip
    sector = forms.ChoiceField(
        label=lazy("Sector"),
        required=False,
        choices=[("", lazy("of no sector")), *BaseSector.choices],
    )
    study = forms.CharField(
        label=lazy("For study travel"), required=False, max_length=300,
        help_text=lazy("Such as: half a day for grades 4 to 6, with a guide; two routes a week"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A venue closes after it opens."""
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if (opens is None) != (closes is None) or (opens and closes and opens >= closes):
            self.add_error("closes_at", _("give both times; a venue closes after it opens"))
        return data


class VenueForm(OpeningForm):
    """All that a registration says."""

    name = forms.CharField(label=lazy("Name of the venue"), max_length=80)
    kind = forms.ChoiceField(label=lazy("Kind"), choices=VenueKind.choices)
    category = forms.ChoiceField(
        label=lazy("Category of the base"), required=False,
        choices=[("", lazy("not a base")), *BaseCategory.choices],
    )  # fmt: skip
    level = forms.ChoiceField(
        label=lazy("Level of the base"), required=False,
        choices=[("", lazy("not a base")), *BaseLevel.choices],
    )  # fmt: skip
    place = HomeField(
        label=lazy("Where does it lie?"), help_text=lazy("District, street or community by name")
    )
    address = forms.CharField(label=lazy("Address"), required=False, max_length=160)
    lon = forms.FloatField(
        label=lazy("Longitude"), required=False, min_value=73, max_value=136,
        help_text=lazy("Left empty, the venue counts for its district and has no dot on the map."),
    )  # fmt: skip
    lat = forms.FloatField(label=lazy("Latitude"), required=False, min_value=3, max_value=54)
    floor_area = _number(lazy("Floor area (m²)"), 2_000_000)
    hall_area = _number(lazy("Area of halls (m²)"), 2_000_000)
    halls = _number(lazy("Number of halls"), 1000)
    full_time = _number(lazy("Full-time staff"))
    part_time = _number(lazy("Part-time staff"))
    guides = _number(lazy("Kepu guides among them"))
    scenic_grade = _number(lazy("Grade of a scenic area (A)"), 5)
    safety_checked_on = DayField(label=lazy("Last safety check"), required=False)
    field_order = (
        "organisation", "name", "kind", "category", "level", "host", "sector", "place",
        "address", "phone", "about",
        "weekdays", "opens_at", "closes_at", "open_days", "admission", "youth_free_days",
        "floor_area", "hall_area", "halls", "full_time", "part_time", "guides", "scenic_grade",
        "study", "accessibility", "safety_checked_on", "lon", "lat", "version",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A base, and only a base, has category and level; longitude and latitude go together."""
        data = super().clean()
        base = data.get("kind") == VenueKind.BASE
        if base and not (data.get("category") and data.get("level")):
            self.add_error("category", _("a base has a category and a level"))
        elif not base:
            data["category"] = data["level"] = ""
        if (data.get("lon") is None) != (data.get("lat") is None):
            self.add_error("lat", _("give both longitude and latitude, or neither"))
        return data


class NewVenueForm(VenueForm):
    """A venue that is not on the register yet, of one of the manager's units."""

    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("Unit"), empty_label=None
    )

    def __init__(self, *args: Any, units: QuerySet[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """Why, and under the number of which signed decision; who writes hears who will read it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    reference = forms.CharField(
        label=lazy("Number of the signed decision"), max_length=80,
        help_text=lazy("Such as: 渝中科协〔2026〕12号"),
    )  # fmt: skip

    def __init__(self, *args: Any, verb: str, signed: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = (
            lazy("Everybody reads this on the page of the venue. Write nothing about a person.")
            if verb in MADE_PUBLIC
            else lazy("The venue's managers and officers of the place read this, and nobody else.")
        )
        if not signed:
            del self.fields["reference"]


class CountForm(forms.Form):
    """How many visits a day had."""

    day = DayField(label=lazy("Day"))
    visits = forms.IntegerField(
        label=lazy("Visits on this day"), min_value=0, max_value=1_000_000,
        help_text=lazy("Everybody who came in, each time; said once more, the later number stands"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class VenueListForm(forms.Form):
    """Which venues everybody sees."""

    q = forms.CharField(label=lazy("Name or address"), required=False, max_length=60)
    district = forms.ChoiceField(label=lazy("District"), required=False)
    kind = forms.ChoiceField(label=lazy("Kind"), required=False, choices=[ALL, *VenueKind.choices])
    level = forms.ChoiceField(
        label=lazy("Level of the base"), required=False, choices=[ALL, *BaseLevel.choices]
    )
    host = forms.ChoiceField(
        label=lazy("Public place"), required=False, choices=[ALL, *HostType.choices]
    )
    sector = forms.ChoiceField(
        label=lazy("Sector"), required=False, choices=[ALL, *BaseSector.choices]
    )
    state = forms.ChoiceField(
        label=lazy("State"), required=False,
        choices=[ALL, *((one.value, one.label) for one in PUBLIC)],
    )  # fmt: skip
    view = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", lazy("everywhere")), *divisions.districts_by_city()]
        self.fields["district"].choices = choices  # type: ignore[attr-defined]


class DeskForm(VenueListForm):
    """Which venues of the officer's places."""

    state = forms.ChoiceField(
        label=lazy("State"), required=False,
        choices=[ALL, *(one for one in VenueState.choices if one[0] != VenueState.DRAFT)],
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["level"], self.fields["view"], self.fields["host"], self.fields["sector"]
