"""Homes and volunteers in a run: what volunteers say is put right, and its error is told."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from kepu.literacy.run import modes_told, running
from kepu.literacy.run.plan import load
from kepu.literacy.run.pooling import pooled
from kepu.literacy.run.reading import gather
from kepu_engines.core.errors import EngineError
from tests.kepu.literacy.conftest import table
from tests.kepu.literacy.run.test_running import LITERATE, copied

FREE = "doubly-robust as at home"


@pytest.fixture(scope="module")
def mixed(results):
    return {(m["cell"], m["measure"], m["method"]): m for m in table(results / "modes.csv")}


@pytest.fixture(scope="module")
def truth(survey):
    share = {row["code"]: float(row["share"]) for row in table(survey / "truth.csv")}
    people = {row["code"]: int(row["people"]) for row in table(survey / "districts.csv")}
    return sum(share[code] * people[code] for code in share) / sum(people.values())


def test_volunteers_are_too_good_until_choice_and_mode_are_taken_off(mixed, truth):
    as_they_said, as_at_home, both = (
        mixed["city", LITERATE, method] for method in ("doubly-robust", FREE, "combined")
    )

    assert float(as_they_said["low"]) > truth + 0.03
    assert float(as_at_home["low"]) < truth < float(as_at_home["high"])
    assert float(both["low"]) < truth < float(both["high"])
    assert float(as_at_home["se"]) > float(as_they_said["se"])  # the effect is itself uncertain
    assert 0.2 < float(mixed["city", LITERATE, "mode effect"]["estimate"]) < 1.1


def test_homes_alone_are_the_figures_of_the_run(mixed, results):
    figures = {(f["cell"], f["measure"]): f for f in table(results / "figures.csv")}
    homes = [m for (_cell, _measure, method), m in mixed.items() if method == "home"]

    assert len(homes) == 4 + 13  # levels and points, then cells of four groups
    for home in homes:
        own = figures[home["cell"], home["measure"]]
        assert float(home["estimate"]) == pytest.approx(float(own["estimate"]), rel=1e-12)
        assert float(home["se"]) == pytest.approx(float(own["se"]), rel=1e-9)
        assert home["n"] == own["n"]


def test_the_combined_figure_is_its_parts_by_the_share(mixed):
    for (cell, measure, method), both in mixed.items():
        if method == "combined":
            share = float(both["share"])
            home, online = (float(mixed[cell, measure, m]["estimate"]) for m in ("home", FREE))
            expected = (1 - share) * home + share * online
            assert float(both["estimate"]) == pytest.approx(expected, rel=1e-12)
            assert 0 <= share <= 1
            assert float(both["added"]) >= 0


def test_the_record_and_sdmx_say_who_speaks(results, mixed):
    record = json.loads((results / "run.json").read_text("utf-8"))
    observed = [
        row for row in table(results / "figures.sdmx.csv") if row["METHOD"].startswith("MODES_")
    ]

    told = mixed["city", LITERATE, "combined"]
    assert record["combined"]["estimate"] == float(told["estimate"])
    assert record["combined"]["share"] == float(told["share"])
    assert {row["METHOD"] for row in observed} == {
        "MODES_HOME", "MODES_DOUBLY_ROBUST", "MODES_DOUBLY_ROBUST_AS_AT_HOME", "MODES_COMBINED",
    }  # fmt: skip


REFUSED = [
    ("plan.yaml", "method: doubly-robust", "method: magic", "modes.method: Input should be"),
    ("plan.yaml", "    covariates: [education]", "    covariates: [income]", "must be among"),
    ("plan.yaml", "  mode: mode", "  mode: way", "overlap.csv has no column way"),
    ("overlap.csv", ",online,", ",telephone,", "telephone is neither home nor online"),
    ("volunteers.csv", "V00002", "V00001", "row 3, column person: V00001 was in row 2"),
    ("volunteers.csv", ",male,", ",other,", "category other of sex is in one of the samples"),
    ("volunteers.csv", ",male,", ",,", "column sex: it is empty, though the person answered"),
    ("plan.yaml", "covariates: [sex, age,", "covariates: [community, age,", "community has no"),
]


@pytest.mark.parametrize(("file", "old", "new", "sentence"), REFUSED)
def test_what_is_wrong_with_the_modes_is_said(survey, tmp_path, file, old, new, sentence):
    folder = copied(survey, tmp_path, (old, new), file=file)

    with pytest.raises(EngineError) as refusal:
        running.run(folder / "plan.yaml", tmp_path / "out")

    assert sentence in str(refusal.value)
    assert not (tmp_path / "out").exists()


def test_volunteers_need_margins(survey, tmp_path):
    margins = "margins:\n  file: margins.csv\n  low: 0.2\n  high: 5\n"
    folder = copied(survey, tmp_path, (margins, ""))

    with pytest.raises(EngineError, match="modes need margins"):
        running.run(folder / "plan.yaml", tmp_path / "out")


@pytest.fixture(scope="module")
def by_district(survey, tmp_path_factory):
    """The survey as if volunteers had said where they live: mostly in two districts."""
    above = tmp_path_factory.mktemp("districts")
    folder = copied(
        survey, above,
        ("covariates: [sex, age, residence, education]", "covariates: [sex, education, district]"),
    )  # fmt: skip
    codes = [row["code"] for row in table(folder / "districts.csv")]
    rows = table(folder / "volunteers.csv")
    for place, row in enumerate(rows):
        row["district"] = codes[0] if place % 3 == 0 else codes[place % 38]
    with (folder / "volunteers.csv").open("w", encoding="utf-8", newline="") as stream:
        written = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        written.writeheader()
        written.writerows(rows)
    read = gather(load(folder / "plan.yaml"), folder)
    return running.computed(read, running.published_before(read.plan, folder)), codes


def test_a_district_with_volunteers_enough_has_a_combined_figure_beside_its_own(by_district):
    found, codes = by_district
    here = {one.method: one for one in found.mixed if one.table == "area"}

    assert {one.cell for one in found.mixed if one.table == "area"} == {codes[0]}
    home, both = here["home"], here["combined"]
    assert (home.estimate, home.se) == pytest.approx(
        (found.found.one("area", codes[0], LITERATE).estimate,
         found.found.one("area", codes[0], LITERATE).se), rel=1e-9
    )  # fmt: skip
    expected = (1 - both.share) * home.estimate + both.share * here[FREE].estimate
    assert both.estimate == pytest.approx(expected)
    rows = list(modes_told.districts(found))
    assert [row[0] for row in rows] == [found.read.areas[0].name]
    assert "1 个区县，另列两者合并的数字" in " ".join(modes_told.words(found))


@pytest.mark.parametrize(
    ("asked", "came", "kept"),
    [
        ("aaabbbccc", {"a": 200, "b": 150}, {"a"}),  # nobody came from c: b is joined to it
        ("aaabbb", {"a": 200, "b": 150, "c": 5}, {"a"}),  # nobody was asked in c
        ("aaabbbccc", {"a": 200, "b": 150, "c": 5}, {"a", "b"}),
        ("aaabbb", {"a": 200, "b": 150}, {"a", "b"}),
    ],
)
def test_districts_that_are_joined_have_people_in_both_samples(by_district, asked, came, kept):
    read = by_district[0].read
    rows = np.resize(list(asked), len(read.said))
    volunteers = np.repeat(list(came), list(came.values()))
    sexes = [np.resize(["m", "f"], len(one)) for one in (rows, volunteers)]

    homes, online = pooled(
        read, {"district": rows, "sex": sexes[0]}, {"district": volunteers, "sex": sexes[1]}
    )

    assert set(homes["district"]) == set(online["district"])
    assert set(homes["district"]) - {"-"} == kept


def test_where_one_group_of_districts_is_left_the_column_is_dropped(by_district):
    read = by_district[0].read
    rows = np.resize(["a", "b"], len(read.said))

    homes, online = pooled(read, {"district": rows}, {"district": np.repeat("a", 200)})

    assert (homes, online) == ({}, {})


def test_volunteers_from_a_district_where_nobody_answered_are_told_of(by_district):
    found, codes = by_district
    said = found.read.said & (found.read.labels("district") != codes[5])
    silent = replace(found, read=replace(found.read, said=said))

    sentence = f"{found.read.areas[5].name}有网络样本，但入户调查无人应答"
    assert sentence in " ".join(modes_told.words(silent))
    assert "无人应答" not in " ".join(modes_told.words(found))
