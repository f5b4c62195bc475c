"""What tables hold of a person, as data: what an export shows of a row, and which words go at erasure.

A room declares its tables once; taking one's data away and being forgotten then speak of the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from kepu.kernel.accounts.exports import Part
from kepu.kernel.accounts.models import User


@dataclass(frozen=True)
class Held:
    """One table. A row is a person's own by any of the keys `persons`; `shown` is what they take away.

    `words` says by which key to a person a row holds words that go with them, and what stands there
    once they were erased. By a key of `goes_with` the row goes whole.
    """

    model: str
    persons: tuple[str, ...]
    shown: tuple[str, ...]
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    goes_with: tuple[str, ...] = ()

    @property
    def table(self) -> type[Model]:
        return apps.get_model(self.model)


def part(tables: Iterable[Held]) -> Part:
    """The file of one room in the export: its tables by name."""

    def of_person(person: User, now: datetime) -> dict[str, Any]:
        return {str(held.table._meta.model_name): rows(held, person) for held in tables}

    return of_person


def rows(held: Held, person: User) -> list[dict[str, Any]]:
    """The person's rows as they read them, the oldest first. One query; sets of words cost one a row."""
    own = reduce(or_, (Q(**{key: person}) for key in held.persons))
    with_it = {key.rpartition("__")[0] for key in held.shown} - {""}
    found = held.table._default_manager.filter(own).order_by("pk")
    return [
        {key.replace("__", "_"): _value(row, key) for key in held.shown}
        for row in found.select_related(*held.persons, *with_it)
    ]


def _value(row: Any, path: str) -> Any:
    """The value at the end of a path such as `team__name`, in words where the column has them."""
    name, _, rest = path.partition("__")
    in_words = getattr(row, f"get_{name}_display", None)
    value = in_words() if in_words else getattr(row, name)
    if value is not None and rest:
        return _value(value, rest)
    return [str(one) for one in value.all()] if hasattr(value, "all") else value
