"""A published year as a report: coverage, figures, checks, what is withheld, and how it was counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.literacy import statistics, year_report
from kepu.literacy.actions import rounds
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy.test_returns import HERE, _reported, keeper  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def year(keeper):  # noqa: F811
    """Two units of one district, fewer than may be told of by themselves, and one of the city."""
    made = _reported({HERE: [1, 2], "50.": [5]}, by=keeper)
    rounds.lock_round(made.pk, by=keeper, now=NOW)
    return made


@pytest.fixture
def published(year):
    second = factories.officer("survey_officer", "50.", "复核示例")
    return rounds.publish_round(year.pk, by=second, now=NOW)


def words(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    for value in (
        told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    ):
        yield from words(value)


def part(told: dict[str, Any], title: str) -> dict[str, Any]:
    return next(one for one in told["parts"] if one["title"] == title)


def test_everybody_takes_the_report_of_a_published_year_and_nobody_an_earlier_one(year, published):
    address = reverse("statistics-report", args=[year.pk])

    answer = Client().get(address)

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert Client().get(address).content == answer.content
    page = Client().get(reverse("statistics-year", args=[year.pk])).content.decode()
    assert f'href="{address}"' in page
    rounds.withdraw_round(year.pk, reason="一个区县有误", by=published.published_by, now=NOW)
    assert Client().get(address).status_code == 404


def test_it_tells_coverage_checks_withheld_cells_and_method(published):
    with translation.override("en"):
        told = year_report.values(published)

    rules, found = statistics.of_version(published.rules), published.published
    total = found["total"]
    coverage = part(told, "Coverage")
    asked = f"{total['counted']} of {total['asked']} units are counted"
    assert coverage["words"][0].startswith(asked)
    assert len(coverage["rows"]) == sum(bool(row["asked"]) for row in found["rows"]) + 1
    checks = {row[0] for row in part(told, "Cross-checks of every return")["rows"]}
    assert checks >= {check.sentence for _key, check in rules.checks()}
    hidden = part(told, "Cells that are withheld")["words"]
    assert found["withheld"] > 0
    assert f"{found['withheld']} cells are withheld" in hidden[1]
    assert found["cells"] == "kepu-cells-example"
    assert "example rule" in hidden[0]  # said in the reader's language, not by its key
    method = " ".join(part(told, "How it was counted")["words"])
    assert rules.funds.rule in method
    assert f"version {published.rules}" in method
    assert "2020 census" in method


def test_a_report_speaks_one_language(published):
    rules = statistics.of_version(published.rules)
    names = {row["name"] for row in published.published["rows"]} | set(rules.sources.values())

    with translation.override("en"):
        told = list(words(year_report.values(published)))
    with translation.override("zh-hans"):
        chinese = year_report.values(published)

    odd = [text for text in told if CHINESE.search(text) and not any(n in text for n in names)]
    lead = f"{published.division_at.name} · example form"
    assert set(odd) <= {lead, published.division_at.name}
    assert all(CHINESE.search(one["title"]) for one in chinese["parts"])


def test_invented_units_are_said_to_be_in_large_letters(published):
    type(published).objects.update(synthetic=True)
    published.refresh_from_db()

    with translation.override("zh-hans"):
        told = year_report.values(published)

    assert told["synthetic"][0] == "合成数据"
    assert year_report.report(published).startswith(b"%PDF")
