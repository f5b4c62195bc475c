"""What is wrong with a value that was handed in, as a sentence for whoever sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy


def sentence(error: Mapping[str, Any]) -> str:
    """One fault that pydantic found, in the reader's language."""
    kind, known = str(error.get("type", "")), error.get("ctx", {})
    if kind == "value_error":
        return str(known.get("error", _("this cannot be read")))
    if kind in _PLAIN:
        return str(_PLAIN[kind])
    for ending, words in _BOUNDS.items():
        if kind.endswith(ending):
            return str(words) % _bound(known)
    return str(next((words for start, words in _KINDS.items() if kind.startswith(start)), _UNREAD))


_UNREAD = lazy("this cannot be read")
_PLAIN = {
    "missing": lazy("this is needed"),
    "extra_forbidden": lazy("this is not known here"),
}
_BOUNDS = {
    "greater_than_equal": lazy("at least %(bound)s"),
    "less_than_equal": lazy("at most %(bound)s"),
    "greater_than": lazy("more than %(bound)s"),
    "too_long": lazy("at most %(bound)s long"),
    "too_short": lazy("at least %(bound)s long"),
    "enum": lazy("one of: %(bound)s"),
    "literal_error": lazy("one of: %(bound)s"),
}
_KINDS = {
    "int_": lazy("a whole number is needed"),
    "float_": lazy("a number is needed"),
    "bool_": lazy("true or false is needed"),
    "date_": lazy("a day such as 2027-01-31 is needed"),
    "time_": lazy("a time such as 08:00 is needed"),
    "string_": lazy("words are needed"),
}


def _bound(known: Mapping[str, Any]) -> dict[str, Any]:
    names = ("ge", "le", "gt", "max_length", "min_length", "expected")
    return {"bound": next((known[name] for name in names if name in known), "")}
