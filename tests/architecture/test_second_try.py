"""Only a browser gets a second try; a test of our own that fails has failed."""

from __future__ import annotations

import pytest
from tools import testing

BROWSER = "tests/journeys/test_offline.py::test_one"
OURS = "tests/kepu/orders/test_states.py::test_one"


@pytest.mark.parametrize(
    ("failed", "second", "code"),
    [
        ([BROWSER], 0, 0),
        ([BROWSER], 1, 1),
        ([OURS], 0, 1),
        ([BROWSER, OURS], 0, 1),
        ([f"{BROWSER}[{n}]" for n in range(4)], 0, 1),
        ([], 0, 1),
    ],
)
def test_what_failed_is_tried_again_only_where_a_browser_is_driven(
    monkeypatch, failed, second, code
):
    answers = iter([1, second])
    monkeypatch.setattr(testing, "run", lambda _words: next(answers))
    monkeypatch.setattr(testing, "failed", lambda: failed)

    assert testing.main([]) == code


def test_a_run_that_was_broken_off_is_not_tried_again(monkeypatch):
    answers = iter([2])
    monkeypatch.setattr(testing, "run", lambda _words: next(answers))
    monkeypatch.setattr(testing, "failed", lambda: [BROWSER])

    assert testing.main([]) == 2
