"""A change of divisions or a zone, as it is typed or sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.crosswalk.reading import LARGEST
from kepu.kernel.divisions import queries as divisions


class ChangeForm(forms.Form):
    """The document that orders a change."""

    text = forms.CharField(
        label=lazy("Text (YAML)"), max_length=LARGEST, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "figures"}),
    )  # fmt: skip
    file = forms.FileField(
        label=lazy("Or a file"),
        required=False,
        help_text=lazy("It takes the place of the text above"),
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
            self.add_error("text", _("write the document, or send a file"))
        return data


class PlacesField(forms.CharField):
    """Places, one a line, by the full name or by Kepu's own path."""

    widget = forms.Textarea(attrs={"rows": 8})

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in str(super().clean(value)).splitlines()]
        return [self._path(line) for line in lines if line]

    def _path(self, said: str) -> str:
        found = list(divisions.current().filter(path=said)) or divisions.named(said)
        if len(found) == 1:
            return found[0].path
        raise forms.ValidationError(
            _("several places are called %(said)s; write the full name")
            if found
            else _("there is no place called %(said)s"),
            params={"said": said},
        )


class ZoneForm(forms.Form):
    """What a zone holds from which day, and who may write there."""

    name = forms.CharField(
        label=lazy("Name of the zone"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    paths = PlacesField(
        label=lazy("What it holds"),
        help_text=lazy("One place a line, such as 渝中区七星岗街道"),
    )
    valid_from = forms.DateField(
        label=lazy("From which day?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    parent_keeps_writing = forms.BooleanField(
        label=lazy("The district around it keeps the right to write"),
        required=False,
        help_text=lazy("Without it, only roles held in the zone itself count there."),
    )
