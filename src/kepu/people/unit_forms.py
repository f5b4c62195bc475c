"""A unit of the register, as it is typed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from kepu.kernel.accounts.checks import valid_credit_code
from kepu.kernel.accounts.models import OrganisationKind
from kepu.kernel.divisions.forms import HomeField
from kepu.people.forms import ListForm, UnitField


class UnitForm(forms.Form):
    """What a unit is called, what it is, and its unified social credit code."""

    name = forms.CharField(label=lazy("unit name"), max_length=120)
    kind = forms.ChoiceField(label=lazy("kind of unit"), choices=OrganisationKind.choices)
    credit_code = forms.CharField(
        label=lazy("credit code of the unit"),
        max_length=18,
        help_text=lazy("18 characters, as on the certificate of the unit; the last one is checked"),
    )

    def clean_credit_code(self) -> str:
        code: str = self.cleaned_data["credit_code"].strip().upper()
        if code and not valid_credit_code(code):
            raise forms.ValidationError(
                _("the unified social credit code is not right; please check each character")
            )
        return code


class AnyUnitField(UnitField):
    """A unit that is closed can be named as well: what was merged is closed as a rule."""

    also_closed = True


class ChangedUnitForm(UnitForm):
    """A unit on the register, with the units it hangs together with."""

    parent = AnyUnitField(
        label=lazy("Part of this unit"), required=False, max_length=120,
        help_text=lazy("Its whole name, or its unified social credit code"),
    )  # fmt: skip
    merged_into = AnyUnitField(
        label=lazy("Merged into this unit"), required=False, max_length=120,
        help_text=lazy("An expert of any of these units does not judge what this one applies for"),
    )  # fmt: skip


class UnitListForm(ListForm):
    """Which units of the register."""

    q = forms.CharField(label=lazy("Name or credit code"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=lazy("kind of unit"), required=False,
        choices=[("", lazy("All")), *OrganisationKind.choices],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=lazy("State"), required=False,
        choices=[
            ("", lazy("All")), ("works", lazy("works")),
            ("closed", pgettext_lazy("unit of work", "closed")),
        ],
    )  # fmt: skip
    field_order = ("q", "district", "kind", "state")


class NewUnitForm(UnitForm):
    """A unit that is not on the register yet."""

    division = HomeField(
        label=lazy("Where does it lie?"), help_text=lazy("The city, or a district, by name")
    )
    field_order = ("name", "kind", "division", "credit_code")
