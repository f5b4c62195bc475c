"""A run from its plan to its folder: right, the same again, all or nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars
import pytest
from django.utils import translation
from openpyxl import load_workbook

from kepu.literacy import refusals
from kepu.literacy.run import disclosing, running
from kepu.literacy.run.plan import load
from kepu.literacy.run.reading import gather
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.areas.share_level import share_areas
from tests.kepu.literacy.conftest import table
from tests.oracles import in_r

LITERATE = "literate or above"


def figures(folder: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    rows = table(folder / "figures.csv")
    return {(row["table"], row["cell"], row["measure"]): row for row in rows}


def kepu(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kepu.web.shell", "literacy", *words],
        capture_output=True, text=True, check=False, env=os.environ | environment,
    )  # fmt: skip


def test_the_command_gives_the_same_bytes_in_another_process(survey, results, tmp_path):
    told = kepu("run", str(survey / "plan.yaml"), "--out", str(tmp_path / "again"), "--no-r")

    made, again = (
        {file.relative_to(folder): file for file in folder.rglob("*") if file.is_file()}
        for folder in (results, tmp_path / "again")
    )

    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["answered"] > 5000
    assert len(made) >= 16
    assert set(made) == set(again)
    assert [str(name) for name in made if made[name].read_bytes() != again[name].read_bytes()] == []


NUMBERS = ("NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS")


def test_the_number_of_threads_does_not_tell_in_the_last_digit(survey, tmp_path):
    """A worker, the shell and the city's builder each have as many as their process got."""
    for many in ("1", "2"):
        told = kepu(
            "run", str(survey / "plan.yaml"), "--out", str(tmp_path / many), "--no-r",
            **dict.fromkeys(NUMBERS, many),
        )  # fmt: skip
        assert told.returncode == 0, told.stderr

    for name in ("items.csv", "run.json"):
        one, two = (tmp_path / many / name for many in ("1", "2"))
        assert one.read_bytes() == two.read_bytes(), name


def test_the_city_s_figure_is_near_the_truth_that_the_survey_was_drawn_from(survey, results):
    truth = {row["code"]: float(row["share"]) for row in table(survey / "truth.csv")}
    people = {row["code"]: int(row["people"]) for row in table(survey / "districts.csv")}
    real = sum(truth[code] * people[code] for code in truth) / sum(people.values())

    found = figures(results)["city", "city", LITERATE]

    assert abs(float(found["estimate"]) - real) < 2.6 * float(found["se"])
    # A few thousand answers know the city's share to about half a point.
    assert 0.002 < float(found["se"]) < 0.008


def test_districts_by_the_model_are_nearer_the_truth_than_by_themselves(survey, results):
    truth = {row["code"]: float(row["share"]) for row in table(survey / "truth.csv")}
    rows = table(results / "districts.csv")

    def missed(column: str) -> float:
        return sum((float(row[column]) - truth[row["code"]]) ** 2 for row in rows)

    held = [
        float(row["model_low"]) <= truth[row["code"]] <= float(row["model_high"]) for row in rows
    ]
    assert len(rows) == 38
    assert missed("model") < 0.75 * missed("direct")
    assert sum(held) >= 34


def test_intervals_of_districts_count_that_they_were_brought_to_the_city_s_figure(results, survey):
    told = json.loads((results / "run.json").read_text("utf-8"))["areas"]
    read = gather(load(survey / "plan.yaml"), survey)
    rows = {row["code"]: row for row in table(results / "districts.csv")}
    size = [int(rows[area.code]["n"]) / told["deff"] for area in read.areas]
    share = [float(rows[area.code]["direct"]) for area in read.areas]
    plain = share_areas(share, size, np.array([(1.0, *area.known) for area in read.areas]))

    se = np.array([float(rows[area.code]["model_se"]) for area in read.areas])
    low, high = (
        np.array([float(rows[area.code][f"model_{end}"]) for area in read.areas])
        for end in ("low", "high")
    )
    before = plain.interval(read.plan.publish.level)

    assert (se - plain.se).mean() == pytest.approx(told["cost"])
    assert told["cost"] > 0
    inside = low > 0
    wider = (high - low) / (before[1] - before[0])
    np.testing.assert_allclose(wider[inside], (se / plain.se)[inside], rtol=1e-9)


