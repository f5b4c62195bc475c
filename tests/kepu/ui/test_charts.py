from __future__ import annotations

from itertools import pairwise

import pytest

from kepu.ui.charts import Bar, Bars, Lines, Series, Spark, apart, round_ticks


def bars(*rows, goal=None):
    return Bars("t", "s", "u", [Bar(str(i), *row) for i, row in enumerate(rows)], goal=goal)


def lines(*series, labels=("a", "b", "c")):
    return Lines("t", "s", "u", labels, series)


def test_bars_keep_zero_and_the_whole_interval():
    chart = bars((10.0, "10", 8.0, 20.0), (5.0, "5"))

    assert chart.at(0) == 0
    assert chart.drawn[0].high == 100
    assert [bar.width for bar in chart.drawn] == [50, 25]


def test_bars_stand_over_an_axis_of_round_values_that_holds_them_all():
    chart = Bars("t", "s", "u", [Bar("a", 9.3, "9.3%", 8.1, 11.2)], unit="%")

    assert chart.axis == [("0%", 0), ("5%", 33.33), ("10%", 66.67), ("15%", 100)]
    assert chart.drawn[0].high == pytest.approx(11.2 / 15 * 100, abs=0.01)


def test_a_negative_bar_grows_to_the_left_of_zero():
    chart = bars((-1.0, "-1"), (3.0, "3"))

    assert chart.at(0) == 25
    assert (chart.drawn[0].start, chart.drawn[0].width) == (0, 25)


def test_a_goal_beyond_all_bars_stays_in_the_picture():
    assert bars((5.0, "5"), goal=20.0).at(20.0) == 100


def test_at_most_five_lines():
    with pytest.raises(ValueError, match="at most 5"):
        lines(*[Series(str(i), (1, 2, 3)) for i in range(6)])


def test_a_line_must_have_a_value_or_gap_for_each_label():
    with pytest.raises(ValueError, match="2 values for 3 labels"):
        lines(Series("x", (1, 2)))


def test_a_gap_breaks_the_line():
    drawn = lines(Series("x", (1, None, 3))).drawn[0]

    assert len(drawn.runs) == 2


def test_a_band_breaks_where_its_line_does_and_both_join_where_nobody_measured():
    values, low, high = (1, 2, None, 3, 4), (0, 1, None, 2, 3), (2, 3, None, 4, 5)
    broken, joined = (
        lines(Series("x", values, low, high, joins=joins), labels="abcde").drawn[0]
        for joins in (False, True)
    )

    assert (len(broken.runs), len(broken.bands)) == (2, 2)
    assert (len(joined.runs), len(joined.bands)) == (1, 1)


def test_axis_covers_intervals_and_begins_at_zero():
    chart = lines(Series("x", (9.8, 11, 13.4), (9, 10, 12), (10.5, 12, 14.2)))

    assert chart.ticks[0] == 0
    assert chart.ticks[-1] >= 14.2


@pytest.mark.parametrize(
    ("low", "high"), [(0, 14.2), (0, 0.07), (3, 3), (-7, 12), (0, 99_999), (61, 64)]
)
def test_ticks_are_few_and_cover_the_values(low, high):
    ticks = round_ticks(low, high)

    assert 3 <= len(ticks) <= 7
    assert ticks[0] <= low
    assert ticks[-1] >= high


def test_names_of_lines_that_end_together_are_pushed_apart_in_order():
    placed = apart([100, 101, 102], 24)

    assert placed == sorted(placed)
    assert min(b - a for a, b in pairwise(placed)) >= 24


def test_names_stay_inside_the_picture():
    assert max(apart([214, 215, 216], 24)) <= 216


def test_axis_labels_are_thinned_and_keep_the_last():
    labels = tuple(str(n) for n in range(20))
    marks = lines(Series("x", range(20)), labels=labels).marks

    assert len(marks) <= 6
    assert marks[-1][0] == "19"


def test_a_level_spark_does_not_divide_by_zero():
    assert Spark((5, 5, 5), "level").points.split()[0] == "4.0,24.0"
