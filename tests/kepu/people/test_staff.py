"""Kepu workers: numbers of a unit, names of who agreed, and figures by district and sector."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.queries import letters, of_person
from kepu.people.actions import staff as actions
from kepu.people.models import Staffing, Worker
from kepu.people.models.staff import FULL_PARTS
from kepu.people.queries import staff as queries
from kepu.people.queries.staff import ALL, Cell
from tests.factories import NOW, division, officer, organisation, sector, sectors, user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sectors_there():
    sectors()


YEAR = 2025


@pytest.fixture
def unit():
    return organisation("示例馆", "50.103.")


@pytest.fixture
def keeper(unit):
    return officer("statistician", unit)


def stated(unit, by, key="venue", **counts):
    said = {"full": 10, "part": 4, **counts}
    return actions.state_staffing(unit, year=YEAR, sector=sector(key), counts=said, by=by, now=NOW)


# --- what a unit states ---------------------------------------------------------------------------


def test_the_sectors_that_the_plan_names_come_first():
    assert [one.key for one in queries.sectors()[:5]] == [
        "venue", "base", "publishing", "new-media", "research",
    ]  # fmt: skip


def test_numbers_of_a_year_and_a_sector_are_stated_once_and_put_right(unit, keeper):
    stated(unit, keeper)
    again = stated(unit, keeper, full=12, full_guide=3)

    assert Staffing.objects.get() == again
    assert (again.full, again.full_guide, again.part) == (12, 3, 4)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        *[({part: 11}, "part of the full-time") for part in FULL_PARTS],
        ({"part_guide": 5}, "guides among"),
        ({"part_months": 49}, "twelve months"),
        ({"senior": 8, "junior": 7}, "titles"),
        ({"full": -1}, "below nothing"),
    ],
)
def test_parts_are_not_more_than_the_whole(unit, keeper, counts, reason):
    with pytest.raises(RuleBroken, match=reason):
        stated(unit, keeper, **counts)


@pytest.mark.parametrize(
    "wrong", [{"full_guide": 11}, {"part_guide": 5}, {"part_months": 49}, {"senior": 15}]
)
def test_the_database_holds_the_same(unit, keeper, wrong):
    row = stated(unit, keeper)

    with pytest.raises(IntegrityError), transaction.atomic():
        Staffing.objects.filter(pk=row.pk).update(**wrong)


def test_a_year_has_begun(unit, keeper):
    with pytest.raises(RuleBroken, match="to this year"):
        actions.state_staffing(
            unit, year=2027, sector=sector(), counts={"full": 1}, by=keeper, now=NOW
        )


def test_only_who_fills_the_return_of_the_unit_states_and_names(unit):
    other = officer("statistician", organisation("另一馆"))
    for stranger in (other, user(), officer("city_officer", "50.")):
        with pytest.raises(NotAllowed):
            stated(unit, stranger)
        with pytest.raises(NotAllowed):
            named(unit, user(), stranger)


def test_a_unit_states_its_posts_for_kepu(unit, keeper):
    stated(unit, keeper, posts=3)
    stated(unit, keeper, "research", posts=2)

    assert queries.figures(YEAR, Q()).cells["50.103.", ALL].counts["posts"] == 5


def test_what_a_unit_stated_is_told_by_the_keys_of_the_statistics(unit, keeper):
    stated(unit, keeper, full_create=2, part_months=6)
    stated(unit, keeper, "research", full=3, full_create=3, part=1)

    found = queries.indicators_of(unit.pk, YEAR)

    assert (found["staff_full"], found["staff_full_create"]) == (13, 5)
    assert (found["staff_part"], found["staff_part_months"]) == (5, 6)
    assert queries.indicators_of(unit.pk, 2024) == {}


# --- by name --------------------------------------------------------------------------------------


def named(unit, person, by):
    return actions.name_worker(
        unit, person=person, sector=sector(), time="full", role="guide", by=by, now=NOW
    )


def test_a_name_stands_on_the_list_once_the_person_agrees(unit, keeper):
    person = user("孙示例")
    worker = named(unit, person, keeper)
    (letter,) = letters(person, list(of_person(person)))
    assert "示例馆" in letter.title

    actions.agree(worker.pk, by=person, now=NOW)

    worker.refresh_from_db()
    assert (worker.state, worker.answered_at) == ("agreed", NOW)
    with pytest.raises(NotAllowed):
        actions.agree(named(unit, user(), keeper).pk, by=keeper, now=NOW)


def test_who_does_not_agree_or_no_longer_is_not_on_the_list(unit, keeper):
    person = user()
    worker = named(unit, person, keeper)
    with pytest.raises(RuleBroken, match="already"):
        named(unit, person, keeper)
    actions.agree(worker.pk, by=person, now=NOW)
    actions.decline(worker.pk, by=person, now=NOW)

    assert not queries.named(unit).exists()
    again = named(unit, person, keeper)
    actions.take_off(again.pk, by=keeper, now=NOW)
    with pytest.raises(RuleBroken, match="while"):
        actions.take_off(again.pk, by=keeper, now=NOW)


# --- figures --------------------------------------------------------------------------------------


def town():
    """Three units of one district with venues, one of them with research too; one unit elsewhere."""
    division("50.104.")
    for number in range(3):
        unit = organisation(f"馆{number}", "50.103.")
        by = officer("statistician", unit)
        stated(unit, by, full=10 + number)
        if number == 0:
            stated(unit, by, "research", full=1)
    far = organisation("远馆", "50.104.")
    stated(far, officer("statistician", far), full=7)


def test_figures_add_up_by_district_and_by_sector(django_assert_num_queries):
    town()

    with django_assert_num_queries(4):
        found = queries.figures(YEAR, Q())

    assert found.cells["50.103.", "venue"].counts["full"] == 33
    assert found.cells["50.103.", ALL].counts["full"] == 34
    assert found.cells[ALL, "venue"].counts["full"] == 40
    assert found.cells[ALL, ALL].counts["full"] == 41
    assert len(found.cells["50.103.", ALL].units) == 3  # a unit of two sectors counts once
    assert found.withheld == set()


def test_a_cell_on_few_units_is_withheld_and_cannot_be_worked_out():
    town()

    found = queries.figures(YEAR, Q(), least=3)

    assert {("50.104.", "venue"), ("50.103.", "research")} <= found.withheld
    assert (ALL, ALL) not in found.withheld
    for side in (0, 1):
        for line in {key[side] for key in found.cells}:
            secrets = [key for key in found.withheld if key[side] == line]
            assert len(secrets) != 1


def test_one_secret_takes_the_smallest_other_of_its_line_with_it():
    def cell(n):
        return Cell(units=set(range(n)))

    cells = {("a", ALL): cell(1), ("b", ALL): cell(5), ("c", ALL): cell(9), (ALL, ALL): cell(15)}

    hidden = queries.withheld(cells, 3)

    assert hidden == {("a", ALL), ("b", ALL)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "where", "shown"),
    [
        ("city_officer", "50.", {"33", "7", "41"}),
        ("district_officer", "50.104.", {"7"}),
        ("analyst", "50.", {"33", "41"}),
    ],
)
def test_each_reads_the_figures_that_are_theirs(client, role, where, shown):
    town()
    client.force_login(officer(role, where))

    page = client.get(reverse("staff-figures")).content.decode()
    told = client.get(reverse("staff-file", args=["csv"])).content.decode("utf-8-sig")

    numbers = {line.split(",")[4] for line in told.splitlines()[1:]}
    assert shown <= numbers
    assert ("7" in numbers) == (role != "analyst")
    assert ("withheld" in page) == (role == "analyst")


@pytest.mark.slow
def test_who_may_read_no_figure_reads_none(client, keeper):
    for stranger in (keeper, user()):
        client.force_login(stranger)
        assert client.get(reverse("staff-figures")).status_code == 403
    client.force_login(officer("city_officer", "50."))
    assert client.get(reverse("staff-file", args=["csv"])).status_code == 404  # nothing stated yet
    assert client.get(reverse("staff-figures") + "?year=abc").status_code == 200


# --- pages ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_unit_states_its_numbers_and_asks_somebody_on_a_page(client, unit, keeper):
    person = user("孙示例")
    client.force_login(keeper)
    assert client.get(reverse("staff")).url == reverse("staff-unit", args=[unit.pk])
    said = {"year": YEAR, "sector": sector().pk, "full": "10", "full_guide": "11"}
    assert client.post(reverse("staff-state", args=[unit.pk]), said).status_code == 409
    said["full_guide"] = ""
    assert client.post(reverse("staff-state", args=[unit.pk]), said).status_code == 302
    row = Staffing.objects.get()
    assert (
        'value="10"' in client.get(reverse("staff-change", args=[unit.pk, row.pk])).content.decode()
    )
    asked = {"person": person.login, "sector": sector().pk, "time": "full", "role": "guide"}
    assert client.post(reverse("staff-name", args=[unit.pk]), asked).status_code == 302
    page = client.get(reverse("staff-unit", args=[unit.pk])).content.decode()
    assert "孙**" in page
    assert "孙示例" not in page

    worker = Worker.objects.get()
    client.force_login(person)
    assert "示例馆" in client.get(reverse("worker-me")).content.decode()
    assert client.post(reverse("worker-answer", args=[worker.pk, "agree"])).status_code == 302
    worker.refresh_from_db()
    assert worker.state == "agreed"


@pytest.mark.slow
def test_another_unit_and_another_person_find_nothing(client, unit, keeper):
    row, worker = stated(unit, keeper), named(unit, user(), keeper)
    client.force_login(officer("statistician", organisation("另一馆")))

    for page in ("staff-unit", "staff-state", "staff-name"):
        assert client.get(reverse(page, args=[unit.pk])).status_code == 404
    assert client.get(reverse("staff-change", args=[unit.pk, row.pk])).status_code == 404
    assert client.post(reverse("staff-drop", args=[unit.pk, row.pk])).status_code == 404
    assert client.post(reverse("staff-take-off", args=[worker.pk])).status_code == 404
    assert client.post(reverse("worker-answer", args=[worker.pk, "agree"])).status_code == 404
    client.force_login(keeper)
    assert client.post(reverse("staff-drop", args=[unit.pk, row.pk])).status_code == 302
    assert not Staffing.objects.exists()
