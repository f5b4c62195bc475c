"""A programme tried on what applicants of an earlier call said, held and were given."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal.actions import programmes as actions
from kepu.appraisal.models import Application, ProgrammeDraft, Title
from kepu.appraisal.programme import trying
from kepu.appraisal.programme.schema import Subject
from kepu.appraisal.queries import past
from kepu.kernel import clock
from kepu.kernel.errors import Outside
from tests.factories import NOW, officer
from tests.kepu.appraisal import factories, samples
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.factories import CITY, secretary

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def under_review() -> Application:
    """An application that two reviewers scored and a third still reads."""
    made = world.checked(world.call(each=3))
    world.done(made, world.expert(), safety=1500, education=3000)
    world.done(made, world.expert(), safety=1601, education=3001)
    world.at_work(made, world.expert())
    return made


def reviewed() -> Application:
    """The same once its review is over."""
    made = under_review()
    factories.end_review(made)
    return factories.again(made)


def test_a_dossier_has_the_answers_the_titles_and_the_points_that_were_handed_in():
    made = reviewed()
    Title.objects.create(
        programme="district_base", rules_version=0, grade="district", number="KP-1", venue=made.venue,
        organisation=made.organisation, person=made.person, since="2025-01-01", granted_at=NOW,
        division_at=made.division_now, division_now=made.division_now, path=made.path,
    )  # fmt: skip

    (found,) = past.dossiers(made.call)

    assert found.name == made.code
    assert found.answers["open_days"] == 300
    assert found.titles == {"district_base"}
    assert sorted(found.given["safety"]) == [1500, 1601]


def test_what_each_would_get_stands_beside_what_it_got():
    made = reviewed()
    before = samples.programme()
    dearer = samples.programme(
        levels=[{"key": "gold", "title": "一级", "cut": 90}],
        eligibility=[
            {"text": "每年开放不少于365天", "needs": {"answer": "open_days", "at_least": 365}}
        ],
    )

    (line,) = trying.tried(dearer, before, past.dossiers(made.call))

    assert line.now.reasons == ("每年开放不少于365天",)
    assert line.before.total == line.now.total == Decimal("75.52")
    assert (line.before.level, line.now.level, line.changes) == ("plain", "", True)


def test_a_class_that_is_gone_and_a_criterion_that_is_new_are_told():
    (dossier,) = past.dossiers(reviewed().call)
    other = samples.programme(
        rubric=[{"key": "fresh", "title": "新增项", "points": 50}], classes=[], form=[], eligibility=[],
        evidence=[],
    )  # fmt: skip
    gone = other.model_copy(update={"classes": samples.programme().classes[1:]})

    assert trying.outcome(other, dossier).unscored == ("新增项",)
    assert "not in this programme" in trying.outcome(gone, dossier).reasons[0]


def test_calls_of_the_same_subject_are_offered_to_who_keeps_them():
    call = reviewed().call

    assert past.calls_like(Subject.VENUE, secretary(), NOW) == [call]
    assert past.calls_like(Subject.PERSON, secretary(), NOW) == []
    assert past.calls_like(Subject.VENUE, officer("appraisal_secretary", "50.103."), NOW) == []


def test_a_call_that_is_still_with_its_reviewers_is_not_offered_and_tells_no_points():
    made = under_review()

    assert past.calls_like(Subject.VENUE, secretary(), NOW) == []
    assert [one.given for one in past.dossiers(made.call)] == [{}]

    factories.end_review(made)
    assert past.calls_like(Subject.VENUE, secretary(), NOW) == [made.call]


def test_the_page_tries_the_newest_call_and_names_nobody():
    made = reviewed()
    draft = actions.begin("museum", by=officer("city_officer", CITY), now=NOW)
    office = Client(headers={"accept-language": "en"})
    office.force_login(secretary())

    page = office.get(reverse("programme-try", args=[draft.pk])).content.decode()
    samples_page = office.get(reverse("programme-try", args=[draft.pk]), {"call": "samples"})

    assert made.code in page
    assert made.call.title in page
    assert "秘密馆示例" not in page
    assert "示例一馆" in samples_page.content.decode()


def test_a_draft_that_is_gone_is_not_changed():
    draft = actions.begin("museum", by=officer("city_officer", CITY), now=NOW)
    ProgrammeDraft.objects.all().delete()

    with pytest.raises(Outside, match="no such draft"):
        actions.say(draft.pk, "notice", {}, seen=1, by=officer("city_officer", CITY), now=NOW)
