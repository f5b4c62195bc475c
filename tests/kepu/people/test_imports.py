from __future__ import annotations

import io

import openpyxl
import pytest
from django.utils import translation

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.errors import BadInput, NotAllowed
from kepu.kernel.notices import queries as notices
from kepu.people import imports, queries
from kepu.people.models import Team, Volunteer
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import register, skill

pytestmark = pytest.mark.django_db

TEAM_HEAD = "team name,home,leader's telephone,leader agreed on,topics,orders a day,orders a week\n"
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
        (5, "the leader's telephone belongs to no registered person"),
        (6, "unknown topics: alchemy"),
        (7, "the capacity of a week is at least that of a day, and both at least 1"),
        (8, "this is not a telephone number"),
        (8, "a whole number from 1 to 100"),
    ]
    assert not Team.objects.exists()
    with pytest.raises(BadInput, match="7 faults; nothing was imported"):
        run("teams", text, by, imports.take_in)
    assert not Team.objects.exists()


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
