"""`kepu survey segments`: the engine's own answer, and refusals with their place."""

import csv
import io

import numpy as np
import pytest

from kepu_engines.survey.command import segments
from kepu_engines.survey.segments import Patterns, fit

QUESTIONS = ("news", "venue", "event", "trust")


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Two kinds of people in 20 communities; some answers are missing."""
    chance = np.random.default_rng(2)
    kind = chance.integers(0, 2, 400)
    yes = chance.random((400, 4)) < np.array([[0.9, 0.1, 0.1, 0.5], [0.8, 0.9, 0.8, 0.9]])[kind]
    words = np.where(yes, "yes", "no").astype(object)
    words[chance.random((400, 4)) < 0.05] = ""
    file = tmp_path_factory.mktemp("segments") / "answers.csv"
    with file.open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(("person", "district", "community", "w", "literate", "age", *QUESTIONS))
        for row in range(400):
            about = (
                f"p{row}",
                row // 200,
                row // 20,
                2 + row % 3,
                int(kind[row]),
                "old" if row % 2 else "young",
            )
            out.writerow((*about, *words[row]))
    return file


def asked(*more):
    return [*(word for name in QUESTIONS for word in ("--question", name)), *more]


def test_classes_alone_may_be_asked_for_and_come_in_a_file(answers, tmp_path, capsys):
    out = tmp_path / "segments.csv"
    how = ("--classes", "2", "--starts", "2", "--replicates", "5", "--out", str(out))

    assert segments.main([str(answers), *asked(*how)]) == 0
    assert capsys.readouterr().out == ""
    rows = list(csv.DictReader(out.open()))
    assert [row["about"] for row in rows[:3]] == ["size", "news", "news"]
    assert len(rows) == 2 * (1 + 2 * len(QUESTIONS))


def test_an_answer_that_looks_like_a_formula_is_disarmed(answers, tmp_path, capsys):
    file = tmp_path / "answers.csv"
    file.write_text(answers.read_text().replace("yes", "=yes()"))
    how = ("--classes", "2", "--starts", "2", "--replicates", "5")

    assert segments.main([str(file), *asked(*how)]) == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["cell"] for row in rows} == {"", "no", "'=yes()"}


def test_segments_are_the_engines_with_errors_and_who_is_in_them(answers, tmp_path, capsys):
    chances = tmp_path / "who.csv"
    code = segments.main(
        [str(answers), *asked("--weight", "w", "--strata", "district", "--psu", "community"),
         "--share", "literate", "--by", "age", "--most", "3", "--starts", "4", "--replicates", "40",
         "--id", "person", "--assign", str(chances)]
    )  # fmt: skip
    out, err = capsys.readouterr()
    lines = {
        (row["segment"], row["about"], row["cell"]): row for row in csv.DictReader(io.StringIO(out))
    }

    assert code == 0
    assert "2 taken" in err
    rows = list(csv.DictReader(answers.open()))
    codes = np.array(
        [[{"no": 0, "yes": 1, "": -1}[row[name]] for name in QUESTIONS] for row in rows]
    )
    weight = np.array([float(row["w"]) for row in rows])
    found = fit(Patterns.of(codes, (2,) * 4), weight, 2, starts=4)
    for one in (0, 1):
        line = lines[str(one + 1), "size", ""]
        assert float(line["estimate"]) == pytest.approx(found.share[one], abs=1e-4)
        assert float(line["low"]) < found.share[one] < float(line["high"])
        told = lines[str(one + 1), "venue", "yes"]
        assert float(told["estimate"]) == pytest.approx(found.answer[one, 1, 1], abs=1e-3)
    literate = sorted(float(lines[str(one), "literate", "1"]["estimate"]) for one in (1, 2))
    assert literate == pytest.approx([0, 1], abs=0.12)
    who = list(csv.DictReader(chances.open()))
    assert [row["person"] for row in who] == [row["person"] for row in rows]
    assert all(abs(float(r["segment_1"]) + float(r["segment_2"]) - 1) < 1e-9 for r in who)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--question", "nothing"), "has no column nothing"),
        (("--weight", "literate"), "column literate: 0 is not above 0"),
        (("--share", "age"), "row 2, column age: 'young' is not a number"),
        (("--assign", "x.csv"), "--assign needs --id"),
        (("--replicates", "1000000000"), "--replicates must lie between 2 and 10,000"),
        (("--classes", "9"), "9 classes have as many figures as the answers can tell"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(answers, more, words, capsys):
    assert segments.main([str(answers), *asked(*more)]) == 2
    out, err = capsys.readouterr()
    assert words in err
    assert out == ""
