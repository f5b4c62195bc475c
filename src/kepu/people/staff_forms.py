"""The shape of what a unit types about its kepu workers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.people.models import Sector
from kepu.people.models.staff import COUNTS
from kepu.people.office_forms import somebody
from kepu.people.queries.staff import sectors
from kepu.people.states import TitleLevel, WorkerRole, WorkTime

LABELS: dict[str, Any] = {
    "full": lazy("Full-time kepu workers"),
    "full_middle": lazy("of them with a middle title or a bachelor's degree, and above"),
    "full_female": lazy("of them women"),
    "full_rural": lazy("of them in the countryside"),
    "full_manage": lazy("of them managers"),
    "full_create": lazy("of them creators and developers"),
    "full_guide": lazy("of them guides and instructors"),
    "part": lazy("Part-time kepu workers"),
    "part_months": lazy("Months they really put in, together"),
    "part_guide": lazy("Part-time guides and instructors"),
    "senior": lazy("With a senior title"),
    "associate": lazy("With an associate senior title"),
    "middle": lazy("With a middle title"),
    "junior": lazy("With a junior title"),
    "posts": lazy("Posts for kepu that the unit has set up"),
}
HELP = {
    "full": lazy("Kepu work takes at least 60 percent of their working time of the year"),
    "senior": lazy("Full-time and part-time together"),
}


class SectorField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A sector, read when the form is shown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Sector.objects.none(), label=pgettext_lazy("kepu work", "Sector"), **options
        )


class StaffingForm(forms.Form):
    """Numbers of one year and one sector; what is left empty is nothing."""

    year = forms.IntegerField(label=lazy("Year"), min_value=2000, max_value=2100)
    sector = SectorField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sector"].queryset = sectors()  # type: ignore[attr-defined]
        for key in COUNTS:
            self.fields[key] = forms.IntegerField(
                label=LABELS[key], min_value=0, max_value=1_000_000, required=False,
                help_text=HELP.get(key, ""),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["counts"] = {key: data.pop(key, None) or 0 for key in COUNTS}
        return data


class WorkerForm(forms.Form):
    """Somebody whom the unit would like to have on its list by name."""

    person = somebody(lazy("Who"))
    sector = SectorField()
    time = forms.ChoiceField(label=pgettext_lazy("worker", "How much"), choices=WorkTime.choices)
    role = forms.ChoiceField(
        label=pgettext_lazy("worker", "What they do"), choices=WorkerRole.choices
    )
    level = forms.ChoiceField(
        label=lazy("Level of the title"),
        choices=[("", lazy("no title")), *TitleLevel.choices],
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sector"].queryset = sectors()  # type: ignore[attr-defined]
