"""Benchmarks run once, as small as they go: servers and a city, so `make test` leaves this file out."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from benchmarks.places import environment

from tests.benchmarks.test_lines import ROOT, benchmarks

pytestmark = pytest.mark.slow


def test_a_tiny_run_of_each_case_prints_lines_that_can_be_read(tmp_path):
    """On one small ground, which each case adds to: the frame takes longer than all of them."""
    surroundings = environment(tmp_path / "data")
    sizes = ("--claims", "60", "--orders", "200", "--rows", "300", "--here", "SQLite")
    sizes += ("--applications", "40", "--megabytes", "8")
    cases = {"claims": 2, "boards": 4, "appraisal": 14, "start": 1, "export": 1}
    for name, lines in cases.items():
        done = benchmarks(surroundings, name, *sizes)

        assert done.returncode == 0, done.stderr
        told = [json.loads(row) for row in done.stdout.splitlines()]
        assert len(told) == lines
        assert all(row["case"].startswith(name) and "reached" in row for row in told)


@pytest.mark.parametrize(
    ("words", "rival", "figures"),
    [
        (["raking", "--rows", "2000", "--times", "1"], "leafblower", {"margin_error", "growth"}),
        (["irt", "--persons", "3000", "--times", "1", "--models", "2pl"], "mirt", {"growth"}),
        (["irt", "--persons", "3000", "--times", "1", "--models", "grm"], "mirt", {"growth"}),
        (["chunks", "--rows", "60000", "--chunk", "3000"], None, {"apart", "peak_growth"}),
    ],
)
def test_an_engine_is_measured_alone_where_no_rival_is_named(words, rival, figures):
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{words[0]}", *words[1:]],
        cwd=ROOT,
        env={**os.environ, "RIVALS": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )

    assert done.returncode == 0, done.stderr
    told = [json.loads(row) for row in done.stdout.splitlines()]
    assert all(row["case"].startswith(words[0]) for row in told)
    assert figures <= {name for row in told for name in row["bar"]}
    if rival:
        assert told[0]["programs"][rival].startswith("not measured: RIVALS names no Python")
        assert not any(name.startswith("times") for row in told for name in row["bar"])
    else:
        assert told[0]["apart"] < 1e-12
