"""What a person takes along of appraisal, and what is left of them once they were erased."""

from __future__ import annotations

import pytest

from kepu.appraisal import held
from kepu.kernel.accounts.held import part
from tests.factories import NOW, user
from tests.kepu.appraisal import titles_world as world
from tests.kepu.appraisal.factories import application
from tests.kepu.appraisal.test_two_hands import object_to, places

__all__ = ["places"]  # a fixture
pytestmark = pytest.mark.django_db


def taken_along(person):
    return part(held.TABLES)(person, NOW)


def test_words_of_an_appeal_against_a_decision_about_a_title_are_the_person_s_own():
    raised = world.appealed(world.title())

    (row,) = taken_along(raised.raised_by)["appeal"]
    assert row["text"] == raised.text != ""


def test_words_of_an_objection_are_the_objector_s_own_and_nobody_else_s():
    one = application("noticed")
    raised = object_to(one, user("异议人"))

    assert [row["text"] for row in taken_along(raised.raised_by)["objection"]] == ["该馆去年停业"]
    assert taken_along(user("旁人"))["objection"] == []


def test_nothing_is_left_of_the_words_of_who_was_erased():
    raised = object_to(application("noticed"))
    raised.raised_by.data_key = None

    assert raised.text == ""
