"""How a Django form is drawn: kind of control, attributes for a telephone's keyboard, and links
from errors to fields."""

from dataclasses import dataclass
from typing import Any

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


def _said(label: str, error: str) -> str:
    """Which field, and what is wrong with it; a label that asks needs no colon after it."""
    between = " " if label.endswith("?") else "" if label.endswith("？") else _(": ")
    return f"{label}{between}{error}"


def errors_of(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Every error with the address of its field, in the order of the form."""
    found = [("", str(error)) for error in form.non_field_errors()]
    for field in form:
        look = look_of(field)
        target = f"{field.auto_id}_0" if look.group else look.control_id
        found += [(target, _said(str(field.label), str(error))) for error in field.errors]
    return found
