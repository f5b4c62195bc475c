"""The shape of what people type about how they want to be told."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.kernel.notices.states import Way


class WaysForm(forms.Form):
    """By which ways one wants to be told."""

    ways = forms.MultipleChoiceField(
        label=_("Tell me also by"),
        choices=Way.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Every notice stands on this page in any case. Sign-in codes always come."),
    )


class WeChatForm(forms.Form):
    """Who one is to the city's service account."""

    to = forms.CharField(
        label=_("Your openid"),
        max_length=64,
        help_text=_(
            "The city's WeChat service account knows you by this word; its menu shows it to you. "
            "Follow the account first, or nothing can be sent."
        ),
    )


class WebhookForm(forms.Form):
    """A receiver of one's own."""

    to = forms.URLField(
        label=_("Address of your receiver"),
        max_length=400,
        assume_scheme="https",
        help_text=_(
            "Notices are posted there as JSON. It begins with https and can be reached by all."
        ),
    )
    secret = forms.CharField(
        label=_("Secret of your receiver"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("16 characters or more. It signs what is sent and is not shown again."),
    )


FORMS: dict[Way, type[forms.Form]] = {Way.WECHAT: WeChatForm, Way.WEBHOOK: WebhookForm}
