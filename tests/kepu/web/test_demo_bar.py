"""How far the demo city is: a step counts by what it costs, and the bar only goes on."""

from __future__ import annotations

import ast
from pathlib import Path

import kepu.literacy.run
from kepu.web.demo import Bar
from kepu.web.demo_survey import STAGES


def test_a_step_counts_by_its_cost_and_the_bar_never_goes_back():
    told = []
    bar = Bar(lambda what, done, total: told.append((done, total)))
    bar.whole = 100
    bar.begins(10)
    bar.ends()
    bar.begins(80)
    for share in (0.5, 0, 0.75):  # a stage that comes again, or is not known, says nothing new
        bar.within(share)
    bar.ends()
    bar.begins(10)

    assert told == [(0, 100), (10, 100), (50, 100), (50, 100), (70, 100), (90, 100)]


def test_the_stages_of_the_survey_come_in_their_order_and_most_are_those_of_a_run():
    said = set()
    for file in Path(kepu.literacy.run.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)

    assert list(STAGES.values()) == sorted(STAGES.values())
    assert {"reading", "differential items", "writing", "R", "report"} <= STAGES.keys() & said
