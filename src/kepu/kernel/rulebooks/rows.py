"""A rulebook as its readers see it: labels, values and units, and what a version changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from enum import Enum
from typing import Any, get_args

from django.utils.translation import gettext as _
from pydantic import BaseModel

from kepu.kernel.rulebooks.registry import Rules, Told


@dataclass(frozen=True)
class Row:
    """One rule: the section it stands in, its label, and its value with the unit."""

    section: str
    label: str
    value: str
    unit: str = ""


@dataclass(frozen=True)
class Change:
    """A rule whose value differs between two versions; empty where it is not stated."""

    section: str
    label: str
    old: str
    new: str


def told(schema: type[BaseModel], name: str) -> Told:
    """How a field is called; a field without a label goes by its name in the text."""
    found = (one for one in schema.model_fields[name].metadata if isinstance(one, Told))
    return next(found, Told(name))


def rows_of(rules: Rules, section: str = "") -> list[Row]:
    """Every rule in the order of the schema."""
    return list(_rows(rules, section))


def _rows(rules: Rules, section: str) -> Iterator[Row]:
    for name in type(rules).model_fields:
        value = getattr(rules, name)
        if value is not None:
            yield from _of(value, told(type(rules), name), section)


def _of(value: Any, label: Told, section: str) -> Iterator[Row]:
    if isinstance(value, Rules) and not value.in_words():
        yield from _rows(value, _under(section, str(label.label)))
    elif entries := _entries(value):
        for key, one in entries:
            yield from _of(one, Told(key), _under(section, str(label.label)))
    else:
        yield Row(section, str(label.label), _words(value), str(label.unit))


def _under(section: str, label: str) -> str:
    return f"{section} › {label}" if section else label


def _entries(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(_named(key, one), one) for key, one in value.items()]
    if isinstance(value, list | tuple) and value and isinstance(value[0], Rules):
        names = [getattr(one, "title", "") for one in value]
        told = all(names) and len(set(names)) == len(names)
        return [
            (str(one) if told else str(number), one) for number, one in enumerate(value, start=1)
        ]
    return []


def _named(key: Any, value: Any) -> str:
    return str(getattr(value, "title", None) or getattr(key, "label", key))


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Rules):
        return value.in_words()
    if isinstance(value, list | tuple | set | frozenset | Mapping):
        return _(", ").join(_words(one) for one in value) or _("none")
    return _word(value)


def _word(value: Any) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Enum):
        return str(getattr(value, "label", value.value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def changes(old: Rules, new: Rules) -> list[Change]:
    """What the new version says otherwise than the old one, in the labels of both."""
    before, after = _stated(old), _stated(new)
    return [
        Change(*place, before.get(place, ""), after.get(place, ""))
        for place in {**before, **after}
        if before.get(place) != after.get(place)
    ]


def _stated(rules: Rules) -> dict[tuple[str, str], str]:
    return {(row.section, row.label): f"{row.value} {row.unit}".strip() for row in rows_of(rules)}


def place(schema: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    """The labels on the way to a fault."""
    names: list[str] = []
    model: type[BaseModel] | None = schema
    kind: Any = None
    for part in loc:
        name = _field(model, part)
        if model is not None and name:
            names.append(str(told(model, name).label))
            kind = model.model_fields[name].annotation
        else:
            names.append(_key(kind, part))
        model = _model(kind)
    return " › ".join(names)


def _field(model: type[BaseModel] | None, part: int | str) -> str:
    fields = model.model_fields if model else {}
    return next((name for name, one in fields.items() if part in (name, one.alias)), "")


def _key(kind: Any, part: int | str) -> str:
    if isinstance(part, int):
        return str(part + 1)
    for one in get_args(kind):
        if (
            isinstance(one, type)
            and issubclass(one, Enum)
            and part in {str(known.value) for known in one}
        ):
            return str(getattr(one(part), "label", part))
    return part


def _model(kind: Any) -> type[BaseModel] | None:
    inner = (kind, *get_args(kind))
    return next(
        (one for one in inner if isinstance(one, type) and issubclass(one, BaseModel)), None
    )
