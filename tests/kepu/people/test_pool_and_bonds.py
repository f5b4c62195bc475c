"""What other rooms read of experts: who may be chosen, and whom they are bound to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kepu.kernel import clock
from kepu.kernel.errors import RuleBroken
from kepu.people.actions import experts as actions
from kepu.people.models import Expert
from kepu.people.queries import experts as queries
from kepu.people.states import BondKind
from tests.factories import NOW, division, officer, organisation, user
from tests.kepu.people.test_experts import active, field

pytestmark = pytest.mark.django_db
TODAY = clock.day(NOW)


@pytest.fixture
def by():
    return officer("city_officer", "50.")


def declare(expert, **bond):
    return actions.declare_conflict(
        expert.pk, **{"reason": "", "kind": "kin", "by": expert.person, "now": NOW, **bond}
    )


def test_the_pool_holds_who_is_active_and_knows_one_of_the_fields(by):
    physicist, lawyer = active(by), active(by, "law")
    actions.pause(active(by).pk, by=Expert.objects.last().person, now=NOW)

    assert [one.id for one in queries.pool(fields=["physics"], on=TODAY)] == [physicist.pk]
    assert [one.id for one in queries.pool(fields=["physics", "law"], on=TODAY)] == [
        physicist.pk,
        lawyer.pk,
    ]
    assert len(queries.pool(on=TODAY)) == 2


def test_a_candidate_is_told_by_ids_codes_and_numbers(by):
    district = division("50.103.")
    expert = active(by)
    Expert.objects.filter(pk=expert.pk).update(
        path="50.103.001.", languages=["zh", "tji"], availability=3
    )
    division("50.103.001.")
    actions.assign(expert.pk, source="appraisal.review", source_id=1, by=by, now=NOW)

    (candidate,) = queries.pool(on=TODAY)

    assert candidate == queries.Candidate(
        id=expert.pk,
        person_id=expert.person_id,
        fields=frozenset({"physics"}),
        tracks=frozenset(),
        path="50.103.001.",
        district=district.path,
        open_duties=1,
        most_duties=5,
        availability=3,
        languages=("zh", "tji"),
        confirmed_until=date(2027, 3, 5),
    )


def test_who_did_not_confirm_stays_for_the_days_of_grace_and_no_longer(by):
    active(by)
    last = date(2027, 3, 5) + timedelta(days=30)

    expert, after = queries.pool(on=last)[0], last + timedelta(days=1)

    assert queries.pool(on=after) == []
    with pytest.raises(RuleBroken, match="not confirmed"):
        actions.assign(expert.id, source="a", source_id=1, by=by, now=NOW + (after - TODAY))


def test_the_pool_costs_the_same_for_few_and_for_many(by, django_assert_num_queries):
    for _one in range(4):
        active(by)

    with django_assert_num_queries(5):  # with the rulebook in force
        assert len(queries.pool(fields=["physics"], on=TODAY + timedelta(days=300))) == 4


def test_bonds_tell_employers_and_what_was_declared(by):
    expert, unit, other = active(by), organisation(), user("孙示例")
    for last in (date(2018, 6, 30), None):
        actions.state_employment(
            expert.pk, organisation=unit, first=date(2010 if last else 2019, 1, 1), last=last,
            by=expert.person, now=NOW,
        )  # fmt: skip
    declare(expert, organisation=unit, kind="project", until=date(2027, 1, 1))
    declare(expert, person=other, kind="mentor")
    declare(expert, named=" 李  示例 ", kind="coauthor")

    found = queries.bonds([expert.pk])[expert.pk]

    assert found.person_id == expert.person_id
    assert found.employers == (
        queries.Employer(unit.pk, unit.name, date(2019, 1, 1), None),
        queries.Employer(unit.pk, unit.name, date(2010, 1, 1), date(2018, 6, 30)),
    )
    assert found.declared == (
        queries.Declared("project", unit.pk, None, "", date(2027, 1, 1)),
        queries.Declared("mentor", None, other.pk, "", None),
        queries.Declared("coauthor", None, None, "李 示例", None),
    )


def test_a_bond_between_two_experts_holds_both_ways(by):
    pupil, teacher = active(by), active(by)
    declare(pupil, person=teacher.person, kind="mentor")

    found = queries.bonds([teacher.pk])

    assert found[teacher.pk].declared == (
        queries.Declared("mentor", None, pupil.person_id, "", None, by_other=True),
    )
    assert queries.conflicts(teacher, on=TODAY, person=pupil.person) == [BondKind.MENTOR.label]
    assert queries.conflicts(teacher, on=TODAY, person=user()) == []


def test_a_name_that_is_not_known_here_is_not_kept_in_clear(by):
    bond = declare(active(by), named="李示例")

    assert "李示例".encode() not in bytes(bond.named_sealed)
    assert bond.named == "李示例"


def test_bonds_of_many_cost_no_more_than_those_of_one(by, django_assert_num_queries):
    experts = [active(by) for _one in range(3)]
    for one in experts:
        declare(one, named="李示例")

    with django_assert_num_queries(4):
        assert set(queries.bonds([one.pk for one in experts] + [0])) == {one.pk for one in experts}


def test_fields_that_nobody_knows_find_nobody(by):
    active(by)
    field("law")

    assert queries.pool(fields=["law"], on=TODAY) == []
