"""The item bank: from a draft through two experts to use, and out of it again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.notices.queries import of_person
from kepu.literacy.actions import findings, items, reviews
from kepu.literacy.models import Calibration, Item, Review
from kepu.literacy.queries import items as queries
from kepu.people.queries import experts
from tests.factories import NOW, division, field, officer, user
from tests.kepu.literacy import factories
from tests.kepu.literacy.factories import EN, ZH, question

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def keeper():
    return factories.keeper()


def test_an_item_is_used_once_two_experts_found_it_fit_and_an_officer_approved(keeper):
    item = factories.item("in_review")
    for _expert in range(2):
        with pytest.raises(RuleBroken, match="more expert"):
            items.approve(item.pk, by=keeper, now=NOW)
        asked = reviews.ask_review(item.pk, factories.expert(), by=keeper, now=NOW)
        reviews.answer_review(asked.pk, verdict="approve", by=asked.expert.person, now=NOW)

    items.approve(item.pk, by=keeper, now=NOW)

    item.refresh_from_db()
    assert item.state == "approved"
    assert [step.verb for step in item.steps.all()] == ["approve", "submit", "write"]
    assert Entry.objects.filter(verb="item.approve", object_id=str(item.pk)).exists()


def test_who_wrote_an_item_neither_reviews_nor_approves_it(keeper):
    own = factories.expert(keeper)
    item = factories.item("in_review", by=keeper)

    with pytest.raises(RuleBroken, match="own"):
        reviews.ask_review(item.pk, own, by=keeper, now=NOW)
    with pytest.raises(NotAllowed, match="another officer"):
        items.approve(item.pk, by=keeper, now=NOW)
    assert experts.load(own) == 0


def test_a_refusal_stands_until_the_item_was_worded_anew_and_found_fit_again(keeper):
    item = factories.item("in_review")
    factories.judge(item, keeper, ("approve", "approve", "reject"))
    with pytest.raises(RuleBroken, match="not fit"):
        items.approve(item.pk, by=keeper, now=NOW)
    items.send_back(item.pk, reason="有歧义", by=keeper, now=NOW)

    items.change_item(item.pk, question(key=1), seen=1, by=item.written_by, now=NOW)
    items.submit(item.pk, by=item.written_by, now=NOW)

    with pytest.raises(RuleBroken, match="2 more experts"):
        items.approve(item.pk, by=keeper, now=NOW)
    factories.judge(item, keeper)
    assert Item.objects.get(pk=item.pk).state == "approved"
    assert of_person(item.written_by).filter(template="literacy.sent_back").count() == 1


def test_a_review_is_a_duty_of_the_expert_until_it_is_answered_or_not_needed_any_more(keeper):
    item, one, other = factories.item("in_review"), factories.expert(), factories.expert()
    answered = reviews.ask_review(item.pk, one, by=keeper, now=NOW)
    reviews.ask_review(item.pk, other, by=keeper, now=NOW)
    assert (experts.load(one), experts.load(other)) == (1, 1)
    assert of_person(one.person).filter(template="literacy.review_asked").exists()

    reviews.answer_review(answered.pk, verdict="change", remark="太长", by=one.person, now=NOW)
    assert (experts.load(one), experts.load(other)) == (0, 1)
    items.send_back(item.pk, reason="改短", by=keeper, now=NOW)

    assert (experts.load(one), experts.load(other)) == (0, 0)
    left = Review.objects.get(expert=other)
    with pytest.raises(RuleBroken, match="not in review any more"):
        reviews.answer_review(left.pk, verdict="approve", by=other.person, now=NOW)


@pytest.mark.parametrize(
    ("verdict", "remark", "reason"),
    [("change", " ", "say what"), ("maybe", "", "choose one")],
)
def test_an_answer_that_says_nothing_is_refused(keeper, verdict, remark, reason):
    item, one = factories.item("in_review"), factories.expert()
    asked = reviews.ask_review(item.pk, one, by=keeper, now=NOW)

    with pytest.raises(RuleBroken, match=reason):
        reviews.answer_review(asked.pk, verdict=verdict, remark=remark, by=one.person, now=NOW)
    with pytest.raises(NotAllowed, match="who was asked"):
        reviews.answer_review(asked.pk, verdict="approve", by=keeper, now=NOW)


def test_the_words_of_an_approved_item_stay_as_they_are(keeper):
    item = factories.item("approved", officer=keeper)

    with pytest.raises(RuleBroken, match="write a new item"):
        items.change_item(item.pk, question(), seen=1, by=item.written_by, now=NOW)


def test_who_did_not_see_the_last_wording_does_not_overwrite_it():
    item = factories.item()
    items.change_item(item.pk, question(key=1), seen=1, by=item.written_by, now=NOW)

    with pytest.raises(RuleBroken, match="meanwhile"):
        items.change_item(item.pk, question(key=2), seen=1, by=item.written_by, now=NOW)


def test_an_item_is_retired_with_a_reason_and_its_figures_stay(keeper):
    item = factories.item("approved", officer=keeper)
    factories.calibrate(item, keeper)
    with pytest.raises(RuleBroken, match="reason"):
        items.retire(item.pk, reason=" ", by=keeper, now=NOW)

    items.retire(item.pk, reason="题干过时", by=keeper, now=NOW)

    item.refresh_from_db()
    assert (item.state, item.reason) == ("retired", "题干过时")
    assert item.calibrations.count() == 1
    assert queries.calibrated("50.", "survey") == []


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"key": 3}, "one of the options"),
        ({"source": " "}, "comes from"),
        ({"wordings": ()}, "at least one language"),
        ({"wordings": (ZH, items.Words("en", "Why?", ("a", "b")))}, "same number"),
        ({"wordings": (items.Words("zh-hans", "问？", ("同", "同")),)}, "no two"),
        ({"wordings": (items.Words("zh-hans", " ", ("甲", "乙")),)}, "question is empty"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(traits, reason):
    with pytest.raises(BadInput, match=reason):
        question(**traits)


def test_the_framework_says_which_dimensions_and_how_many_options_there_are():
    by = factories.writer()
    many = items.Words("zh-hans", "问？", tuple("一二三四五六七"))

    with pytest.raises(RuleBroken, match="no dimension effect"):
        factories.item(by=by, dimension="effect")
    with pytest.raises(RuleBroken, match="2 to 5 options"):
        factories.item(by=by, wordings=(many,))
    english = factories.item(by=by, wordings=(EN,))
    with pytest.raises(RuleBroken, match="zh-hans"):
        items.submit(english.pk, by=by, now=NOW)


def test_a_code_is_found_or_refused_when_it_is_taken():
    by = factories.writer()
    assert [factories.item(by=by).code for _n in range(2)] == ["K0001", "K0002"]
    assert factories.item(by=by, dimension="method").code == "M0001"

    with pytest.raises(RuleBroken, match="already called K0001"):
        factories.item(by=by, code="K0001")


def test_figures_are_recorded_once_a_wave_and_only_of_words_that_stay(keeper):
    with pytest.raises(RuleBroken, match="once the item is approved"):
        factories.calibrate(factories.item(), keeper)
    item = factories.item("approved", officer=keeper)
    factories.calibrate(item, keeper, difficulty=0.1)
    factories.calibrate(item, keeper, difficulty=0.4)
    factories.calibrate(item, keeper, difficulty=0.7, wave="下一轮")

    ((_item, newest),) = queries.calibrated("50.", "survey")

    assert Calibration.objects.count() == 2
    assert newest.difficulty == 0.7
    with pytest.raises(NotAllowed):
        factories.calibrate(item, item.written_by)


@pytest.mark.parametrize(
    ("traits", "field"),
    [
        ({"difficulty": 9}, "difficulty"),
        ({"discrimination": 0}, "discrimination"),
        ({"guessing": 1}, "guessing"),
        ({"difficulty_se": float("nan")}, ""),
    ],
)
def test_parameters_that_cannot_be_are_refused(traits, field):
    said = {
        "model": "2pl",
        "difficulty": 0,
        "difficulty_se": 0,
        "people": 1,
        "on": NOW,
        "wave": "一",
    }

    with pytest.raises(BadInput) as refused:
        findings.Parameters(**(said | traits))

    assert refused.value.field == field


def test_the_database_keeps_that_a_retired_item_says_why():
    item = factories.item()

    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(state="retired")


# --- who sees what --------------------------------------------------------------------------------


def test_officers_see_their_bank_writers_their_own_items_and_nobody_else_any(keeper):
    written = factories.item()
    other = factories.item()
    seen = {
        who: set(queries.seen_by(person, NOW))
        for who, person in {
            "officer": keeper,
            "writer": written.written_by,
            "elsewhere": factories.keeper("51."),
            "city": officer("city_officer", "50."),
            "stranger": user(),
            "nobody": None,
        }.items()
    }

    assert seen.pop("officer") == {written, other}
    assert seen.pop("writer") == {written}
    assert set(map(len, seen.values())) == {0}


def test_items_are_found_by_chinese_words_of_the_question_and_of_its_options(keeper):
    sky = factories.item()
    moon = items.Words("zh-hans", "月相为什么变化？", ("月球绕地球转", "地球挡住了阳光"))
    moved = factories.item(wordings=(moon,), discipline=field("astronomy"), use="self_test")

    def found(**asked):
        return list(queries.listed(keeper, NOW, **asked))

    assert found(words="天空") == [sky]
    assert found(words="绕地球") == [moved]
    assert found(words="天空 散射") == [sky]
    assert found(words="SCATTERS") == [sky]
    assert found(words="天空 月球") == []
    assert found(discipline="astronomy") == [moved]
    assert found(use="survey") == [sky]
    assert found(state="approved") == []


def test_the_citys_search_knows_nothing_of_items(keeper):
    from kepu.kernel.search.queries import search

    factories.item("approved", officer=keeper)

    assert search("天空", within="").hits == ()


def test_writing_takes_the_verb_at_the_bank():
    with pytest.raises(NotAllowed):
        items.write_item(question(), bank=division("50."), by=factories.writer("51."), now=NOW)
