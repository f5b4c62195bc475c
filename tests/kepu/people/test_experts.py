from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.queries import letters, of_person
from kepu.people.actions import experts as actions
from kepu.people.models import Field
from kepu.people.queries import experts as queries
from tests.factories import NOW, division, officer, organisation, user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 5)


@pytest.fixture
def by():
    return officer("city_officer", "50.")


def field(key="physics"):
    return Field.objects.get_or_create(key=key, defaults={"title_zh": key, "title_en": key})[0]


def invited(by, key="physics"):
    return actions.invite(user(), home=division("50."), fields=[field(key)], by=by, now=NOW)


def active(by, key="physics"):
    expert = invited(by, key)
    actions.accept(expert.pk, consent=True, by=expert.person, now=NOW)
    return actions.activate(expert.pk, by=by, now=NOW)


def test_an_expert_is_available_once_invited_willing_and_active(by):
    expert = invited(by)
    actions.accept(expert.pk, consent=True, by=expert.person, now=NOW)
    assert queries.available("physics") == []

    actions.activate(expert.pk, by=by, now=NOW)

    assert queries.available("physics") == [expert]
    assert queries.available("law") == []


def test_only_the_city_invites_and_only_the_person_accepts(by):
    with pytest.raises(NotAllowed):
        invited(officer("district_officer", "50.103."))
    expert = invited(by)
    with pytest.raises(NotAllowed):
        actions.accept(expert.pk, consent=True, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="consent"):
        actions.accept(expert.pk, consent=False, by=expert.person, now=NOW)


def test_a_city_officer_neither_invites_himself_nor_lets_himself_begin(by):
    with pytest.raises(NotAllowed, match="decides about himself"):
        actions.invite(by, home=division("50."), fields=[], by=by, now=NOW)
    other = officer("city_officer", "50.")
    expert = actions.invite(by, home=division("50."), fields=[], by=other, now=NOW)
    actions.accept(expert.pk, consent=True, by=by, now=NOW)

    with pytest.raises(NotAllowed, match="decides about himself"):
        actions.activate(expert.pk, by=by, now=NOW)


def test_who_declined_may_be_invited_again(by):
    expert = invited(by)
    actions.decline(expert.pk, by=expert.person, now=NOW)

    again = actions.invite(expert.person, home=division("50."), fields=[field()], by=by, now=NOW)

    assert (again.pk, again.state) == (expert.pk, "invited")


def test_the_least_loaded_comes_first_and_the_full_one_not_at_all(by):
    busy, idle = active(by), active(by)
    actions.assign(busy.pk, source="appraisal.review", source_id=1, by=by, now=NOW)
    assert queries.available("physics") == [idle, busy]

    actions.update_availability(busy.pk, availability=0, most_duties=1, by=busy.person, now=NOW)

    assert queries.available("physics") == [idle]
    assert queries.available("physics", at=NOW) == [idle]
    with pytest.raises(RuleBroken, match="as many duties"):
        actions.assign(busy.pk, source="appraisal.review", source_id=2, by=by, now=NOW)
    actions.discharge(busy.pk, source="appraisal.review", source_id=1, by=by, now=NOW)
    assert queries.load(busy) == 0


@pytest.mark.parametrize(
    ("last", "bound"),
    [(None, True), (date(2023, 3, 5), True), (date(2023, 3, 4), False), (date(2026, 1, 1), True)],
)
def test_employment_binds_for_three_years(by, last, bound):
    expert, unit = active(by), organisation()
    actions.state_employment(
        expert.pk, organisation=unit, first=date(2010, 1, 1), last=last, by=expert.person, now=NOW
    )

    assert bool(queries.conflicts(expert, on=TODAY, organisation=unit)) == bound


def test_a_declared_bond_keeps_the_expert_from_the_duty(by):
    expert, unit, other = active(by), organisation(), organisation("另一部门")
    actions.declare_conflict(
        expert.pk, organisation=unit, reason="board", by=expert.person, now=NOW
    )

    with pytest.raises(RuleBroken, match="conflict of interest: board"):
        actions.assign(expert.pk, source="a", source_id=1, organisation=unit, by=by, now=NOW)
    assert actions.assign(expert.pk, source="a", source_id=1, organisation=other, by=by, now=NOW)
    assert queries.conflicts(expert, on=TODAY, person=expert.person)


def test_a_bond_is_to_one_party(by):
    expert = active(by)

    with pytest.raises(RuleBroken, match="one unit"):
        actions.declare_conflict(expert.pk, reason="x", by=expert.person, now=NOW)


def test_who_is_invited_is_told_by_whom_and_where_to_answer():
    by, person = officer("city_officer", "50.", "王示例"), user()

    actions.invite(person, home=division("50.103."), fields=[], by=by, now=NOW)

    notice = of_person(person).get()
    (letter,) = letters(person, [notice])
    assert letter.title == "您受邀成为科普专家"
    assert "王示例" in letter.text
    assert notice.link == reverse("expert-me")
