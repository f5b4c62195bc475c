"""docs/policy-map.md ties each clause of the plan to what carries it out, and to a test that exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT / "docs" / "policy-map.md"
ROW = re.compile(r"^\| (S\d{3}) \| (.+?) \| (.*?) \| (.*?) \| (.*?) \|$")
MOST = 5  # clauses that one test may carry


def rows() -> list[tuple[str, ...]]:
    return [found.groups() for line in MAP.read_text().splitlines() if (found := ROW.match(line))]


def named_in(cell: str) -> list[str]:
    return re.findall(r"tests/[\w/.]+::\w+", cell)


def test_every_clause_has_one_row():
    assert [row[0] for row in rows()] == [f"S{number:03}" for number in range(1, 174)]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_clause_is_open_or_has_room_action_and_test(row):
    _, phrase, room, action, test = row

    if test == "open":
        return
    assert phrase
    assert room
    assert action
    assert named_in(test)
    for name in named_in(test):
        path, _, function = name.partition("::")
        assert (ROOT / path).is_file(), path
        tree = ast.parse((ROOT / path).read_text())
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_no_test_carries_more_than_a_few_clauses():
    carried = Counter(name for row in rows() for name in named_in(row[4]))

    assert [name for name, count in carried.items() if count > MOST] == []
