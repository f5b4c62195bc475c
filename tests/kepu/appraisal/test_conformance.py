"""A standard held against the rubrics in force: what checks each clause, and what nothing checks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import policy
from kepu.appraisal.queries.conformance import compared, conformance
from kepu.appraisal.queries.standards import Citing
from tests.factories import NOW
from tests.kepu.appraisal import standard_factories as make


def clause(number: str, text: str = "应当如此。") -> dict[str, str]:
    return {"number": number, "heading": f"标题{number}", "text": text}


def citing(number: str, criterion: str = "讲解") -> Citing:
    return Citing("base", "示例方案", criterion, number)


def test_a_clause_that_no_criterion_cites_is_checked_by_nothing():
    found = compared([clause("4"), clause("5"), clause("6")], [citing("5")])

    assert [one.number for one in found.unchecked] == ["4", "6"]
    assert found.clauses[1].directly == (citing("5"),)


def test_a_citation_of_a_chapter_checks_what_stands_in_it_and_of_a_part_its_chapter():
    text = [clause("5"), clause("5.2"), clause("5.2.1"), clause("5.21")]

    found = compared(text, [citing("5.2")])

    assert [bool(one.through) for one in found.clauses] == [True, False, True, False]
    assert [one.number for one in found.unchecked] == ["5.21"]


def test_a_heading_alone_asks_for_nothing():
    assert compared([clause("5", text=" ")], []).unchecked == []


def test_what_is_cited_and_not_in_the_text_is_told_and_checks_nothing():
    found = compared([clause("5")], [citing("5.9"), citing("")])

    assert (found.nowhere, found.whole) == ((citing("5.9"),), (citing(""),))
    assert [one.number for one in found.unchecked] == ["5"]


def test_of_a_standard_without_a_text_only_what_is_cited_is_known():
    found = compared([], [citing("5.10"), citing("5.9"), citing("A.1"), citing("5.9", "安全")])

    assert [one.number for one in found.clauses] == ["5.9", "5.10", "A.1"]
    assert (found.has_text, found.unchecked) == (False, [])
    assert len(found.clauses[0].directly) == 2


@pytest.mark.django_db
def test_everybody_reads_which_clauses_of_a_published_standard_nothing_checks(monkeypatch):
    one = make.standard("published")
    lines = [SimpleNamespace(cites=[f"{one.number} 5.2", f"{one.number} 9"], title="讲解")]
    programme = SimpleNamespace(rubric=lines)
    monkeypatch.setattr(
        policy, "all_in_force", lambda _now: [SimpleNamespace(code="base", programme=programme)]
    )

    found = conformance(one, NOW)
    reader, address = Client(headers={"accept-language": "zh-CN"}), [one.pk]
    page = reader.get(reverse("standard-conformance", args=address)).content.decode()

    assert [each.number for each in found.unchecked] == ["1"]
    assert [each.clause for each in found.nowhere] == ["9"]
    assert "1条没有任何评分项核对" in page
    assert "引用了正文里没有的条款" in page
    door = reverse("standard-conformance", args=address)
    assert door in reader.get(reverse("standard", args=address)).content.decode()


@pytest.mark.django_db
def test_a_draft_has_no_number_and_no_such_page():
    one = make.standard("comments")

    assert Client().get(reverse("standard-conformance", args=[one.pk])).status_code == 404
