from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from django.utils import translation

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.errors import BadInput, NotAllowed
from kepu.kernel.notices import queries as notices
from kepu.people import imports, queries
from kepu.people.models import Team, Volunteer
from tests.factories import NOW, division, officer, organisation, user
from tests.kepu.orders.test_at_once import at_once
from tests.kepu.people.factories import register, skill

pytestmark = pytest.mark.django_db

TEAM_HEAD = "team name,home,leader's telephone,leader agreed on,topics,orders a day,orders a week\n"
KINDS_OF = {"volunteers": Volunteer, "teams": Team}
PEOPLE_HEAD = "name,telephone,date of birth,home,consent signed on,topics\n"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def by():
    division("50.103.001.001.", "示例社区")
    division("50.104.001.", "别区街道")
    skill("health")
    leader = user("赵示例", phone="+8613800000001", born="1980-01-01")
    register(leader)
    return officer("district_officer", "50.103.")


def run(kind, text, by, verb=imports.dry_run):
    return verb(kind, io.BytesIO(text.encode()), "t.csv", by=by, now=NOW)


def test_a_clean_table_of_teams_is_taken_in(by):
    text = (
        TEAM_HEAD
        + "天文队,示例社区,138 0000 0001,2026-03-01,health,1,3\n"
        + "气象队,示例社区,13800000001,2026-03-01,health,1,3\n"
    )

    assert run("teams", text, by, imports.take_in) == 2

    team = Team.objects.get(name="天文队")
    assert team.state == "approved"
    assert queries.leaders(team).get() == accounts.by_phone("+8613800000001")
    assert [team] == [t for t in queries.serving("50.103.001.001.") if t.name == "天文队"]


def test_the_dry_run_names_every_wrong_row_and_writes_nothing(by):
    text = TEAM_HEAD + (
        "天文队,示例社区,13800000001,2026-03-01,health,1,3\n"
        "天文队,示例社区,13800000001,2026-03-01,health,1,3\n"
        "气象队,别区街道,13800000001,2026-03-01,health,1,3\n"
        "地质队,示例社区,13800000002,2026-03-01,health,1,3\n"
        "物理队,示例社区,13800000001,2026-03-01,alchemy,1,3\n"
        "化学队,示例社区,13800000001,2026-03-01,health,4,3\n"
        "生物队,示例社区,1380,2026-03-01,health,0,3\n"
    )

    sheet = run("teams", text, by)

    assert [(fault.row, fault.sentence) for fault in sheet.faults] == [
        (3, "the same as row 2"),
        (4, "there is no place of this name or code in your area"),
        (5, "no volunteer has this number"),
        (6, "unknown topics: alchemy"),
        (7, "the capacity of a week is at least that of a day, and both at least 1"),
        (8, "this is not a telephone number"),
        (8, "a whole number from 1 to 100"),
    ]
    assert not Team.objects.exists()
    with pytest.raises(BadInput, match="7 faults; nothing was imported"):
        run("teams", text, by, imports.take_in)
    assert not Team.objects.exists()


def test_a_team_is_taken_in_with_its_unit_unless_that_is_closed(by):
    at_work, closed = "91500000MA5U000010", "91500000MA5U000023"
    unit = organisation("示例一院", credit_code=at_work)
    organisation("示例旧院", credit_code=closed, active=False)
    head = TEAM_HEAD.strip() + ",credit code of the unit\n"
    row = "{name},示例社区,13800000001,2026-03-01,health,1,3,{code}\n"

    sheet = run("teams", head + row.format(name="旧队", code=closed), by)
    run("teams", head + row.format(name="新队", code=at_work), by, imports.take_in)

    assert [fault.sentence for fault in sheet.faults] == ["this unit is closed"]
    assert Team.objects.get().organisation == unit


def test_every_fault_of_a_row_is_told_at_once_and_the_leader_s_names_its_column(by):
    user("路人示例", phone="+8613800000007")
    text = TEAM_HEAD + (
        "天文队,示例社区,13800000007,2026-03-01,alchemy,1,3\n"
        "化学队,示例社区,13800000001,2026-03-06,health,4,3\n"
    )

    sheet = run("teams", text, by)

    assert [(fault.row, fault.column, fault.sentence) for fault in sheet.faults] == [
        (2, "leader's telephone", "no volunteer has this number"),
        (2, "topics", "unknown topics: alchemy"),
        (3, "", "state the day on which the leader agreed, which is not in the future"),
        (3, "", "the capacity of a week is at least that of a day, and both at least 1"),
    ]


def test_a_clean_table_of_volunteers_is_taken_in(by):
    text = PEOPLE_HEAD + "钱示例,13800000003,1990-01-02,示例社区,2026-01-05,health\n"

    assert run("volunteers", text, by, imports.take_in) == 1

    person = accounts.by_phone("+8613800000003")
    assert queries.volunteer_of(person).state == "active"
    assert person.name == "钱示例"


def test_wrong_volunteers_are_named(by):
    text = PEOPLE_HEAD + (
        "孙示例,13800000004,2015-01-02,示例社区,2026-01-05,\n"
        "李示例,13800000005,,示例社区,2026-01-05,\n"
        "赵示例,13800000001,1980-01-01,示例社区,2026-01-05,\n"
        "吴示例,13800000006,1980-01-01,示例社区,2026-03-06,\n"
    )
    before = Volunteer.objects.count()

    sheet = run("volunteers", text, by)

    assert [(fault.row, fault.sentence) for fault in sheet.faults] == [
        (2, "a child under 14 is registered by the guardian, not by import"),
        (3, "give the date of birth or the identity number"),
        (4, "this person is registered as a volunteer already"),
        (5, "the consent was signed in the future"),
    ]
    assert Volunteer.objects.count() == before


