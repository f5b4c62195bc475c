"""Earlier years in a run: side by side with this one, linked by common items, broken where they are."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.special import logit, ndtr
from scipy.stats import norm

from kepu.literacy.run import running
from kepu.literacy.run.drawing_years import years
from kepu.literacy.run.estimating import Figure
from kepu.literacy.run.plan import Target, load
from kepu.literacy.run.trend import CITYS, Earlier, Past, series
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.trend import Year, change
from tests.kepu.literacy.conftest import table
from tests.kepu.literacy.run.test_running import LITERATE, copied, figures


@pytest.fixture(scope="module")
def lines(results):
    return {int(row["year"]): row for row in table(results / "trend.csv")}


def test_this_year_stands_beside_those_before_it(lines, results):
    own = figures(results)["city", "city", LITERATE]

    assert list(lines) == [2018, 2020, 2022, 2024, 2026]
    assert lines[2026]["raw"] == own["estimate"]
    told = float(lines[2026]["estimate"])  # by the questions of 2024: the same, drifted a little
    assert 0.0001 < abs(told - float(own["estimate"])) < 0.004
    assert float(lines[2024]["change"]) == pytest.approx(told - 0.0838)
    assert (lines[2018]["se"], lines[2018]["change_se"], lines[2018]["linking"]) == ("", "", "")


def test_the_link_is_in_the_error_of_the_difference(lines, results):
    own = float(figures(results)["city", "city", LITERATE]["se"])
    found, linking = float(lines[2024]["change_se"]), float(lines[2024]["linking"])

    assert 0.001 < linking < 0.008  # items drifted by a twentieth of a unit of ability
    alone = found**2 - 0.0041**2 - linking**2
    assert alone == pytest.approx(own**2, rel=0.05)  # a share moves nearly as the other does
    assert alone + linking**2 == pytest.approx(float(lines[2026]["se"]) ** 2, rel=1e-9)
    low, high = (float(lines[2024][f"change_{end}"]) for end in ("low", "high"))
    assert high - low == pytest.approx(2 * 1.959964 * found, rel=1e-6)


def test_a_break_is_told_in_the_table_and_in_sdmx(lines, results):
    observed = {
        row["TIME_PERIOD"]: row
        for row in table(results / "figures.sdmx.csv")
        if (row["METHOD"], row["BREAKDOWN"]) == ("PUBLISHED", "_T")
    }

    assert [lines[year]["breaks"] for year in lines] == ["framework", "framework", "", "", ""]
    assert {year: row["OBS_STATUS"] for year, row in observed.items()} == {
        "2018": "B", "2020": "B", "2022": "A", "2024": "A",
    }  # fmt: skip
    assert observed["2020"]["OBS_VALUE"] == "0.0655"


def test_the_target_rests_on_the_comparable_years(results):
    told = json.loads((results / "run.json").read_text("utf-8"))["trend"]

    assert told["target"] == {"year": 2028, "share": 0.1}
    assert told["rests_on"] == [2022, 2024, 2026]
    assert 0.09 < told["expected"] < 0.12
    assert 0.2 < told["probability"] < 0.95


def test_groups_have_a_past_of_their_own(results):
    found, rows = figures(results), table(results / "trend_groups.csv")
    urban = [row for row in rows if row["cell"] == "urban"]
    own = found["residence", "urban", LITERATE]

    assert {row["cell"] for row in rows} == {"urban", "rural", "farmers", "workers", "older"}
    assert [row["year"] for row in urban] == ["2022", "2024", "2026"]
    assert urban[-1]["raw"] == own["estimate"]
    assert float(urban[-1]["estimate"]) == pytest.approx(float(own["estimate"]), abs=0.004)
    se = float(urban[-1]["se"])
    assert float(urban[1]["change_se"]) ** 2 == pytest.approx(se**2 + 0.0060**2)
    assert se > float(own["se"])
    observed = [row for row in table(results / "figures.sdmx.csv") if row["CATEGORY"] == "farmers"]
    assert [(row["METHOD"], row["TIME_PERIOD"]) for row in observed] == [
        ("DIRECT", "2026"), ("PUBLISHED", "2024"),
    ]  # fmt: skip


def test_without_the_earlier_form_a_share_stays_and_the_link_moves_the_same_cut_for_all(
    survey, tmp_path
):
    """Errors of linking differ by the density of a group's people at the cut alone."""
    folder = copied(survey, tmp_path, ("    form: form.csv\n", ""), ("count: 60", "count: 50"))
    running.run(folder / "plan.yaml", tmp_path / "out")
    lines = {int(row["year"]): row for row in table(tmp_path / "out" / "trend.csv")}
    own = figures(tmp_path / "out")["city", "city", LITERATE]
    assert (lines[2026]["estimate"], lines[2026]["raw"]) == (own["estimate"], "")
    city = lines[2024] | {"estimate": lines[2026]["estimate"]}
    rows = table(tmp_path / "out" / "trend_groups.csv")
    now = {row["cell"]: float(row["estimate"]) for row in rows if row["year"] == "2026"}
    linking = {row["cell"]: float(row["linking"]) for row in rows if row["year"] == "2024"}

    for cell in ("urban", "rural", "older"):
        density, whole = (norm.pdf(norm.ppf(p)) for p in (now[cell], float(city["estimate"])))
        assert linking[cell] / float(city["linking"]) == pytest.approx(density / whole, rel=1e-3)


