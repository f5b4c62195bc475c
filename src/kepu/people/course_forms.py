"""The shape of what officers type about courses for volunteers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.divisions.forms import HomeField
from kepu.people.forms import TopicsForm
from kepu.people.office_forms import ALL, CallListForm, long_field, moment_field
from kepu.people.states import CourseState


class CourseListForm(CallListForm):
    state = forms.ChoiceField(
        label=lazy("State"), required=False, choices=[ALL, *CourseState.choices]
    )
    field_order = ("q", "district", "skill", "state")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["fits"]
        self.fields["q"].label = _("Title of the course")


class CourseForm(TopicsForm):
    """A course to announce."""

    title = forms.CharField(
        label=lazy("Title of the course"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place = HomeField(
        label=lazy("For which place?"), help_text=lazy("City, district or street by name")
    )
    starts_at = moment_field(lazy("Begins"))
    ends_at = moment_field(lazy("Ends"))
    minutes = forms.IntegerField(
        label=lazy("Minutes that count in the record"), min_value=1, max_value=6000
    )
    seats = forms.IntegerField(label=lazy("Seats"), min_value=1, max_value=5000)
    room = forms.CharField(label=lazy("Room"), required=False, max_length=120)
    link = forms.URLField(
        label=lazy("Or on line at"), required=False, max_length=300, assume_scheme="https"
    )
    about = long_field(lazy("What is learned"), required=False)
    field_order = (
        "title", "place", "starts_at", "ends_at", "minutes", "seats", "room", "link", "skills",
        "about",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["skills"].label = _("Skills that passing it gives")
