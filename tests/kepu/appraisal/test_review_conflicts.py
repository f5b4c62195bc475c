"""Who may not judge what, pair by pair and in bulk."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kepu.appraisal import bridge, queries
from kepu.appraisal.models import Application
from kepu.appraisal.programme.schema import Reviewing
from kepu.appraisal.rules.pairing import beside, why_not_meet
from kepu.kernel import clock
from kepu.kernel.accounts import actions as accounts
from kepu.people.actions import experts as people
from kepu.people.models import Employment
from kepu.people.queries import experts
from tests.factories import NOW, officer, organisation, user
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.review_world import AWAY, HERE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TODAY = clock.day(NOW)


@pytest.fixture
def application():
    return world.checked(world.call(), path=HERE)


def why_not(application, expert):
    return why_not_meet(application, expert.pk, TODAY)


def test_a_stranger_from_elsewhere_may_judge(application):
    assert why_not(application, world.expert()) is None


def test_who_works_or_worked_in_the_unit_may_not_for_so_many_years(application):
    still, lately, long_ago = world.expert(), world.expert(), world.expert()
    world.worked(still, application.organisation, 2015, None)
    world.worked(lately, application.organisation, 2015, date(2023, 4, 1))
    world.worked(long_ago, application.organisation, 2015, date(2022, 12, 31))

    assert "unit" in why_not(application, still)
    assert "unit" in why_not(application, lately)
    assert why_not(application, long_ago) is None


@pytest.mark.parametrize(
    ("named", "bound"),
    [("秘密馆示例物理部", True), ("秘密馆示", True), ("秘密 馆示例", True), ("另一馆示例", False)],
)
def test_a_unit_known_by_its_name_counts_with_those_above_and_below_it(application, named, bound):
    expert = world.expert()
    Employment.objects.create(expert=expert, named=named, first=date(2020, 1, 1), last=None)

    assert bool(why_not(application, expert)) is bound


@pytest.mark.parametrize("kind", ["kin", "mentor", "project", "coauthor"])
def test_a_declared_bond_to_whoever_had_a_hand_in_it_bars_until_it_ends(application, kind):
    bound, over = world.expert(), world.expert()
    for expert, until in ((bound, None), (over, TODAY - timedelta(days=1))):
        people.declare_conflict(
            expert.pk, person=application.made_by, kind=kind, reason="", until=until,
            by=expert.person, now=NOW,
        )  # fmt: skip

    assert "declared" in why_not(application, bound)
    assert why_not(application, over) is None


def test_a_bond_is_found_by_the_name_of_the_unit_too(application):
    expert = world.expert()
    people.declare_conflict(
        expert.pk, named="秘密馆 示例", kind="project", reason="", by=expert.person, now=NOW
    )

    assert "project" in why_not(application, expert)


def test_the_own_district_bars_unless_the_programme_allows_it(application):
    near = world.expert(path=f"{HERE}001.")
    liberal = world.checked(world.call(own_district=True), "邻馆示例")

    assert "district" in why_not(application, near)
    # One programme in a test has one version: the rule is asked directly for the other.
    reviewing = Reviewing(each=1, load=1, years=3, own_district=True)
    found = bridge.barred_pairs(parties(liberal), pool(near), reviewing, TODAY)
    assert not found.any()


def test_nobody_judges_what_is_in_the_own_name(application):
    expert = world.expert()
    Application.objects.filter(pk=application.pk).update(made_by=expert.person)

    assert "own" in why_not(application, expert)


def test_whom_a_work_was_made_with_bars_for_good(application):
    from kepu.people.models import Work

    expert = world.expert()
    other = world.expert()
    Application.objects.filter(pk=application.pk).update(made_by=other.person)
    work = Work.objects.create(expert=expert, title="旧作示例", kind="book", year=1999)
    work.coauthors.add(other)

    assert "work together" in why_not(application, expert)


def test_reasons_are_told_beside_each_expert_and_those_who_may_come_first(application):
    may, may_not = world.expert("可评示例"), world.expert("回避示例", path=HERE)

    found = beside(application, TODAY)

    assert [one.expert.id for one in found] == [may.pk, may_not.pk]
    assert found[0].why_not is None
    assert "district" in found[1].why_not


def test_in_bulk_the_same_pairs_are_barred_as_one_by_one():
    of = world.call()
    rows = [
        world.checked(of, f"{n}号秘密馆示例", path) for n, path in enumerate((HERE, AWAY, AWAY))
    ]
    crowd = [world.expert(path=path) for path in (HERE, AWAY, world.FAR)]
    world.worked(crowd[2], rows[0].organisation, 2019, None)
    people.declare_conflict(
        crowd[2].pk, person=rows[1].made_by, kind="kin", reason="", by=crowd[2].person, now=NOW
    )
    reviewing = queries.calls.programme(of).reviewing
    everybody = queries.reviewing.parties(of.applications.all(), TODAY, reviewing.years)

    barred = bridge.barred_pairs(everybody, experts.pool(on=TODAY), reviewing, TODAY)

    for i, party in enumerate(everybody):
        row = Application.objects.select_related("call").get(pk=party.application_id)
        one_by_one = {one.expert.id: one.why_not is not None for one in beside(row, TODAY)}
        assert list(barred[i]) == [one_by_one[one.pk] for one in crowd]
    assert 0 < barred.sum() < barred.size


def test_a_person_is_known_by_units_where_they_work_as_an_expert():
    colleague, applicant = world.expert(), world.expert()
    unit, _by = world.applicant("同事所示例", AWAY)
    for one in (colleague, applicant):
        world.worked(one, unit, 2020, None)
    units = queries.reviewing._units_of_persons({applicant.person_id}, TODAY, 3)

    assert ("unit", unit.pk) in units[applicant.person_id]
    assert user("无关示例").pk not in units


def parties(application):
    return queries.reviewing.parties(Application.objects.filter(pk=application.pk), TODAY, 3)


def pool(*chosen):
    return [one for one in experts.pool(on=TODAY) if one.id in {e.pk for e in chosen}]


# --- units that hang together by the register -------------------------------------------------------


def relate(unit, **kin) -> None:
    unit.refresh_from_db()
    said = {"parent": unit.parent, "merged_into": unit.merged_into} | kin
    accounts.relate_organisation(
        unit.pk, **said, by=officer("security_administrator", "50."), now=NOW
    )


@pytest.fixture
def around(application):
    """Units around the applicant's: above it twice, below it, beside it, merged with it."""
    own = application.organisation
    names = ("总院示例", "集团示例", "分部示例", "兄弟馆示例", "旧馆示例", "新馆示例")
    found = {name: organisation(name, AWAY) for name in names}
    top, over, part, beside, old, new = found.values()
    relate(over, parent=top)
    relate(own, parent=over)
    relate(part, parent=own)
    relate(beside, parent=over)
    relate(old, merged_into=own)
    relate(own, merged_into=new)
    return found


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        ("总院示例", "above or below"),
        ("集团示例", "above or below"),
        ("分部示例", "above or below"),
        ("旧馆示例", "merged"),
        ("新馆示例", "merged"),
        ("兄弟馆示例", None),
    ],
)
def test_a_unit_above_below_or_merged_binds_and_the_reason_says_which(
    application, around, unit, reason
):
    expert = world.expert()
    world.worked(expert, around[unit], 2020, None)

    found = why_not(application, expert)

    assert found is None if reason is None else reason in found
    reviewing = queries.calls.programme(application.call).reviewing
    parties = queries.reviewing.parties(application.call.applications.all(), TODAY, 3)
    pool = experts.pool(on=TODAY)
    assert bridge.barred_pairs(parties, pool, reviewing, TODAY).all() == (reason is not None)


def test_a_bond_declared_to_a_unit_above_binds_as_well(application, around):
    expert = world.expert()
    people.declare_conflict(
        expert.pk, organisation=around["总院示例"], kind="project", reason="", by=expert.person,
        now=NOW,
    )  # fmt: skip

    assert "declared" in why_not(application, expert)


def test_who_has_a_duty_for_a_unit_is_asked_about_those_it_hangs_together_with(application, around):
    expert = world.expert()
    world.worked(expert, around["集团示例"], 2020, None)

    found = experts.conflicts(expert, on=TODAY, organisation=application.organisation)

    assert len(found) == 1
    assert "merged" in found[0]
    assert experts.conflicts(expert, on=TODAY, organisation=around["兄弟馆示例"])
    assert not experts.conflicts(expert, on=TODAY, organisation=organisation("远所示例", AWAY))
