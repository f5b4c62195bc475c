"""Two surveys in a row, the second with harder questions: what points say, and what people gained."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from kepu.literacy.run import running
from kepu_engines.survey.literacy import CAST_2024, reached, score
from tests.kepu.literacy.conftest import table

pytestmark = pytest.mark.slow
COUNTS = {"knowledge": 10, "method": 5, "spirit": 5, "application": 5}
OF = np.repeat(list(COUNTS), list(COUNTS.values()))
PSUS, EACH = 60, 30
GAIN = 0.15  # in spreads of ability, from the first survey to the second
HARDER = 0.9
PLAN = """\
title: 两年
year: {year}
synthetic: true
framework: cast-2024
seed: 5
answers: {{file: answers.csv, person: person, weight: weight, strata: stratum, psu: psu}}
items: items.csv
replicates: {{count: 60}}
groups: [residence]
{trend}
"""


def forms():
    """Slopes and difficulties by name: two forms with twelve items in common, the others harder."""
    chance = np.random.default_rng(11)
    names = [
        f"{dimension[0].upper()}{n}" for dimension, many in COUNTS.items() for n in range(many)
    ]
    slope, hard = chance.uniform(0.9, 1.7, 25), chance.normal(0.0, 0.8, 25)
    new = np.arange(25) % 2 == 1
    later = [f"N{name}" if fresh else name for name, fresh in zip(names, new, strict=True)]
    moved = np.where(new, chance.normal(HARDER, 0.8, 25), hard)
    return (names, slope, hard), (later, np.where(new, chance.uniform(0.9, 1.7, 25), slope), moved)


def answers(form, theta, chance):
    _names, slope, hard = form
    return chance.random((len(theta), 25)) < 1 / (1 + np.exp(-slope * (theta[:, None] - hard)))


def share(form, mean):
    """The literate among a great many such people."""
    chance = np.random.default_rng(1)
    right = answers(form, mean + people(400_000, chance)[1], chance)
    parts = {name: right[:, name == OF].mean(axis=1) for name in COUNTS}
    return float(reached(CAST_2024, score(CAST_2024, parts))["literate"].mean())


def people(many, chance):
    """Who lives in town, and the ability of each: with a spread of 1 round 0 in all."""
    urban = chance.random(many) < 0.5
    return urban, np.where(urban, 0.4, -0.4) + np.sqrt(1 - 0.16) * chance.standard_normal(many)


def written(folder, form, mean, seed, year, trend=""):
    folder.mkdir()
    chance = np.random.default_rng(seed)
    urban, theta = people(PSUS * EACH, chance)
    right = answers(form, mean + theta, chance)
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["person", "weight", "stratum", "psu", "residence", *form[0]])
        for n, row in enumerate(right):
            place = "urban" if urban[n] else "rural"
            psu = n // EACH
            rows.writerow([n, 100, psu % 4, psu, place, *("A" if one else "B" for one in row)])
    with (folder / "items.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["item", "dimension", "key"])
        rows.writerows((name, of, "A") for name, of in zip(form[0], OF, strict=True))
    (folder / "plan.yaml").write_text(PLAN.format(year=year, trend=trend), "utf-8")
    return folder / "plan.yaml"


SURE = "item_covariance.csv"
HEADS = ["year", "estimate", "se", "framework", "modes", "scale", "table", "cell"]


def whose(row):
    return ("", "") if row["table"] == "city" else (row["table"], row["cell"])


def file(place, heads, rows):
    with place.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([heads, *rows])


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    """The rows of `trend.csv` and `trend_groups.csv` of the second survey, and its record."""
    above = tmp_path_factory.mktemp("years")
    first, second = forms()
    running.run(written(above / "then", first, 0.0, 1, 2024), above / "one")
    trend = (
        "trend: {file: earlier.csv, target: {year: 2028, share: 0.3}, "
        "linking: {file: common.csv, form: form.csv, scale: '2024'}}"
    )
    plan = written(above / "now", second, GAIN, 2, 2026, trend)
    items, figures = table(above / "one" / "items.csv"), table(above / "one" / "figures.csv")
    kind = ("cast-2024", "home", "2024")
    years = [
        (2024, row["estimate"], row["se"], *kind, *whose(row))
        for row in figures
        if row["measure"] == "literate or above"
    ]
    file(above / "now" / "earlier.csv", HEADS, years)
    common = [
        (row["name"], row["slope"], row["difficulty"]) for row in items if row["name"] in second[0]
    ]
    form = [(row["name"], row["dimension"], row["slope"], row["difficulty"]) for row in items]
    file(above / "now" / "common.csv", ["item", "a", "b"], common)
    file(above / "now" / "form.csv", ["item", "dimension", "a", "b"], form)
    told = running.run(plan, above / "two")
    counted = plan.read_text("utf-8").replace(
        "form: form.csv", f"form: form.csv, covariance: {SURE}"
    )
    (above / "now" / "counted.yaml").write_text(counted, "utf-8")
    (above / "now" / SURE).write_bytes((above / "one" / SURE).read_bytes())
    told["counted"] = running.run(above / "now" / "counted.yaml", above / "three")["trend"]
    return (
        table(above / "two" / "trend.csv"),
        table(above / "two" / "trend_groups.csv"),
        told["trend"] | {"counted": told["counted"]},
    )


def test_raw_points_make_a_fall_of_what_people_gained_and_linked_ones_do_not(series):
    rows, _groups, _told = series
    first, second = forms()
    truth = share(first, GAIN) - share(first, 0.0)
    then, now = rows
    raw, change, se = (
        float(now["raw"]) - float(then["estimate"]),
        float(then["change"]),
        float(then["change_se"]),
    )

    assert truth > 0.02
    assert raw < -0.05
    assert share(second, GAIN) - share(first, 0.0) == pytest.approx(raw, abs=0.05)
    assert abs(change - truth) < 2 * se < 0.12
    assert abs(raw - truth) > 2 * se
    assert then["breaks"] == ""


def test_groups_are_told_by_the_earlier_questions_too(series):
    _rows, groups, _told = series
    for cell in ("urban", "rural"):
        then, now = (row for row in groups if row["cell"] == cell)
        assert float(now["raw"]) < float(then["estimate"]) - 0.02
        assert abs(float(then["change"]) - 0.03) < 2.5 * float(then["change_se"])


def test_the_target_is_judged_by_the_linked_share(series):
    rows, _groups, told = series

    assert told["linked"] is True
    assert told["rests_on"] == [2024, 2026]
    assert told["link"]["shift"] == pytest.approx(GAIN, abs=0.15)
    grown = float(rows[-1]["estimate"]) - float(rows[0]["estimate"])
    assert (told["expected"] > float(rows[-1]["estimate"])) is (grown > 0)


def test_the_earlier_year_s_sampling_of_people_adds_to_the_error_of_the_link(series):
    """As many people were asked then as now: the sampling of both is about twice that of one."""
    _rows, _groups, told = series
    alone, both = (np.array(one["link"]["covariance"]) for one in (told, told["counted"]))

    assert told["counted"]["link"]["shift"] == told["link"]["shift"]
    assert 1.2 < both[1, 1] / alone[1, 1] < 3.5
    assert np.linalg.eigvalsh(both)[0] > 0
