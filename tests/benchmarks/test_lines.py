"""A benchmark prints one line that can be read, and does not hide a figure that fell short."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.places import environment

from benchmarks import line

ROOT = Path(__file__).resolve().parents[2]


def _told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_figure_that_reaches_the_bar_says_so(capsys):
    line.tell("case", {"per_s": 300}, {"per_s": (">=", 250)})

    told = _told(capsys)
    assert told["reached"] is True
    assert told["bar"] == {"per_s": ">= 250"}
    assert "why" not in told


def test_a_figure_that_falls_short_is_printed_with_the_reason(capsys):
    line.tell("case", {"p95_ms": 180, "lost": 0}, {"p95_ms": ("<=", 150), "lost": ("<=", 0)})

    told = _told(capsys)
    assert told["reached"] is False
    assert told["p95_ms"] == 180
    assert str(told["why"]).startswith("p95_ms fell short")


def test_a_figure_that_is_missing_reaches_nothing(capsys):
    line.tell("case", {}, {"per_s": (">=", 250)})

    assert _told(capsys)["reached"] is False


def test_tails_are_taken_from_the_sorted_values():
    assert line.spans(n / 1000 for n in range(1, 101)) == {
        "p50_ms": 50.5,
        "p95_ms": 96.0,
        "p99_ms": 100.0,
    }


def test_a_name_nobody_knows_is_one_sentence():
    done = _benchmarks({}, "nonsense")

    assert done.returncode == 2
    assert "no benchmark is called nonsense" in done.stderr


@pytest.mark.slow
def test_a_tiny_run_of_each_case_prints_lines_that_can_be_read(tmp_path):
    """On one small ground, which each case adds to: the frame takes longer than all of them."""
    surroundings = environment(tmp_path / "data")
    sizes = ("--claims", "60", "--orders", "200", "--rows", "300", "--here", "SQLite")
    cases = {"claims": 2, "boards": 4, "start": 1, "export": 1}
    for name, lines in cases.items():
        done = _benchmarks(surroundings, name, *sizes)

        assert done.returncode == 0, done.stderr
        told = [json.loads(row) for row in done.stdout.splitlines()]
        assert len(told) == lines
        assert all(row["case"].startswith(name) and "reached" in row for row in told)


def _benchmarks(surroundings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=ROOT,
        env=surroundings or None,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
