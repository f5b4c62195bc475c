"""The kinds of rulebook there are. A room registers its kinds when Django is ready."""

from __future__ import annotations

from dataclasses import dataclass
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
        """The text of the version that comes with Kepu."""
        return (resources.files(self.package) / "rulebooks" / self.file).read_text(encoding="utf-8")


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    KINDS[kind.key] = kind
