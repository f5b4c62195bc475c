"""How a Django form is drawn: kind of control, attributes for a telephone's keyboard, and links
from errors to fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

# Field names say what a browser or telephone can fill in by itself; the widget's own attributes
# win over these.
KNOWN: dict[str, dict[str, str]] = {
    "phone": {"autocomplete": "tel", "inputmode": "tel"},
    "telephone": {"autocomplete": "tel", "inputmode": "tel"},
    "mobile": {"autocomplete": "tel", "inputmode": "tel"},
    "email": {"autocomplete": "email", "inputmode": "email"},
    "name": {"autocomplete": "name"},
    "full_name": {"autocomplete": "name"},
    "username": {"autocomplete": "username"},
    "login": {"autocomplete": "username"},
    "password": {"autocomplete": "current-password"},
    "new_password": {"autocomplete": "new-password"},
    "code": {"autocomplete": "one-time-code", "inputmode": "numeric"},
    "address": {"autocomplete": "street-address"},
}


@dataclass(frozen=True)
class FieldLook:
    """What a template needs to draw one field. `group` fields are several controls under one
    legend; `layout` is how its choices stand: "many", "pairs" or one below the other."""

    kind: str
    group: bool
    control_id: str
    help_id: str
    error_id: str
    attrs: dict[str, Any]
    layout: str = ""


PAGES = ("page", "after", "before")
DASHES = "---------"
MANY = 12  # more boxes than this stand in columns and can be searched


class PairBoxes(forms.CheckboxSelectMultiple):
    """Boxes of which two belong together, such as the halves of a day: two in every line."""


def _layout(field: BoundField, kind: str) -> str:
    if isinstance(field.field.widget, PairBoxes):
        return "pairs"
    return "many" if kind == "checks" and len(field.subwidgets) > MANY else ""


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):  # to Django a kind of RadioSelect
        return "checks"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "hidden" if field.is_hidden else "plain"


def look_of(field: BoundField) -> FieldLook:
    """Read a bound field once, so that the template only prints."""
    control_id = field.id_for_label or field.auto_id or field.html_name
    help_id, error_id = f"{field.auto_id}-help", f"{field.auto_id}-error"
    described = [error_id] if field.errors else []
    described += [help_id] if field.help_text else []
    kind = _kind(field)
    _name_the_empty_choice(field.field)
    attrs: dict[str, Any] = {}
    if kind == "plain":
        own = field.field.widget.attrs
        attrs = {**KNOWN.get(field.name, {}), **own}
        attrs["class"] = f"input {own.get('class', '')}".strip()
        if isinstance(field.field, forms.IntegerField) and "inputmode" not in own:
            attrs["inputmode"] = "numeric"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return FieldLook(
        kind,
        kind in ("radios", "checks"),
        control_id,
        help_id,
        error_id,
        attrs,
        _layout(field, kind),
    )


def _name_the_empty_choice(field: forms.Field) -> None:
    """Django draws a row of dashes, which says nothing to whoever hears it read."""
    if getattr(field, "empty_label", None) == DASHES:
        field.empty_label = _("Please choose") if field.required else _("none")  # type: ignore[attr-defined]


def _said(label: str, error: str) -> str:
    """Which field, and what is wrong with it; a label that asks needs no colon after it."""
    between = " " if label.endswith("?") else "" if label.endswith("？") else _(": ")
    return f"{label}{between}{error}"


def errors_in_words(field: BoundField) -> list[str]:
    """What is wrong with the field; what was left empty is asked for by its name."""
    return [words for words, _named in _errors(field)]


def _errors(field: BoundField) -> Iterator[tuple[str, bool]]:
    """Each error in words, and whether they name the field."""
    usual = str(forms.Field.default_error_messages["required"])
    for error in field.errors.as_data():
        for message in error.messages:
            left_out = error.code == "required" and message == usual
            yield (_asked_for(field) if left_out else str(message)), left_out


def _asked_for(field: BoundField) -> str:
    asked, kind = {"field": str(field.label)}, _kind(field)
    if asked["field"].endswith(("?", "？")):
        return _("Please answer: %(field)s") % asked
    if kind == "check":
        return _("Please tick: %(field)s") % asked
    if kind == "file":
        return _("Please choose a file: %(field)s") % asked
    if kind in ("radios", "checks") or isinstance(field.field.widget, forms.Select):
        return _("Please choose: %(field)s") % asked
    return _("Please fill in: %(field)s") % asked


def errors_of(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Every error with the address of its field, in the order of the form."""
    found = [("", str(error)) for error in form.non_field_errors()]
    for field in form:
        look = look_of(field)
        target = f"{field.auto_id}_0" if look.group else look.control_id
        found += [
            (target, words if named else _said(str(field.label), words))
            for words, named in _errors(field)
        ]
    return found


@dataclass(frozen=True)
class Narrowing:
    """One filter that narrows a list, in words, and the address of the list without it."""

    label: str
    words: str
    without: str


def sort_kept(form: forms.BaseForm) -> str:
    """The order that the list stands in, as its address says it: narrowing the list keeps it."""
    return str(form.data.get("sort", "")) if form.is_bound else ""


def filters_in_force(form: forms.BaseForm) -> list[Narrowing]:
    """What a list is narrowed by, one by one, in the order of the form; what is hidden narrows nothing."""
    if not form.is_bound:
        return []
    return [
        Narrowing(str(form[name].label), words, _without(form, name, value))
        for name in form.fields
        if name in form.changed_data and not form[name].is_hidden
        for value, words in _in_words(form[name])
    ]


def _in_words(bound: BoundField) -> list[tuple[str, str]]:
    """Each chosen value with how it is called; a box that is ticked says all by its label."""
    said = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return [(str(said), "")]
    known = dict(_choices(getattr(bound.field, "choices", ())))
    values = said if isinstance(said, list | tuple) else [said]
    return [(str(one), str(known.get(str(one), one))) for one in values if one not in (None, "")]


def _choices(choices: Any) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _choices(label)
        else:
            yield str(value), label


def _without(form: forms.BaseForm, name: str, value: str) -> str:
    """The list otherwise as it is, from its first page on."""
    lists = form.data.lists() if hasattr(form.data, "lists") else ()
    key = form.add_prefix(name)
    kept = {
        asked: [one for one in given if asked != key or one != value]
        for asked, given in lists
        if asked not in PAGES and (asked != key or len(given) > 1)
    }
    return f"?{urlencode(kept, doseq=True)}"
