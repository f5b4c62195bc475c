"""Tables in and out at the shell: the same checks as on the pages, all or nothing."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.utils import translation
from openpyxl import load_workbook

from kepu.kernel import sheets, tables
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput
from kepu.orders.models import Service
from kepu.people.models import Team, Volunteer
from kepu.web.commands import export, import_
from kepu.web.shell import parser
from tests.factories import NOW, division, loop, officer, skill, user, volunteer
from tests.kepu.people import factories as people

pytestmark = pytest.mark.django_db

HEADERS = {
    "teams": "team name,home,leader's telephone,leader agreed on,topics,orders a day,orders a week",
    "volunteers": "name,telephone,home,date of birth,consent signed on",
    "organisations": "unit name,kind of unit,home,credit code of the unit",
}
CODE = "11500107009293065M"


@pytest.fixture(autouse=True)
def started(monkeypatch):
    monkeypatch.setattr("kepu.web.starting.start_city", lambda **_how: None)


@pytest.fixture
def by():
    division(name="示例社区")
    skill("health")
    return officer("district_officer", "50.103.")


def run(*words: str) -> int:
    options = parser(words[0]).parse_args(list(words))
    return {"import": import_, "export": export}[words[0]].run(options)


def table(path, kind: str, *rows: str) -> str:
    path = path / f"{kind}.csv"
    path.write_text("\n".join([HEADERS[kind], *rows]) + "\n", encoding="utf-8")
    return str(path)


def cells(path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))


def test_a_dry_run_lists_every_wrong_row_and_imports_nothing(by, tmp_path, capsys):
    file = table(
        tmp_path, "volunteers", "张示例,13800000001,示例社区,1990-01-01,2026-01-01",
        "李示例,none,示例社区,1990-01-01,2026-01-01", "王示例,13800000002,无此地,1990-01-01,2026-01-01",
    )  # fmt: skip

    with pytest.raises(BadInput, match="2 faults"):
        run("import", "volunteers", file, "--as", str(by.login))

    told = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in told] == ["3", "4"]
    assert not Volunteer.objects.exists()


def test_a_clean_table_is_tried_then_taken_in(by, tmp_path, capsys):
    file = table(tmp_path, "volunteers", "张示例,13800000001,示例社区,1990-01-01,2026-01-01")

    run("import", "volunteers", file, "--as", str(by.login), "--dry-run")
    assert not Volunteer.objects.exists()
    run("import", "volunteers", file, "--as", str(by.login))

    assert Volunteer.objects.get().person.name == "张示例"
    assert Entry.objects.get(verb="volunteer.enrol").actor == by.pseudonym


def test_teams_come_in_and_go_out_again(by, tmp_path):
    leader = user(phone="+8613800000001")
    volunteer(leader)
    file = table(tmp_path, "teams", "示例服务队,示例社区,13800000001,2026-03-01,health,1,3")

    run("import", "teams", file, "--as", str(by.login))
    run("export", "teams", "--out", str(tmp_path / "out.csv"))

    assert Team.objects.get().name == "示例服务队"
    assert cells(tmp_path / "out.csv")[1][:2] == ["示例服务队", "示例社区"]
    assert Entry.objects.get(verb="sheet.export").detail == {"sheet": "teams", "rows": 1}


def test_units_are_registered_once_each_with_a_right_code(by, tmp_path, capsys):
    row = f"示例学校,学校,示例社区,{CODE}"
    twice = table(tmp_path, "organisations", row, row, "乙,学校,示例社区,123")
    with pytest.raises(BadInput, match="2 faults"):
        run("import", "organisations", twice, "--as", str(by.login))
    assert "the same as row 2" in capsys.readouterr().out

    run("import", "organisations", table(tmp_path, "organisations", row), "--as", str(by.login))
    assert Organisation.objects.get().credit_code == CODE
    again = table(tmp_path, "organisations", row)
    with pytest.raises(BadInput):
        run("import", "organisations", again, "--as", str(by.login))


def test_who_may_not_import_on_the_page_may_not_at_the_shell(by, tmp_path):
    stranger = user()
    file = table(tmp_path, "organisations", f"示例学校,学校,示例社区,{CODE}")

    with pytest.raises(BadInput):
        run("import", "organisations", file, "--as", str(stranger.login))
    assert not Organisation.objects.exists()


def test_a_template_filled_in_is_a_menu_and_is_taken_in_once(tmp_path):
    city = loop()
    empty = tmp_path / "menu.xlsx"
    login = str(city.leader.login)
    run("import", "menus", "--template", str(empty), "--as", login)
    book = load_workbook(empty)
    heads = [cell.value for cell in book.worksheets[0][1]]
    given = {
        "Title": "健康讲座", "Topic": "health", "Minutes": "60", "How often a month": "4",
        "Where it is offered": "50.103.", "First day": "2026-03-01",
    }  # fmt: skip
    book.worksheets[0].append([given.get(head, "") for head in heads])
    book.save(empty)

    run("import", "menus", str(empty), "--as", login)
    with pytest.raises(BadInput, match="1 faults; nothing was imported"):
        run("import", "menus", str(empty), "--as", login)
    run("export", "menus", "--out", str(tmp_path / "out.csv"), "--within", "50.103.")

    assert Service.objects.get().team == city.team
    assert cells(tmp_path / "out.csv")[1][0] == "健康讲座"


def test_whose_menu_it_is_has_to_be_said_by_who_writes_for_nobody(tmp_path):
    file = tmp_path / "menu.csv"
    file.write_text("Title\n")
    with pytest.raises(BadInput, match="nobody"):
        run("import", "menus", str(file), "--as", str(user().login))


def test_orders_go_out_without_names_and_telephones(tmp_path):
    city = loop()
    city.order("placed")
    out = tmp_path / "orders.xlsx"

    run("export", "orders", "--out", str(out))

    page = load_workbook(out).worksheets[0]
    assert page.title == str(sheets.SHEETS["orders"].title)
    assert page.max_row == 2
    text = str([[cell.value for cell in row] for row in page])
    assert "居民示例" not in text
    assert "1380000" not in text


def test_the_ledger_and_the_volunteers_go_out_with_telephones_masked(tmp_path):
    person = user(phone="+8613800000001")
    people.register(person)
    people.served(person, 90)

    run("export", "hours", "--out", str(tmp_path / "hours.csv"))
    run("export", "volunteers", "--out", str(tmp_path / "people.csv"))

    assert "90" in cells(tmp_path / "hours.csv")[1]
    row = cells(tmp_path / "people.csv")[1]
    assert "138****0001" in row
    assert "1.5" in row


def test_headings_are_chinese_for_chinese_readers(by):
    with translation.override("zh-hans"):
        for name in ("teams", "volunteers", "organisations"):
            made = sheets.to_take_in(name).template(sheets.Errand(by, NOW))
            heads = [cell.value for cell in load_workbook(io.BytesIO(made)).worksheets[0][1]]
            assert not any(head.isascii() for head in heads), heads
        for name in ("orders", "teams", "volunteers", "hours", "menus", "organisations"):
            headers, _rows = sheets.to_write(name)("50.", NOW + timedelta())
            assert not any(str(head).isascii() for head in headers), headers


def test_a_file_is_never_written_over_and_an_unknown_sheet_is_named(tmp_path):
    there = tmp_path / "there.csv"
    there.touch()
    with pytest.raises(BadInput, match="exists already"):
        run("export", "orders", "--out", str(there))
    with pytest.raises(BadInput, match="there are: "):
        run("export", "nonsense", "--out", str(tmp_path / "x.csv"))
    assert tables.disarmed("=1+1") == "'=1+1"