def many(count: int) -> str:
    rows = (f"钱示例,139{n:08d},1990-01-02,示例社区,2026-01-05,health\n" for n in range(count))
    return PEOPLE_HEAD + "".join(rows)


def test_a_table_that_was_stopped_in_the_middle_is_given_again_and_goes_on(by, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    before, enrol = Volunteer.objects.count(), imports.enrolment.enrol_volunteer

    def killed_at_the_fourth(new, **also):
        if new.personal.phone.endswith("3"):
            raise KeyboardInterrupt
        return enrol(new, **also)

    stopped = replace(imports.KINDS["volunteers"], enrol=killed_at_the_fourth)
    with monkeypatch.context() as patch:
        patch.setitem(imports.KINDS, "volunteers", stopped)
        with pytest.raises(KeyboardInterrupt):
            run("volunteers", many(5), by, imports.take_in)
    assert Volunteer.objects.count() - before == 2

    assert run("volunteers", many(5), by).faults == []
    assert run("volunteers", many(5), by, imports.take_in) == 3
    assert Volunteer.objects.count() - before == 5


def test_teams_that_were_taken_in_before_are_passed_over_and_another_of_the_name_is_not(by):
    text = TEAM_HEAD + "天文队,示例社区,13800000001,2026-03-01,health,1,3\n"
    assert run("teams", text, by, imports.take_in) == 1
    assert run("teams", text, by, imports.take_in) == 0

    register(user("孙示例", phone="+8613800000009", born="1980-01-01"))
    (fault,) = run("teams", text.replace("13800000001", "13800000009"), by).faults
    assert fault.sentence == "a team of this name exists in this place already"


def test_a_national_number_that_another_has_is_a_fault_of_its_row(by):
    head = PEOPLE_HEAD.strip() + ",national volunteer number\n"
    row = "钱示例,1390000000{n},1990-01-02,示例社区,2026-01-05,health,NV-1\n"
    assert run("volunteers", head + row.format(n=1), by, imports.take_in) == 1

    (fault,) = run("volunteers", head + row.format(n=2), by).faults
    assert fault.sentence == "another volunteer is registered with this national number"
    (fault,) = run(
        "volunteers", head + "".join(row.replace("NV-1", "NV-2").format(n=n) for n in (3, 4)), by
    ).faults
    assert (fault.row, fault.sentence) == (3, "the same as row 2")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["volunteers", "teams"])
def test_two_officers_who_take_in_the_same_table_at_once_take_in_everybody_once(by, kind):
    rows = (f"队{n},示例社区,13800000001,2026-03-01,health,1,3\n" for n in range(3))
    text = many(30) if kind == "volunteers" else TEAM_HEAD + "".join(rows)
    other, model = officer("district_officer", "50.103."), KINDS_OF[kind]
    before = model.objects.count()

    ends = at_once(*(
        lambda who=who: run(kind, text, who, imports.take_in) for who in (by, other, by)
    ))  # fmt: skip

    failed = [end for end in ends if not isinstance(end, int)]
    assert all(isinstance(end, BadInput) for end in failed), ends
    assert run(kind, text, by).rows == []
    assert model.objects.count() - before == text.count("\n") - 1


@pytest.mark.parametrize("role", ["community_worker", None])
def test_only_officers_import(by, role):
    other = officer(role, "50.103.") if role else user()

    with pytest.raises(NotAllowed):
        run("teams", TEAM_HEAD + "天文队,示例社区,13800000001,2026-03-01,health,1,3\n", other)


def test_a_name_of_several_places_asks_for_the_full_one(by):
    division("50.103.002.", "别的街道")
    division("50.103.002.009.", "示例社区")

    sheet = run("teams", TEAM_HEAD + "天文队,示例社区,13800000001,2026-03-01,health,1,3\n", by)

    assert "write the full name" in sheet.faults[0].sentence
    full = TEAM_HEAD + "天文队,别的街道示例社区,13800000001,2026-03-01,health,1,3\n"
    assert run("teams", full, by).faults == []


def test_a_team_is_not_taken_in_before_its_leader_agreed(by):
    row = "天文队,示例社区,13800000001,{},health,1,3\n"
    for day in ("", "2026-03-06"):
        assert run("teams", TEAM_HEAD + row.format(day), by).faults

    run("teams", TEAM_HEAD + row.format("2026-03-05"), by, imports.take_in)

    leader = accounts.by_phone("+8613800000001")
    said = [one.text for one in notices.letters(leader, list(notices.of_person(leader)))]
    assert len(said) == 1
    assert "天文队" in said[0]


@pytest.mark.parametrize("kind", ["teams", "volunteers"])
def test_the_second_sheet_of_the_empty_table_names_what_may_be_written(kind, by):
    skill()
    sheet = openpyxl.load_workbook(io.BytesIO(imports.template(kind, by=by, now=NOW))).worksheets[1]
    told = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)

    assert "parted by commas, such as: " in told
    assert ("one of: service team、brigade、detachment、general team" in told) is (kind == "teams")
