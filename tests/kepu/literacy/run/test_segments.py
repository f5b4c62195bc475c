"""Segments of the public in a run: found as they were invented, told with errors, refused in words."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.special import logit
from scipy.stats import t as student

from kepu.literacy.run.drawing_segments import grid
from kepu.literacy.run.estimating import Found, points_of
from kepu.literacy.run.meeting import KINDS, QUESTIONS, YES
from kepu.literacy.run.plan import load
from kepu.literacy.run.reading import gather
from kepu.literacy.run.segments import Line, Segments, segments
from kepu.literacy.run.vocabulary import Tongue
from kepu.literacy.run.weighing import weigh
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.segments import Classes
from tests.kepu.literacy.conftest import table
from tests.kepu.literacy.run.test_running import copied


@pytest.fixture(scope="module")
def lines(results):
    rows = table(results / "segments.csv")
    return {(int(row["segment"]), row["table"], row["cell"]): row for row in rows}


def number(lines, *place):
    return float(lines[place]["estimate"])


def test_the_kinds_that_were_invented_are_found_and_bic_says_how_many(results, lines):
    models = {int(row["segments"]): row for row in table(results / "segment_models.csv")}
    taken = [many for many, row in models.items() if row["taken"] == "1"]

    assert taken == [len(KINDS)]
    assert all(float(models[taken[0]]["bic"]) <= float(row["bic"]) for row in models.values())
    found = {
        tuple(round(number(lines, s, q, "yes"), 1) for q in QUESTIONS[:4]): s for s in (1, 2, 3, 4)
    }
    for kind in YES:  # each kind's answers are those of one segment
        near = [np.abs(np.array(answers) - kind).max() for answers in found]
        assert min(near) < 0.16
    sizes = [number(lines, s, "size", "") for s in (1, 2, 3, 4)]
    assert sum(sizes) == pytest.approx(1, abs=1e-9)
    assert sizes == sorted(sizes, reverse=True)


def test_shares_in_segments_add_up_to_the_city_s(results, lines):
    """The regression on the chances keeps the whole: sizes times shares are the city's figure."""
    own = {(r["table"], r["cell"]): r for r in table(results / "figures.csv")}
    literate = sum(
        number(lines, s, "size", "") * number(lines, s, "literate", "or above")
        for s in (1, 2, 3, 4)
    )
    rows = [r for r in table(results / "figures.csv") if r["measure"] == "literate or above"]

    city = next(float(r["estimate"]) for r in rows if r["table"] == "city")
    assert literate == pytest.approx(city, abs=2e-3)
    assert own["sex", "male"]["n"]
    for line in lines.values():
        assert float(line["low"]) <= float(line["estimate"]) <= float(line["high"])


def test_who_goes_to_venues_is_more_literate_and_longer_at_school(results, lines):
    by_venue = sorted((1, 2, 3, 4), key=lambda s: number(lines, s, "venue", "yes"))
    last = by_venue[-1]

    assert number(lines, last, "education", "college") > 0.5
    best = max((1, 2, 3, 4), key=lambda s: number(lines, s, "literate", "or above"))
    assert best == last
    told = json.loads((results / "run.json").read_text("utf-8"))["segments"]
    assert [mark[0] for mark in told["marks"][last - 1][:2]] == ["venue", "event"]
    assert 0.01 < told["missing"] < 0.03


def test_a_question_that_everybody_answers_alike_is_refused(survey):
    read = gather(load(survey / "plan.yaml"), survey)
    words = read.table.cells["tv"]
    words[:] = ["yes" if word else "" for word in words]

    with pytest.raises(EngineError, match=r"column tv: everybody gave the same answer"):
        segments(read, None, None)


def test_a_segment_of_too_few_people_shows_its_size_alone_and_the_picture_stands():
    model = Classes(np.array([0.9, 0.1]), np.zeros((2, 1, 2)), -1.0, 100.0, 3, 1, 1, 0.9)
    lines = (
        Line(1, "size", "", 0.9, 0.01, 0.88, 0.92), Line(1, "tv", "yes", 0.5, 0.02, 0.4, 0.6),
        Line(1, "literate", "or above", 0.1, 0.02, 0.06, 0.14),
        Line(2, "size", "", 0.1, 0.01, 0.08, 0.12), Line(2, "tv", "yes", None, None, None, None, "rows"),
        Line(2, "literate", "or above", None, None, None, None, "rows"),
    )  # fmt: skip
    drawn = grid(
        Segments((model,), model, lines, {("tv", "yes"): 0.46}, 0.0), "literate", Tongue("en")
    )

    assert ElementTree.fromstring(drawn) is not None
    assert drawn.count("—") == 2
    assert "television and radio" in drawn


def test_a_plan_may_fix_how_many_segments_there_are(survey, tmp_path):
    plan = load(copied(survey, tmp_path, ("most: 5", "classes: 2")) / "plan.yaml")

    assert plan.segments.classes == 2
    assert set(QUESTIONS) <= set(plan.columns())


@pytest.fixture(scope="module")
def found_in(survey, tmp_path_factory):
    """Two segments of the survey, with a rule of publishing and so many copies of the scores."""
    folder = copied(survey, tmp_path_factory.mktemp("two"), ("most: 5", "classes: 2\n  starts: 2"))
    read = gather(load(folder / "plan.yaml"), folder)
    weighed = weigh(read)
    points, _parts = points_of(read, read.right)
    luck = np.random.default_rng(1)

    def found(weight=None, copies=1, **rule) -> tuple[Segments, int]:
        publish = read.plan.publish.model_copy(update=rule)
        asked = replace(read, plan=read.plan.model_copy(update={"publish": publish}))
        drawn = [points + 12 * luck.standard_normal(points.size) for _copy in range(copies - 1)]
        given = weighed if weight is None else replace(weighed, weight=weight(read, weighed.weight))
        told = segments(asked, given, Found((points, *drawn), (), ()))
        return told, weighed.replicates.df

    return found


def reasons(found):
    return {one.segment: one.withheld for one in found.lines if one.table != "size"}


def test_too_few_are_counted_by_who_was_asked_not_by_what_they_weigh(found_in):
    """Who goes to venues weighs four times as much: their segment is large, though few were asked."""

    def heavy(read, weight):
        return weight * np.where(np.array(read.table.cells["venue"]) == "yes", 4, 1)

    found, _df = found_in(heavy, rows=2000)

    assert found.taken.share[1] > 0.4  # of 6,576 who answered: 2,648 by weight, 1,347 by person
    # The city less the one that is shown would tell the other: none is withheld alone.
    assert reasons(found) == {1: "complement", 2: "rows"}


def test_without_the_degrees_of_freedom_that_the_city_needs_sizes_stand_alone(found_in):
    _found, df = found_in(freedom=0)
    enough, short = (reasons(found_in(freedom=need)[0]) for need in (8, df + 1))

    assert enough == {1: "", 2: ""}
    assert short == {1: "freedom", 2: "freedom"}


def test_intervals_of_scores_drawn_as_plausible_have_rubins_degrees_of_freedom(found_in):
    found, df = found_in(copies=3)

    def reach(one):
        return (logit(one.high) - logit(one.estimate)) * one.estimate * (1 - one.estimate) / one.se

    for segment in (1, 2):
        literate, tv = found.of(segment, "literate")[0], found.of(segment, "tv")[0]
        assert reach(tv) == pytest.approx(student.ppf(0.975, df), rel=1e-6)
        assert reach(literate) > 1.1 * reach(tv)