def test_districts_add_up_to_the_city_and_bands_to_one(results):
    found, rows = figures(results), table(results / "districts.csv")
    people = sum(float(row["people"]) for row in rows)
    mean = sum(float(row["people"]) * float(row["model"]) for row in rows) / people
    bands = ["advanced alone", "literate alone", "basic alone", "below all"]

    assert mean == pytest.approx(float(found["city", "city", LITERATE]["estimate"]), rel=1e-12)
    shares = [float(found["city", "city", band]["estimate"]) for band in bands]
    assert sum(shares) == pytest.approx(1, rel=1e-12)


def test_margins_are_met_and_every_step_is_told(survey, results):
    steps = {row["step"]: row for row in table(results / "weights.csv")}
    total = sum(int(row["people"]) for row in table(survey / "districts.csv"))

    assert list(steps) == ["design", "non-response", "margins"]
    assert float(steps["margins"]["people"]) == pytest.approx(total, rel=1e-9)
    assert float(steps["design"]["people"]) < 0.8 * total  # some did not answer


def test_all_files_hold_the_same_figures(results):
    rows = table(results / "figures.csv")
    book = load_workbook(results / "tables.xlsx")
    parquet = polars.read_parquet(results / "figures.parquet")
    observed = table(results / "figures.sdmx.csv")

    assert book.sheetnames == [
        "figures", "districts", "items", "dif", "modes", "trend", "trend_groups", "segments",
        "segment_models", "weights",
    ]  # fmt: skip
    assert book["figures"].max_row == len(rows) + 1
    assert [repr(value) for value in parquet["estimate"]] == [row["estimate"] for row in rows]
    direct = [row["OBS_VALUE"] for row in observed if row["METHOD"] == "DIRECT"]
    assert direct == [row["estimate"] for row in rows]
    assert {row["STRUCTURE_ID"] for row in observed} == {"KEPU:LITERACY(1.0)"}
    assert len([row for row in observed if row["METHOD"] == "MODEL"]) == 38


def test_people_may_belong_to_several_key_groups(survey, results):
    found, people = figures(results), table(survey / "answers.csv")
    said = [row for row in people if row["answered"] == "1"]
    older, farmers = (
        {row["person"] for row in said if row[column] == word}
        for column, word in (("age", "60-69"), ("occupation", "farmer"))
    )

    assert older & farmers
    assert int(found["key", "older", LITERATE]["n"]) == len(older)
    assert int(found["key", "farmers", LITERATE]["n"]) == len(farmers)
    same = ("estimate", "se", "low", "high")
    assert [found["key", "older", LITERATE][name] for name in same] == [
        found["age", "60-69", LITERATE][name] for name in same
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('["farmer"]', '["famer"]', "sets.key.farmers: nobody who answered has occupation: famer"),
        ('{"occupation": ["farmer"]}', "{}", "sets.key.farmers: Dictionary should have at least 1"),
        ("  key: {", "  age: {", "sets: age is the name of another table"),
        ("  key: {", "  \"a = system('id'), b\": {", "String should match pattern"),
        ("groups: [sex,", "groups: [sex, 'a = q()',", "String should match pattern"),
    ],
)
def test_what_is_wrong_with_a_set_is_said(survey, tmp_path, old, new, sentence):
    folder = copied(survey, tmp_path, (old, new))

    with pytest.raises(EngineError, match=re.escape(sentence)):
        running.run(folder / "plan.yaml", tmp_path / "out")


def test_numbers_below_0_are_numbers(results):
    hard = [float(row["difficulty"]) for row in table(results / "items.csv")]

    assert min(hard) < -0.3
    assert max(hard) > 1


