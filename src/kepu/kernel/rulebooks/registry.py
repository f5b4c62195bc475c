"""The kinds of rulebook there are. A room registers its kinds when Django is ready."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import resources

from django.utils.functional import Promise
from pydantic import BaseModel, ConfigDict


class Rules(BaseModel):
    """What every schema of a rulebook is made of: frozen, and strict about unknown words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def in_words(self) -> str:
        """All of it in one short sentence; empty when its fields are told one by one."""
        return ""


@dataclass(frozen=True)
class Told:
    """How a field is called to readers, and in what it is counted."""

    label: Promise | str
    unit: Promise | str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of rulebook: its schema, and the first version that is shipped with Kepu."""

    key: str
    title: Promise | str
    schema: type[Rules]
    package: str
    file: str
    example: bool = True

    def shipped(self) -> str:
        """The text of the version that comes with Kepu; empty where a city added the kind itself."""
        if not self.file:
            return ""
        return (resources.files(self.package) / "rulebooks" / self.file).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Family:
    """Kinds of one schema that a city may add to: `appraisal` takes `appraisal.base` and any other.

    A kind that was added begins with its first version; before it takes effect there is none. `called`
    reads from its rules how it is called.
    """

    prefix: str
    title: Promise | str
    schema: type[Rules]
    called: Callable[[Rules], str] = str


WORD = re.compile(r"[a-z][a-z0-9_]{0,29}")
KINDS: dict[str, Kind] = {}
FAMILIES: dict[str, Family] = {}


def register(kind: Kind) -> None:
    KINDS[kind.key] = kind


def register_family(family: Family) -> None:
    FAMILIES[family.prefix] = family


def find(key: str) -> Kind | None:
    """The kind of this key: one that ships, or one that a city has added or may add to a family."""
    prefix, _dot, word = key.partition(".")
    if key in KINDS or prefix not in FAMILIES or not WORD.fullmatch(word):
        return KINDS.get(key)
    family = FAMILIES[prefix]
    return Kind(key, f"{family.title} {word}", family.schema, "", "", example=False)


def called_by(kind: Kind, rules: Rules) -> Kind:
    """A kind of a family under the name that its rules give it."""
    prefix, _dot, _word = kind.key.partition(".")
    if kind.file or prefix not in FAMILIES:
        return kind
    return replace(kind, title=FAMILIES[prefix].called(rules))
