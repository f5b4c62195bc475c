"""A benchmark prints one line that can be read, and does not hide a figure that fell short."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import beside, chunks, irt, line

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


def test_a_figure_that_is_missing_is_held_to_nothing(capsys):
    line.tell("case", {"lost": 0, "per_s": None}, {"per_s": (">=", 250), "lost": ("<=", 0)})

    told = _told(capsys)
    assert told["reached"] is None
    assert told["bar"] == {"lost": "<= 0"}
    assert told["why"] == "per_s was not measured"


def test_a_figure_is_held_to_the_bar_before_it_is_rounded(capsys):
    line.tell("case", {"times": 9.99996, "share": 0.000123456}, {"times": (">=", 10)})

    told = _told(capsys)
    assert told["reached"] is False
    assert (told["times"], told["share"]) == (10.0, 0.0001235)


def test_growth_is_held_to_its_bar_unrounded_and_to_none_without_a_smaller_run(capsys):
    beside.tell_growth("case", [{"cpu": [1.0]}], [{"cpu": [11.004]}], 1000)
    assert _told(capsys)["reached"] is False

    beside.tell_growth("case", [], [{"cpu": [11.0]}], 1000)
    told = _told(capsys)
    assert (told["growth"], told["reached"], told["bar"]) == (None, None, {})
    assert told["why"] == "growth was not measured: a run of ours failed"


def test_figures_against_rivals_are_not_rounded_before_they_are_held_to_a_bar(capsys):
    ours = {"cpu": [1.0], "wall": [1.0], "peak": 1000.0, "loglik": 0.0, "answer": [1.0]}
    theirs = {"cpu": [9.96], "wall": [1.96], "peak": 2999.0, "loglik": 0.05004, "answer": [1.0]}

    line.tell("irt", *irt.compared(_runs(kepu=ours, mirt=theirs)))
    told = _told(capsys)
    assert told["why"].startswith("times_mirt_cpu, below_best_loglik fell short")

    figures = chunks.held(ours | {"cpu": 1.0}, ours | {"cpu": 11.004, "peak": 1100.4}, ours)
    line.tell("chunks", figures, chunks.BARS)
    assert _told(capsys)["why"].startswith("peak_growth, growth fell short")


def test_tails_are_taken_from_the_sorted_values():
    found = line.spans(n / 1000 + 0.00002 for n in range(1, 101))

    assert found == pytest.approx({"p50_ms": 50.52, "p95_ms": 96.02, "p99_ms": 100.02}, rel=1e-9)


def test_a_name_nobody_knows_is_one_sentence():
    done = benchmarks({}, "nonsense")

    assert done.returncode == 2
    assert "no benchmark is called nonsense" in done.stderr


def _runs(**of_each: dict[str, object]) -> dict[str, list[dict[str, object]]]:
    names = {"theta": "theta-irt"}
    return {names.get(name, name): [run] if run else [] for name, run in of_each.items()}


def test_an_item_response_model_is_held_to_what_each_rival_did():
    ours = {"cpu": [1.0], "wall": [2.0], "peak": 100.0, "loglik": -50.04}
    slow = {"cpu": [12.0], "wall": [9.0], "peak": 90.0, "loglik": -50.0}
    large = {"cpu": [3.0], "wall": [5.0], "peak": 290.0, "loglik": -50.1}

    figures, bars = irt.compared(_runs(kepu=ours, mirt=slow, theta=large))

    assert figures["times_mirt_cpu"] == 12
    assert figures["times_theta_wall"] == 2.5
    assert figures["peak_share_of_theta"] == pytest.approx(0.345, abs=0.0005)
    assert figures["below_best_loglik"] == pytest.approx(0.04)
    assert set(bars) == {
        "times_mirt_cpu", "times_theta_wall", "peak_share_of_theta", "below_best_loglik",
    }  # fmt: skip
    assert not irt.compared(_runs(kepu=ours, mirt={}, theta={}))[1]


def benchmarks(surroundings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=ROOT,
        env=surroundings or None,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
