"""`kepu survey effect`: the worked example from a file, what is said beside it, and refusals."""

import csv
import io

import pytest

from kepu_engines.survey.command import effect

# Changes 4, 6, 2, 8 of who attended and 1, 3, 2 of who did not: the effect is 3, its error the root of 2.
ATTENDED = {"a": (10, 14), "b": (12, 18), "c": (9, 11), "d": (13, 21)}
OTHERS = {"e": (11, 12), "f": (10, 13), "g": (12, 14)}
BASE = ("--group", "group", "--wave", "wave", "--score", "score")


@pytest.fixture
def written(tmp_path):
    """Writes the example, some cells changed."""

    def write(changes=(), groups=("attending", "comparison")):
        rows = [
            [key, group, wave, str(score)]
            for group, people in zip(("attending", "comparison"), (ATTENDED, OTHERS), strict=True)
            if group in groups
            for key, scores in people.items()
            for wave, score in zip(("before", "after"), scores, strict=True)
        ]
        for row, column, word in changes:
            rows[row][column] = word
        file = tmp_path / "measured.csv"
        lines = ["key,group,wave,score", *(",".join(row) for row in rows)]
        file.write_text("\n".join(lines) + "\n", "utf-8")
        return str(file)

    return write


def test_the_example_worked_by_hand_comes_from_a_file(written, capsys):
    more = ("--person", "key", "--cost", "600", "--reached", "100")
    assert effect.main([written(), *BASE, *more]) == 0
    out, err = capsys.readouterr()
    lines = {(row["figure"], row["group"]): row for row in csv.DictReader(io.StringIO(out))}

    assert float(lines["effect", ""]["estimate"]) == pytest.approx(3)
    assert float(lines["effect", ""]["se"]) == pytest.approx(2**0.5)
    assert float(lines["change", "attending"]["estimate"]) == pytest.approx(5)
    assert lines["mean after", "comparison"]["n"] == "3"
    assert "attending: 0 of 4 were not measured again" in err
    assert "cost: 6.00 for each person reached, 2.00 for each point gained (Fieller: " in err
    assert "no upper bound" in err


def test_without_a_comparison_it_is_said_in_words(written, capsys):
    assert effect.main([written(groups=("attending",)), *BASE, "--person", "key"]) == 0
    out, err = capsys.readouterr()

    assert "change alone" in out
    assert "cannot be laid at the activity's door" in err


@pytest.mark.parametrize(
    ("changes", "more", "words"),
    [
        ([(2, 3, "many")], (), "row 4, column score: 'many' is not a number"),
        ([(3, 1, "visiting")], (), "row 5, column group: visiting is a third word"),
        ([(1, 2, "before")], ("--person", "key"), "a was measured twice before"),
        ([], ("--cost", "5"), "--cost and --reached go together"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(written, capsys, changes, more, words):
    assert effect.main([written(changes), *BASE, *more]) == 2
    out, err = capsys.readouterr()

    assert words in err
    assert out == ""
