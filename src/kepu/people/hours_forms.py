"""The shape of what people type about hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import User
from kepu.kernel.days import DayField
from kepu.kernel.divisions.forms import HomeField
from kepu.people.forms import ListForm
from kepu.people.models import Team
from kepu.people.models.hours import DAY
from kepu.people.office_forms import moment_field, sealed_field
from kepu.people.queries.teams import teams_of


class MinutesForm(forms.Form):
    minutes = forms.IntegerField(label=lazy("Minutes"), min_value=1, max_value=DAY)


class ScoreForm(forms.Form):
    score = forms.IntegerField(label=lazy("How was it?"), min_value=1, max_value=5)


class LineForm(forms.Form):
    """By how much a line of the ledger is wrong, and why."""

    minutes = forms.IntegerField(
        label=lazy("Minutes more, or fewer with a minus"), min_value=-DAY, max_value=DAY
    )
    reason = forms.CharField(label=lazy("Reason"), max_length=200)


class LedgerListForm(ListForm):
    """Which lines of the ledger."""

    q = sealed_field(lazy("Volunteer number, team, service or person"))
    since = DayField(label=lazy("Given from"), required=False)
    until = DayField(label=lazy("Given until"), required=False)
    corrections = forms.BooleanField(label=lazy("Corrections only"), required=False)
    field_order = ("q", "district", "since", "until", "corrections")


class HoursForm(forms.Form):
    """Time that somebody gave: what, where, for whom, from when to when."""

    title = forms.CharField(label=lazy("What you did"), max_length=80)
    place = HomeField(label=lazy("Place"), help_text=lazy("District, street or community by name"))
    team = forms.ModelChoiceField(
        label=lazy("For which team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=lazy("for no team"),
        help_text=lazy(
            "Its leader certifies the hours; without a team an officer of the place does."
        ),
    )
    began_at = moment_field(lazy("Began"))
    ended_at = moment_field(lazy("Ended"))

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team"].queryset = teams_of(person)  # type: ignore[attr-defined]
