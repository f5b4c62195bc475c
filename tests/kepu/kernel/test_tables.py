from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from kepu.kernel import tables
from kepu.kernel.errors import BadInput
from kepu.kernel.tables import Column, read_table
from tests.factories import NOW

COLUMNS = [
    Column("name", "name", tables.text(5)),
    Column("people", "people", tables.whole(1, 10)),
    Column("day", "day", tables.a_date, required=False),
    Column("kind", "kind", tables.one_of({"学校": "school"}), required=False),
]


def sheet(*rows, formula=None):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
        if formula:
            page.write_formula(*formula)
    out.seek(0)
    return out


def text_file(text, encoding="utf-8"):
    return io.BytesIO(text.encode(encoding))


def test_rows_are_read_as_what_their_columns_say():
    found = read_table(
        sheet(
            ("people", "name", "day", "kind"), (3, "甲", "2026/3/5", "学校"), ("4", "乙", "", "")
        ),
        "t.xlsx",
        COLUMNS,
    )

    assert found.faults == []
    assert found.rows[0].values == {
        "people": 3,
        "name": "甲",
        "day": date(2026, 3, 5),
        "kind": "school",
    }
    assert [row.number for row in found.rows] == [2, 3]


def test_every_fault_is_named_with_its_row_and_column():
    found = read_table(
        sheet(
            ("name", "people", "day", "kind"),
            ("甲乙丙丁戊己", 11, "2026-02-30", "工厂"),
            ("", "x", "", ""),
            ("好", 1, "", ""),
        ),
        "t.xlsx",
        COLUMNS,
    )

    assert [(fault.row, fault.column) for fault in found.faults] == [
        (2, "name"),
        (2, "people"),
        (2, "day"),
        (2, "kind"),
        (3, "name"),
        (3, "people"),
    ]
    assert [row.number for row in found.rows] == [4]


def test_empty_rows_are_skipped_and_numbers_stay_those_of_the_sheet():
    found = read_table(text_file("name,people\n甲,1\n,\n乙,2\n"), "t.csv", COLUMNS)

    assert [row.number for row in found.rows] == [2, 4]


def test_a_formula_is_not_taken():
    found = read_table(
        sheet(("name", "people"), ("甲", 1), formula=(1, 1, "=1+1", None, 2)), "t.xlsx", COLUMNS
    )

    assert "formulas" in found.faults[0].sentence
    assert found.rows == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_spreadsheets_write(encoding):
    found = read_table(text_file("name,people\n重庆,1\n", encoding), "t.csv", COLUMNS)

    assert found.rows[0].values["name"] == "重庆"


@pytest.mark.parametrize(
    ("file", "name", "reason"),
    [
        (text_file("name\n甲\n"), "t.csv", "missing columns: people"),
        (text_file("name,people,age\n甲,1,3\n"), "t.csv", "unknown columns: age"),
        (text_file("name,people,name\n甲,1,乙\n"), "t.csv", "given twice: name"),
        (text_file("name,people\n"), "t.csv", "no rows"),
        (text_file(""), "t.csv", "missing columns"),
        (text_file('name,people\n"甲,1\n'), "t.csv", "cannot be read as a CSV"),
        (text_file("no zip"), "t.xlsx", "cannot be read as an XLSX"),
        (text_file("name,people\n甲,1\n"), "t.ods", ".xlsx or .csv"),
        (io.BytesIO(b"\xff\xfe\x00\x80\xff"), "t.csv", "cannot be read as a CSV"),
        (text_file("name,people\n甲\0,1\n"), "t.csv", "cannot be read as a CSV"),
    ],
)
def test_what_is_no_such_table_is_refused(file, name, reason):
    with pytest.raises(BadInput, match=reason):
        read_table(file, name, COLUMNS)


def test_more_rows_than_may_be_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    rows = "甲,1\n" * 3

    assert len(read_table(text_file("name,people\n" + rows), "t.csv", COLUMNS).rows) == 3
    with pytest.raises(BadInput, match="at most 3 rows"):
        read_table(text_file("name,people\n" + rows + "乙,1\n"), "t.csv", COLUMNS)


LIVE = ["=1+1", "+86", "-2", "@x", "\tx", "plain", 7, None, NOW]


def test_csv_disarms_formulas_and_opens_as_utf8(tmp_path):
    path = tmp_path / "t.csv"

    assert tables.write_csv(path, ["一"], [[value] for value in LIVE]) == len(LIVE)

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [row[0] if row else "" for row in csv.reader(file)][1:]
    assert cells == ["'=1+1", "'+86", "'-2", "'@x", "'\tx", "plain", "7", "", "2026-03-05 10:00"]