def test_small_cells_are_withheld_everywhere(survey, tmp_path):
    folder = copied(survey, tmp_path, ("rows: 30", "rows: 175"))

    running.run(folder / "plan.yaml", tmp_path / "out")

    rows = table(tmp_path / "out" / "figures.csv")
    few = [row for row in rows if row["table"] == "area" and int(row["n"]) < 175]
    observed = table(tmp_path / "out" / "figures.sdmx.csv")
    districts = {row["code"]: row for row in table(tmp_path / "out" / "districts.csv")}
    published = {row["cell"] for row in table(tmp_path / "out" / "r" / "published.csv")}
    assert 2 <= len(few) < 38
    for row in few:
        assert (row["estimate"], row["se"], row["low"], row["withheld"]) == ("", "", "", "rows")
        assert districts[row["cell"]]["direct"] == ""
        assert float(districts[row["cell"]]["model"]) > 0  # the model lends them strength
        assert row["cell"] not in published
    hidden = {row["REF_AREA"] for row in observed if row["OBS_STATUS"] == "Q"}
    mixed = table(tmp_path / "out" / "modes.csv")
    old = [row for row in mixed if row["cell"] == "60-69"]  # some 65 volunteers
    assert {(row["estimate"], row["share"], row["withheld"]) for row in old} == {("", "", "rows")}
    assert {row["cell"] for row in few} <= hidden


def test_the_public_file_holds_no_design_and_no_district_of_who_stands_out(results):
    public, restricted = (table(results / "r" / f"{name}.csv") for name in ("public", "restricted"))
    groups = [name for name in public[0] if name.startswith("by_")]
    kinds = [tuple(row[name] for name in groups) for row in public if row["by_area"]]

    assert {"stratum", "psu"} & set(public[0]) == set()
    assert {"stratum", "psu"} <= set(restricted[0])
    assert not [name for name in public[0] if name[0] == "r" and name[1:].isdigit()]
    mixed = [row["literate_or_above"] + row["points"] for row in public]
    straight = [row["literate_or_above"] + row["points"] for row in restricted]
    assert sorted(mixed) == sorted(straight)
    assert mixed != straight  # who stands beside whom tells the district
    assert len(public) == len(restricted) > len(kinds)  # some were hidden
    assert min(kinds.count(kind) for kind in set(kinds)) >= 3


def test_r_finds_every_published_figure(survey, tmp_path):
    in_r("", tmp_path)  # skips where R's survey package is absent
    text = (survey / "plan.yaml").read_text("utf-8")
    folder = copied(survey, tmp_path, (text[text.index("modes:") :], ""))
    told = running.run(folder / "plan.yaml", tmp_path / "out", with_r=True)

    rows = table(tmp_path / "out" / "r" / "agreement.csv")
    assert told["agreement"]["figures"] == len(rows) > 50
    assert not (tmp_path / "out" / "modes.csv").exists()  # nobody was asked online
    assert "combined" not in told
    for row in rows:
        assert float(row["r_estimate"]) == pytest.approx(float(row["estimate"]), rel=1e-9)
        assert float(row["r_se"]) == pytest.approx(float(row["se"]), rel=1e-9)


def test_the_record_names_every_file_read_and_written(survey, results):
    record = json.loads((results / "run.json").read_text("utf-8"))

    read = {"plan.yaml", "answers.csv", "items.csv", "margins.csv", "districts.csv"}
    read |= {"volunteers.csv", "overlap.csv", "earlier.csv", "common.csv", "form.csv"}
    assert set(record["inputs"]) == read
    assert record["seed"] == 20260901
    assert {"report.pdf", "tables.xlsx", "r/reproduce.R"} <= set(record["outputs"])
    assert all(len(digest) == 64 for digest in record["outputs"].values())


