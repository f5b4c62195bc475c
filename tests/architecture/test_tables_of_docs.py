"""Tables of the documentation that list what the code has: each is complete, and nothing more."""

from __future__ import annotations

import re
from pathlib import Path

from kepu.kernel.notices.texts import TEXTS
from kepu.kernel.roles.verbs import ROLES
from kepu.kernel.rulebooks.registry import KINDS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def read(name: str) -> str:
    return (DOCS / name).read_text()


def row_of(key: str) -> str:
    text = TEXTS[key]
    places = ", ".join(f"`{place}`" for place in sorted(text.zh.places()))
    return f"| `{key}` | {places} | {'yes' if text.urgent else ''} |"


def test_every_text_of_a_notice_stands_in_the_table_with_its_places():
    table = read("notices.md").partition("| key | places | urgent |\n| --- | --- | --- |\n")[2]
    rows = table.partition("\n\n")[0].splitlines()

    assert rows == [row_of(key) for key in sorted(TEXTS)]


def test_every_rulebook_has_a_section_of_its_own():
    assert set(re.findall(r"^## `([\w.]+)`", read("rulebooks.md"), re.MULTILINE)) == set(KINDS)


def test_every_role_has_a_row():
    table = read("operate.md").partition("| role | may |\n")[2].partition("\n\n")[0]

    assert set(re.findall(r"`(\w+)`", table)) == set(ROLES)
