from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.rulebooks.models import Rulebook
from kepu.kernel.rulebooks.queries import forget
from kepu.kernel.rulebooks.reading import digest
from kepu.kernel.rulebooks.registry import KINDS
from kepu.people import policy
from kepu.people.actions import teams
from kepu.people.actions import training as actions
from kepu.people.models import Enrolment
from kepu.people.queries import training as queries
from tests.factories import NOW, division, officer
from tests.kepu.people.factories import skill, team, volunteer

pytestmark = pytest.mark.django_db
START = NOW + timedelta(days=2)
AFTER = START + timedelta(hours=3)


@pytest.fixture
def by():
    return officer("district_officer", "50.103.")


def course(by, **traits):
    values = {
        "title": "急救示例班",
        "place": division("50.103."),
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "minutes": 120,
        "seats": 2,
        "room": "示例活动室",
        **traits,
    }
    return actions.announce_course(by=by, now=NOW, **values)


def test_passing_enters_the_record_and_gives_the_skills_of_the_course(by):
    person = volunteer()
    seat = actions.enrol(course(by, skills=[skill("first-aid")]).pk, by=person, now=NOW)

    actions.enter_result(seat.pk, attended=True, passed=True, by=by, now=AFTER)

    record = person.trainings.get()
    assert (record.title, record.minutes, record.recorded_by) == ("急救示例班", 120, by)
    assert [one.key for one in person.volunteer.skills.all()] == ["first-aid"]
    assert queries.trained_minutes(person) == 120


@pytest.mark.parametrize(("attended", "passed"), [(True, False), (False, False)])
def test_who_did_not_pass_gets_nothing_into_the_record(by, attended, passed):
    person = volunteer()
    seat = actions.enrol(course(by).pk, by=person, now=NOW)

    actions.enter_result(seat.pk, attended=attended, passed=passed, by=by, now=AFTER)

    assert not person.trainings.exists()
    assert Enrolment.objects.get().attended is attended


def test_a_seat_is_given_once_and_is_free_again_when_given_back(by):
    made, people = course(by), [volunteer(name) for name in ("甲示例", "乙示例", "丙示例")]
    first, second = (actions.enrol(made.pk, by=one, now=NOW) for one in people[:2])
    assert (first.seat, second.seat) == (1, 2)

    with pytest.raises(RuleBroken, match="every seat"):
        actions.enrol(made.pk, by=people[2], now=NOW)
    actions.give_seat_back(made.pk, by=people[0], now=NOW)

    assert actions.enrol(made.pk, by=people[2], now=NOW).seat == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.filter(person=people[0]).update(seat=1)


def test_results_are_entered_once_and_after_it_began(by):
    seat = actions.enrol(course(by).pk, by=volunteer(), now=NOW)
    with pytest.raises(RuleBroken, match="after the course has begun"):
        actions.enter_result(seat.pk, attended=True, passed=True, by=by, now=NOW)
    actions.enter_result(seat.pk, attended=True, passed=False, by=by, now=AFTER)

    with pytest.raises(RuleBroken, match="entered already"):
        actions.enter_result(seat.pk, attended=True, passed=True, by=by, now=AFTER)


def test_a_course_is_closed_when_every_seat_has_its_result(by):
    made = course(by)
    seat = actions.enrol(made.pk, by=volunteer(), now=NOW)
    with pytest.raises(RuleBroken, match="every seat"):
        actions.finish_course(made.pk, by=by, now=AFTER)
    actions.enter_result(seat.pk, attended=False, passed=False, by=by, now=AFTER)

    assert actions.finish_course(made.pk, by=by, now=AFTER).state == "held"


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"title": " "}, "title"),
        ({"starts_at": NOW}, "before it begins"),
        ({"ends_at": START}, "ends after"),
        ({"room": ""}, "room"),
    ],
)
def test_a_course_that_cannot_be_held_is_not_announced(by, traits, reason):
    with pytest.raises(RuleBroken, match=reason):
        course(by, **traits)


def test_only_officers_of_the_place_teach_there(by):
    made, elsewhere = course(by), officer("district_officer", "50.104.")
    seat = actions.enrol(made.pk, by=volunteer(), now=NOW)

    for refused in (
        lambda: course(elsewhere, title="邻区示例班"),
        lambda: actions.cancel_course(made.pk, reason="示例", by=elsewhere, now=NOW),
        lambda: actions.finish_course(made.pk, by=elsewhere, now=AFTER),
        lambda: actions.enter_result(seat.pk, attended=True, passed=True, by=elsewhere, now=AFTER),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_a_course_that_is_called_off_says_why_and_takes_nobody_in(by):
    made = course(by)
    with pytest.raises(RuleBroken):
        actions.cancel_course(made.pk, reason=" ", by=by, now=NOW)

    actions.cancel_course(made.pk, reason="讲师生病", by=by, now=NOW)

    with pytest.raises(RuleBroken):
        actions.enrol(made.pk, by=volunteer(), now=NOW)


def issued(old: str, new: str) -> None:
    """The management rules with one value changed, in force since yesterday."""
    text = KINDS[policy.MANAGEMENT].shipped().replace(old, new)
    Rulebook.objects.create(
        kind=policy.MANAGEMENT, version=1, text=text, digest=digest(text),
        effective_from=(NOW - timedelta(days=1)).date(), issued_by=officer("city_officer", "50."),
        issued_at=NOW - timedelta(days=2),
    )  # fmt: skip
    forget()


@pytest.fixture(autouse=True)
def no_memory_of_rulebooks():
    forget()
    yield
    forget()


def test_training_comes_before_joining_a_team_where_the_rulebook_says_so(by):
    issued("fewest_minutes: 0", "fewest_minutes: 90")
    person, group = volunteer(), team()
    with pytest.raises(RuleBroken, match="90 minutes of training"):
        teams.ask_to_join(group.pk, by=person, now=NOW)

    seat = actions.enrol(course(by).pk, by=person, now=NOW)
    actions.enter_result(seat.pk, attended=True, passed=True, by=by, now=AFTER)

    assert teams.ask_to_join(group.pk, by=person, now=AFTER).state == "asked"


def test_a_tier_is_at_home_where_the_rulebook_says(by):
    from kepu.people.rules.teams import why_not_tier

    community, district = division("50.103.001.001."), division("50.103.")

    assert why_not_tier(community, "team", NOW) is None
    assert why_not_tier(community, "detachment", NOW)
    assert why_not_tier(district, "detachment", NOW) is None
