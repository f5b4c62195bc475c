"""Reviews on paper: keyed by two, each without the other, compared, and handed in as they stand."""

from __future__ import annotations

import io
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions, queries, weighing
from kepu.appraisal.actions import papers as deeds
from kepu.appraisal.models import Keying, Paper, Review, Score
from kepu.appraisal.states import ReviewState
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.people.models import Duty
from tests.factories import NOW, grant
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import paper_world as paper
from tests.kepu.appraisal import review_world as world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def review():
    return world.asked(world.checked(world.call()), world.expert())


@pytest.fixture
def secretary():
    return factories.secretary()


def again(one: Review) -> Review:
    return Review.objects.get(pk=one.pk)


def test_two_who_read_the_same_hand_the_review_in_as_of_the_paper(review, secretary):
    sheet = paper.opened(review)
    paper.keyed(sheet, secretary, comment="总体 良好")
    assert again(review).state == ReviewState.ASKED

    done = paper.keyed(sheet, paper.second())

    found = again(review)
    assert (done.state, found.state, found.comment) == ("done", "done", "总体良好")
    assert found.pledged_at == found.done_at
    assert found.done_at.date() == paper.SIGNED
    assert dict(Score.objects.values_list("criterion", "points")) == paper.READ["points"]
    assert not Duty.objects.filter(until=None).exists()
    (entry,) = Entry.objects.filter(verb="appraisal.hand_in_review")
    assert entry.detail["paper"] == sheet.pk


def test_what_differs_is_told_field_by_field_and_hands_nothing_in(review, secretary):
    sheet = paper.opened(review)
    paper.keyed(sheet, secretary)

    apart = paper.keyed(sheet, paper.second(), points={"safety": 1600}, remarks={"education": "好"})

    assert apart.state == "differs"
    told = {one.label: one.same for one in queries.papers.side_by_side(apart)}
    assert told == {"安全": False, "教育活动": True, "教育活动: remark": False, "Opinion": True}
    assert not Score.objects.exists()


def test_whoever_misread_it_keys_it_anew_and_both_readings_stay(review, secretary):
    sheet, other = paper.opened(review), paper.second()
    paper.keyed(sheet, secretary)
    paper.keyed(sheet, other, points={"safety": 1600})

    still = paper.keyed(sheet, other, points={"safety": 1700})
    done = paper.keyed(sheet, other)

    assert (still.state, done.state) == ("differs", "done")
    kept = [one.read["points"]["safety"] for one in Keying.objects.filter(by=other)]
    assert kept == [1600, 1700, 1500]
    assert Score.objects.get(criterion="safety").points == 1500


def test_or_a_third_reads_it_and_that_stands(review, secretary):
    sheet, other = paper.opened(review), paper.third()
    paper.keyed(sheet, secretary)
    paper.keyed(sheet, paper.second(), points={"safety": 1600})

    done = paper.keyed(sheet, other, points={"safety": 1650})

    assert done.state == "done"
    assert Score.objects.get(criterion="safety").points == 1650
    assert Keying.objects.get(settles=True).by == other


def test_one_person_does_not_key_it_twice(review, secretary):
    sheet = paper.opened(review)
    paper.keyed(sheet, secretary)

    with pytest.raises(RuleBroken, match="somebody else keys it too"):
        paper.keyed(sheet, secretary)
    assert Keying.objects.count() == 1


def test_no_reviewer_keys_a_paper_nor_anybody_from_elsewhere(review):
    grant(review.expert.person, "appraisal_secretary", factories.CITY)
    sheet = paper.opened(review)

    with pytest.raises(NotAllowed, match="asked to review"):
        paper.keyed(sheet, review.expert.person)
    with pytest.raises(NotAllowed, match="keeps this call"):
        paper.keyed(sheet, world.expert("路人示例").person)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"points": {"safety": 2001}}, "安全: give 0 to 20"),
        ({"points": {"safety": 1199}}, "must reach 12"),
        ({"comment": " "}, "opinion"),
    ],
)
def test_what_could_not_stand_on_the_sheet_is_refused_while_it_is_keyed(
    review, secretary, said, reason
):
    sheet = paper.opened(review)

    with pytest.raises(RuleBroken, match=reason):
        paper.keyed(sheet, secretary, **said)
    assert Paper.objects.get().state == "waiting"


def test_a_missing_criterion_is_named(review, secretary):
    sheet = paper.opened(review)

    with pytest.raises(RuleBroken, match="教育活动 has no points"):
        deeds.key(
            sheet.pk, points={"safety": 1500}, remarks={}, comment="好", by=secretary, now=NOW
        )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"pledged": False}, "pledges in writing"),
        ({"reference": " "}, "number of the paper"),
        ({"signed_on": date(2026, 3, 6)}, "not in the future"),
        ({"signed_on": date(2026, 3, 4)}, "after the reviewer was asked"),
    ],
)
def test_a_sheet_is_dated_numbered_and_pledged(review, said, reason):
    with pytest.raises(RuleBroken, match=reason):
        paper.opened(review, **said)
    assert not Paper.objects.exists()


