"""From the text of a change document to checked rows, with sentences that name the row at fault."""

from __future__ import annotations

from datetime import date
from importlib import resources
from typing import Annotated

import yaml
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kepu.kernel import faults
from kepu.kernel.divisions.fields import SEPARATOR, ancestors, parts
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import BadInput

LARGEST = 1_000_000  # characters
EARLIEST, LATEST = date(1949, 10, 1), date(2100, 1, 1)  # the eve of a change has to be a day too


def _whole(path: str) -> str:
    if not path.endswith(SEPARATOR) or not all(parts(path)):
        raise ValueError("a path ends in a point and has no empty segment")
    return path


Path = Annotated[str, Field(max_length=60), AfterValidator(_whole)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Place(_Row):
    path: Path
    name: Name


class Opened(_Place):
    """A new division. A code is given only where it is known."""

    level: Level
    code: str | None = Field(default=None, pattern=r"^\d{2,12}$")

    @property
    def parent_path(self) -> str:
        above = ancestors(self.path)
        return above[1] if len(above) > 1 else ""


class Ended(_Place):
    """A division that is abolished; with a successor its posts and records follow there."""

    successor: Path | None = None


class Moved(_Place):
    """A division that goes, with all below it, under another parent."""

    to: Path
    segment: str | None = Field(default=None, pattern=r"^[0-9a-z]{1,20}$")
    code: str | None = Field(default=None, pattern=r"^\d{2,12}$")

    @property
    def new_path(self) -> str:
        """Under its new parent a place keeps the segments it came with, so that none collide."""
        segment = self.segment or "".join(parts(self.path)[-2:])
        return f"{self.to}{segment}{SEPARATOR}"


class Document(_Row):
    """A change of divisions: what opens, ends and moves, from which day, on whose word."""

    key: str = Field(min_length=1, max_length=40)
    title: str = Field(min_length=1, max_length=200)
    effective: date = Field(ge=EARLIEST, le=LATEST)
    source: str = Field(min_length=1, max_length=300)
    opened: tuple[Opened, ...] = ()
    ended: tuple[Ended, ...] = ()
    moved: tuple[Moved, ...] = Field(min_length=1)

    def places(self) -> list[_Place]:
        """Every row, whichever table it stands in."""
        return [*self.opened, *self.ended, *self.moved]

    def touched(self) -> set[str]:
        """Every path the change speaks of."""
        return {
            *(row.path for row in self.places()),
            *(row.to for row in self.moved),
            *(row.successor for row in self.ended if row.successor),
        }


def read(text: str) -> Document:
    """The change that `text` (YAML) orders; raises BadInput with one sentence per fault."""
    if len(text) > LARGEST:
        raise BadInput(_("a change document has at most 1,000,000 characters"))
    try:
        return Document.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise BadInput(_("line %(line)s cannot be read as YAML") % {"line": line}) from error
    except ValidationError as error:
        raise BadInput("; ".join(_sentences(error))) from error
    except (RecursionError, ValueError) as error:
        raise BadInput(_("this cannot be read as YAML")) from error


def row_name(table: str, number: int) -> str:
    """How a row of a document is called in a refusal; rows count from 1."""
    return _("row %(number)s of %(table)s") % {"table": table, "number": number}


def _sentences(error: ValidationError) -> list[str]:
    found = []
    for fault in error.errors():
        place = fault["loc"]
        if len(place) > 1 and isinstance(place[1], int):
            rest = ".".join(map(str, place[2:]))
            where = f"{row_name(str(place[0]), place[1] + 1)} {rest}".strip()
        else:
            where = ".".join(map(str, place)) or _("the document")
        found.append(f"{where}: {faults.sentence(fault)}")
    return found


def shipped() -> list[str]:
    """The texts of the changes that ship with Kepu, the earliest first."""
    folder = resources.files("kepu.kernel.crosswalk") / "data"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return [file.read_text(encoding="utf-8") for file in files]
