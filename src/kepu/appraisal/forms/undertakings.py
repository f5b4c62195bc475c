"""The shape of kepu duties: what is undertaken, a year of it, and what is said of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.actions.undertakings import Terms
from kepu.appraisal.models import Undertaking
from kepu.appraisal.undertaking_states import DutyKind, UndertakingKind, YearOutcome
from kepu.kernel.accounts.models import Organisation, OrganisationKind
from kepu.kernel.days import DayField

REVIEWING = (OrganisationKind.DEPARTMENT, OrganisationKind.ASSOCIATION)
TARGETS = {
    DutyKind.OPEN_DAYS: lazy("Days open in a year"),
    DutyKind.VISITS: lazy("Visits in a year"),
    DutyKind.SERVICES: lazy("Services delivered in a year"),
    DutyKind.ACTIVITIES: lazy("Activities held in a year"),
}


class UndertakeForm(forms.Form):
    """What is undertaken, by whom, towards whom, for how long."""

    kind = forms.ChoiceField(
        label=lazy("Kind of base"), choices=UndertakingKind.choices, widget=forms.RadioSelect
    )
    title = forms.CharField(label=lazy("Name of the base, laboratory or centre"), max_length=120)
    unit: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("Unit that undertakes"), empty_label=None
    )
    reviewer: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=None, label=lazy("Unit that reviews each year"),
        help_text=lazy("The association it is built with, or the department that appraises it"),
    )  # fmt: skip
    parties = forms.CharField(
        label=lazy("Others who build along"), max_length=300, required=False,
    )  # fmt: skip
    since = DayField(label=lazy("From"))
    until = DayField(label=lazy("To, with that day"))
    said = forms.CharField(
        label=lazy("Other duties of each year, in words"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, units: QuerySet[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        reviewing = Organisation.objects.filter(kind__in=REVIEWING, active=True)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["reviewer"].queryset = reviewing.order_by("sort_key", "pk")  # type: ignore[attr-defined]
        for kind, label in TARGETS.items():
            self.fields[kind] = forms.IntegerField(
                label=label, min_value=0, max_value=10_000_000, required=False,
                help_text=lazy("Kepu counts them; left empty, none is undertaken"),
            )  # fmt: skip
        self.order_fields((*list(self.fields)[:7], *TARGETS, "said"))

    def terms(self) -> Terms:
        """As the action takes it."""
        said = self.cleaned_data
        return Terms(
            kind=said["kind"], title=said["title"], reviewer=said["reviewer"], since=said["since"],
            until=said["until"], said=said["said"], parties=said["parties"],
            targets={kind.value: said[kind] or 0 for kind in TARGETS},
        )  # fmt: skip


def as_before(one: Undertaking) -> dict[str, Any]:
    """What a renewal begins with."""
    return {
        "kind": one.kind, "title": one.title, "unit": one.organisation_id,
        "reviewer": one.reviewer_id, "parties": one.parties, "said": one.duties_said,
        **{duty.kind: duty.target for duty in one.duties.all()},
    }  # fmt: skip


class AgreeForm(forms.Form):
    """The number of the agreement; what was read comes along."""

    reference = forms.CharField(label=lazy("Number of the agreement or paper"), max_length=80)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class NoForm(forms.Form):
    """Why not, or why no longer."""

    reason = forms.CharField(
        label=lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("The other side reads it."),
    )  # fmt: skip


class YearForm(forms.Form):
    """A year, and the unit's own words about it."""

    year = forms.TypedChoiceField(label=lazy("Year"), coerce=int)
    words = forms.CharField(
        label=lazy("What was done, in words"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=lazy("Figures are counted from the records when you hand it in."),
    )  # fmt: skip

    def __init__(self, *args: Any, years: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"].choices = [(one, str(one)) for one in years]  # type: ignore[attr-defined]


class ReviewYearForm(forms.Form):
    """Whether the duties of a year were met, in words."""

    outcome = forms.ChoiceField(
        label=lazy("Were the duties met?"), choices=YearOutcome.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=lazy("How, or what is missing"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=lazy("The other side reads it."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
