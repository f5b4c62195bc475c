"""A title is given once, under a number of its own; one before is followed; a base takes its level."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kepu.appraisal import policy
from kepu.appraisal.actions import titles
from kepu.appraisal.models import Title
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.models import Notice
from tests.factories import NOW, officer, user
from tests.kepu.appraisal import titles_world as world

pytestmark = pytest.mark.django_db


def test_a_title_has_a_number_a_term_and_the_level_that_was_given():
    application = world.application()

    given = world.title(application)

    assert given.number == "KP-BASE-2026-0001"
    assert (given.since, given.until) == (date(2026, 3, 5), date(2029, 3, 4))
    assert (given.grade, given.state, given.holder_name) == ("gold", "active", "示例馆0")
    assert given.path == application.path
    step = given.steps.get()
    assert (step.verb, step.grade, step.reference) == ("grant", "gold", "示例科协〔2026〕1号")


def test_numbers_follow_one_another_in_each_programme_and_year():
    numbers = [world.title().number for _ in range(2)]
    star = world.title(world.application(world.call("star"), person=user()))
    later = world.title(now=NOW.replace(year=2027))

    assert numbers == ["KP-BASE-2026-0001", "KP-BASE-2026-0002"]
    assert star.number == "KP-STAR-2026-0001"
    assert later.number == "KP-BASE-2027-0001"


def test_the_level_of_a_base_follows_its_title():
    application = world.application()
    assert application.venue.level == "district"

    world.title(application)

    application.venue.refresh_from_db()
    assert application.venue.level == "municipal"


def test_of_a_person_no_name_is_kept_beside_the_person():
    given = world.title(world.application(world.call("star"), person=user("王示例")))

    assert given.holder_name == ""
    assert given.until is None


def test_a_title_that_the_holder_has_already_is_followed():
    first = world.title()
    again = world.application(world.call(title="2028 年度"), venue=first.venue)
    again.since = later = NOW + timedelta(days=365 * 2 + 300)

    second = world.title(again, now=later)

    first.refresh_from_db()
    assert (first.state, second.follows_id) == ("renewed", first.pk)
    assert Title.objects.filter(venue=first.venue, state="active").get() == second


def test_a_title_of_the_highest_level_is_not_followed_before_its_renewal_opens():
    first = world.title()
    again = world.application(world.call(title="2026 年度之二"), venue=first.venue)

    with pytest.raises(RuleBroken, match="renewal opens"):
        world.title(again)
    assert Title.objects.get(venue=first.venue) == first


@pytest.mark.parametrize(
    ("said", "reason"),
    [({"grade": "bronze"}, "no such level"), ({"reference": " "}, "number of the signed decision")],
)
def test_without_a_level_or_a_signed_paper_nothing_is_given(said, reason):
    with pytest.raises(RuleBroken, match=reason):
        world.title(**said)
    assert not Title.objects.exists()


def test_an_application_leads_to_one_title():
    application = world.application()
    world.title(application)

    with pytest.raises(RuleBroken, match="already"):
        world.title(application)


@pytest.mark.parametrize(
    ("role", "where"),
    [("district_officer", "50.103."), ("appraisal_secretary", "50."), ("analyst", "50.")],
)
def test_only_who_decides_at_the_place_of_the_call_gives_titles(role, where):
    application = world.application()

    with pytest.raises(NotAllowed):
        titles.grant(application, grade="gold", reference="1", by=officer(role, where), now=NOW)


def test_who_manages_the_unit_hears_of_it():
    application = world.application()
    before = Notice.objects.filter(template="appraisal.title_given").count()

    world.title(application)

    assert Notice.objects.filter(template="appraisal.title_given").count() > before


@pytest.mark.parametrize(("code", "level"), [("base", "municipal"), ("district_base", "district")])
def test_shipped_bases_say_which_level_their_title_is(code, level):
    programme = policy.as_of(code, 0).programme

    assert [one.base_level for one in programme.levels] == [level]


def test_of_shipped_programmes_a_base_and_a_museum_stand_still_with_their_title():
    binding = {code for code in policy.codes() if policy.as_of(code, 0).programme.term.binds_venue}

    assert binding == {"base", "museum"}


def test_the_shipped_base_is_judged_again_in_its_fifth_year():
    term = policy.as_of("base", 0).programme.term

    assert (term.years, term.renew, term.rectify) == (5, 365, 110)
