"""The pages of panels, and the draw that everybody can check."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions, bridge
from kepu.appraisal.models import Panels, Review
from kepu.appraisal.states import PanelsState, ReviewState
from tests.factories import NOW, grant, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal import standard_factories as standards
from tests.kepu.appraisal.review_world import HERE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def reader(person=None) -> Client:
    browser = Client(headers={"accept-language": "zh-CN"})
    if person is not None:
        browser.force_login(person)
    return browser


def test_the_secretary_finds_looks_and_asks():
    of = world.call()
    row = world.checked(of)
    for name in ("甲评示例", "乙评示例"):
        world.expert(name)
    browser = reader(factories.secretary())

    answer = browser.post(reverse("appraisal-find-reviewers", args=[of.pk]))
    waiting = browser.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    panels = world.worked_on(Panels.objects.get())
    page = browser.get(answer.url).content.decode()
    over = browser.get(answer.url, headers={"HX-Request": "true"})

    assert "正在等待" in waiting or "progress" in waiting
    assert all(word in page for word in (row.code, "甲评示例", "乙评示例", "来自其他区县"))
    assert over["HX-Refresh"] == "true"
    browser.post(reverse("appraisal-panels-act", args=[panels.pk, "ask"]))
    assert Panels.objects.get().state == PanelsState.ASKING


def test_a_reviewer_goes_all_the_way_by_forms_alone():
    row, who = world.checked(world.call()), world.expert()
    review = world.asked(row, who)
    browser = reader(who.person)
    page = reverse("appraisal-review", args=[review.pk])

    browser.post(
        reverse("appraisal-review-take-on", args=[review.pk]),
        {"confidential": "on", "unbound": "on"},
    )
    for key, points in (("safety", "15.5"), ("education", "30")):
        browser.post(reverse("appraisal-review-score", args=[review.pk, key]), {"points": points})
    kept = browser.get(page).content.decode()
    wrong = browser.post(
        reverse("appraisal-review-score", args=[review.pk, "safety"]), {"points": "99"}
    )
    browser.post(reverse("appraisal-review-hand-in", args=[review.pk]), {"comment": "总体良好"})

    assert 'value="15.5"' in kept
    assert wrong.status_code == 409
    assert "0至20" in wrong.content.decode()
    assert Review.objects.get().state == ReviewState.DONE
    assert list(Review.objects.get().scores.values_list("criterion", "points")) == [
        ("education", 3000), ("safety", 1550),
    ]  # fmt: skip


def test_a_row_sent_by_a_script_comes_back_alone():
    row, who = world.checked(world.call()), world.expert()
    review = world.at_work(row, who)

    answer = reader(who.person).post(
        reverse("appraisal-review-score", args=[review.pk, "safety"]), {"points": "12"},
        headers={"HX-Request": "true"},
    )  # fmt: skip

    told = answer.content.decode()
    assert told.lstrip().startswith('<section class="card card-tight" id="row-safety">')
    assert "<html" not in told


def test_a_reviewer_reads_beside_a_criterion_the_clause_that_it_cites():
    one = standards.standard("published")
    rubric = [
        {"key": "safety", "title": "安全", "points": 50, "cites": [f"{one.number} 5.2"]},
        {"key": "education", "title": "教育", "points": 50, "cites": ["GB/T 99999"]},
    ]
    made = factories.call(code="citing", **world.SAID | {"rubric": rubric})
    review = world.at_work(world.checked(made), world.expert())

    page = reverse("appraisal-review", args=[review.pk])
    told = reader(review.expert.person).get(page).content.decode()

    assert reverse("standard", args=[one.pk]) in told
    assert "每场讲解不少于二十分钟" in told
    assert "GB/T 99999" in told


def test_everybody_reads_a_draw_and_nobody_who_was_drawn():
    of = world.call(by_lot=True)
    row = world.checked(of)
    for _one in range(3):
        world.expert("抽中秘名示例")
    by = factories.secretary()
    before = reader().get(reverse("appraisal-lot", args=[of.pk])).content.decode()
    later = of.closes_at + timedelta(minutes=1)
    panels = world.proposed(of, later)
    actions.panels.ask_panels(panels.pk, by=by, now=later)
    panels = world.worked_on(panels, later)

    page = reader().get(reverse("appraisal-lot", args=[of.pk])).content.decode()
    file = reader().get(reverse("appraisal-lot-file", args=[of.pk, panels.pk])).json()

    of.refresh_from_db()
    assert of.seed_digest in before
    assert str(of.seed) not in before
    assert str(of.seed) in page
    assert of.seed_salt in page
    assert row.code in page
    assert "抽中秘名示例" not in page
    assert file.keys() == {"seed", "salt", "digest", "pool", "drawn"}
    assert (file["pool"], set(file["drawn"])) == (3, {row.code})


def test_only_officers_of_the_call_have_what_works_the_draw_out_again():
    of = world.call(by_lot=True)
    row = world.checked(of)
    world.expert(path=HERE)
    for _one in range(3):
        world.expert()
    by, later = factories.secretary(), of.closes_at + timedelta(minutes=1)
    panels = world.proposed(of, later)
    actions.panels.ask_panels(panels.pk, by=by, now=later)
    world.worked_on(panels, later)
    address = reverse("appraisal-lot-file", args=[of.pk, panels.pk])

    file = reader(by).get(address).json()

    found = {code: sorted(drawn) for code, drawn in bridge.replay(file["inputs"]).items()}
    assert found == {code: sorted(drawn) for code, drawn in file["drawn"].items()}
    for person in (None, user("路人示例"), row.made_by):
        assert "barred" not in reader(person).get(address).content.decode()
    grant(by, "venue_manager", row.organisation)
    assert "barred" not in reader(by).get(address).content.decode()
