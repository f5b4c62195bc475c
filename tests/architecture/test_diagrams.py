"""The documentation draws the life of an order as the table in the code has it."""

from __future__ import annotations

import pytest
from tools import diagrams


@pytest.mark.parametrize("page", diagrams.PAGES, ids=lambda page: page.name)
def test_the_diagrams_say_what_the_tables_say(page):
    written = page.read_text()

    assert diagrams.BLOCK.search(written)
    assert written == diagrams.drawn(written), "python tools/diagrams.py writes it anew"
