"""The file for SPSS: the same persons as the CSV file, with words for all of it, and no date."""

from __future__ import annotations

import struct

import numpy as np
import pyreadstat
import pytest

from kepu.literacy.run.labelled import Labelled
from tests.kepu.literacy.conftest import table


@pytest.fixture(scope="module")
def sav(results):
    return pyreadstat.read_sav(str(results / "r" / "restricted.sav"), output_format="dict")


def test_it_holds_the_persons_of_the_csv_file(sav, results):
    held, meta = sav
    rows = table(results / "r" / "restricted.csv")

    assert meta.column_names == list(rows[0])
    assert meta.number_rows == len(rows)
    for name in ("weight", "r1", "points", "literate_or_above"):
        assert list(held[name]) == pytest.approx([float(row[name]) for row in rows], rel=1e-14)
    assert list(held["psu"]) == [row["psu"] for row in rows]
    words = meta.variable_value_labels["by_area"]
    codes = [words[code].partition(" ")[0] for code in held["by_area"]]
    assert codes == [row["by_area"] for row in rows]


def test_variables_and_values_are_told_in_chinese(sav):
    _held, meta = sav
    labels = dict(zip(meta.column_names, meta.column_labels, strict=True))

    assert labels["by_education"] == "学历"
    assert labels["literate_or_above"] == "具备及以上"
    assert labels["points_of_method"] == "方法得分"
    assert list(meta.variable_value_labels["by_education"].values()) == [
        "小学及以下", "初中", "高中", "大专及以上",
    ]  # fmt: skip
    assert "500103 渝中区" in meta.variable_value_labels["by_area"].values()
    assert meta.variable_measure["by_education"] == "ordinal"
    assert meta.variable_measure["by_sex"] == "nominal"
    assert meta.variable_measure["points"] == "scale"


def test_no_date_stands_in_the_header(results):
    header = (results / "r" / "restricted.sav").read_bytes()[:176]

    assert header[92:109] == b"01 Jan 0000:00:00"
    assert struct.unpack("<d", header[84:92]) == (100.0,)  # the bias before it is untouched


def test_names_that_spss_does_not_take_are_made_plain():
    made = Labelled()

    made.add_codes("by_where born", ["x", "y", "x"], "出生地", {})

    assert list(made.columns) == ["by_where_born"]
    assert made.columns["by_where_born"].tolist() == [1, 2, 1]
    assert made.values["by_where_born"] == {1: "x", 2: "y"}


def test_words_out_of_an_array_without_labels_of_ours_are_labels_themselves(tmp_path):
    made = Labelled()

    made.add_codes("by_born", np.array(["north", "south", "north"]), "出生地", {})

    assert {type(word) for word in made.values["by_born"].values()} == {str}
