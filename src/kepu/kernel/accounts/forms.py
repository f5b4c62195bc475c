"""Shapes of what people type into the pages of their account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.kernel.accounts.models import User


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Telephone number"),
        max_length=30,
        help_text=_("We send a code to it. New here? The same way registers you."),
    )


class StaffForm(forms.Form):
    username = forms.CharField(label=_("Login name"), max_length=60)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("New telephone number"), max_length=30, help_text=_("We send a code to it.")
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class RegisterForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=40)
    place = forms.CharField(
        label=_("Your community, village, street or town"),
        max_length=40,
        help_text=_("A part of the name is enough; you choose from what we find."),
    )
    of_age = forms.BooleanField(label=_("I am 14 or older. A child is registered by a guardian."))
    consent = forms.BooleanField(label=_("I have read how my data are used, and I agree."))


class PersonalForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=40)
    email = forms.EmailField(label=_("E-mail"), required=False)


class ChildForm(forms.Form):
    name = forms.CharField(label=_("The child's name"), max_length=40)
    born = forms.DateField(
        label=_("Day of birth"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    consent = forms.BooleanField(
        label=_(
            "I am the child's parent or guardian, I have read how the data are used, and I agree."
        )
    )

    own_born = forms.DateField(
        label=_("Your own day of birth"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A guardian has to be 18 or older."),
    )
    field_order = ("name", "born", "own_born", "consent")

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["own_born"]


class TokenForm(forms.Form):
    title = forms.CharField(label=_("What the key is for"), max_length=60)


class PasskeyForm(forms.Form):
    title = forms.CharField(
        label=_("Name of this passkey"),
        max_length=60,
        required=False,
        help_text=_("Such as: office computer, blue key"),
    )
    answer = forms.JSONField(widget=forms.HiddenInput)


class PasswordForm(forms.Form):
    """Asks for the password there is, where there is one."""

    old_password = forms.CharField(
        label=_("Password until now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        min_length=10,
        help_text=_("At least 10 characters; a sentence is best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old_password(self) -> str:
        given: str = self.cleaned_data["old_password"]
        if not self.user.check_password(given):
            raise forms.ValidationError(_("This is not your password."))
        return given
