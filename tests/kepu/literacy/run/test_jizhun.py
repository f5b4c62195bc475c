"""The benchmark test (基准): 50 items of 2 points, passed with 30 right, and no series with the other."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from kepu.literacy.run import running
from kepu.literacy.run.estimating import points_of
from kepu.literacy.run.plan import load
from kepu.literacy.run.reading import gather
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.literacy import CAST_2024, JIZHUN, reached
from tests.kepu.literacy.conftest import table
from tests.kepu.literacy.run.test_running import copied

pytestmark = pytest.mark.slow


def benchmark(survey: Path, above: Path, items: int = 50) -> Path:
    """The survey as if its people had been asked so many items of the benchmark test."""
    text = (survey / "plan.yaml").read_text("utf-8")
    tail = text[text.index("modes:") :]
    trend = "trend:\n  file: earlier.csv\n  target: {year: 2028, share: 0.10}\n"
    folder = copied(
        survey, above, ("framework: cast-2024", "framework: jizhun"), (tail, trend),
        ("level: literate", "level: passed"), ("count: 60", "count: 50"),
    )  # fmt: skip
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    first, rng = rows[0].index("K01"), np.random.default_rng(3)
    names = [f"B{number:02}" for number in range(items)]
    made = [[*rows[0][:first], *names]]
    for row in rows[1:]:
        able = rng.normal(0.2, 1)
        right = rng.random(items) < 1 / (1 + np.exp(-1.2 * (able - np.linspace(-1.5, 1.5, items))))
        told = ["A" if one else "B" for one in right] if row[4] == "1" else [""] * items
        made.append([*row[:first], *told])
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(made)
    lines = ["item,dimension,key", *(f"{name},benchmark,A" for name in names)]
    (folder / "items.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def test_who_has_thirty_of_fifty_right_has_passed_and_who_has_twenty_nine_has_not(survey, tmp_path):
    folder = benchmark(survey, tmp_path)
    read = gather(load(folder / "plan.yaml"), folder)

    points, _parts = points_of(read, read.right)

    right = read.right.sum(axis=1)
    assert points == pytest.approx(2.0 * right)
    passed = reached(JIZHUN, points)["passed"]
    assert passed.tolist() == (right >= 30).tolist()
    assert {29, 30} <= set(right.tolist())
    assert read.plan.framework.titles("zh")["passed"] == "达到科学素质基准"


def test_a_form_of_another_length_is_refused(survey, tmp_path):
    folder = benchmark(survey, tmp_path, items=49)

    with pytest.raises(EngineError, match="was asked 49 items, and a form of jizhun has 50"):
        gather(load(folder / "plan.yaml"), folder)


def test_the_other_level_is_none_of_it(survey, tmp_path):
    folder = benchmark(survey, tmp_path)
    text = (folder / "plan.yaml").read_text("utf-8")
    (folder / "plan.yaml").write_text(text.replace("level: passed", "level: literate"), "utf-8")

    with pytest.raises(EngineError, match="level must be one of passed"):
        load(folder / "plan.yaml")


def test_it_breaks_the_series_of_the_other_and_tells_no_chance_of_its_target(survey, tmp_path):
    folder = benchmark(survey, tmp_path)

    running.run(folder / "plan.yaml", tmp_path / "out")

    lines = {row["year"]: row for row in table(tmp_path / "out" / "trend.csv")}
    assert {lines[year]["framework"] for year in ("2022", "2024")} == {CAST_2024.version}
    assert lines["2026"]["framework"] == "jizhun"
    assert all("framework" in lines[year]["breaks"] for year in ("2018", "2020", "2022", "2024"))
    told = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert told["trend"]["probability"] is None
    assert told["scoring"]["items"] == 50
    assert told["framework"] == "jizhun"
