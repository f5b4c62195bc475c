"""`kepu survey irt --scores` and `--information`: abilities by several ways, and what items tell."""

import csv
import json

import numpy as np
import pytest

from kepu_engines.survey.command.irt import main
from kepu_engines.survey.design import Design
from kepu_engines.survey.irt import scores
from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.responses import responses

pytestmark = pytest.mark.slow


@pytest.fixture
def codes():
    """Answers of 400 persons to 6 items, one of them missing now and then."""
    chance = np.random.default_rng(3)
    ability = chance.normal(size=(400, 1))
    right = chance.random((400, 6)) < 1 / (1 + np.exp(-1.3 * (ability - np.linspace(-1, 1, 6))))
    found = right.astype(np.int8)
    found[::7, 2] = -1
    return found


@pytest.fixture
def file(tmp_path, codes):
    lines = ["q1,q2,q3,q4,q5,q6,where,who"]
    for at, row in enumerate(codes.tolist()):
        answers = ["" if one < 0 else str(one) for one in row]
        lines.append(",".join([*answers, "rural" if at % 2 else "urban", f"p{at}"]))
    place = tmp_path / "answers.csv"
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(place)


def persons(file, capsys, tmp_path, *words):
    out = tmp_path / "persons.csv"
    ended = main([file, "--model", "2pl", "--id", "who", "--persons", str(out), *words])
    assert ended == 0, capsys.readouterr().err
    with out.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream)), json.loads(capsys.readouterr().out)


def without_groups(file):
    """The same answers without the column of groups."""
    with open(file, encoding="utf-8") as stream:
        lines = [line.rstrip("\n").split(",") for line in stream]
    with open(file, "w", encoding="utf-8") as stream:
        stream.writelines(",".join([*line[:6], line[7]]) + "\n" for line in lines)
    return file


def each(codes, group=None):
    """Answers with a row for each person."""
    alone = Design.of(np.zeros(400, int), np.arange(400), np.ones(400))
    return responses(codes, group=group, design=alone)


WAYS = [("eap", scores.expected), ("map", scores.likeliest), ("wle", scores.weighted)]


@pytest.mark.parametrize(("how", "engine"), WAYS)
@pytest.mark.parametrize("groups", [False, True])
def test_abilities_are_those_of_the_engine(file, capsys, tmp_path, codes, how, engine, groups):
    """Of several groups each row's own people are the middle it is drawn toward."""
    number = (1 - np.arange(400) % 2) if groups else None  # rural before urban
    words = ["--group", "where"] if groups else []
    place = file if groups else without_groups(file)

    rows, _told = persons(place, capsys, tmp_path, *words, "--scores", how)

    expected = engine(fit(responses(codes, group=number), "2pl"), each(codes, number))
    assert list(rows[0]) == ["person", "ability", "se", "lz", "infit", "outfit"]
    for name, column in (("ability", expected.ability), ("se", expected.error)):
        assert [float(row[name]) for row in rows] == pytest.approx(column.tolist(), abs=1e-6)


def test_ways_differ_as_they_should(file, capsys, tmp_path):
    """EAP and MAP are drawn toward the middle of everybody; the weighted estimate is not."""
    place, spread = without_groups(file), {}
    for how in ("eap", "map", "wle"):
        rows, _told = persons(place, capsys, tmp_path, "--scores", how)
        spread[how] = np.std([float(row["ability"]) for row in rows])
    plain, _told = persons(place, capsys, tmp_path)

    assert spread["eap"] < spread["wle"]
    assert spread["map"] < spread["wle"]
    assert np.std([float(row["ability"]) for row in plain]) == pytest.approx(spread["wle"])


def test_plausible_values_come_again_by_the_seed_and_tell_the_spread(file, capsys, tmp_path):
    place = without_groups(file)
    words = ("--scores", "plausible:40", "--seed", "5")
    rows, told = persons(place, capsys, tmp_path, *words)
    again, _told = persons(place, capsys, tmp_path, *words)
    eap, _told = persons(place, capsys, tmp_path, "--scores", "eap")

    drawn = np.array([[float(row[f"plausible_{n}"]) for n in range(1, 41)] for row in rows])
    assert again == rows
    assert drawn.shape == (400, 40)
    assert len({tuple(row) for row in drawn.tolist()}) == 400  # also of those who answered alike
    assert drawn.std() == pytest.approx(told["ability"]["sd"], abs=0.07)
    assert drawn.mean(axis=1) == pytest.approx([float(row["ability"]) for row in eap], abs=0.75)


def test_information_is_highest_near_the_difficulty_and_adds_up(file, capsys):
    assert main([without_groups(file), "--model", "2pl", "--id", "who", "--information"]) == 0
    told = json.loads(capsys.readouterr().out)

    found = told["information"]
    each = np.array(list(found["items"].values()))
    assert list(found["items"]) == [f"q{n}" for n in range(1, 7)]
    assert each.sum(axis=0) == pytest.approx(found["all"])
    assert 1 / np.sqrt(found["all"]) == pytest.approx(found["se"])
    for item, curve in zip(told["items"], each, strict=True):
        assert found["ability"][int(curve.argmax())] == pytest.approx(item["b"], abs=0.13)
        assert curve.max() <= item["a"] ** 2 / 4 + 1e-12


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--scores", "eap"], "--scores needs --persons"),
        (["--scores", "best", "--persons", "{out}"], "must be eap, map, wle or plausible:N"),
        (["--scores", "eap:3", "--persons", "{out}"], "must be eap, map, wle or plausible:N"),
        (["--scores", "plausible:0", "--seed", "1", "--persons", "{out}"], "with N from 1 to 1000"),
        (["--scores", "plausible:5", "--persons", "{out}"], "plausible values need --seed"),
        (["--scores", "eap", "--seed", "1", "--persons", "{out}"], "no others have it"),
        (["--seed", "1"], "--seed is of --scores plausible:N"),
    ],
)
def test_ways_that_are_none_are_refused(file, capsys, tmp_path, words, sentence):
    out = tmp_path / "persons.csv"

    ended = main([file, "--model", "2pl", *(word.format(out=out) for word in words)])

    assert ended == 2
    assert sentence in capsys.readouterr().err
    assert not out.exists()
