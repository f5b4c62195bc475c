"""From YAML text to checked rules, with sentences that name the place of what is wrong."""

from __future__ import annotations

import difflib
import hashlib

import yaml
from django.utils.translation import gettext as _
from pydantic import ValidationError

from kepu.kernel import faults
from kepu.kernel.errors import BadInput
from kepu.kernel.rulebooks import rows
from kepu.kernel.rulebooks.registry import Rules, find

LARGEST = 200_000  # characters
DEEPEST, MOST_EVENTS = 20, 50_000


def read(kind: str, text: str) -> Rules:
    """The rules that `text` states; raises BadInput with one sentence per fault."""
    found = find(kind)
    if found is None:
        raise BadInput(_("there is no rulebook called %(kind)s") % {"kind": kind})
    if len(text) > LARGEST:
        raise BadInput(_("a rulebook has at most 200,000 characters"))
    try:
        need_plain(text)
        return found.schema.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise BadInput(_("line %(line)s cannot be read as YAML") % {"line": line}) from error
    except (RecursionError, ValueError) as error:
        if isinstance(error, ValidationError):
            raise BadInput(sentences(found.schema, error)) from error
        raise BadInput(_("this cannot be read as YAML")) from error


def need_plain(text: str) -> None:
    """Rules are shallow and short. Looked at piece by piece, so that what is neither costs nothing."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        if isinstance(event, yaml.AliasEvent):
            raise BadInput(_("write it out in full: anchors and aliases are not taken"))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or count > MOST_EVENTS:
            raise BadInput(_("a rulebook has at most 20 levels and 50,000 words"))


def sentences(schema: type[Rules], error: ValidationError) -> str:
    """What is wrong, place by place."""
    found = [
        f"{_where(schema, fault['loc']) or kind_of(error)}: {faults.sentence(fault)}"
        for fault in error.errors()
    ]
    return "; ".join(found)


def _where(schema: type[Rules], loc: tuple[int | str, ...]) -> str:
    """The label of the field for people, and its place in the text."""
    code = ".".join(map(str, loc))
    return f"{rows.place(schema, loc)} ({code})" if code else ""


def kind_of(error: ValidationError) -> str:
    return error.title


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def diff(old: str, new: str) -> list[str]:
    """Lines taken away (`- `), added (`+ `) and kept (`  `) between two versions."""
    return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] != "?"]
