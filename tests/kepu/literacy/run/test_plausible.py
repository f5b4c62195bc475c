"""Booklets that leave items out: figures stay where they were, and their errors grow."""

from __future__ import annotations

import csv
import re
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from kepu.literacy.run import running
from kepu.literacy.run.drawing_answers import traits_of
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Cancelled
from tests.kepu.literacy.conftest import table
from tests.kepu.literacy.run.test_running import LITERATE, copied, figures

SCORING = "scoring: {method: plausible, draws: 4, condition: education}\n"


def left_out(survey, above, scoring=SCORING):
    """The survey as if each booklet had held fifteen of the twenty-five items, by chance."""
    text = (survey / "plan.yaml").read_text("utf-8")
    folder = copied(
        survey, above, (text[text.index("modes:") :], scoring), ("count: 60", "count: 50")
    )
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    first, rng = rows[0].index("K01"), np.random.default_rng(5)
    for row in rows[1:]:
        if row[4] == "1":
            for place in rng.permutation(25)[15:]:
                row[first + place] = "-"
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    return folder


@pytest.fixture(scope="module")
def drawn(survey, tmp_path_factory):
    above = tmp_path_factory.mktemp("booklets")
    folder = left_out(survey, above)
    running.run(folder / "plan.yaml", above / "out", with_r=shutil.which("Rscript") is not None)
    return above / "out"


def test_the_share_is_that_of_whole_answers_with_a_larger_error(drawn, results):
    found, whole = (figures(one)["city", "city", LITERATE] for one in (drawn, results))

    apart = float(found["estimate"]) - float(whole["estimate"])
    assert abs(apart) < 2.5 * float(whole["se"])
    assert 1.02 * float(whole["se"]) < float(found["se"]) < 2 * float(whole["se"])


def test_bands_add_up_and_groups_keep_their_order(drawn, results):
    found, whole = figures(drawn), figures(results)
    bands = ["advanced alone", "literate alone", "basic alone", "below all"]

    shares = [float(found["city", "city", band]["estimate"]) for band in bands]
    assert sum(shares) == pytest.approx(1, rel=1e-12)
    for cell in ("primary", "college"):  # the condition: neither is drawn to the middle
        own, other = (float(one["education", cell, LITERATE]["estimate"]) for one in (found, whole))
        assert own == pytest.approx(other, abs=0.03)


def test_groups_that_the_drawing_knows_stay_as_far_apart_as_whole_answers_have_them(
    survey, results, tmp_path
):
    """Unless it is told otherwise, the drawing knows all by which the plan tells figures apart."""
    whole, off = figures(results), {}
    for name, condition in (("nothing", ", condition: []"), ("all", "")):
        scoring = f"scoring: {{method: plausible, draws: 4{condition}}}\n"
        folder = left_out(survey, tmp_path / name, scoring)
        running.run(folder / "plan.yaml", tmp_path / name / "out")
        found = figures(tmp_path / name / "out")
        cells = [place for place in whole if place[0] in ("age", "residence", "education", "key")]
        off[name] = {
            place[1]: float(found[place]["estimate"]) - float(whole[place]["estimate"])
            for place in cells if whole[place]["estimate"]
        }  # fmt: skip

    wide, close = (sum(map(abs, off[name].values())) for name in ("nothing", "all"))
    assert close < 0.6 * wide
    assert off["nothing"]["college"] < -0.01 < off["all"]["college"]  # the ablest are pulled down
    assert off["nothing"]["primary"] > off["all"]["primary"]  # and those at the other end up


def test_r_finds_the_figures_by_rubin_s_rules(drawn):
    if shutil.which("Rscript") is None:
        pytest.skip("needs R with its survey package: r-base-core, r-cran-survey")
    rows = table(drawn / "r" / "agreement.csv")

    assert len(rows) > 50
    for row in rows:
        assert float(row["r_estimate"]) == pytest.approx(float(row["estimate"]), rel=1e-9)
        assert float(row["r_se"]) == pytest.approx(float(row["se"]), rel=1e-9)


def test_items_are_told_from_those_who_were_asked(drawn, results):
    found, whole = ({q["name"]: q for q in table(one / "items.csv")} for one in (drawn, results))

    for name, item in found.items():
        assert float(item["right"]) == pytest.approx(float(whole[name]["right"]), abs=0.035)
        assert float(item["difficulty"]) == pytest.approx(
            float(whole[name]["difficulty"]), abs=0.35
        )


def test_what_cannot_be_scored_so_is_said(survey, tmp_path):
    other = left_out(survey, tmp_path / "other", "scoring: {method: plausible, draws: 1}\n")
    with pytest.raises(EngineError, match=r"scoring.draws: Input should be greater"):
        running.run(other / "plan.yaml", tmp_path / "out")


def test_who_was_asked_nothing_is_named(survey, tmp_path):
    folder = left_out(survey, tmp_path)
    rows = (folder / "answers.csv").read_text("utf-8").splitlines()
    said = next(place for place, row in enumerate(rows) if place and row.split(",")[4] == "1")
    first = next(n for n, head in enumerate(rows[0].split(",")) if re.fullmatch(r"[A-Z]+\d+", head))
    told = rows[said].split(",")
    rows[said] = ",".join([*told[:first], *["-"] * 25, *told[first + 25 :]])
    (folder / "answers.csv").write_text("\n".join(rows) + "\n", "utf-8")

    with pytest.raises(EngineError, match=f"row {said + 1}, column person: this person answered"):
        running.run(folder / "plan.yaml", tmp_path / "out")


def test_a_category_of_a_few_people_is_put_in_the_middle_of_the_others():
    labels = np.repeat(["a", "b", "c", "d"], [30, 10, 3, 20])
    plan = SimpleNamespace(scoring=SimpleNamespace(condition=["x"]), conditions=["x"])
    read = SimpleNamespace(plan=plan, said=np.ones(63, bool), labels=lambda _name: labels)

    found = traits_of(read)

    assert found.shape == (63, 3)
    assert found[[0, 30, 62]].tolist() == [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    assert found[41] == pytest.approx([1, 10 / 60, 20 / 60])


@pytest.mark.parametrize("stage", ["errors of items", "drawn answers", "ability by traits"])
def test_a_run_that_is_cancelled_stops_while_it_draws_and_keeps_nothing(survey, tmp_path, stage):
    folder = left_out(survey, tmp_path, "scoring: {method: plausible, draws: 4}\n")

    def cancelled(name, done, total):
        if name == stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        running.run(folder / "plan.yaml", tmp_path / "out", progress=cancelled)

    assert sorted(one.name for one in tmp_path.iterdir()) == ["survey"]