def test_pictures_show_every_district_once(survey):
    from kepu.literacy.run import drawing
    from kepu.literacy.run.districts import model
    from kepu.literacy.run.estimating import estimate
    from kepu.literacy.run.plan import load
    from kepu.literacy.run.reading import gather
    from kepu.literacy.run.weighing import weigh

    read = gather(load(survey / "plan.yaml"), survey)
    areas = model(read, estimate(read, weigh(read)))

    order = ElementTree.fromstring(drawing.in_order(areas.districts, 0.09, 0.95))
    names = [text.text for text in order.iter("{http://www.w3.org/2000/svg}text")]
    outlines = ElementTree.fromstring(drawing.on_the_map(areas.districts))
    titles = [title.text for title in outlines.iter("{http://www.w3.org/2000/svg}title")]
    dots = ElementTree.fromstring(drawing.funnel(areas.districts, 0.09, 1.2, 0.95))
    assert [names.count(one.area.name) for one in areas.districts] == [1] * 38
    assert len(titles) == 38
    assert len(list(dots.iter("{http://www.w3.org/2000/svg}circle"))) == 38


# --- what is refused ------------------------------------------------------------------------------


def copied(survey: Path, above: Path, *changes: tuple[str, str], file: str = "plan.yaml") -> Path:
    """The survey in a folder of its own, with words of one file changed once each."""
    folder = above / "survey"
    shutil.copytree(survey, folder)
    text = (folder / file).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / file).write_text(text, "utf-8")
    return folder


REFUSED = [
    ("plan.yaml", "title:", "heading:", "heading: Extra inputs are not permitted"),
    ("plan.yaml", "year: 2026", "year: soon", "year: Input should be a valid integer"),
    ("plan.yaml", "level: literate", "level: wise", "level must be one of advanced, literate"),
    ("plan.yaml", "  file: answers.csv", "  file: ../answers.csv", "must lie in the plan's own"),
    ("plan.yaml", "items: items.csv", "items: gone.csv", "there is no file gone.csv beside"),
    ("plan.yaml", "  weight: weight", "  weight: wait", "answers.csv has no column wait"),
    ("plan.yaml", "nonresponse:\n  classes: [district]\n", "", "the plan must name the classes"),
    ("plan.yaml", "title:", "title: [", "plan.yaml, line 3 cannot be read as YAML"),
    ("plan.yaml", "psu: community", "psu: district", "stratum 500101 has one cluster: merge it"),
    ("plan.yaml", "replicates:", "replicates:\n  lonely: adjust",
     "replicates.lonely: Input should be 'fail' or 'certainty'"),
    ("items.csv", "knowledge", "knowhow", "row 2, column dimension: knowhow is none of"),
    ("margins.csv", "sex,female", "sex,women", "female has no people in the margins"),
    ("margins.csv", "sex,female,", "sex,female,-", "is below 0"),
    ("margins.csv", "sex,female,", "sex,female,9", "margins"),
    ("districts.csv", "500101,", "500999,", "500101: these areas have no row"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "sentence"), REFUSED)
def test_what_is_wrong_is_said_and_nothing_is_written(survey, tmp_path, file, old, new, sentence):
    folder = copied(survey, tmp_path, (old, new), file=file)

    with pytest.raises(EngineError) as refusal:
        running.run(folder / "plan.yaml", tmp_path / "out")

    assert sentence in str(refusal.value)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["survey"]
    with translation.override("zh-hans"):
        assert "程序原文" not in refusals.told(str(refusal.value))


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (3, "0", "row 2, column weight: 0 is not a weight above 0"),
        (3, "-3", "row 2, column weight: -3 is not a weight above 0"),
        (3, "many", "row 2, column weight: 'many' is not a number"),
        (4, "2", "row 2, column answered: 2 is neither 0 nor 1"),
        (5, "other", "row 2, column sex: other has no people in the margins"),
        (0, None, "row 2, column person: "),
    ],
)
def test_a_wrong_answer_is_named_by_its_place(survey, tmp_path, column, value, sentence):
    folder = copied(survey, tmp_path)
    rows = (folder / "answers.csv").read_text("utf-8").splitlines()
    said = next(place for place, row in enumerate(rows) if place and row.split(",")[4] == "1")
    rows[1], rows[said] = rows[said], rows[1]
    cells = rows[1].split(",")
    cells[column] = rows[2].split(",")[column] if value is None else value
    rows[1] = ",".join(cells)
    (folder / "answers.csv").write_text("\n".join(rows) + "\n", "utf-8")
    if value is None:
        sentence = f"row 3, column person: {cells[0]} was in row 2"

    with pytest.raises(EngineError) as refusal:
        running.run(folder / "plan.yaml", tmp_path / "out")

    assert sentence in str(refusal.value)


