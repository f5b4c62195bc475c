"""Applying to be an expert, being admitted or not, and confirming once a year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel import clock
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts.registry import Occasion
from kepu.kernel.notices.queries import letters, of_person
from kepu.people import listeners
from kepu.people.actions import experts, joining
from kepu.people.queries import experts as queries
from tests.factories import NOW, division, officer, organisation, user
from tests.kepu.people.test_experts import active, field

pytestmark = pytest.mark.django_db
HOME = "50.103."


@pytest.fixture
def by():
    return officer("district_officer", HOME)


def drafted(person=None, **said):
    what = {"fields": [field()], "languages": ["zh"], "about": "愿意评审", **said}
    return joining.draft(home=division(HOME), by=person or user(), now=NOW, **what)


def applied(person=None):
    expert = drafted(person)
    experts.state_employment(
        expert.pk, organisation=organisation(), first=NOW.date(), by=expert.person, now=NOW
    )
    return joining.apply(expert.pk, consent=True, by=expert.person, now=NOW)


def titles_of(person):
    return [one.title for one in letters(person, list(of_person(person)))]


def test_a_draft_is_seen_by_nobody_and_is_changed_in_place(by):
    expert = drafted(languages=[])
    again = drafted(expert.person, about="改了", languages=["en"])

    assert (again.pk, again.about, again.languages) == (expert.pk, "改了", ["en"])
    assert not queries.listed().exists()
    assert queries.pool(on=clock.day(NOW)) == []


@pytest.mark.parametrize(
    ("said", "employed", "consent", "reason"),
    [
        ({"fields": []}, True, True, "discipline"),
        ({}, False, True, "where you work"),
        ({}, True, False, "consent"),
    ],
)
def test_an_application_tells_field_and_work_and_is_agreed_to(said, employed, consent, reason):
    expert = drafted(**said)
    if employed:
        experts.state_employment(
            expert.pk, named="示例研究所", first=NOW.date(), by=expert.person, now=NOW
        )

    with pytest.raises(RuleBroken, match=reason):
        joining.apply(expert.pk, consent=consent, by=expert.person, now=NOW)


def test_the_officers_of_the_place_hear_of_an_application_and_let_the_applicant_in(by):
    expert = applied()
    assert titles_of(by) == ["有人申请加入专家库"]

    joining.admit(expert.pk, by=by, now=NOW)

    (candidate,) = queries.pool(on=clock.day(NOW))
    assert candidate.id == expert.pk
    assert titles_of(expert.person) == ["您已进入专家库"]


def test_who_is_not_taken_reads_why_and_may_apply_anew(by):
    expert = applied()
    with pytest.raises(RuleBroken, match="reason"):
        joining.refuse(expert.pk, reason=" ", by=by, now=NOW)

    joining.refuse(expert.pk, reason="材料不全", by=by, now=NOW)

    (letter,) = letters(expert.person, list(of_person(expert.person)))
    assert "材料不全" in letter.text
    again = drafted(expert.person)
    assert (again.pk, again.state, again.reason, again.consent_at) == (expert.pk, "draft", "", None)


def test_only_an_officer_of_the_place_answers_and_never_for_himself(by):
    expert = applied()
    for stranger in (officer("district_officer", "50.104."), user(), expert.person):
        with pytest.raises(NotAllowed):
            joining.admit(expert.pk, by=stranger, now=NOW)

    own = applied(by)
    with pytest.raises(NotAllowed, match="decides about himself"):
        joining.admit(own.pk, by=by, now=NOW)
    assert titles_of(by) == ["有人申请加入专家库"]  # of the other application alone


def test_who_applied_takes_it_back_before_the_answer():
    expert = applied()

    joining.withdraw(expert.pk, by=expert.person, now=NOW)

    expert.refresh_from_db()
    assert (expert.state, expert.consent_at) == ("draft", None)
    with pytest.raises(NotAllowed):
        joining.withdraw(expert.pk, by=user(), now=NOW)


def test_an_expert_has_nothing_to_apply_for():
    expert = active(officer("city_officer", "50."))

    with pytest.raises(RuleBroken, match="register already"):
        drafted(expert.person)


def test_the_city_may_invite_somebody_who_is_still_writing():
    expert = drafted()

    experts.invite(
        expert.person, home=division("50."), fields=[], by=officer("city_officer", "50."), now=NOW
    )

    expert.refresh_from_db()
    assert expert.state == "invited"


def test_an_unknown_language_is_refused():
    with pytest.raises(RuleBroken, match="languages"):
        drafted(languages=["xx"])


# --- once a year ----------------------------------------------------------------------------------


def told(expert, at):
    listeners.remind_experts(Occasion(delivery_id=0, now=at))
    return titles_of(expert.person)


@pytest.fixture
def expert():
    found = active(officer("city_officer", "50."))
    of_person(found.person).delete()
    return found


def at(expert, days):
    return NOW + (expert.confirmed_until - clock.day(NOW)) + timedelta(days=days)


def test_an_expert_is_reminded_once_before_the_day_and_once_after_it(expert):
    assert told(expert, at(expert, -31)) == []
    assert told(expert, at(expert, -30)) == ["请确认您的专家信息"]
    assert len(told(expert, at(expert, -1))) == 1
    assert len(told(expert, at(expert, 0))) == 1

    assert set(told(expert, at(expert, 1))) == {"请确认您的专家信息", "您的专家信息已过确认期限"}
    assert len(told(expert, at(expert, 2))) == 2


def test_confirming_holds_for_another_year_from_that_day(expert):
    late = at(expert, 40)
    assert queries.pool(on=clock.day(late)) == []
    assert list(queries.late(queries.listed(), clock.day(late))) == [expert]

    joining.confirm(expert.pk, by=expert.person, now=late)

    (candidate,) = queries.pool(on=clock.day(late))
    assert candidate.confirmed_until == clock.day(late).replace(year=clock.day(late).year + 1)
    assert not queries.late(queries.listed(), clock.day(late)).exists()


def test_only_the_expert_confirms_and_only_one_in_the_register(expert):
    with pytest.raises(NotAllowed):
        joining.confirm(expert.pk, by=user(), now=NOW)
    experts.leave(expert.pk, by=expert.person, now=NOW)
    with pytest.raises(RuleBroken, match="in the expert register"):
        joining.confirm(expert.pk, by=expert.person, now=NOW)