@pytest.mark.parametrize("before", ["", " ", "\n", "\t", "\r\n", "　"])
@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_a_formula_is_disarmed_whatever_stands_before_it_and_however_wide(tmp_path, before, sign):
    path, cell = tmp_path / "t.csv", f"{before}{sign}1"

    tables.write_csv(path, ["name", "people"], [[cell, 1]])

    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][0] == f"'{cell}"
    with path.open("rb") as file:
        assert read_table(file, "t.csv", COLUMNS).rows[0].values["name"] == cell.strip()


@pytest.mark.parametrize("cell", ["", " ", "重庆", "a=b", "1-2", "'quoted'"])
def test_plain_text_is_written_as_it_is(cell):
    assert tables.disarmed(cell) == cell


def test_xlsx_keeps_text_as_text(tmp_path):
    path = tmp_path / "t.xlsx"

    tables.write_xlsx(path, ["一"], [[value] for value in LIVE])

    cells = list(openpyxl.load_workbook(path).active.iter_rows(min_row=2))
    assert all(cell[0].data_type != "f" for cell in cells)
    assert cells[0][0].value == "=1+1"


def test_xlsx_names_its_sheet_and_keeps_moments_and_days_as_such(tmp_path):
    path, old = tmp_path / "t.xlsx", date(1899, 1, 2)

    tables.write_xlsx(path, ["一"], [[NOW], [date(2026, 3, 5)], [old]], title="订单：A/B [全部]")

    page = openpyxl.load_workbook(path).active
    moment, day, early = (row[0] for row in page.iter_rows(min_row=2))
    assert page.title == "订单：A B  全部"
    assert (moment.value, moment.number_format) == (
        datetime(2026, 3, 5, 10), "yyyy-mm-dd hh:mm"
    )  # fmt: skip
    assert (day.value, day.number_format) == (datetime(2026, 3, 5), "yyyy-mm-dd")
    assert early.value == "1899-01-02"  # before the first day that a spreadsheet knows


def test_progress_is_told_every_thousand_rows(tmp_path):
    told = []

    tables.write_csv(tmp_path / "t.csv", ["n"], ([n] for n in range(2_500)), told.append)

    assert told == [1_000, 2_000]


def test_a_written_csv_is_read_back_as_it_was(tmp_path):
    path = tmp_path / "t.csv"
    tables.write_csv(path, ["name", "people"], [["-甲", 3]])

    with path.open("rb") as file:
        assert read_table(file, "t.csv", COLUMNS).rows[0].values["name"] == "-甲"


def test_a_filled_in_template_is_read():
    book = openpyxl.load_workbook(io.BytesIO(tables.template(COLUMNS)))
    book.worksheets[0].append(["甲", 2, None, None])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)

    assert read_table(out, "t.xlsx", COLUMNS).rows[0].values["people"] == 2


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_a_table_that_is_too_large_is_refused_unread(name, monkeypatch):
    monkeypatch.setattr(tables, "MOST_OCTETS", 2 * 2**20)

    class Counted(io.BytesIO):
        seen = 0

        def read(self, size=-1):
            piece = super().read(size)
            Counted.seen += len(piece)
            return piece

    with pytest.raises(BadInput, match="at most 2 MB"):
        read_table(Counted(b"name,people\n" * 2**18), name, COLUMNS)
    assert Counted.seen == 0


def with_a_row_of(cells: int) -> io.BytesIO:
    """A whole XLSX whose only row was blown up: some kilobytes of it take the reader gigabytes."""
    kept, out = zipfile.ZipFile(sheet(("name", "people"), ("甲", 1))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in kept.namelist():
            held = kept.read(part)
            if part.startswith("xl/worksheets/"):
                held = held.replace(b"</row>", b"<c/>" * cells + b"</row>", 1)
            archive.writestr(part, held)
    out.seek(0)
    return out


def test_a_row_of_a_million_cells_is_refused_before_it_is_read():
    file = with_a_row_of(1_000_000)
    assert len(file.getvalue()) < 50_000

    with pytest.raises(BadInput, match="too large"):
        read_table(file, "t.xlsx", COLUMNS)


def test_a_row_with_some_cells_too_many_is_read():
    assert read_table(with_a_row_of(500), "t.xlsx", COLUMNS).rows[0].values["name"] == "甲"
