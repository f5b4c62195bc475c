"""Who sees and does what in the registers: owner, officers here and next door, stranger, nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.rulebooks import rows
from kepu.people import policy
from kepu.people.actions import campaigns
from kepu.people.models import (
    Answer,
    Call,
    Campaign,
    Course,
    Enrolment,
    Expert,
    Nomination,
    Post,
    PostKind,
    Station,
)
from tests.factories import NOW, division, organisation, user
from tests.kepu.people.factories import served, skill, team, volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WHO = ("owner", "officer", "colleague", "city", "stranger", "nobody")


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


def status(cast, who, name, *things, post=None):
    url = reverse(name, args=[getattr(cast.get(one, one), "pk", one) for one in things])
    client = cast["as"](who)
    return (client.get(url) if post is None else client.post(url, post)).status_code


OPEN = [
    ("stations",), ("station", "station"), ("campaigns",), ("campaign", "campaign"),
    ("notice-board",), ("calls",), ("courses",), ("course", "course"), ("volunteering-rules",),
]  # fmt: skip


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("page", OPEN, ids=lambda page: page[0])
def test_these_pages_are_open_to_everybody(cast, who, page):
    assert status(cast, who, *page) == 200


# what owner, officer of the place, colleague of another district, city, stranger and nobody get
TRUTH = {
    ("office",): (200, 200, 200, 200, 200, 302),
    ("my-roles",): (200, 200, 200, 200, 200, 302),
    ("expert-me",): (200, 200, 200, 200, 200, 302),
    ("expert-week",): (200, 404, 404, 404, 404, 302),
    ("expert-employment",): (200, 404, 404, 404, 404, 302),
    ("expert-conflict",): (200, 404, 404, 404, 404, 302),
    ("expert-apply",): (200, 200, 200, 200, 200, 302),
    ("expert-expertise",): (200, 404, 404, 404, 404, 302),
    ("expert-title",): (200, 404, 404, 404, 404, 302),
    ("expert-work",): (200, 404, 404, 404, 404, 302),
    ("expert-fee",): (200, 404, 404, 404, 404, 302),
    ("experts",): (403, 200, 200, 200, 403, 302),
    ("expert", "expert"): (403, 404, 404, 200, 403, 302),  # of the whole city, not of a district
    ("expert-refuse", "expert"): (403, 404, 404, 200, 403, 302),
    ("expert-invite",): (403, 403, 403, 200, 403, 302),
    ("posts",): (403, 200, 200, 200, 403, 302),
    ("post-new",): (403, 200, 200, 200, 403, 302),
    ("post-end", "post"): (403, 200, 404, 200, 403, 302),
    ("station-new",): (403, 200, 200, 200, 403, 302),
    ("station-edit", "station"): (403, 200, 403, 200, 403, 302),
    ("campaign-new",): (403, 200, 200, 200, 403, 302),
    ("nominations",): (403, 200, 200, 200, 403, 302),
    ("nomination-new",): (403, 200, 200, 200, 403, 302),
    ("nomination", "nomination"): (404, 200, 404, 200, 404, 302),
    ("call", "call"): (403, 200, 403, 200, 403, 302),
    ("call-new",): (403, 200, 200, 200, 403, 302),
    ("course-new",): (403, 200, 200, 200, 403, 302),
}


@pytest.mark.parametrize("page", TRUTH, ids=lambda page: page[0])
def test_a_page_opens_to_whom_it_concerns(cast, page):
    assert tuple(status(cast, who, *page) for who in WHO) == TRUTH[page]


DEEDS = {
    ("station-close", "station"): (403, 302, 403, 302, 403, 302),
    ("expert-activate", "expert"): (403, 404, 404, 409, 403, 302),  # asked, and not yet agreed
    ("expert-admit", "expert"): (403, 404, 404, 409, 403, 302),  # did not apply
    ("expert-fee-forget",): (302, 404, 404, 404, 404, 302),
    ("nomination-act", "nomination", "pass"): (
        404,
        403,
        404,
        302,
        404,
        302,
    ),  # not by who nominated
    ("call-act", "call", "answer"): (302, 409, 409, 409, 409, 302),
    ("call-act", "call", "decline"): (302, 409, 409, 409, 409, 302),
    ("call-act", "call", "close"): (403, 302, 403, 302, 403, 302),
    ("course-act", "course", "enrol"): (302, 409, 409, 409, 409, 302),
    ("course-act", "course", "finish"): (403, 409, 403, 409, 403, 302),  # it is not over
    ("course-results", "course"): (403, 302, 403, 302, 403, 302),
    ("expert-act", "agree"): (409, 404, 404, 404, 404, 302),  # without consent
}


@pytest.mark.parametrize(
    ("deed", "who"),
    [(deed, who) for deed in DEEDS for who in WHO],
    ids=lambda one: one if isinstance(one, str) else "-".join(one),
)
def test_a_deed_is_done_by_whom_it_concerns(cast, deed, who):
    assert status(cast, who, *deed, post={}) == DEEDS[deed][WHO.index(who)]


def test_nobody_unknown_changes_anything(cast):
    for deed in DEEDS:
        status(cast, "nobody", *deed, post={})

    assert Station.objects.get().active
    assert Call.objects.get().state == "open"
    assert Nomination.objects.get().state == "nominated"
    assert not Answer.objects.exists()
    assert not Enrolment.objects.exists()


# --- stations and posts -----------------------------------------------------------------------------


def test_an_officer_opens_a_station_by_the_full_name_of_its_place(cast):
    place = division("50.103.002.", "新示例街道")
    values = {
        "name": "新示例所", "kind": "party_mass", "tier": "institute", "place": "新示例街道",
        "open_hours": "周一至周五", "address": "示例路1号", "lon": "106.55", "lat": "29.56",
    }  # fmt: skip

    assert status(cast, "officer", "station-new", post=values) == 302

    made = Station.objects.get(name="新示例所")
    assert (made.path, made.lon, made.lat) == (place.path, 106.55, 29.56)


@pytest.mark.parametrize(
    ("traits", "code"),
    [
        ({"tier": "centre"}, 409),
        ({"place": "无此地"}, 422),
        ({"lat": ""}, 422),
        ({"name": ""}, 422),
    ],
)
def test_what_cannot_be_a_station_is_said_and_nothing_is_kept(cast, traits, code):
    division("50.103.002.", "新示例街道")
    values = {
        "name": "新示例所", "kind": "party_mass", "tier": "institute", "place": "新示例街道",
        "lon": "106.55", "lat": "29.56", **traits,
    }  # fmt: skip

    assert status(cast, "officer", "station-new", post=values) == code
    assert Station.objects.count() == 1


def test_a_station_is_changed_and_closed_and_then_gone_from_the_list(cast):
    values = {"name": "改名示例站", "open_hours": "", "address": "新路2号"}
    assert status(cast, "officer", "station-edit", "station", post=values) == 302
    assert Station.objects.get().address == "新路2号"

    assert status(cast, "officer", "station-close", "station", post={}) == 302
    assert status(cast, "officer", "station", "station") == 404


@pytest.mark.parametrize(
    ("query", "seen"),
    [("", True), ("?kind=civilisation&tier=station", True), ("?tier=centre", False),
     ("?district=50.104.", False), ("?page=2", False), ("?kind=nonsense", True)],
)  # fmt: skip
def test_stations_are_narrowed_by_kind_tier_and_place(cast, query, seen):
    answer = cast["as"]("nobody").get(reverse("stations") + query)

    assert ("示例站" in answer.content.decode()) is seen


def test_the_filters_offer_only_districts_in_which_something_is_found(cast):
    visitor, officer = cast["as"]("nobody"), cast["as"]("officer")

    stations = visitor.get(reverse("stations")).text
    asked = visitor.get(reverse("stations") + "?district=50.104.").text
    volunteers = officer.get(reverse("volunteers")).text

    assert 'value="50.103."' in stations
    assert 'value="50.104."' not in stations
    assert 'value="50.104." selected' in asked  # what is asked for stays, and finds nothing
    assert 'value="50.103."' in volunteers
    assert 'value="50.104."' not in volunteers


def test_a_deputy_stands_beside_a_holder_and_not_before_one(cast):
    township, deputy = division("50.103.001."), user("副示例")
    values = {
        "person": deputy.login, "kind": cast["kind"].pk, "place": township.name,
        "first": "2026-02-01", "last": "2026-12-31", "deputy": "on",
    }  # fmt: skip
    assert status(cast, "officer", "post-new", post=values) == 302
    assert Post.objects.get(deputy=True).person == deputy

    other = PostKind.objects.get_or_create(key="chair", title_zh="主席", title_en="Chair")[0]
    assert status(cast, "officer", "post-new", post={**values, "kind": other.pk}) == 409
    assert Post.objects.filter(deputy=True).count() == 1


def test_a_term_that_ran_out_is_followed_by_the_next_of_the_same_person(cast):
    values = {
        "person": cast["owner"].login, "kind": cast["kind"].pk, "place": "示例50.103.001.",
        "first": "2028-01-01", "last": "2029-12-31",
    }  # fmt: skip

    assert status(cast, "officer", "post-new", post=values) == 302
    assert status(cast, "officer", "post-new", post=values) == 409

    assert [post.last.year for post in Post.objects.order_by("first")] == [2027, 2029]


def test_a_post_is_ended_within_its_term(cast):
    assert status(cast, "officer", "post-end", "post", post={"on": "2030-01-01"}) == 409
    assert status(cast, "officer", "post-end", "post", post={"on": "2026-03-05"}) == 302

    assert Post.objects.get().ended_on == date(2026, 3, 5)


# --- experts ----------------------------------------------------------------------------------------


def test_an_expert_walks_from_the_invitation_to_work_from_a_telephone(cast):
    unit = organisation("示例大学")
    assert status(cast, "owner", "expert-act", "agree", post={"consent": "on"}) == 302
    assert status(cast, "city", "expert-activate", "expert", post={}) == 302
    week = {"availability": ["0", "3"], "most_duties": "2"}
    assert status(cast, "owner", "expert-week", post=week) == 302
    worked = {"organisation": "示例大学", "first": "2020-01-01"}
    assert status(cast, "owner", "expert-employment", post=worked) == 302
    bound = {"organisation": "示例大学", "kind": "other", "reason": "顾问"}
    assert status(cast, "owner", "expert-conflict", post=bound) == 302

    expert = Expert.objects.get()
    assert (expert.state, expert.availability, expert.most_duties) == ("active", 0b1001, 2)
    assert expert.employments.get().organisation == unit
    assert expert.conflicts.get().reason == "顾问"


def test_a_bond_is_to_one_party_that_exists(cast):
    for bound, code in (
        ({"kind": "other", "reason": "顾问"}, 409),
        ({"kind": "kin", "organisation": "没有这个单位"}, 422),
        ({"organisation": "示例单位"}, 422),
    ):
        assert status(cast, "owner", "expert-conflict", post=bound) == code
    assert not Expert.objects.get().conflicts.exists()


# --- campaigns, calls, models -----------------------------------------------------------------------


def test_a_campaign_shows_its_rule_and_how_far_it_has_come(cast):
    group = team(path="50.103.001.")
    served(cast["owner"], 60, days_ago=1, team=group)

    said = cast["as"]("nobody").get(reverse("campaign", args=[cast["campaign"].pk]))

    said = said.content.decode()
    assert "不少于三十分钟" in said
    assert "1 of 10" in said
    assert group.name in said


def test_an_officer_opens_a_campaign_by_a_counting_rule_of_the_book(cast):
    values = {
        "name": "新示例行动", "counting": "health-week", "place": "示例50.103.",
        "first": "2026-03-06", "last": "2026-03-12", "goal": "20",
    }  # fmt: skip
    assert status(cast, "officer", "campaign-new", post=values) == 302
    assert status(cast, "officer", "campaign-new", post=values) == 409
    assert status(cast, "officer", "campaign-new", post={**values, "counting": "other"}) == 422

    assert Campaign.objects.get(name="新示例行动").goal == 20


def test_officers_of_the_place_see_who_comes_and_how_many_could(cast):
    able = volunteer("能示例")
    able.volunteer.areas.create(path="50.103.")
    assert status(cast, "owner", "call-act", "call", "answer", post={}) == 302

    said = cast["as"]("officer").get(reverse("call", args=[cast["call"].pk])).content.decode()

    assert "王示例" in said
    assert "1 of 2" in said
    assert "2 volunteers serve here" in said


def test_a_no_is_kept_and_may_become_a_yes(cast):
    assert status(cast, "owner", "call-act", "call", "decline", post={}) == 302
    assert Answer.objects.get().coming is False
    assert status(cast, "owner", "call-act", "call", "answer", post={}) == 302

    answer = Answer.objects.get()
    assert answer.coming
    assert status(cast, "owner", "call-act", "call", "decline", post={}) == 409


def test_a_volunteer_can_look_at_fitting_calls_alone(cast):
    campaigns.call_for_volunteers(
        title="别处召集", place=division("50.104."), target=1, deadline=NOW + timedelta(days=1),
        by=cast["colleague"], now=NOW,
    )  # fmt: skip
    campaigns.call_for_volunteers(
        title="别的本领", place=division("50.103."), target=1, deadline=NOW + timedelta(days=1),
        by=cast["officer"], now=NOW, skills=[skill("fraud")],
    )  # fmt: skip

    said = cast["as"]("owner").get(reverse("calls") + "?fits=on").content.decode()

    assert "示例召集" in said
    assert "别处召集" not in said
    assert "别的本领" not in said


def test_a_model_goes_from_review_to_notice_and_is_not_named_before_its_time(cast):
    for verb, code in (("pass", 302), ("publish", 302), ("award", 409)):
        assert status(cast, "city", "nomination-act", "nomination", verb, post={}) == code

    assert Nomination.objects.get().state == "notice"
    assert "示例事迹" in cast["as"]("nobody").get(reverse("notice-board")).content.decode()


def test_a_candidate_that_is_not_taken_up_is_told_why(cast):
    assert status(cast, "city", "nomination-act", "nomination", "reject", post={}) == 409
    refused = {"reason": "材料不足"}
    assert status(cast, "city", "nomination-act", "nomination", "reject", post=refused) == 302

    assert Nomination.objects.get().reason == "材料不足"


# --- training and rules -----------------------------------------------------------------------------


def test_a_course_is_announced_taken_and_its_results_entered_in_pages(cast, monkeypatch):
    values = {
        "title": "新示例班", "place": "示例50.103.", "starts_at": "2026-03-06T09:00",
        "ends_at": "2026-03-06T11:00", "minutes": "90", "seats": "5",
        "link": "https://example.org/course", "skills": [skill().pk],
    }  # fmt: skip
    assert status(cast, "officer", "course-new", post=values) == 302
    assert status(cast, "officer", "course-new", post=values) == 409
    made = Course.objects.get(title="新示例班")
    assert status(cast, "owner", "course-act", made.pk, "enrol", post={}) == 302
    seat = Enrolment.objects.get()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=2))

    entered = {f"seat-{seat.pk}": "passed"}
    assert status(cast, "officer", "course-results", made.pk, post=entered) == 302
    assert status(cast, "officer", "course-act", made.pk, "finish", post={}) == 302

    assert cast["owner"].trainings.get().minutes == 90
    record = cast["as"]("owner").get(reverse("person-record", args=[cast["owner"].pk]))
    assert "新示例班" in record.content.decode()


def test_the_address_on_line_is_told_to_whoever_has_a_seat(cast):
    Course.objects.update(link="https://example.org/secret")
    page = reverse("course", args=[cast["course"].pk])
    assert "example.org/secret" not in cast["as"]("stranger").get(page).content.decode()

    status(cast, "owner", "course-act", "course", "enrol", post={})

    assert "example.org/secret" in cast["as"]("owner").get(page).content.decode()


def test_the_rules_stand_beside_what_is_carried_out(cast):
    said = cast["as"]("nobody").get(reverse("volunteering-rules")).content.decode()

    assert "一名志愿者同时加入的服务队不超过五支" in said
    assert "Teams at one time, at most" in said
    assert "1500" in said


def test_empty_registers_say_how_to_begin(cast):
    Station.objects.all().delete()
    Post.objects.all().delete()

    client = cast["as"]("officer")

    assert "Open a station" in client.get(reverse("stations")).content.decode()
    assert "Appoint the head" in client.get(reverse("posts")).content.decode()


def test_the_rules_of_volunteering_are_called_as_in_the_rulebook_with_their_units(cast):
    page = cast["as"]("nobody").get(reverse("volunteering-rules")).content.decode()

    rules = policy.management(NOW)
    stated = [row for row in rows.rows_of(rules) if row.label != "Words of the rule"]
    assert len(stated) > 10
    assert [row.label for row in stated if row.label not in page] == []
    assert "180 days" in page