def test_a_group_without_a_past_in_the_plan_s_figures_is_left_out(survey, tmp_path):
    folder = copied(
        survey, tmp_path, ("rows: 30", "rows: 1200"), ("count: 60", "count: 50"),
    )  # fmt: skip
    running.run(folder / "plan.yaml", tmp_path / "out")

    rows = table(tmp_path / "out" / "trend_groups.csv")
    withheld = [row for row in table(tmp_path / "out" / "figures.csv") if row["withheld"]]
    assert {row["cell"] for row in withheld} & {"farmers", "workers", "older"}
    assert {row["cell"] for row in rows} & {row["cell"] for row in withheld} == set()
    assert "urban" in {row["cell"] for row in rows}


def test_a_withheld_city_and_a_group_without_anybody_have_no_series(survey):
    plan = load(survey / "plan.yaml")
    alone = plan.trend.model_copy(update={"linking": None})
    plan = plan.model_copy(update={"trend": alone})
    year = (Year(2024, 0.1, 0.01, "cast-2024", "home"),)
    past = Earlier({CITYS: year, ("key", "farmers"): year}, ())
    some = Figure("city", "city", LITERATE, 0.12, 0.01, None, None, None, 900)
    nobody = replace(some, estimate=0.0, se=0.0)
    hidden = replace(some, estimate=None, se=None)

    found = series(plan, past, lambda table, _cell: some if table == "city" else nobody, (), ())

    assert (len(found.city.changes), found.groups) == (1, ())
    assert series(plan, past, lambda *_: hidden, (), ()) is None


def drawn(target, *earlier, now=None):
    now = now or Year(2026, 0.12, 0.004, "cast-2024", "home")
    past = Past(CITYS, now, tuple((one, change(now, one)) for one in earlier), 0)
    return ElementTree.fromstring(years(past, target, 0.95))


def test_the_picture_marks_breaks_the_target_and_years_without_an_error():
    older = Year(2020, 0.09, None, "cast-2018", "home")
    other = Year(2023, 0.10, 0.004, "cast-2024", "online")
    picture = drawn(Target(year=2030, share=0.15), older, other)
    svg = "{http://www.w3.org/2000/svg}"
    words = [text.text for text in picture.iter(f"{svg}text")]
    groups = [group.get("class") for group in picture.iter(f"{svg}g")]
    hollow = [dot for dot in picture.iter(f"{svg}circle") if dot.get("fill") == "#fff"]

    assert groups == ["break", "break"]
    assert words.count("序列中断") == 2
    assert "目标 2030 年 15%" in words
    assert len(hollow) == 1
    assert [words.count(year) for year in ("2020", "2023", "2026", "2030")] == [1, 1, 1, 1]


