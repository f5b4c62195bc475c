"""A slip of the pen is no wrong answer: codes that cannot be are refused, and odd ones named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kepu.literacy.run import running
from kepu.literacy.run.plan import load
from kepu.literacy.run.reading import gather
from kepu_engines.core.errors import EngineError
from tests.kepu.literacy.conftest import table

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(survey, tmp_path) -> Path:
    """The survey in a folder of its own, without years before."""
    found = tmp_path / "survey"
    shutil.copytree(survey, found)
    text = (found / "plan.yaml").read_text("utf-8")
    kept = text[: text.index("trend:")] + text[text.index("segments:") :]
    (found / "plan.yaml").write_text(kept, "utf-8")
    return found


def without_options(folder: Path) -> None:
    rows = [line.rsplit(",", 1)[0] for line in (folder / "items.csv").read_text().splitlines()]
    (folder / "items.csv").write_text("\n".join(rows) + "\n", "utf-8")


def written(file: Path, column: str, old: str, new: str, times: int) -> int:
    """So many cells of a column with another code; the file's row of the first."""
    lines = [line.split(",") for line in file.read_text("utf-8").splitlines()]
    place = lines[0].index(column)
    rows = [number for number, row in enumerate(lines) if row[place] == old][:times]
    for row in rows:
        lines[row][place] = new
    file.write_text("\n".join(map(",".join, lines)) + "\n", "utf-8")
    return rows[0] + 1


def read(folder: Path):
    return gather(load(folder / "plan.yaml"), folder)


def key(folder: Path, item: str) -> str:
    return next(row["key"] for row in table(folder / "items.csv") if row["item"] == item)


@pytest.mark.parametrize("file", ["answers.csv", "volunteers.csv", "overlap.csv"])
def test_a_letter_that_is_no_option_is_refused_by_row_and_column(folder, file):
    row = written(folder / file, "M01", key(folder, "M01"), "E", 1)

    with pytest.raises(
        EngineError, match=f"{file}, row {row}, column M01: E is none of A, B, C, D"
    ):
        read(folder)


def test_who_does_not_know_and_who_left_a_blank_are_no_slips(folder):
    written(folder / "answers.csv", "M01", "A", "dk", 2)
    written(folder / "answers.csv", "M01", "B", "NA", 2)

    assert read(folder).odd == ()


def test_a_key_that_is_no_option_is_refused(folder):
    text = (
        (folder / "items.csv")
        .read_text("utf-8")
        .replace(f"{key(folder, 'M01')},A B C D", "E,A B C D")
    )
    (folder / "items.csv").write_text(text, "utf-8")

    with pytest.raises(EngineError, match="column key: E is none of A, B, C, D"):
        read(folder)


@pytest.mark.parametrize("other", [str.lower, lambda letter: chr(ord(letter) + 0xFEE0)])
def test_the_key_in_other_letters_is_never_silently_wrong(folder, other):
    without_options(folder)
    letter = key(folder, "M01")
    row = written(folder / "answers.csv", "M01", letter, other(letter), 3000)

    with pytest.raises(
        EngineError, match=f"row {row}, column M01: .* is {letter} in other letters"
    ):
        read(folder)


def test_without_options_a_code_that_hardly_anybody_gave_is_named(folder, tmp_path):
    without_options(folder)
    letter = key(folder, "M01")
    written(folder / "answers.csv", "M01", letter, "E", 2)
    written(folder / "answers.csv", "M02", key(folder, "M02"), "E", 900)  # an option, it seems

    running.run(folder / "plan.yaml", tmp_path / "out")

    told = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["odd"]
    assert told == [{"file": "answers.csv", "column": "M01", "code": "E", "times": 2}]


def test_a_misspelt_occupation_or_way_of_meeting_science_is_named(folder):
    written(folder / "answers.csv", "occupation", "farmer", "famer", 2)
    written(folder / "answers.csv", "tv", "yes", "ja", 3)

    assert [(one.column, one.code, one.times) for one in read(folder).odd] == [
        ("occupation", "famer", 2), ("tv", "ja", 3),
    ]  # fmt: skip


def test_a_word_that_the_plan_names_is_refused_in_other_letters(folder):
    row = written(folder / "answers.csv", "occupation", "farmer", "Farmer", 900)

    sentence = f"row {row}, column occupation: Farmer is farmer in other letters: write farmer"
    with pytest.raises(EngineError, match=sentence):
        read(folder)


def test_a_person_asked_twice_in_one_way_is_refused(folder):
    lines = (folder / "overlap.csv").read_text("utf-8").splitlines()
    (folder / "overlap.csv").write_text("\n".join([*lines, lines[1]]) + "\n", "utf-8")

    sentence = rf"overlap.csv, row {len(lines) + 1}, column person: .* was in row 2: keep one"
    with pytest.raises(EngineError, match=sentence):
        read(folder)
