"""`kepu literacy run PLAN.yaml` as it is typed: with nothing but the plan."""

from __future__ import annotations

import json
import shutil

import pytest

from kepu.literacy.run import handing
from kepu.web.commands import literacy

pytestmark = pytest.mark.slow


@pytest.fixture
def plan(survey, tmp_path):
    """A plan without years before and volunteers: what is asked here does not need them."""
    folder = tmp_path / "survey"
    shutil.copytree(survey, folder)
    text = (folder / "plan.yaml").read_text("utf-8")
    (folder / "plan.yaml").write_text(text[: text.index("modes:")], "utf-8")
    return folder / "plan.yaml"


def test_the_plan_alone_is_enough_and_r_is_asked_where_it_is(plan, capsys):
    assert literacy.main(["run", str(plan)]) == 0

    told = json.loads(capsys.readouterr().out)
    record = json.loads((plan.parent / "results" / "run.json").read_text("utf-8"))
    assert told["out"] == str(plan.parent / "results")
    assert (record["agreement"] is not None) == (handing.missing() is None)


def test_r_is_left_where_it_is_not_wanted_and_the_earlier_run_gives_way(plan, capsys):
    assert literacy.main(["run", str(plan), "--no-r"]) == 0
    first = (plan.parent / "results" / "run.json").read_bytes()

    assert literacy.main(["run", str(plan), "--no-r"]) == 0

    assert json.loads(first)["agreement"] is None
    assert (plan.parent / "results" / "run.json").read_bytes() == first


def test_a_machine_without_r_runs_all_the_same(plan, capsys, no_r):
    assert literacy.main(["run", str(plan)]) == 0

    assert json.loads(capsys.readouterr().out)["agreement"] is None
