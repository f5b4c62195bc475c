"""Standards at /api/: read by everybody as far as they are public, commented on by who signs in."""

from __future__ import annotations

import pytest

from kepu.appraisal.actions import standards_open as opened
from kepu.appraisal.models import Comment
from kepu.kernel import clock
from tests.factories import NOW, user
from tests.kepu.appraisal import standard_factories as world
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_everybody_finds_a_standard_by_level_and_words_and_reads_its_clauses():
    one = world.standard("published")
    world.standard("drafting")

    found = caller(None).get("standards", {"level": "group", "q": "讲解"}).json()["items"]
    read = caller(None).get(f"standards/{one.pk}").json()

    assert [row["number"] for row in found] == [one.number]
    assert caller(None).get("standards", {"kind": "venue"}).json()["items"] == []
    assert [row["number"] for row in read["clauses"]] == ["1", "5.2"]
    assert [row["closed"] for row in read["rounds"]] == [True]
    assert (read["state"], read["unit"]["name"]) == ("published", "示例科普协会")


def test_a_draft_is_read_only_while_it_is_out_for_comments_and_as_it_then_stood():
    by = world.proposer()
    one = world.standard("comments", by=by)
    out = caller(None).get(f"standards/{one.pk}").json()
    world.go(one, "close_round", by)
    world.write(one, "6", "评价", "每季度汇总一次。", by=by)

    after = caller(None).get(f"standards/{one.pk}").json()

    assert [row["number"] for row in out["clauses"]] == ["1", "5.2"]
    assert (after["clauses"], after["state"]) == ([], "drafting")
    assert caller(None).get(f"standards/{world.standard('drafting').pk}").status_code == 404


def test_a_comment_is_kept_and_read_by_everybody_once_its_round_is_closed(monkeypatch):
    by = world.proposer()
    one = world.standard("comments", by=by)
    said = {"clause": "5.2", "text": "二十分钟太长，改为十五分钟。", "contact": "13800000009"}

    made = caller(user()).post(f"standards/{one.pk}/comments", said)

    assert (made.status_code, made.json()["clause"]) == (201, "5.2")
    assert caller(None).get(f"standards/{one.pk}/comments").json()["items"] == []
    kept = Comment.objects.get()
    opened.reply(kept.pk, verdict="accepted", reply="采纳。", by=by, now=NOW)
    world.go(one, "close_round", by)
    (told,) = caller(None).get(f"standards/{one.pk}/comments").json()["items"]
    assert (told["verdict"], told["unit"], told["text"]) == ("accepted", None, said["text"])
    assert "13800000009" not in str(told)


@pytest.mark.parametrize(
    ("state", "body", "status"),
    [
        ("comments", {"text": " "}, 422),
        ("comments", {"text": "好", "clause": "9"}, 409),
        ("published", {"text": "好"}, 409),
        ("drafting", {"text": "好"}, 404),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_is_kept(state, body, status):
    one = world.standard(state)

    refused = caller(user()).post(f"standards/{one.pk}/comments", body)

    assert refused.status_code == status, refused.json()
    assert caller(None).post(f"standards/{one.pk}/comments", body).status_code == 401
    assert not Comment.objects.exists()


def test_only_who_speaks_for_a_unit_comments_in_its_name():
    one, unit = world.standard("comments"), world.unit()
    said = {"text": "同意。", "organisation_id": unit.pk}

    refused = caller(user()).post(f"standards/{one.pk}/comments", said)
    made = caller(world.proposer()).post(f"standards/{one.pk}/comments", said)

    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert (made.status_code, Comment.objects.get().organisation) == (201, unit)


def test_a_citation_names_its_clause_or_says_that_nobody_knows_it():
    one = world.standard("published")

    known = caller(None).get("standard-citations", {"reference": f"{one.number} 5.2"}).json()
    unknown = caller(None).get("standard-citations", {"reference": "GB/T 99999-2099 1"}).json()

    assert (known["standard"]["id"], known["clause"]["heading"]) == (one.pk, "讲解")
    assert (unknown["standard"], unknown["clause"], unknown["ended"]) == (None, None, False)