def test_the_combined_figure_asks_for_other_modes_than_before(survey, tmp_path):
    folder = copied(
        survey, tmp_path,
        ("trend:", "trend:\n  figure: combined"), ("count: 60", "count: 50"),
        ("year: 2028, share: 0.10", "year: 2026, share: 0.10"),
    )  # fmt: skip
    told = running.run(folder / "plan.yaml", tmp_path / "out")

    rows = {int(row["year"]): row for row in table(tmp_path / "out" / "trend.csv")}
    both = told["combined"]
    assert float(rows[2026]["raw"]) == both["estimate"]
    assert rows[2024]["breaks"] == "modes"
    assert rows[2018]["breaks"] == "framework modes"
    share, se = (float(rows[2026][name]) for name in ("estimate", "se"))
    assert se == pytest.approx(np.hypot(both["se"], float(rows[2026]["linking"])), rel=0.03)
    z = (logit(share) - logit(0.1)) / se
    z *= share * (1 - share)
    assert told["trend"]["probability"] == pytest.approx(ndtr(z))
    assert told["trend"]["rests_on"] == [2026]


LINKS = """\
year,through,slope,shift,var_slope,covariance,var_shift
2024,,1.02,0.03,0.0004,0.0001,0.0016
"""


def chained(survey, tmp_path, more=""):
    """The survey as if 2024 had come to the scale of 2022 by a link, and the common items from 2024."""
    words = ("form: form.csv", f"form: form.csv\n    through: 2024\n    links: links.csv{more}")
    folder = copied(survey, tmp_path, words, ("count: 60", "count: 50"))
    years = (folder / "earlier.csv").read_text("utf-8").splitlines()
    lines = [f"{line},{'0.0070' if '0.0838' in line else ''}" for line in years[1:]]
    told = "\n".join([f"{years[0]},linking", *lines, ""])
    (folder / "earlier.csv").write_text(told, "utf-8")
    (folder / "links.csv").write_text(LINKS, "utf-8")
    return folder


def test_the_link_of_the_year_that_items_came_through_counts_against_the_base_alone(
    survey, tmp_path
):
    told = running.run(chained(survey, tmp_path) / "plan.yaml", tmp_path / "out")

    rows = {int(row["year"]): row for row in table(tmp_path / "out" / "trend.csv")}
    whole, base, through = (float(rows[year]["linking"]) for year in (2026, 2022, 2024))
    assert base == pytest.approx(whole, rel=1e-9)
    assert through < 0.7 * whole
    assert float(rows[2024]["se"]) == pytest.approx(np.hypot(0.0041, 0.0070))  # of the year itself
    own = float(rows[2026]["se"]) ** 2 - whole**2
    assert float(rows[2024]["change_se"]) == pytest.approx(
        np.sqrt(own + 0.0041**2 + through**2), rel=1e-6
    )
    city, groups = rows[2026], table(tmp_path / "out" / "trend_groups.csv")
    older = next(row for row in groups if (row["cell"], row["year"]) == ("older", "2026"))
    assert float(older["estimate"]) < 0.7 * float(city["estimate"])
    assert float(older["linking"]) < 0.8 * whole  # by its own density at the cut
    assert told["trend"]["link"]["through"] == 2024
    assert np.linalg.eigvalsh(told["trend"]["link"]["covariance"]).min() >= 0
    assert told["trend"]["rests_on"] == [2022, 2024, 2026]


