"""The shape of what keeps a venue's registration true, and of what venues share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.days import DayField
from kepu.kernel.divisions.forms import HomeField
from kepu.venues import albums
from kepu.venues.actions import FROZEN
from kepu.venues.forms import VenueForm
from kepu.venues.models import Venue
from kepu.venues.states import FileKind, VenueKind


class ProposalForm(VenueForm):
    """Confirmed facts as they are to be; what does not differ stays."""

    why = forms.CharField(
        label=lazy("Why does it change?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("Such as: yearly safety check passed, second hall opened"),
    )  # fmt: skip
    field_order = (  # type: ignore[assignment]
        "category", "level", "address", "safety_checked_on", "full_time", "part_time", "guides",
        "floor_area", "hall_area", "halls", "scenic_grade", "lon", "lat", "why", "version",
    )  # fmt: skip

    def __init__(self, *args: Any, venue: Venue, **options: Any) -> None:
        super().__init__(*args, **options)
        self.base = venue.kind == VenueKind.BASE
        asked = {*FROZEN, "why", "version"} - (set() if self.base else {"category", "level"})
        for name in [name for name in self.fields if name not in asked]:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A base has a category and a level; longitude and latitude go together."""
        data = {key: self.cleaned_data[key] for key in self.fields if key in self.cleaned_data}
        if self.base and not (data.get("category") and data.get("level")):
            self.add_error("category", _("a base has a category and a level"))
        if (data.get("lon") is None) != (data.get("lat") is None):
            self.add_error("lat", _("give both longitude and latitude, or neither"))
        return data


class ChangeForm(forms.Form):
    """What an officer says of a change; the reason is asked for where it is returned."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=lazy("Reason, where you return it"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


def _whole(label: Any, most: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, **options)


class YearForm(forms.Form):
    """Figures of a year, and that the register is still true."""

    open_days = _whole(lazy("Days it was open"), 366)
    full_time = _whole(lazy("Full-time staff"), 10_000)
    part_time = _whole(lazy("Part-time staff"), 10_000)
    activities = _whole(
        lazy("Kepu activities held"), 100_000,
        help_text=lazy("Lectures, courses, exhibitions and the like, each occasion once"),
    )  # fmt: skip
    income = forms.DecimalField(
        label=lazy("Income of the venue (yuan)"), min_value=0, max_digits=14, decimal_places=2,
        help_text=lazy("Tickets, grants and gifts; the public page does not show it"),
    )  # fmt: skip
    remark = forms.CharField(
        label=lazy("Remark for the officers"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    still_true = forms.BooleanField(
        label=lazy("What the register says of this venue is still true"),
        help_text=lazy("If not, propose a change first."),
    )


class FileForm(forms.Form):
    """A photograph or a document, with words."""

    kind = forms.ChoiceField(label=lazy("What is it?"), choices=FileKind.choices)
    words = forms.CharField(
        label=lazy("What it shows, in words"), max_length=120,
        help_text=lazy("Read aloud to who cannot see it. Such as: children at the tornado machine"),
    )  # fmt: skip
    file = forms.FileField(label=lazy("File"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].help_text = _(
            "%(photos)s photographs (JPEG, PNG, WebP) and %(papers)s documents (PDF, Word, tables) at "
            "most, %(size)s MB each. Photographs are public; documents only officers of the place read."
        ) % {
            "photos": albums.MOST[FileKind.PHOTO], "papers": albums.MOST[FileKind.DOCUMENT],
            "size": albums.LARGEST // 1024 // 1024,
        }  # fmt: skip


# --- what venues share -----------------------------------------------------------------------------


class AllianceForm(forms.Form):
    """A new alliance; who founds it keeps it as an officer of its place."""

    name = forms.CharField(label=lazy("Name of the alliance"), max_length=80)
    place = HomeField(
        label=lazy("Whose venues may join?"),
        help_text=lazy("A district, or the city for an alliance across districts"),
    )
    about = forms.CharField(
        label=lazy("What its venues do together"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class JoinForm(forms.Form):
    """Which of one's venues asks to join."""

    venue: forms.ModelChoiceField[Venue] = forms.ModelChoiceField(
        queryset=None, label=lazy("Your venue"), empty_label=None
    )

    def __init__(self, *args: Any, venues: QuerySet[Venue], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]


class PassForm(forms.Form):
    """A pass of an alliance."""

    title = forms.CharField(label=lazy("Title of the pass"), max_length=60)
    about = forms.CharField(
        label=lazy("What it gives"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    venues = forms.ModelMultipleChoiceField(
        queryset=Venue.objects.none(), label=lazy("Good at"), widget=forms.CheckboxSelectMultiple
    )
    first_day, last_day = DayField(label=lazy("First day")), DayField(label=lazy("Last day"))
    times = forms.IntegerField(
        label=lazy("Times at each venue"), min_value=1, max_value=366, initial=1
    )
    price = forms.DecimalField(
        label=lazy("Price (yuan)"), min_value=0, max_digits=8, decimal_places=2, initial=0,
        help_text=lazy("0 is free: residents take it here. Kepu sells nothing, a price is only told."),
    )  # fmt: skip

    def __init__(self, *args: Any, venues: QuerySet[Venue], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["venues"].queryset = venues  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """The code of a pass, where the camera does not read it."""

    code = forms.CharField(
        label=lazy("Code of the pass"), max_length=14,
        help_text=lazy("Eight letters and figures below the QR code, or scan it with the camera"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
