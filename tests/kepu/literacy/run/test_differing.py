"""Items that favour a group: found where one was made so, named to the reader, and held in dif.csv."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from kepu.literacy.run import differing, differing_told, running
from kepu.literacy.run.plan import load
from kepu.literacy.run.reading import gather
from kepu.literacy.run.weighing import weigh
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt.dif import mantel_haenszel
from tests.kepu.literacy.conftest import table
from tests.kepu.literacy.run.test_running import copied

HARDER = "M02"  # made so for the countryside


@pytest.fixture(scope="module")
def folder(survey, tmp_path_factory):
    """The survey as if half of those of the countryside who knew one item had missed it."""
    made = copied(survey, tmp_path_factory.mktemp("dif"))
    keys = {row["item"]: row["key"] for row in table(made / "items.csv")}
    rows = table(made / "answers.csv")
    chance = np.random.default_rng(3)
    for row in rows:
        if row["residence"] == "rural" and row[HARDER] == keys[HARDER] and chance.random() < 0.6:
            row[HARDER] = "dk"
    with (made / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
        written = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        written.writeheader()
        written.writerows(rows)
    return made


@pytest.fixture(scope="module")
def read(folder):
    return gather(load(folder / "plan.yaml"), folder)


@pytest.fixture(scope="module")
def found(read):
    return differing.differing(read, weigh(read))


def test_the_item_that_was_made_harder_favours_the_town_and_leaves_the_matching(found):
    named = {(one.grouping, one.item): one for one in found}
    made = named["residence", HARDER]

    assert (made.grade, made.matched) == ("C", False)
    assert made.delta > 1.5 + 1.6 * made.se
    others = [one for one in found if (one.grouping, one.item) != ("residence", HARDER)]
    assert sum(one.grade == "A" for one in others) >= 0.9 * len(others)
    assert len(found) == 3 * 25


def test_the_score_is_purified_once(found, read):
    """As by hand: right answers among the items that were no B or C at first, and the item itself."""
    weighed, said = weigh(read), read.said
    pure = {one.item: one.matched for one in found if one.grouping == "residence"}
    assert not all(pure.values())
    counted = [place for place, item in enumerate(read.items) if pure[item.name]]
    item = counted[0]
    right, words = read.right[said].astype(int), read.labels("residence")[said]
    town = (words == "urban").astype(int)

    told = mantel_haenszel(right[:, item], right[:, counted].sum(axis=1), town, weighed.design)

    one = next(f for f in found if (f.grouping, f.item) == ("residence", read.items[item].name))
    assert (one.delta, one.se, one.p) == pytest.approx(
        (told.delta, 2.35 * told.error, told.p), rel=1e-9
    )


def test_groups_of_few_people_are_not_compared(read):
    rule = read.plan.publish.model_copy(update={"rows": 5000})
    strict = replace(read, plan=read.plan.model_copy(update={"publish": rule}))

    found = differing.differing(strict, weigh(read))

    assert {(one.delta, one.grade, one.withheld) for one in found} == {(None, "", "rows")}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '"first": ["urban"]',
            '"first": ["town"]',
            "dif.residence.first: nobody who answered has town",
        ),
        ('"first": ["urban"]', '"first": ["rural"]', "rural stands in both groups"),
        ('dif: {"sex"', 'dif: {"gender"', "answers.csv has no column gender"),
    ],
)
def test_what_is_wrong_with_a_comparison_is_said(survey, tmp_path, old, new, sentence):
    folder = copied(survey, tmp_path, (old, new))

    with pytest.raises(EngineError, match=re.escape(sentence)):
        running.run(folder / "plan.yaml", tmp_path / "out")


def test_the_run_writes_every_comparison(survey, results):
    rows = table(results / "dif.csv")

    assert {row["grouping"] for row in rows} == {"sex", "residence", "age"}
    assert {row["grade"] for row in rows} <= {"A", "B", "C"}
    answered = sum(row["answered"] == "1" for row in table(survey / "answers.csv"))
    assert {int(row["n"]) for row in table(results / "items.csv")} == {answered}


def test_the_report_names_who_is_favoured(read, found):
    shown = SimpleNamespace(plan=read.plan, differing=found)

    rows = differing_told.rows(shown)

    first = next(row for row in rows if row[0] == HARDER)
    assert first[:3] == [HARDER, "城乡", "城镇"]
    assert len(rows) == sum(one.grade in ("B", "C") for one in found)
    told = " ".join(differing_told.words(shown))
    assert f"共比较 75 次：A 级（可忽略）{75 - len(rows)}" in told
    assert list(differing_told.words(SimpleNamespace(plan=read.plan, differing=()))) == []