def test_a_link_s_error_is_not_told_twice(survey, tmp_path):
    folder = chained(survey, tmp_path, "\n    error: 0.004")

    with pytest.raises(EngineError, match=r"links.csv tells the link of 2024: leave trend.linking"):
        running.run(folder / "plan.yaml", tmp_path / "out")


REFUSED = [
    ("earlier.csv", "2024,0.0838", "2024,8.38", "2024: 8.38 is no share between 0 and 1"),
    ("earlier.csv", "2024,0.0838", "2026,0.0838", "2026 is not before 2026"),
    ("earlier.csv", "\n2024,0.0838", "\n2022,0.0838", "row 5, column year: 2022 comes twice"),
    ("earlier.csv", "2024,0.0838", "2024,", "row 5, column estimate: the number is missing"),
    ("earlier.csv", "0.0041", "0", "the standard error must be above 0"),
    ("earlier.csv", "\n2024,", "\nsoon,", "row 5, column year: 'soon' is not a number"),
    ("earlier.csv", "farmers", "", "row 10, column cell: which of key is missing"),
    ("earlier.csv", "key,farmers", "shoes,farmers", "shoes is none of the plan's groups and sets"),
    ("earlier.csv", "2022,0.0941", "2024,0.0941", "row 7, column year: 2024 comes twice of urban"),
    ("plan.yaml", "share: 0.10", "share: 10", "trend.target.share: Input should be less than 1"),
    ("plan.yaml", "stocking-lord", "glue", "trend.linking.method: Input should be"),
    ("plan.yaml", "file: earlier.csv", "file: gone.csv", "there is no file gone.csv"),
]


@pytest.mark.parametrize(("file", "old", "new", "sentence"), REFUSED)
def test_what_is_wrong_with_the_trend_is_said(survey, tmp_path, file, old, new, sentence):
    folder = copied(survey, tmp_path, (old, new), file=file)

    with pytest.raises(EngineError) as refusal:
        running.run(folder / "plan.yaml", tmp_path / "out")

    assert sentence in str(refusal.value)
    assert not (tmp_path / "out").exists()


def test_a_common_item_that_is_not_in_the_form_is_named(survey, tmp_path):
    folder = copied(survey, tmp_path, ("K01,", "Z99,"), file="common.csv")

    with pytest.raises(EngineError, match=r"common.csv: Z99 is no item of this year's form"):
        running.run(folder / "plan.yaml", tmp_path / "out")


def test_a_form_of_another_framework_is_named(survey, tmp_path):
    folder = copied(survey, tmp_path, ("K01,knowledge", "K01,magic"), file="form.csv")

    with pytest.raises(EngineError, match=r"form.csv, row 2, column dimension: 'magic' is none of"):
        running.run(folder / "plan.yaml", tmp_path / "out")


def test_a_run_without_common_items_breaks_the_series_and_foretells_nothing(survey, tmp_path):
    text = (survey / "plan.yaml").read_text("utf-8")
    linking = text[text.index("  linking:") : text.index("segments:")]
    folder = copied(survey, tmp_path, (linking, ""), ("count: 60", "count: 50"))
    told = running.run(folder / "plan.yaml", tmp_path / "out")["trend"]

    rows = {int(row["year"]): row for row in table(tmp_path / "out" / "trend.csv")}
    assert [rows[year]["breaks"] for year in (2020, 2024)] == ["framework scale", "scale"]
    assert (told["linked"], told["probability"]) == (False, None)
    assert rows[2024]["change"] != ""  # what it is by raw points is told, as no change of people


def test_a_series_of_combined_figures_needs_modes(survey, tmp_path):
    text = (survey / "plan.yaml").read_text("utf-8")
    modes = text[text.index("modes:") : text.index("trend:")]
    folder = copied(survey, tmp_path, (modes, ""), ("trend:", "trend:\n  figure: combined"))

    with pytest.raises(EngineError, match="the plan must have modes"):
        load(folder / "plan.yaml")
