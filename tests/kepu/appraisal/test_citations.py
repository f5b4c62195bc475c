"""What a rubric's citation names: a clause here, a number known from a list, or plain words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from kepu.appraisal import policy
from kepu.appraisal.queries import standards as queries
from kepu.kernel.errors import RuleBroken
from tests.factories import NOW
from tests.kepu.appraisal import standard_factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "number", "clause"),
    [
        ("GB/T 45952-2025 5.2", "GB/T 45952-2025", "5.2"),
        ("GB/T 45952—2025 第5.2条", "GB/T 45952-2025", "5.2"),
        ("gb/t45952-2025", "GB/T 45952-2025", ""),
        ("GB/T 45952 6", "GB/T 45952-2025", "6"),  # the year left out
        ("建标 101-2007", "建标 101-2007", ""),
        ("GB/T 99999-2025 5.2", None, ""),
        ("GB/T 4595 5.2", None, ""),  # the beginning of a number is no number
        ("科技馆的好做法", None, ""),
        ("", None, ""),
    ],
)
def test_a_citation_is_found_by_number_and_its_clause_is_told(text, number, clause):
    make.known()
    make.known("建标 101-2007", level="sector")

    found = queries.clause(text)

    assert found.text == text
    assert (found.standard.number if found.standard else None) == number
    assert found.number == clause
    assert found.clause is None  # of a standard made elsewhere Kepu holds no text


def test_a_clause_of_our_own_is_found_with_its_text():
    one = make.standard("published")

    found = queries.clause(f"{one.number} 5.2")

    assert found.clause is not None
    assert found.clause.text == "每场讲解不少于二十分钟。"
    assert not found.ended


def test_one_made_elsewhere_is_marked_as_over_by_a_signed_notice_and_nothing_else():
    one = make.known()
    over = {"reason": "国家标准公告废止", "reference": "国标公告2026年第1号"}

    with pytest.raises(RuleBroken):
        make.decide(one, "confirm", **over)
    make.decide(one, "abolish", **over)

    assert queries.clause("GB/T 45952-2025 5.2").ended


def test_without_a_year_the_newest_that_is_not_over_is_meant():
    by = make.proposer()
    make.known("GB/T 4657-2002")
    newest = make.known("GB/T 4657-2021")

    assert queries.clause("GB/T 4657 3").standard == newest
    older = make.standard("abolished", by=by)
    assert queries.clause(older.number).ended


def test_many_citations_cost_two_queries(django_assert_num_queries):
    make.known()

    with django_assert_num_queries(2):
        found = queries.cited(["GB/T 45952-2025 5.2"] * 30 + ["别的"] * 30)

    assert [one.standard is not None for one in found] == [True] * 30 + [False] * 30


def test_a_standard_tells_once_which_criteria_cite_it(monkeypatch):
    one = make.standard("published")
    other = SimpleNamespace(cites=["别的"], title="其他")
    lines = [SimpleNamespace(cites=[f"{one.number} 5.2"], title="讲解")] * 2
    rule = SimpleNamespace(code="base", programme=SimpleNamespace(rubric=[*lines, other]))
    monkeypatch.setattr(policy, "all_in_force", lambda now: [rule])

    (found,) = queries.citing(one, NOW)

    assert (found.code, found.clause) == ("base", "5.2")


def test_a_rubric_that_cites_what_is_over_is_to_be_looked_at(monkeypatch):
    by = make.proposer()
    older = make.standard("published", by=by)
    newer = make.standard("published", by=by, replaces=older)
    lines = [
        SimpleNamespace(cites=[f"{older.number} 5.2"], title="讲解"),
        SimpleNamespace(cites=[f"{newer.number} 5.2", "别的"], title="其他"),
    ]
    rule = SimpleNamespace(programme=SimpleNamespace(rubric=lines))
    monkeypatch.setattr(policy, "all_in_force", lambda now: [rule])

    (found,) = queries.stale(NOW)

    assert found.cited.text == f"{older.number} 5.2"
    assert found.successor == newer
