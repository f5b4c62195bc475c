"""Two files in, one file and one line of JSON out; nothing is written when the input is wrong."""

import csv
import json

import pytest

from kepu_engines.matching.command import main

ORDERS = """order_id,lon,lat,skills,earliest,latest,minutes,priority
o1,106.55,29.56,physics,2026-05-01T09:00,2026-05-01T12:00,60,3
o2,106.56,29.57,physics|first aid,2026-05-01T09:00,2026-05-03T17:00,60,1
o3,106.55,29.56,astronomy,2026-05-01T09:00,2026-05-01T12:00,60,3
o4,108.55,29.56,,2026-05-01T09:00,2026-05-01T12:00,60,3
"""
TEAMS = """team_id,lon,lat,skills,day_capacity,week_capacity
t1,106.50,29.50,physics|first aid,2,3
"""


@pytest.fixture
def dispatch(tmp_path):
    def run(orders=ORDERS, teams=TEAMS, encoding="utf-8"):
        (tmp_path / "orders.csv").write_text(orders, encoding=encoding)
        (tmp_path / "teams.csv").write_text(teams, encoding=encoding)
        files = [str(tmp_path / name) for name in ("orders.csv", "teams.csv", "plan.csv")]
        return main([*files[:2], "--out", files[2]]), tmp_path / "plan.csv"

    return run


def test_the_plan_names_team_and_start_or_the_reason(dispatch, capsys):
    code, out = dispatch()

    text = out.read_text(encoding="utf-8")
    lines = {line["order_id"]: line for line in csv.DictReader(text.splitlines())}
    assert code == 0
    assert lines["o1"]["team_id"] == lines["o2"]["team_id"] == "t1"
    assert lines["o1"]["start"].startswith("2026-05-01T")
    assert lines["o1"]["travel_minutes"] == "17"
    assert (lines["o3"]["reason"], lines["o4"]["reason"]) == ("no_skill", "too_far")
    summary = json.loads(capsys.readouterr().out)
    assert summary["served"] == 2
    assert summary["unserved"] == {"no_skill": 1, "too_far": 1}
    assert summary["objective"] == summary["bound"] == 967 + 561
    assert summary["gap"] == 0


def test_a_byte_order_mark_is_read_over(dispatch):
    assert dispatch(encoding="utf-8-sig")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("minutes,", "length,", "orders.csv lacks the column minutes"),
        (",106.56,", ",east,", "orders.csv, row 3, column lon: 'east' is not a longitude"),
        (",106.56,", ",206.56,", "orders.csv, row 3, column lon: '206.56' is not a longitude"),
        (",106.56,", ",nan,", "orders.csv, row 3, column lon: 'nan' is not a longitude"),
        ("05-03T17:00", "04-30T17:00", "orders.csv, order o2: latest is not after earliest"),
        ("05-03T17:00", "05-03T17:00+08:00", "orders.csv mixes times of different offsets"),
        ("2026-05-03T17:00", "soon", "orders.csv, row 3, column latest: 'soon' is not a moment"),
        ("\no2,", "\no1,", "orders.csv has order_id o1 more than once"),
        ("\no2,", "\n,", "orders.csv, row 3, column order_id: '' is not a name"),
        (",60,1\n", ",60,1,7\n", "orders.csv, row 3 has more cells than the heading"),
        (",60,1\n", ",60\n", "orders.csv, row 3, column priority: '' is not a whole number"),
        (ORDERS, "", "orders.csv lacks the column order_id"),
    ],
)
def test_bad_input_is_refused_with_file_row_and_column(dispatch, capsys, old, new, sentence):
    code, out = dispatch(orders=ORDERS.replace(old, new))

    assert code == 2
    assert sentence in capsys.readouterr().err
    assert not out.exists()


def test_text_in_another_encoding_is_refused(dispatch, capsys):
    code, _ = dispatch(orders=ORDERS.replace("astronomy", "天文"), encoding="gb18030")

    assert code == 2
    assert "orders.csv is not UTF-8 text" in capsys.readouterr().err


def test_a_missing_file_is_refused_in_words(tmp_path, capsys):
    code = main([str(tmp_path / "none.csv"), "teams.csv", "--out", str(tmp_path / "plan.csv")])

    assert code == 2
    assert "none.csv" in capsys.readouterr().err


def test_a_heading_without_rows_makes_an_empty_plan(dispatch, capsys):
    code, out = dispatch(orders=ORDERS.splitlines()[0] + "\n")

    assert code == 0
    assert json.loads(capsys.readouterr().out)["served"] == 0
    assert out.read_text().splitlines() == ["order_id,team_id,start,travel_minutes,reason"]
