"""The page of the management rules calls its values what Kepu carries out: each is read somewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import kepu
from kepu.people.policy import Article, Management

SOURCE = Path(kepu.__file__).parent
ELSEWHERE = [
    path
    for path in sorted(SOURCE.rglob("*.py"))
    if path != SOURCE / "people" / "policy.py" and "migrations" not in path.parts
]


def values() -> Iterator[tuple[str, str]]:
    """Each article of the rulebook with each of its values; its words are for people."""
    for section, stated in Management.model_fields.items():
        kinds = (stated.annotation, *get_args(stated.annotation))
        article = next(kind for kind in kinds if isinstance(kind, type) and kind is not type(None))
        assert issubclass(article, Article)
        yield from ((section, name) for name in article.model_fields if name != "text")


def read() -> list[set[str]]:
    """The attributes that are read in each function that asks for the management rules."""
    functions = []
    for path in ELSEWHERE:
        text = path.read_text(encoding="utf-8")
        if "management(" in text:
            tree = ast.walk(ast.parse(text))
            functions += [one for one in tree if isinstance(one, ast.FunctionDef)]
    found = [
        {node.attr for node in ast.walk(one) if isinstance(node, ast.Attribute)}
        for one in functions
    ]
    return [names for names in found if "management" in names]


@pytest.mark.parametrize(("section", "name"), list(values()))
def test_every_value_of_the_management_rules_is_read_by_code(section, name):
    assert any({section, name} <= names for names in read())