def test_an_item_that_everybody_had_right_is_named(survey, tmp_path):
    folder = copied(survey, tmp_path)
    rows = [row.split(",") for row in (folder / "answers.csv").read_text("utf-8").splitlines()]
    place, key = rows[0].index("M01"), key_of(folder, "M01")
    for row in rows[1:]:
        row[place] = key
    (folder / "answers.csv").write_text("\n".join(map(",".join, rows)) + "\n", "utf-8")

    with pytest.raises(EngineError, match="M01: all answers alike tell nobody apart"):
        running.run(folder / "plan.yaml", tmp_path / "out")


def test_a_fit_that_does_not_converge_ends_with_2_and_writes_nothing(survey, tmp_path):
    """Two items that are always right or wrong together have slopes without bound."""
    folder = copied(survey, tmp_path)
    rows = [row.split(",") for row in (folder / "answers.csv").read_text("utf-8").splitlines()]
    one, other = rows[0].index("M01"), rows[0].index("M02")
    for row in rows[1:]:
        if row[4] == "1":
            row[other] = key_of(folder, "M02") if row[one] == key_of(folder, "M01") else "dk"
    (folder / "answers.csv").write_text("\n".join(map(",".join, rows)) + "\n", "utf-8")

    bad = kepu("run", str(folder / "plan.yaml"), "--out", str(tmp_path / "out"))

    assert (bad.returncode, bad.stdout) == (2, "")
    assert re.search(r"The fit ran away: the slope of M0[12] has no bound|not converge", bad.stderr)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["survey"]


def test_a_stratum_with_one_cluster_ends_with_2_and_writes_nothing(survey, tmp_path):
    folder = copied(survey, tmp_path, ("psu: community", "psu: district"))

    bad = kepu("run", str(folder / "plan.yaml"), "--out", str(tmp_path / "out"))

    assert (bad.returncode, bad.stdout) == (2, "")
    assert "stratum 500101 has one cluster" in bad.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == ["survey"]


def key_of(folder: Path, item: str) -> str:
    return next(row["key"] for row in table(folder / "items.csv") if row["item"] == item)


