"""The applicant's form made of a programme's questions."""

from __future__ import annotations

from django.utils.datastructures import MultiValueDict

from kepu.appraisal.forms.programmes import answers_form
from tests.kepu.appraisal.samples import ANSWERS, programme

TYPED = {
    "answer_open_days": "1,000",
    "answer_hall_area": "1200",
    "answer_free": "yes",
    "answer_since": "2011-05-01",
    "answer_story": "临江",
    "answer_works": "一\n二",
    "answer_budget": "印刷 300",
}


def test_a_form_has_the_questions_of_its_class_and_gives_answers_by_key():
    form = answers_form(programme(), "hall", TYPED | {"answer_open_days": "300"})

    assert form.is_valid(), form.errors
    assert form.answers() == {
        "open_days": 300, "hall_area": 1200, "free": True, "since": "2011-05-01", "story": "临江",
        "works": "一\n二", "budget": "印刷 300",
    }  # fmt: skip
    assert "answer_hall_area" not in answers_form(programme(), "media").fields


def test_what_is_wrong_is_said_beside_its_question_in_words():
    form = answers_form(programme(), "hall", TYPED | {"answer_story": "", "answer_budget": "车费"})

    assert not form.is_valid()
    assert form.errors["answer_open_days"] == ["at most 366"]
    assert "does not end with an amount" in form.errors["answer_budget"][0]
    assert set(form.errors) == {"answer_open_days", "answer_story", "answer_budget"}


def test_a_draft_may_have_gaps_but_nothing_wrong():
    draft = answers_form(programme(), "hall", {"answer_hall_area": "1200"}, whole=False)
    wrong = answers_form(programme(), "hall", {"answer_hall_area": "much"}, whole=False)

    assert draft.is_valid()
    assert draft.answers() == {"hall_area": 1200}
    assert wrong.errors["answer_hall_area"] == ["a number is needed"]


def test_what_the_registration_tells_cannot_be_typed_otherwise():
    form = answers_form(programme(), "hall", TYPED, ANSWERS, facts={"open_days": 280})

    assert form.is_valid(), form.errors
    assert form.answers()["open_days"] == 280
    assert "disabled" in str(form["answer_open_days"])


def test_kept_answers_stand_in_the_form():
    form = answers_form(programme(), "hall", initial=ANSWERS)

    assert 'value="1200"' in str(form["answer_hall_area"])
    assert 'value="yes"' in str(form["answer_free"])
    assert "checked" in str(form["answer_free"])


def test_evidence_is_taken_with_the_kinds_and_sizes_of_the_programme():
    form = answers_form(programme(), "hall", TYPED, files=True, uploads=MultiValueDict())

    assert 'accept=".pdf,.docx"' in str(form["exhibit_rules"])
    assert "50 MB" in str(form["exhibit_rules"].help_text)
    assert "exhibit_rules" not in answers_form(programme(), "hall").fields
