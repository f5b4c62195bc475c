"""Who comes twice is found in the column that names persons, named or not, whole or in chunks."""

import numpy as np
import polars
import pytest

from kepu_engines.survey.command import estimate, irt, persons, segments, weight

ESTIMATE = ["--psu", "p", "--weight", "w", "--mean", "y"]
UNLOOKED = "nobody looked whether a person comes twice"


def sample(name, names):
    """Rows with persons in a column of that name."""
    rows = len(names)
    columns = {"p": np.arange(rows) % 4, "w": np.full(rows, 2), "y": np.arange(rows) % 3}
    return columns | ({name: names} if name else {})


def answers(name, names):
    chance = np.random.default_rng(1)
    codes = chance.normal(size=(len(names), 1)) > chance.logistic(size=(len(names), 4)) / 3
    columns = {f"q{at}": one for at, one in enumerate(codes.T.astype(int))}
    return columns | ({name: names} if name else {})


NAMES = [f"a{at}" for at in range(60)]
TWICE = [*NAMES[:-1], "a7"]
COMMANDS = {
    "estimate": (estimate.main, ESTIMATE, sample),
    "weight": (weight.main, ["--weight", "w"], sample),
    "irt": (irt.main, ["--model", "rasch"], answers),
    "segments": (
        segments.main,
        [*["--question", "q0", "--question", "q1"], "--classes", "1"],
        answers,
    ),
}


@pytest.mark.parametrize("column", ["person", "ID", "受访者编号"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_person_who_comes_twice_is_refused_though_no_column_was_named(
    file, refused, command, column
):
    main, words, of = COMMANDS[command]

    said = refused(main, file("data.csv", of(column, TWICE)), *words)

    assert f"data.csv, row 61, column {column}: a7 was in row 9: keep one" in said
    assert f"or say --id - if {column} names no persons" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_where_no_column_names_persons_it_is_said_that_nobody_looked(file, capsys, command):
    main, words, of = COMMANDS[command]

    assert main([file("data.csv", of(None, NAMES)), *words]) == 0
    assert UNLOOKED in capsys.readouterr().err

    named = [file("more.csv", of("chart", NAMES)), *words, "--id", "chart"]
    assert main(named) == 0
    assert UNLOOKED not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["estimate", "weight", "segments"])
def test_a_column_called_so_may_be_something_else(file, capsys, command):
    main, words, of = COMMANDS[command]
    name = file("data.csv", of("id", TWICE))

    assert main([name, *words, "--id", "-"]) == 0
    assert UNLOOKED not in capsys.readouterr().err
    if command == "estimate":  # a cluster is no person
        assert main([name, *words[2:], "--psu", "id"]) == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_a_person_without_a_name_is_refused(file, refused, command):
    main, words, of = COMMANDS[command]

    said = refused(main, file("data.csv", of("chart", ["", *NAMES])), *words, "--id", "chart")

    assert "data.csv, row 2, column chart: the name is missing: fill it in" in said


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("named", [True, False])
def test_in_chunks_who_comes_twice_is_found_far_apart(file, tmp_path, refused, kind, named):
    name = file("data.csv", sample("person", TWICE))
    if kind == "parquet":
        name = str(tmp_path / "data.parquet")
        polars.DataFrame(sample("person", TWICE)).write_parquet(name)
    id_ = ["--id", "person"] if named else []

    said = refused(estimate.main, name, *ESTIMATE, "--chunk", "7", *id_)

    first = 2 if kind == "csv" else 1
    assert f"row {59 + first}, column person: a7 was in row {7 + first}: keep one" in said


def test_names_that_only_look_alike_are_no_doubles(file, rows, monkeypatch):
    monkeypatch.setattr(persons, "hash", len, raising=False)

    assert rows(estimate.main, file("data.csv", sample("person", NAMES)), *ESTIMATE, "--chunk", 9)
