"""The shape of what people type; whether it may be done is asked of rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.forms import HomeField
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.people.availability import HALVES, halves_of, mask_of
from kepu.people.models import Skill
from kepu.people.queries.vocabulary import skills
from kepu.people.states import Tier, VolunteerState
from kepu.ui.forms import PairBoxes

DAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
PARTS = (_("morning"), _("afternoon"))


class HalfDay:
    """The name of one half-day of the week, put together when it is shown."""

    def __init__(self, half: int) -> None:
        self.half = half

    def __str__(self) -> str:
        return f"{DAYS[self.half // 2]} {PARTS[self.half % 2]}"


class WeekField(forms.TypedMultipleChoiceField):
    """Half-days of a week as boxes, a day to a line; cleaned to the mask of availability.py."""

    widget = PairBoxes

    def __init__(self, **options: Any) -> None:
        choices = [(half, HalfDay(half)) for half in range(HALVES)]
        super().__init__(choices=choices, coerce=int, required=False, **options)

    def clean(self, value: Any) -> Any:
        return mask_of(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return halves_of(value) if isinstance(value, int) else value


class TopicsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Topics as boxes, in the order of the list."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Skill.objects.none(), label=_("Topics"), **options)


class UnitField(forms.CharField):
    """A unit by its whole name or its unified social credit code; of several of one name, by the code."""

    also_closed = False

    def clean(self, value: Any) -> Any:
        said = str(super().clean(value)).strip()
        if not said:
            return None
        named = Q(name=said) | Q(credit_code=said.upper())
        rows = Organisation.objects.filter(named)
        found = (rows if self.also_closed else rows.filter(active=True))[:2]
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(
            _("Several units have this name; please give the credit code of yours.")
            if found
            else _("no unit of this name or code is registered")
        )


def unit_field(label: Any, **options: Any) -> UnitField:
    return UnitField(
        label=label,
        max_length=120,
        help_text=_("Its whole name, or its unified social credit code"),
        **options,
    )


class TopicsForm(forms.Form):
    """A form with topics; their choices are read when it is shown."""

    skills = TopicsField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["skills"].queryset = skills()  # type: ignore[attr-defined]


class AreasForm(forms.Form):
    """Where one serves: whole districts, and towns of the own district."""

    townships = forms.ModelMultipleChoiceField(
        queryset=Division.objects.none(),
        label=_("Streets and towns of your own district"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    districts = forms.ModelMultipleChoiceField(
        queryset=Division.objects.none(),
        label=_("Whole districts"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, home: str, served: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        district = divisions.district_path(home) or home
        province = divisions.parent_path(district) or district
        kept = list(served)
        near = divisions.current().filter(
            Q(path__within=district, level=Level.TOWNSHIP)
            | Q(path__in=kept) & ~Q(level=Level.DISTRICT)
        )
        self.fields["townships"].queryset = near.order_by("path")  # type: ignore[attr-defined]
        self.fields["districts"].queryset = divisions.below(  # type: ignore[attr-defined]
            province, Level.DISTRICT
        )
        self.initial.setdefault("townships", near.filter(path__in=kept))
        self.initial.setdefault("districts", divisions.current().filter(path__in=kept))

    def clean(self) -> dict[str, Any]:
        """`areas` as paths, without what a chosen district holds already; at least one."""
        data = super().clean() or {}
        whole = [one.path for one in data.pop("districts", [])]
        parts = [
            one.path for one in data.pop("townships", [])
            if not any(within(one.path, district) for district in whole)
        ]  # fmt: skip
        data["areas"] = [*whole, *parts]
        if not data["areas"]:
            raise forms.ValidationError(_("Choose at least one place."))
        return data


class SignUpForm(TopicsForm):
    """What a new volunteer tells."""

    home = HomeField(
        label=_("Where do you live?"), help_text=_("District, street and community by name")
    )
    born = forms.DateField(
        label=_("Day of birth"),
        help_text=_("Kept sealed. Under 14 a parent or guardian registers you."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    availability = WeekField(label=_("When are you usually free?"))
    national_number = forms.CharField(
        label=_("National volunteer number"), required=False, max_length=30
    )
    consent = forms.BooleanField(
        label=_("I agree that my name, telephone and service hours are kept to organise service"),
        error_messages={"required": _("Without your consent we cannot register you.")},
    )
    field_order = ("home", "born", "skills", "availability", "national_number", "consent")

    def __init__(self, *args: Any, born_known: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if born_known:
            del self.fields["born"]


class ProfileForm(AreasForm, TopicsForm):
    """What a volunteer says anew."""

    field_order = ("skills", "availability", "townships", "districts")

    availability = WeekField(label=_("When are you usually free?"))


class TeamProfileForm(TopicsForm):
    """What a team can do, and how much of it."""

    about = forms.CharField(
        label=_("About the team"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    day_capacity = forms.IntegerField(
        label=_("Orders a day"), min_value=1, max_value=100, initial=1
    )
    week_capacity = forms.IntegerField(
        label=_("Orders a week"), min_value=1, max_value=500, initial=3
    )


class TeamChangeForm(AreasForm, TeamProfileForm):
    """What a team says anew, with where it serves."""

    field_order = ("about", "skills", "townships", "districts", "day_capacity", "week_capacity")


class TeamForm(TeamProfileForm):
    """A new team."""

    name = forms.CharField(
        label=_("Name of the team"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    home = HomeField(
        label=_("Where is the team at home?"), help_text=_("District, street or community by name")
    )
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices, initial=Tier.TEAM)
    organisation = unit_field(_("Unit that raises the team, if any"), required=False)
    field_order = (
        "name", "home", "tier", "organisation", "skills", "about", "day_capacity", "week_capacity",
    )  # fmt: skip


class TeamUnitForm(forms.Form):
    """To which unit a team belongs; left empty, to none."""

    organisation = unit_field(_("Unit"), required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ListForm(forms.Form):
    """How a list is narrowed; sent by GET."""

    q = forms.CharField(label=_("Name"), required=False, max_length=60)
    district = forms.ChoiceField(label=_("District"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("everywhere")), *divisions.districts_by_city()]
        self.fields["district"].choices = choices  # type: ignore[attr-defined]


class TeamListForm(ListForm):
    q = forms.CharField(label=_("Name of the team"), required=False, max_length=60)
    skill = forms.ChoiceField(label=_("Topic"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("every topic")), *((one.key, one.title) for one in skills())]
        self.fields["skill"].choices = choices  # type: ignore[attr-defined]


class VolunteerListForm(ListForm):
    q = forms.CharField(
        label=_("Volunteer number"), required=False, max_length=60,
        help_text=_("A part of it; or a login, telephone or pseudonym in full. Names are sealed."),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *VolunteerState.choices]
    )
    skill = forms.ChoiceField(label=_("Topic"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("every topic")), *((one.key, one.title) for one in skills())]
        self.fields["skill"].choices = choices  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Number of the certificate"),
        max_length=30,
        help_text=_("Sixteen letters and figures, printed beside the QR code"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )


class TableForm(forms.Form):
    """A spreadsheet; first tried, then taken in."""

    file = forms.FileField(
        label=_("Spreadsheet (.xlsx or .csv)"), help_text=_("At most 20,000 rows and 8 MB")
    )
