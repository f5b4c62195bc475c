"""A new version as it is typed or sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.kernel.rulebooks.reading import LARGEST


class VersionForm(forms.Form):
    effective_from = forms.DateField(
        label=_("Takes effect on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    text = forms.CharField(
        label=_("Text (YAML)"), max_length=LARGEST, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "figures"}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or a file"), required=False, help_text=_("It takes the place of the text above")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        sent = data.get("file")
        if sent is not None:
            try:
                data["text"] = sent.read(4 * LARGEST).decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", _("this file is no text in UTF-8"))
        if not data.get("text"):
            self.add_error("text", _("write the rules, or send a file"))
        return data
