"""The doors of the frame: what lies under the thumb, and what is folded away."""

from __future__ import annotations

import pytest

from kepu.ui.shell import NavItem, Shell


@pytest.mark.parametrize(("doors", "under", "folded"), [(3, 3, 0), (5, 5, 0), (6, 4, 2), (9, 4, 5)])
def test_more_than_five_doors_are_four_and_the_rest_folded(doors, under, folded):
    nav = tuple(NavItem(str(number), f"/{number}") for number in range(doors))
    shell = Shell(nav=nav)

    assert (len(shell.thumb_items), len(shell.thumb_rest)) == (under, folded)
    assert (*shell.thumb_items, *shell.thumb_rest) == nav
