"""The shape of what secretary and members of a panel type; whether it may be done is asked of rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.appraisal.meeting_states import MeetingKind
from kepu.appraisal.standards_states import Choice

Choices = list[tuple[int, str]]


def _several(label: Any, **options: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label, coerce=int, widget=forms.CheckboxSelectMultiple, **options
    )


class WhereAndWhenForm(forms.Form):
    """Where a meeting is held, and when."""

    place = forms.CharField(
        label=lazy("Where it is held"), max_length=120,
        help_text=lazy("Building and room, as members find it"),
    )  # fmt: skip
    starts_at = forms.DateTimeField(
        label=lazy("When it begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )


class MoveForm(WhereAndWhenForm):
    """Where and when a planned meeting is held instead."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class MeetingForm(WhereAndWhenForm):
    """A meeting to plan: when, where, who, about what."""

    title = forms.CharField(
        label=lazy("Title of the meeting"), max_length=80,
        help_text=lazy("Such as: 2026 年第一次评审会"),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=lazy("How it decides"), choices=MeetingKind.choices, widget=forms.RadioSelect,
        initial=MeetingKind.VOTE,
        help_text=lazy("Points carry an application whose mean reaches the lowest level."),
    )  # fmt: skip
    applications = _several(lazy("Applications before the panel"))
    experts = _several(lazy("Members of the panel"))
    field_order = ["title"]

    def __init__(self, *args: Any, able: Choices, waiting: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["experts"].choices = able  # type: ignore[attr-defined]
        self.fields["applications"].choices = waiting  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Who else is invited."""

    experts = _several(lazy("Members of the panel"))

    def __init__(self, *args: Any, able: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["experts"].choices = able  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    """The code that is shown in the room."""

    code = forms.CharField(
        label=lazy("Code shown in the room"), max_length=12,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )  # fmt: skip


class AttendForm(forms.Form):
    """What a member pledges, and where he steps aside."""

    aside = _several(
        lazy("I step aside from"), required=False,
        help_text=lazy("Tick every application with whose applicant you are bound. Nobody asks why."),
    )  # fmt: skip
    confidential = forms.BooleanField(
        label=lazy("I keep confidential what is said here and how anybody votes")
    )

    def __init__(self, *args: Any, agenda: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["aside"].choices = agenda  # type: ignore[attr-defined]


class MarkForm(forms.Form):
    """One vote."""

    mark = forms.ChoiceField(
        label=lazy("Your vote"), choices=Choice.choices, widget=forms.RadioSelect
    )


class PointsForm(forms.Form):
    """Points of one member, whole ones: a vote with an odd fraction would tell whose it is."""

    mark = forms.IntegerField(min_value=0)

    def __init__(self, *args: Any, most: int, **options: Any) -> None:
        super().__init__(*args, **options)
        mark = self.fields["mark"]
        mark.label = lazy("Points, 0 to %(most)s") % {"most": most}
        mark.widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": most})


class SignForm(forms.Form):
    """The opinion sheet."""

    opinion = forms.CharField(
        label=pgettext_lazy("panel", "Your opinion"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("It stands with your name on the opinion sheet."),
    )  # fmt: skip
