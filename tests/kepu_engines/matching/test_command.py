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
    def run(orders=ORDERS, teams=TEAMS, encoding="utf-8", *also):
        (tmp_path / "orders.csv").write_text(orders, encoding=encoding)
        (tmp_path / "teams.csv").write_text(teams, encoding=encoding)
        files = [str(tmp_path / name) for name in ("orders.csv", "teams.csv", "plan.csv")]
        return main([*files[:2], "--out", files[2], *also]), tmp_path / "plan.csv"

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


def test_the_price_of_fairness_is_printed_when_it_is_asked_for(dispatch, capsys):
    orders = ORDERS.splitlines()[0] + "".join(
        f"\no{n},106.55,29.56,,2026-05-01T09:00,2026-05-12T17:00,60,1" for n in range(4)
    )
    teams = TEAMS.splitlines()[0] + "\nnear,106.55,29.56,,9,9\nfar,106.75,29.56,,9,9\n"
    dispatch(orders, teams)
    assert "fairness" not in json.loads(capsys.readouterr().out)

    dispatch(orders, teams, "utf-8", "--fairness")

    prices = json.loads(capsys.readouterr().out)["fairness"]
    assert [one["asked"] for one in prices] == [1.0, 0.5, 0.3, 0.1]
    free, even = prices[0], prices[-1]
    assert free["spread"] == pytest.approx(0.8 * 4 / 27, abs=1e-6)  # of the seats of three weeks
    assert (free["price"], even["reached"]) == (0, True)
    assert even["spread"] <= 0.1
    assert 0 < even["price"] < 0.1


def test_a_folder_that_is_not_there_is_said_before_anything_is_planned(tmp_path, capsys):
    for name, text in (("orders.csv", ORDERS), ("teams.csv", TEAMS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    out = tmp_path / "none" / "plan.csv"

    code = main([str(tmp_path / "orders.csv"), str(tmp_path / "teams.csv"), "--out", str(out)])

    assert code == 2
    assert capsys.readouterr().err == (
        f"kepu dispatch: there is no folder {out.parent} to write the plan in\n"
    )


def test_a_byte_order_mark_is_read_over(dispatch):
    assert dispatch(encoding="utf-8-sig")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("minutes,", "length,", "orders.csv, line 1 lacks the column minutes"),
        (",106.56,", ",east,", "orders.csv, line 3, column lon: 'east' is not a longitude"),
        (",106.56,", ",206.56,", "orders.csv, line 3, column lon: '206.56' is not a longitude"),
        (",106.56,", ",nan,", "orders.csv, line 3, column lon: 'nan' is not a longitude"),
        ("05-03T17:00", "04-30T17:00", "orders.csv, line 3: latest is not after earliest"),
        (
            "05-03T17:00",
            "05-03T17:00+08:00",
            "line 3, column latest: orders.csv mixes times of",
        ),
        ("2026-05-03T17:00", "soon", "orders.csv, line 3, column latest: 'soon' is not a moment"),
        ("\no2,", "\no1,", "line 3: order_id 'o1' is also in orders.csv, line 2"),
        ("\no2,", "\n,", "orders.csv, line 3, column order_id: '' is not a name"),
        (",60,1\n", ",60,1,7\n", "orders.csv, line 3 has more cells than the heading"),
        (",60,1\n", ",60\n", "orders.csv, line 3, column priority: '' is not a whole number"),
        (",106.56,", ",-inf,", "orders.csv, line 3, column lon: '-inf' is not a longitude"),
        (",106.56,", "," + "9" * 90_000 + ",", "column lon: '" + "9" * 40 + "...' is not"),
        (",106.56,", "," + "9" * 10_000_000 + ",", "orders.csv, line 3: field larger than"),
        ("physics|first aid", "phys\0ics", "orders.csv, line 3 holds a NUL"),
        ("skills,", "lon,skills,", "orders.csv, line 1 has the column lon more than once"),
        ("05-01T12:00,60,3\no2", '05-01T12:00,60,3\n"o2', "unexpected end of data"),
        (ORDERS, "", "orders.csv, line 1 lacks the column order_id"),
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


def test_the_plan_never_overwrites_what_it_reads(tmp_path, capsys):
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "teams.csv").write_text(TEAMS)
    orders, teams = str(tmp_path / "orders.csv"), str(tmp_path / "teams.csv")

    assert main([orders, teams, "--out", orders]) == 2
    assert main([orders, teams, "--out", str(tmp_path)]) == 2
    assert (tmp_path / "orders.csv").read_text() == ORDERS
    assert len(list(tmp_path.iterdir())) == 2


def test_a_heading_without_rows_makes_an_empty_plan(dispatch, capsys):
    code, out = dispatch(orders=ORDERS.splitlines()[0] + "\n")

    assert code == 0
    assert json.loads(capsys.readouterr().out)["served"] == 0
    assert out.read_text().splitlines() == ["order_id,team_id,start,travel_minutes,reason"]
