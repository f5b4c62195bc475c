"""Items in and out as CSV, XLSX and XLSForm: what goes out comes in again, and what is wrong is named."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook

from kepu.kernel import tables
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed
from kepu.literacy import exchange, xlsform
from kepu.literacy.actions import items
from kepu.literacy.actions.taking import take_away
from kepu.literacy.models import Item
from tests.factories import NOW, division, field
from tests.kepu.literacy import factories
from tests.kepu.literacy.factories import EN, ZH

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HEADS = ["Item code", "Dimension", "Discipline", "Use", "Question in Chinese", "Options in Chinese",
         "Question in English", "Options in English", "Right option", "Source"]  # fmt: skip
GOOD = ["", "method", "physics", "", "为什么？", "甲 | 乙", "", "", "b", "示例"]


@pytest.fixture
def bank():
    field()
    return division("50.")


def table(tmp_path, *rows):
    path = tmp_path / "items.csv"
    tables.write_csv(path, HEADS, rows)
    return io.BytesIO(path.read_bytes())


def read(file, bank, name="items.csv"):
    return exchange.read(file, name, bank, NOW)


def test_a_clean_table_becomes_drafts(tmp_path, bank):
    found, faults = read(table(tmp_path, GOOD), bank)
    by = factories.writer()

    written = items.write_items(found, bank=bank, by=by, now=NOW)

    assert faults == []
    (item,) = written
    assert (item.code, item.state, item.use, item.letter) == ("M0001", "draft", "survey", "B")


def test_every_wrong_row_is_named_and_nothing_is_written(tmp_path, bank):
    factories.item(code="K0007")

    def row(**changed):
        at = {"code": 0, "dimension": 1, "discipline": 2, "options": 5, "key": 8, "source": 9}
        made = list(GOOD)
        for name, value in changed.items():
            made[at[name]] = value
        return made

    found, faults = read(
        table(
            tmp_path, row(dimension="effect"), row(discipline="magic"), row(key="Z"), row(source=""),
            row(key="c"), row(options="甲|甲"), row(code="K0007"), row(code="N1"), row(code="N1"),
        ),
        bank,
    )  # fmt: skip

    assert [one.row for one in faults] == [2, 3, 4, 5, 6, 7, 8, 10]
    told = [one.sentence for one in faults]
    assert "magic" in told[1]
    assert "A to H" in told[2]
    assert "one of the options" in told[4]
    assert "already called" in told[6]
    assert [one.code for one in found] == ["N1"]
    assert Item.objects.count() == 1


def test_what_goes_out_as_csv_comes_in_again(bank):
    keeper = factories.keeper()
    factories.item(code="K0001", use="self_test")
    factories.item(code="M0001", dimension="method", wordings=(EN,))
    found = take_away(bank, use="", state="", by=keeper, now=NOW)
    Item.objects.all().delete()

    again, faults = read(io.BytesIO(exchange.write_csv(found, NOW)), bank)

    assert faults == []
    assert [(one.code, one.use, one.key) for one in again] == [
        ("K0001", "self_test", 0), ("M0001", "survey", 0),
    ]  # fmt: skip
    assert again[0].wordings == (ZH, EN)
    assert again[1].wordings == (EN,)
    assert Entry.objects.get(verb="item.take_away").detail == {"items": 2}


def test_what_goes_out_as_an_xlsform_comes_in_again(bank):
    keeper = factories.keeper()
    factories.item(code="K0001", key=2)
    found = take_away(bank, use="survey", state="", by=keeper, now=NOW)
    book = xlsform.write(found, title="示例", with_key=True)
    Item.objects.all().delete()

    (again,), faults = read(io.BytesIO(book), bank, "items.xlsx")

    assert faults == []
    assert (again.code, again.key, again.source) == ("K0001", 2, "本系统示例")
    assert again.wordings == (ZH, EN)


def test_an_xlsform_has_the_sheets_and_columns_of_the_standard_and_a_booklet_no_key(bank):
    item = factories.item(code="K0001", key=1)

    book = load_workbook(io.BytesIO(xlsform.write([item], title="示例", with_key=False)))

    survey, choices = ([list(row) for row in book[name].values] for name in ("survey", "choices"))
    assert survey == [
        ["type", "name", "label::中文 (zh)", "label::English (en)", "required"],
        ["select_one q_k0001", "q_k0001", ZH.stem, EN.stem, "yes"],
    ]
    assert choices[0][:2] == ["list_name", "name"]
    assert [row[1:] for row in choices[1:]] == [
        [letter, zh, en] for letter, zh, en in zip("abc", ZH.options, EN.options, strict=True)
    ]


def foreign(rows, choices):
    book = Workbook()
    book.active.title = "survey"
    for row in rows:
        book.active.append(row)
    sheet = book.create_sheet("choices")
    for row in choices:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return io.BytesIO(out.getvalue())


def test_a_form_of_another_tool_says_what_the_bank_needs_besides(bank):
    file = foreign(
        [["type", "name", "label"], ["select_one yn", "sky", "天空？"], ["integer", "age", "年龄"]],
        [["list_name", "name", "label"], ["yn", "1", "是"], ["yn", "2", "否"]],
    )

    found, faults = read(file, bank, "form.xlsx")

    assert found == []
    assert {(one.row, one.column) for one in faults} == {
        (2, "Dimension"), (2, "Discipline"), (2, "Right option"), (2, "Source"), (3, "type"),
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"plain"])
def test_a_file_that_is_no_workbook_is_refused(bank, content):
    with pytest.raises(BadInput, match="XLSX"):
        read(io.BytesIO(content), bank, "items.xlsx")


def test_only_who_keeps_the_bank_takes_items_away(bank):
    with pytest.raises(NotAllowed):
        take_away(bank, use="", state="", by=factories.writer(), now=NOW)