def test_a_scan_is_looked_at_as_other_files_are(review, secretary):
    with pytest.raises(BadInput):
        deeds.open_paper(
            review.pk, paper.sheet(), io.BytesIO(b"MZ not a picture"), "scan.png", by=secretary,
            now=NOW,
        )  # fmt: skip
    assert not Paper.objects.exists()


def test_while_a_paper_is_keyed_nothing_is_written_by_screen(review, secretary):
    sheet, by = paper.opened(review), review.expert.person

    with pytest.raises(RuleBroken, match="came on paper"):
        actions.reviewing.take_on(review.pk, confidential=True, unbound=True, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="keyed already"):
        paper.opened(review)
    with pytest.raises(RuleBroken, match="reason"):
        deeds.drop_paper(sheet.pk, reason=" ", by=secretary, now=NOW)
    deeds.drop_paper(sheet.pk, reason="重复", by=secretary, now=NOW)

    actions.reviewing.take_on(review.pk, confidential=True, unbound=True, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="put away"):
        paper.keyed(sheet, secretary)


def test_a_review_that_was_handed_in_has_no_paper(secretary):
    done = world.done(world.checked(world.call()), world.expert())

    with pytest.raises(RuleBroken, match="nothing in it changes"):
        paper.opened(done)


def test_points_from_paper_are_weighed_like_all_and_marked(review, secretary):
    sheet = paper.opened(review)
    paper.keyed(sheet, secretary)
    paper.keyed(sheet, paper.second())
    world.done(review.application, world.expert("另一评审"), 1600, 3200)

    made = actions.judging.weigh(review.application.call_id, by=secretary, now=NOW)

    (row,) = made.inputs["applications"]
    assert [one.get("paper") for one in row["reviews"]] == ["纸评1号", None]
    assert made.result["applications"][0]["raw"] == "46.50"
    programme = queries.calls.programme(made.call)
    assert weighing.weigh(programme, made.inputs) == made.result


# --- the pages ------------------------------------------------------------------------------------


def reader(person) -> Client:
    browser = Client(headers={"accept-language": "zh-CN"})
    browser.force_login(person)
    return browser


def sent(**said: str) -> dict[str, str]:
    return {"points-safety": "15", "points-education": "30", "comment": "总体良好", **said}


def test_the_second_keyer_sees_nothing_of_the_first(review, secretary):
    sheet = paper.opened(review)
    paper.keyed(sheet, secretary, points={"safety": 1312}, comment="独家意见")

    page = reader(paper.second()).get(reverse("appraisal-paper", args=[sheet.pk])).content.decode()

    assert "13.12" not in page
    assert "独家意见" not in page
    assert 'name="points-safety"' in page


def test_fields_stand_in_the_order_of_the_rubric_and_beyond_it_nothing_is_taken(review, secretary):
    sheet, browser = paper.opened(review), reader(secretary)
    address = reverse("appraisal-paper", args=[sheet.pk])

    page = browser.get(address).content.decode()
    wrong = browser.post(address, sent(**{"points-safety": "21"}))
    right = browser.post(address, sent())

    order = [
        page.index(f'name="{name}"') for name in ("points-safety", "points-education", "comment")
    ]
    assert order == sorted(order)
    assert page.count("data-next") == 4
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert 'value="30"' in wrong.content.decode()


def test_both_see_what_differs_side_by_side(review, secretary):
    sheet = paper.opened(review)
    paper.keyed(sheet, secretary)

    answer = reader(paper.second()).post(
        reverse("appraisal-paper", args=[sheet.pk]), sent(**{"points-safety": "15.5"})
    )
    page = reader(secretary).get(answer.url).content.decode()

    assert "15.5" in page
    assert "录入示例" in page
    assert "不一致" in page


def test_a_sheet_is_taken_in_and_its_scan_read_by_those_who_key_alone(review, secretary):
    browser = reader(secretary)
    made = browser.post(
        reverse("appraisal-paper-new", args=[review.pk]),
        {"signed_on": "2026-03-05", "reference": "纸评9号", "pledged": "on", "scan": paper.scan()},
    )
    sheet = Paper.objects.get()

    assert made.url == reverse("appraisal-paper", args=[sheet.pk])
    scan = reverse("file", args=[sheet.scan_id])
    assert browser.get(scan).status_code == 200
    assert reader(review.expert.person).get(scan).status_code == 404
    for name in ("appraisal-paper", "appraisal-paper-drop"):
        address = reverse(name, args=[sheet.pk])
        assert reader(review.expert.person).get(address).status_code == 404


def test_a_scan_is_not_read_by_who_has_a_side_in_it(review, secretary):
    sheet = paper.opened(review)
    scan = reverse("file", args=[sheet.scan_id])
    grant(review.application.made_by, "appraisal_secretary", factories.CITY)

    assert reader(secretary).get(scan).status_code == 200
    assert reader(review.application.made_by).get(scan).status_code == 404
