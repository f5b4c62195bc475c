"""A place as people write it into a form, and the choice among several of one name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kepu.kernel.divisions import queries as divisions

CHOICES = (
    '{}<input type="hidden" name="{}-asked" value="{}">'
    '<fieldset class="field"><legend class="label">{}</legend><div class="choices">{}</div></fieldset>'
)
CHOICE = (
    '<label class="choice"><input type="radio" name="{}-chosen" value="{}">'
    '<span class="choice-words">{}</span></label>'
)


class PlaceInput(forms.TextInput):
    """The name of a place and, once several fit, a choice among their full names below it."""

    names: tuple[str, ...] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        typed = super().render(name, value, attrs, renderer)
        if not self.names:
            return typed
        choices = format_html_join("", CHOICE, ((name, one, one) for one in self.names))
        return format_html(CHOICES, typed, name, value, _("Which one?"), choices)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What is chosen, as long as the words are those that the choice was offered for."""
        words = super().value_from_datadict(data, files, name)
        same = data.get(f"{name}-asked") == words
        return (same and data.get(f"{name}-chosen")) or words


class HomeField(forms.CharField):
    """A place by its name, full or short; where several fit, one chooses."""

    widget = PlaceInput

    def clean(self, value: Any) -> Any:
        words = "".join(str(super().clean(value)).split())
        if not words and not self.required:
            return None
        found = divisions.meant(words)
        if len(found) == 1:
            return found[0]
        names = divisions.full_names({one.path for one in found})
        self.widget.names = tuple(sorted(names.values()))
        raise forms.ValidationError(
            _("Several places have this name; please choose yours.")
            if found
            else _("We found no place of this name. Try a shorter part of it.")
        )
