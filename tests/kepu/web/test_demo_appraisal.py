"""The demo city has appraisals in the states worth a look, and everybody finds their part of them."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from kepu.appraisal.models import Application, Call, Meeting, Review, Title, YearReport
from kepu.kernel.accounts.models import OrganisationKind
from kepu.kernel.facts.worker import work_off
from kepu.kernel.notices.models import Notice
from kepu.people.models import Field
from kepu.web import demo, demo_appraisal
from tests import factories
from tests.factories import NOW
from tests.worlds import standing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOME = "50.103."


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    data = tmp_path_factory.mktemp("city")
    with override_settings(DATA=data), standing(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def city(built, db):
    return deepcopy(built)


def build() -> demo.City:
    factories.division("50.")
    home = factories.division(HOME)
    for key in demo_appraisal.FIELDS:
        Field.objects.get_or_create(key=key, defaults={"title_zh": key, "title_en": key})
    unit = factories.organisation(
        "示例科技馆", HOME, kind=OrganisationKind.VENUE, credit_code=demo.INVENTED
    )
    made = demo.City(NOW, password_hash="")
    made.people = {
        "secretary": factories.officer("appraisal_secretary", "50."),
        "city": factories.officer("city_officer", "50."),
        "district": factories.officer("district_officer", HOME),
        "reviewer": factories.user("评审专家示例"), "venue": factories.user("场馆示例"),
    }  # fmt: skip
    factories.grant(made.people["venue"], "venue_manager", unit)
    demo_appraisal.build(made, home)
    return made


def states(call: Call) -> Counter[str]:
    return Counter(call.applications.values_list("state", flat=True))


def test_one_call_takes_applications_and_one_is_in_its_last_steps(city):
    open_, _granting, last, past = Call.objects.order_by("-opens_at")

    assert states(open_) == {"draft": 1, "submitted": 1, "recommended": 1}
    assert states(last) == {"in_review": 1, "reviewed": 1, "noticed": 1}
    assert (past.state, states(past)) == ("closed", {"named": 4})
    assert last.judgements.count() == 1
    assert open_.closes_at > NOW > last.closes_at


def test_a_panel_is_about_to_meet_about_what_its_reviewers_have_handed_in(city, client):
    (meeting,) = Meeting.objects.all()

    assert states(meeting.call) == {"reviewed": 2}
    assert (meeting.state, meeting.members.count(), meeting.items.count()) == ("planned", 4, 2)
    assert meeting.starts_at > NOW
    client.force_login(city.people["reviewer"])
    assert meeting.title in client.get(reverse("appraisal-reviews")).content.decode()


def test_every_clock_is_still_running(city):
    waiting = Application.objects.exclude(due_at=None)

    assert [one.subject_name for one in waiting if one.due_at <= NOW] == []
    assert not Review.objects.filter(state__in=("asked", "at_work"), due_at__lte=NOW).exists()


def test_titles_of_a_year_ago_stand_each_owes_a_report_and_one_is_warned(city):
    assert Counter(Title.objects.values_list("state", flat=True)) == {"active": 3, "warned": 1}
    reports = YearReport.objects.filter(title__state="active")
    assert [one.state for one in reports if one.due_on > NOW.date()] == ["due"] * 3


@pytest.mark.parametrize(
    ("login", "page", "sees"),
    [
        ("secretary", "application-desk", "示例印刷博物馆"),
        ("district", "application-desk", "示例气象科普馆"),
        ("venue", "applications", "示例健康体验馆"),
        ("venue", "my-titles", "示例健康体验馆"),
        ("city", "title-board", "示例航天体验馆"),
    ],
)
def test_who_has_something_to_do_finds_it(city, login, page, sees):
    client = Client()
    client.force_login(city.people[login])

    assert sees in client.get(reverse(page)).content.decode()


def test_the_reviewer_is_asked_and_hears_of_it(city):
    work_off(NOW, limit=5000)
    told = Notice.objects.filter(person=city.people["reviewer"], template="appraisal.review_asked")
    review = Review.objects.get(state="asked")
    client = Client()
    client.force_login(city.people["reviewer"])

    assert review.expert.person == city.people["reviewer"]
    assert review.application.code in client.get(reverse("appraisal-reviews")).content.decode()
    assert told.count() == 2, "one that waits, one handed in: no pile of notices"
