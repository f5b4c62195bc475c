"""The years before a fieldwork: which of them a link leads to, and by which items and whose questions."""

from __future__ import annotations

import json

import pytest
import yaml

from kepu.literacy import field_years
from kepu.literacy.models import Run
from kepu.literacy.queries import runs as queries
from tests.kepu.literacy import factories
from tests.kepu.literacy import field_factories as field

pytestmark = pytest.mark.django_db
NOW = 2030
KIND = {"framework": "cast-2024", "modes": "home", "low": 0.1, "high": 0.2, "breaks": ""}
OLD, NEW = [f"old{n}" for n in range(6)], [f"new{n}" for n in range(6)]


@pytest.fixture
def of():
    return field.fieldwork("closed")


@pytest.fixture
def tables(monkeypatch):
    """Item figures of each run, by its year, where no folder of theirs is kept."""
    held: dict[int, list[str]] = {}

    def table(run, name):
        if name != "items.csv":
            return []
        return [
            {"name": name, "dimension": "method", "slope": "1.2", "difficulty": str(n / 4)}
            for n, name in enumerate(held.get(run.year, []))
        ]

    monkeypatch.setattr(queries, "table", table)
    return held


def run(year: int, *, link=(), **trend) -> Run:
    """A published run; with a trend, one that stands on another year's scale by a link."""
    made = factories.run("published", title=f"测评 {year}")
    record = {**made.record, "year": year}
    if trend:
        own = {"year": year, "estimate": 0.2, "se": 0.01, "linking": 0.004, **KIND, **trend}
        record["trend"] = {
            "years": [own], "groups": [{**own, "table": "sex", "cell": "female", "estimate": 0.19}],
            "linked": True, "link": {"slope": 1.1, "shift": 0.3, **dict(link)}, "target": None,
        }  # fmt: skip
    Run.objects.filter(pk=made.pk).update(year=year, record=record)
    return Run.objects.get(pk=made.pk)


def found(of, items=(*OLD, *NEW), **traits):
    said = {"items": set(items), "tables": ["sex"], "synthetic": True} | traits
    return field_years.before(of, NOW, **said)


def test_items_of_a_linked_year_come_to_the_base_s_scale_by_that_year_s_own_link(of, tables):
    tables.update({2024: OLD, 2027: NEW})
    run(2024)
    run(2027, scale="2024")

    link = found(of, items=[*NEW, OLD[0]]).link

    assert (link.scale, link.error) == ("2024", 0.004)  # the common items are not the base's own
    assert [one.item for one in link.common] == NEW
    assert (link.common[2].slope, link.common[2].difficulty) == pytest.approx(
        (1.2 / 1.1, 0.5 * 1.1 + 0.3)
    )
    assert [one.item for one in link.form] == OLD
    assert link.form[2].difficulty == 0.5


SPREAD = [[0.0004, 0.0001], [0.0001, 0.0009]]


def test_an_earlier_link_is_handed_on_and_its_error_stands_apart_from_the_sample_s(of, tables):
    tables.update({2024: OLD, 2027: NEW})
    run(2024)
    run(2027, scale="2024", link={"covariance": SPREAD, "through": None})

    told = found(of, items=NEW)

    files = {name: (heads, list(rows)) for name, heads, rows in told.files()}
    assert files["links.csv"][1] == [(2027, "", 1.1, 0.3, 0.0004, 0.0001, 0.0009)]
    assert (told.link.through, told.link.error) == (2027, 0.0)
    assert json.loads(told.plan.removeprefix("trend: "))["linking"] == {
        "file": "common.csv", "form": "form.csv", "scale": "2024", "through": 2027,
        "links": "links.csv",
    }  # fmt: skip
    heads, rows = files["earlier.csv"]
    own = {(row[0], row[-1]): dict(zip(heads, row, strict=True)) for row in rows}
    for cell in ("", "female"):
        assert own[2027, cell]["se"] == pytest.approx((0.01**2 - 0.004**2) ** 0.5)
        assert own[2027, cell]["linking"] == 0.004
    assert own[2024, ""]["linking"] == ""


def test_how_sure_a_year_was_of_its_items_goes_with_them_on_the_series_scale(of, monkeypatch):
    def table(_run, name):
        if name == "items.csv":
            whole = {"dimension": "method", "slope": "1.2", "difficulty": "0.5"}
            return [{"name": item, **whole} for item in OLD]
        cells = {"aa": "0.02", "ab": "0.01", "ba": "0.03", "bb": "0.04"}
        return [{"item": OLD[0], "other": OLD[1], **cells}, {"item": OLD[0], "other": "x", **cells}]

    monkeypatch.setattr(queries, "table", table)
    run(2027, scale="2024", link={"covariance": SPREAD, "through": None})

    told = found(of, items=OLD)

    files = {name: (heads, list(rows)) for name, heads, rows in told.files()}
    ((one, other, *numbers),) = files["item_covariance.csv"][1]
    assert (one, other) == (OLD[0], OLD[1])
    assert numbers == pytest.approx([0.02 / 1.21, 0.01, 0.03, 0.04 * 1.21])
    linking = json.loads(told.plan.removeprefix("trend: "))["linking"]
    assert linking["covariance"] == "item_covariance.csv"


def test_a_link_that_rests_on_one_that_is_not_known_is_not_handed_on(of, tables):
    tables.update({2024: OLD, 2027: NEW, 2028: NEW})
    run(2024)
    run(2027, scale="2024")  # of before links were kept
    run(2028, scale="2024", link={"covariance": SPREAD, "through": 2027})

    told = found(of, items=NEW).link

    assert (told.links, told.through, told.error) == ((), 2027, 0.004)


def test_items_of_the_base_itself_need_no_other_link(of, tables):
    tables.update({2024: OLD, 2027: OLD})
    run(2024)
    run(2027, scale="2024")

    link = found(of).link

    assert (link.scale, link.error) == ("2024", 0.0)
    assert link.common[2].difficulty == 0.5


def test_a_year_that_stands_alone_is_passed_over_for_one_that_items_lead_to(of, tables):
    tables.update({2024: OLD, 2027: NEW[:2]})
    run(2024)
    run(2027)

    told = found(of)

    assert told.link.scale == "2024"
    assert [(row[0], row[5]) for row in told.years if row[-1] == ""] == [
        (2024, "2024"),
        (2027, "2027"),
    ]


def test_two_common_items_link_nothing_and_the_plan_says_so(of, tables):
    tables[2024] = OLD
    run(2024)

    told = found(of, items=OLD[:2])

    assert told.link is None
    assert "linking" not in yaml.safe_load(told.plan)["trend"]
    assert "cannot be linked" in told.plan
    assert [name for name, *_rest in told.files()] == ["earlier.csv"]


def test_groups_of_a_linked_year_are_those_of_its_series(of, tables):
    run(2024)
    run(2027, scale="2024")

    rows = {(row[0], row[-1]): row for row in found(of).years if row[-2]}

    assert rows[2027, "female"][1] == 0.19
    assert (rows[2027, "female"][5], rows[2024, "female"][5]) == ("2024", "2024")
    assert {row[-2] for row in found(of, tables=[]).years} == {""}


def test_nothing_published_is_no_trend(of, tables):
    assert found(of) is None
    run(2024)
    assert found(of, synthetic=False) is None
    assert (
        json.loads(found(of).plan.splitlines()[-1].removeprefix("trend: "))["file"] == "earlier.csv"
    )