def test_a_folder_that_holds_no_run_is_left_alone(survey, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", "utf-8")

    with pytest.raises(EngineError, match="mine holds files that are no run"):
        running.run(survey / "plan.yaml", tmp_path / "mine")

    assert (tmp_path / "mine" / "thesis.txt").read_text("utf-8") == "years of work"


def test_a_run_that_fails_leaves_the_earlier_one(survey, results, tmp_path):
    shutil.copytree(results, tmp_path / "out")
    folder = copied(survey, tmp_path, ("level: literate", "level: wise"))

    with pytest.raises(EngineError):
        running.run(folder / "plan.yaml", tmp_path / "out")

    before = {file.name for file in results.iterdir()}
    assert {file.name for file in (tmp_path / "out").iterdir()} == before


def test_the_command_ends_with_2_where_it_refuses(survey, tmp_path):
    bad = kepu("run", str(survey / "answers.csv"), "--out", str(tmp_path / "other"))

    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("kepu literacy run: answers.csv")
    assert not (tmp_path / "other").exists()


# --- microdata ------------------------------------------------------------------------------------


def test_microdata_as_parquet_are_those_of_the_csv_to_the_last_bit_and_typed(results):
    for name in ("restricted", "public"):
        rows = table(results / "r" / f"{name}.csv")
        typed = polars.read_parquet(results / "r" / f"{name}.parquet")

        assert typed.columns == list(rows[0])
        assert typed.height == len(rows)
        assert typed["by_area"].to_list() == [row["by_area"] for row in rows]
        assert typed["literate_or_above"].to_list() == [
            int(row["literate_or_above"]) for row in rows
        ]
        for column in ("weight", "r1", "r60") if name == "restricted" else ("weight",):
            held = [float(row[column]) for row in rows]
            assert typed[column].to_list() == pytest.approx(held, rel=1e-14)


def test_a_label_that_looks_like_a_formula_is_disarmed_in_every_csv_of_persons_alike(
    survey, tmp_path
):
    folder = copied(survey, tmp_path, ("groups: [", "groups: [occupation, "))
    answers = folder / "answers.csv"
    answers.write_text(answers.read_text("utf-8").replace(",none,", ",=1+2,"), "utf-8")

    running.run(folder / "plan.yaml", tmp_path / "out")

    for name in ("public", "restricted"):
        told = {row["by_occupation"] for row in table(tmp_path / "out" / "r" / f"{name}.csv")}
        assert "'=1+2" in told
        assert "=1+2" not in told
    cells = {row["cell"] for row in table(tmp_path / "out" / "r" / "published.csv")}
    assert "'=1+2" in cells  # as R finds it among the persons
    typed = polars.read_parquet(tmp_path / "out" / "r" / "public.parquet")
    assert "=1+2" in set(typed["by_occupation"])  # no spreadsheet runs these


def test_a_withheld_figure_of_a_group_cannot_be_had_from_the_public_file(survey, results, tmp_path):
    sizes = {
        (row["table"], row["cell"]): int(row["n"])
        for row in table(results / "figures.csv")
        if row["table"] not in ("city", "area", "key") and row["measure"] == LITERATE
    }
    (group, smallest), fewest = min(sizes.items(), key=lambda one: one[1])
    assert sorted(sizes.values())[1] > fewest + 1  # it alone is withheld
    folder = copied(survey, tmp_path, ("rows: 30", f"rows: {fewest + 1}"))

    running.run(folder / "plan.yaml", tmp_path / "out")

    found = figures(tmp_path / "out")
    for member in ("farmers", "officials"):  # the latter are few
        told = {row[f"in_key_{member}"] for row in table(tmp_path / "out" / "r" / "public.csv")}
        assert told == ({""} if found["key", member, LITERATE]["withheld"] else {"yes", "no"})
    public = [row[f"by_{group}"] for row in table(tmp_path / "out" / "r" / "public.csv")]
    restricted = [row[f"by_{group}"] for row in table(tmp_path / "out" / "r" / "restricted.csv")]
    blank = set(restricted) - set(public)
    assert found["key", "officials", LITERATE]["withheld"] == "rows"
    assert found[group, smallest, LITERATE]["withheld"] == "rows"
    assert smallest in blank
    assert len(blank) == 2  # one alone would be all of the blank ones
    assert public.count("") > fewest
    assert set(public) - {""} == set(restricted) - blank
    others = {name for table_, name in sizes if table_ != group}
    assert others <= {
        cell
        for row in table(tmp_path / "out" / "r" / "public.csv")
        for name, cell in row.items()
        if name.startswith("by_")
    }


@pytest.mark.parametrize(
    ("withheld", "rows", "mixed"),
    [
        (set(), 30, set()),
        ({"a"}, 10, {"a", "b"}),  # 3 + 8: together enough, and two
        ({"a"}, 30, {"a", "b", "c"}),
        ({"a", "b"}, 30, {"a", "b", "c"}),
        ({"gone"}, 30, set()),  # nobody here has that label
    ],
)
def test_labels_are_mixed_until_their_people_are_no_small_cell(withheld, rows, mixed):
    labels = ["a"] * 3 + ["b"] * 8 + ["c"] * 40 + ["d"] * 90

    assert disclosing.mixed(withheld, labels, rows) == mixed
