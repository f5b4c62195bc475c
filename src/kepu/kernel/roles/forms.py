"""Who gets which role where, who is away, who takes over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.days import DayField
from kepu.kernel.divisions.models import Zone
from kepu.kernel.roles.verbs import ROLES


class PersonField(forms.CharField):
    """A person, named by login, telephone or pseudonym; the exact word, for there is no search."""

    def clean(self, value: Any) -> Any:
        said = super().clean(value)
        if not said:
            return None  # an empty required field has been refused already
        person = accounts.by_word(said)
        if person is None or not person.is_active:
            raise forms.ValidationError(
                _("nobody with this login, telephone or pseudonym is registered")
            )
        return person


class RoleListForm(forms.Form):
    """How the list of who holds what is narrowed; sent by GET."""

    q = forms.CharField(
        label=lazy("Who, or which unit"), required=False, max_length=60,
        help_text=lazy(
            "Names of people are sealed: write a login, telephone or pseudonym in full, or part of "
            "the name of a unit or zone."
        ),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    role = forms.ChoiceField(label=lazy("Role"), required=False)
    span = forms.ChoiceField(
        label=lazy("When"), required=False,
        choices=[("", lazy("Held now")), ("later", lazy("Begins later")), ("lapsed", lazy("Has ended"))],
    )  # fmt: skip
    path = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        titles = [(role.key, str(role.title)) for role in ROLES.values()]
        self.fields["role"].choices = [("", lazy("All")), *titles]  # type: ignore[attr-defined]


def _person(label: Any) -> PersonField:
    return PersonField(label=label, max_length=60, help_text=lazy("Login, telephone or pseudonym"))


class GrantForm(forms.Form):
    """A role for somebody at the place the page shows, or in an organisation or zone there."""

    person = _person(lazy("Who"))
    role = forms.ChoiceField(label=lazy("Role"))
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(), required=False, label=lazy("In an organisation"),
        help_text=lazy("For roles held in a department, a venue or another unit"),
    )  # fmt: skip
    zone = forms.ModelChoiceField(
        queryset=Zone.objects.all(), required=False, label=lazy("In a zone")
    )
    post = forms.ChoiceField(
        label=lazy("Post"), choices=[("A", lazy("A: acts")), ("B", lazy("B: stands in"))]
    )
    last = DayField(
        label=lazy("Last day"),
        required=False,
        help_text=lazy("Left empty, the role is held until it is taken away."),
    )

    def __init__(self, *args: Any, path: str, **options: Any) -> None:
        super().__init__(*args, **options)
        titles = [(role.key, str(role.title)) for role in ROLES.values()]
        self.fields["role"].choices = titles  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            path__within=path, active=True
        )


class LeaveForm(forms.Form):
    first = DayField(
        label=lazy("First day away"),
    )
    last = DayField(
        label=lazy("Last day away"),
    )


class HandOverForm(forms.Form):
    to = _person(lazy("Who takes over"))


class BindForm(forms.Form):
    """Who somebody is at the city's own sign-in."""

    subject = forms.CharField(
        label=lazy("Subject"), max_length=255, required=False,
        help_text=lazy(
            "The lasting id that the city's sign-in gives this person, never an address for mail. "
            "Leave it empty to end the binding."
        ),
    )  # fmt: skip
