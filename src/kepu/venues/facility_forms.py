"""The shape of what is typed about facilities to come and the means for them."""

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
from kepu.venues.models import Venue
from kepu.venues.states import BuildKind, GiftForm, Goal, HostType, SubsidyStep


def _lines(label: Any, most: int, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def _yuan(label: Any, **options: Any) -> forms.DecimalField:
    options.setdefault("min_value", 0)
    return forms.DecimalField(label=label, max_digits=14, decimal_places=2, **options)


def _year(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=2000, max_value=2100)


class PlanForm(forms.Form):
    """What is built in a term, and the document that says so."""

    title = forms.CharField(label=lazy("Title of the plan"), max_length=120)
    place = HomeField(
        label=lazy("Whose plan is it?"), help_text=lazy("The city, or a district, by name")
    )
    first_year, last_year = _year(lazy("First year")), _year(lazy("Last year"))
    about = _lines(lazy("What it is to bring about"), 1000, required=False)
    document = forms.CharField(
        label=lazy("Document into which it is written"), max_length=200, required=False,
        help_text=lazy("Such as the plan of economic and social development; asked for to publish"),
    )  # fmt: skip
    number = forms.CharField(label=lazy("Number of the document"), max_length=80, required=False)
    link = forms.URLField(
        label=lazy("Where it can be read"), max_length=300, required=False, assume_scheme="https"
    )

    def __init__(self, *args: Any, fixed: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if fixed:
            del self.fields["place"]


class ProjectForm(forms.Form):
    """One facility: what becomes of which place, by whom, how large, for how much."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=lazy("Name of the project"), max_length=80)
    works = forms.ChoiceField(label=lazy("Kind of works"), choices=BuildKind.choices)
    goal = forms.ChoiceField(label=lazy("What it is to become"), choices=Goal.choices)
    former = forms.CharField(
        label=lazy("Works or plant that is reused"), max_length=160, required=False,
        help_text=lazy("Asked for where industrial heritage or idle works are reused"),
    )  # fmt: skip
    flagship = forms.BooleanField(label=lazy("A flagship of the city"), required=False)
    place = HomeField(
        label=lazy("Where does it lie?"), help_text=lazy("District, street or community by name")
    )
    address = forms.CharField(label=lazy("Address"), required=False, max_length=160)
    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("Responsible unit")
    )
    floor_area = forms.IntegerField(
        label=lazy("Floor area that is meant (m²)"), min_value=1, max_value=2_000_000,
        required=False,
    )  # fmt: skip
    needed = _yuan(lazy("Means needed (yuan)"))
    lon = forms.FloatField(
        label=lazy("Longitude"), required=False, min_value=73, max_value=136,
        help_text=lazy("Left empty, the project has no dot on the map."),
    )  # fmt: skip
    lat = forms.FloatField(label=lazy("Latitude"), required=False, min_value=3, max_value=54)

    def __init__(self, *args: Any, units: QuerySet[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Longitude and latitude go together."""
        data = super().clean() or {}
        if (data.get("lon") is None) != (data.get("lat") is None):
            self.add_error("lat", _("give both longitude and latitude, or neither"))
        return data


class StepForm(forms.Form):
    """Why a project is stopped."""

    reason = _lines(lazy("Reason"), 300, help_text=lazy("Everybody reads it with the project"))


class MilestoneForm(forms.Form):
    """What is reached by which day."""

    title = forms.CharField(
        label=lazy("Milestone"), max_length=80,
        help_text=lazy("Such as: approval, ground broken, roof closed, exhibits in, opened"),
    )  # fmt: skip
    due = DayField(label=lazy("Due day"))


class ReachForm(forms.Form):
    """On which day a milestone was reached."""

    day = DayField(label=lazy("Reached on"))


class ProgressForm(forms.Form):
    """How far the works are."""

    words = _lines(lazy("What was done"), 500)
    share = forms.IntegerField(
        label=lazy("Share of the works that is done (%)"), min_value=0, max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    photo = forms.FileField(
        label=lazy("Photograph"), required=False,
        help_text=lazy("Everybody sees it; of the works, not of people. 8 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )  # fmt: skip
    photo_words = forms.CharField(
        label=lazy("What it shows, in words"), max_length=120, required=False
    )


class BecomeForm(forms.Form):
    """Which registered venue a finished project became."""

    venue: forms.ModelChoiceField[Venue] = forms.ModelChoiceField(
        queryset=None, label=lazy("Registered venue")
    )

    def __init__(self, *args: Any, venues: QuerySet[Venue], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]


class ContributionForm(forms.Form):
    """What an organisation gave, or a budget paid."""

    giver = forms.CharField(
        label=lazy("Who gives"), max_length=120,
        help_text=lazy("The name of an organisation or a budget; write no name of a person"),
    )  # fmt: skip
    unnamed = forms.BooleanField(
        label=lazy("The giver asks not to be named in public"), required=False
    )
    form = forms.ChoiceField(label=lazy("In which way"), choices=GiftForm.choices)
    amount = _yuan(lazy("Amount (yuan)"), min_value=1)
    received_on = DayField(label=lazy("Received on"))
    words = _lines(lazy("For what"), 300, 2, required=False)
    receipt = forms.FileField(
        label=lazy("Receipt"), required=False,
        help_text=lazy("PDF, Word or picture, 8 MB at most; the unit and officers alone read it"),
    )  # fmt: skip


class CorrectForm(forms.Form):
    """By how much an entry was wrong, up or down, and why."""

    amount = _yuan(
        lazy("Correction (yuan)"), min_value=None,
        help_text=lazy("Below nought takes away. The entry itself stays as it was."),
    )  # fmt: skip
    why = _lines(lazy("Reason"), 300)


class SubsidyForm(forms.Form):
    """A line of the ledger of free opening."""

    year = _year(lazy("Year of the opening"))
    step = forms.ChoiceField(label=lazy("Step"), choices=SubsidyStep.choices)
    amount = _yuan(lazy("Amount (yuan)"), min_value=1)
    reference = forms.CharField(label=lazy("Number of the signed decision"), max_length=80)
    day = DayField(label=lazy("Day"))
    words = _lines(lazy("Remark"), 300, 2, required=False)


class YearFilterForm(forms.Form):
    """Of which year."""

    year = forms.IntegerField(label=lazy("Year"), min_value=2000, max_value=2100, required=False)


class IncentiveForm(forms.Form):
    """A preferential rule, as its document says it."""

    title = forms.CharField(label=lazy("Title of the incentive"), max_length=120)
    place = HomeField(
        label=lazy("Where does it hold?"), help_text=lazy("The city, or a district, by name")
    )
    issuer = forms.CharField(label=lazy("Issuing body"), max_length=120)
    document = forms.CharField(label=lazy("Title of the document"), max_length=200)
    number = forms.CharField(label=lazy("Number of the document"), max_length=80, required=False)
    link = forms.URLField(
        label=lazy("Where it can be read"), max_length=300, required=False, assume_scheme="https"
    )
    helps = _lines(lazy("Whom it helps, with what"), 300)
    first_day = DayField(label=lazy("First day"))
    last_day = DayField(
        label=lazy("Last day"), required=False, help_text=lazy("Left empty, it holds until further")
    )

    def __init__(self, *args: Any, fixed: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if fixed:
            del self.fields["place"]


class PointForm(forms.Form):
    """What a service point is, and who tends it."""

    name = forms.CharField(label=lazy("Name of the service point"), max_length=80)
    host = forms.ChoiceField(label=lazy("Public place"), choices=HostType.choices)
    unit: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("Unit that tends it")
    )
    place = HomeField(
        label=lazy("Where does it lie?"), help_text=lazy("District, street or community by name")
    )
    address = forms.CharField(label=lazy("Address"), required=False, max_length=160)
    offers = _lines(
        lazy("What is there"), 300,
        help_text=lazy("Such as: two screens, a shelf of forty books, a panel on earthquakes"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, units: QuerySet[Organisation] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if units is None:
            del self.fields["unit"], self.fields["place"]
        else:
            self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class LookForm(forms.Form):
    """When somebody looked at a service point."""

    day = DayField(label=lazy("Looked at on"))
    remark = forms.CharField(
        label=lazy("What is to be said of it"), max_length=200, required=False,
        help_text=lazy("Everybody reads it. Write nothing about a person."),
    )  # fmt: skip


class PointFilterForm(forms.Form):
    """Which service points."""

    district = forms.ChoiceField(label=lazy("District"), required=False)
    host = forms.ChoiceField(
        label=lazy("Public place"), required=False,
        choices=[("", lazy("All")), *HostType.choices],
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", lazy("everywhere")), *divisions.districts_by_city()]
        self.fields["district"].choices = choices  # type: ignore[attr-defined]
