"""`kepu survey irt`: one JSON object, or a sentence that says where and exit code 2."""

import json

import numpy as np
import polars
import pytest

from kepu_engines.survey.command.irt import main

pytestmark = pytest.mark.slow


def table(tmp_path, lines):
    file = tmp_path / "answers.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("model", ["rasch", "2pl", "3pl", "grm", "pcm", "gpcm"])
def test_one_json_object_is_printed(tmp_path, capsys, model):
    chance = np.random.default_rng(1)
    z = 1.2 * (chance.normal(size=(600, 1)) - np.linspace(-1, 1, 5))
    steps = (0.7, -0.7) if model in ("grm", "pcm", "gpcm") else (0.0,)
    noise = chance.logistic(size=z.shape)
    codes = sum((z + step > noise).astype(int) for step in steps)
    lines = ["q1,q2,q3,q4,q5,w", *(",".join(map(str, row)) + ",2.5" for row in codes)]
    extra = ["--guess-prior", "-1.4", "0.5"] if model == "3pl" else []

    ended = main([table(tmp_path, lines), "--model", model, "--weight", "w", *extra])

    found = json.loads(capsys.readouterr().out)
    assert (ended, found["n"], len(found["items"])) == (0, 600, 5)
    first = found["items"][0]
    assert {"name", "a", "b", "se_a", "se_b"} <= set(first)
    assert np.size(first["b"]) == np.size(first["se_b"]) == len(steps)


@pytest.mark.parametrize(
    ("lines", "extra", "sentence"),
    [
        (["q1,q2", "1,0", "x,1"], [], "answers.csv, row 3, column q1: 'x' is no answer"),
        (["q1,q2", "1,0", ","], [], "answers.csv, row 3 has no answer at all"),
        (["q1,q2", "1,0", "1"], [], "answers.csv, row 3: expected 2 cells"),
        (["q1,q1", "1,0"], [], "two columns have the same name"),
        (["q1,q2"], [], "answers.csv has no rows"),
        ([""], [], "answers.csv is empty"),
        (["q1,q2", "1,0", "1,1"], [], "q1 tells nothing: everyone got it right"),
        (["q1,w", "1,0", "0,1"], ["--weight", "w"], "row 2, column w: '0' is not a weight"),
        (["q1,w", "1,2", "0,-1"], ["--weight", "w"], "'-1' is not a weight above 0: leave out who"),
        (["q1,q2", "1,0"], ["--weight", "w"], "answers.csv has no column w"),
        (["who,q1", "a,0", "a,1"], ["--id", "who"], "row 3, column who: a was in row 2: keep one"),
        (["q1,q2", "1,2", "0,0", "1,1"], [], "q2 has 3 categories"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path, capsys, lines, extra, sentence):
    ended = main([table(tmp_path, lines), "--model", "2pl", *extra])

    out, err = capsys.readouterr()
    assert (ended, out) == (2, "")
    assert sentence in err


def answers_of_two_groups(gap=False):
    chance = np.random.default_rng(1)
    z = 1.2 * (chance.normal(size=(600, 1)) - np.linspace(-1, 1, 5))
    codes = (z > chance.logistic(size=z.shape)).astype(int)
    rows = [",".join(map(str, row)) for row in codes]
    groups = ["" if gap and at == 4 else "rural" if at % 2 else "urban" for at in range(600)]
    return [
        "q1,q2,q3,q4,q5,where,who",
        *(f"{r},{g},p{at}" for at, (r, g) in enumerate(zip(rows, groups, strict=True))),
    ]


def test_fit_and_differences_stand_beside_each_item_and_persons_in_their_own_file(tmp_path, capsys):
    file, out = table(tmp_path, answers_of_two_groups()), tmp_path / "persons.csv"
    words = ["--model", "2pl", "--fit", "--dif", "where", "--id", "who", "--persons", str(out)]

    assert main([file, *words]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["dif"] == {"reference": "rural", "focal": "urban", "test": "likelihood_ratio"}
    assert set(found["items"][0]["fit"]) == {"s_x2", "df", "p", "infit", "outfit"}
    assert all(0 < item["dif"]["p"] <= 1 and item["dif"]["df"] == 2 for item in found["items"])
    rows = out.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "person,ability,se,lz,infit,outfit"
    assert len(rows) == 601
    assert rows[1].startswith("p0,")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--dif", "who"], "column who must hold two groups, not 600"),
        (["--dif", "none"], "answers.csv has no column none"),
        (["--dif", "where"], "answers.csv, row 6, column where: the label is missing"),
        (["--link"], "--link needs --group"),
        (["--group", "where", "--dif", "where"], "give one of --group and --dif"),
        (["--group", "where", "--fit"], "leave --group out"),
        (["--persons", "nowhere/persons.csv"], "there is no folder nowhere"),
    ],
)
def test_fit_that_cannot_be_is_refused_and_nothing_is_written(tmp_path, capsys, words, sentence):
    lines = answers_of_two_groups(gap="where" in words)
    drop = 2 if "who" not in words and "where" not in words else 1 if "where" in words else 0
    lines = [line.rsplit(",", drop)[0] if drop else line for line in lines]
    if "who" in words:
        lines = [",".join([*line.split(",")[:5], line.split(",")[6]]) for line in lines]

    ended = main([table(tmp_path, lines), "--model", "2pl", *words])

    out, err = capsys.readouterr()
    assert (ended, out) == (2, "")
    assert sentence in err
    assert [each.name for each in tmp_path.iterdir()] == ["answers.csv"]


@pytest.mark.parametrize("with_gaps", [False, True])
def test_parquet_gives_what_csv_gives(tmp_path, capsys, with_gaps):
    lines = [line.split(",") for line in answers_of_two_groups()]
    columns = dict(zip(lines[0], zip(*lines[1:], strict=True), strict=True))
    plain = {name: list(map(int, words)) for name, words in columns.items() if name[0] == "q"}
    if with_gaps:
        plain = {name: [None, *map(float, words[1:])] for name, words in plain.items()}
        plain["q1"][0] = 1.0
        lines[1][1:5] = [""] * 4
        lines[1][0] = "1"
    polars.DataFrame(plain | {"who": columns["who"]}).write_parquet(tmp_path / "answers.parquet")
    kept = [",".join([*line[:5], line[6]]) for line in lines]

    words = ["--model", "2pl", "--id", "who"]
    assert main([table(tmp_path, kept), *words]) == 0
    from_csv = capsys.readouterr().out
    assert main([str(tmp_path / "answers.parquet"), *words]) == 0
    assert capsys.readouterr().out == from_csv


def test_a_wrong_answer_in_parquet_is_named_by_its_row(tmp_path, capsys):
    polars.DataFrame({"q1": [0, 1, 7], "q2": ["1", "x", "0"]}).write_parquet(tmp_path / "a.parquet")

    assert main([str(tmp_path / "a.parquet"), "--model", "2pl"]) == 2
    assert "a.parquet, row 2, column q2: 'x' is no answer" in capsys.readouterr().err


def drawn_answers(chance, people=800):
    """Answers of two years to common items and some of their own, in towns, with weights."""
    year = np.repeat([2020, 2025], people // 2)
    theta = chance.normal(size=people) * np.where(year == 2025, 1.2, 1) + 0.3 * (year == 2025)
    z = 1.2 * (theta[:, None] - np.linspace(-1, 1, 6))
    codes = (z > chance.logistic(size=z.shape)).astype(int).astype(str)
    codes[year == 2020, 5] = ""
    codes[year == 2025, 4] = ""
    rows = zip(codes, year, np.arange(people) // 10, chance.integers(1, 4, people), strict=True)
    return ["q1,q2,q3,q4,q5,q6,year,town,w"] + [",".join(map(str, (*c, *o))) for c, *o in rows]


def test_groups_are_told_with_errors_and_two_are_linked(tmp_path, capsys):
    file = table(tmp_path, drawn_answers(np.random.default_rng(7)))
    words = ["--model", "2pl", "--weight", "w", "--psu", "town", "--group", "year", "--link"]

    assert main([file, *words]) == 0

    found = json.loads(capsys.readouterr().out)
    old, new = found["groups"]
    assert (old["name"], old["mean"], old["se_mean"], old["n"]) == ("2020", 0, 0, 400)
    assert new["mean"] == pytest.approx(0.3, abs=4 * new["se_mean"])
    assert found["link"]["slope"] == new["sd"]
    assert found["link"]["se_shift"] >= new["se_mean"]
    assert found["link"]["anchors"] == ["q1", "q2", "q3", "q4"]


def test_clusters_make_errors_of_items_others_and_change_no_estimate(tmp_path, capsys):
    lines = [line.rsplit(",", 3)[0] for line in drawn_answers(np.random.default_rng(8))]
    lines = [f"{line},{at // 40}" for at, line in enumerate(lines)]
    lines[0] = "q1,q2,q3,q4,q5,q6,town"
    file = table(tmp_path, lines)

    told = []
    for words in (["--psu", "town"], ["--psu", "town", "--strata", "town"]):
        told.append((main([file, "--model", "2pl", *words]), *capsys.readouterr()))

    assert told[0][0] == 0
    first = json.loads(told[0][1])["items"][0]
    assert first["se_a"] > 0
    assert (told[1][0], told[1][1]) == (2, "")
    assert "stratum 0 has one cluster: merge it with a neighbour" in told[1][2]


def test_differences_of_a_drawn_sample_are_tested_by_wald(tmp_path, capsys):
    lines = [
        ",".join(np.delete(line.split(","), [4, 5]))
        for line in drawn_answers(np.random.default_rng(9))
    ]
    file = table(tmp_path, lines)
    words = ["--model", "2pl", "--weight", "w", "--psu", "town", "--dif", "year", "--fit"]

    assert main([file, *words]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["dif"]["test"] == "wald"
    for item in found["items"]:
        assert 0 < item["dif"]["p"] <= 1
        assert item["dif"]["mantel_haenszel"]["class"] in "ABC"
        assert item["fit"]["infit"] > 0


def test_differences_with_weights_alone_of_a_short_test_have_mantel_haenszel(tmp_path, capsys):
    """Few items and many persons: people who answered alike would share a row."""
    head, *rows = answers_of_two_groups()
    lines = [f"{head},w", *(f"{row},{1 + at % 3 / 2}" for at, row in enumerate(rows))]
    one = [f"{head},w,one", *(f"{line},1" for line in lines[1:])]
    words = ["--model", "2pl", "--weight", "w", "--dif", "where", "--id", "who"]

    told = []
    for each, more in ((lines, []), (one, ["--strata", "one"])):
        assert main([table(tmp_path, each), *words, *more]) == 0
        told.append(json.loads(capsys.readouterr().out)["items"])

    for alone, drawn in zip(*told, strict=True):
        mine, other = (each["dif"].pop("mantel_haenszel") for each in (alone, drawn))
        assert mine["se"] > 0
        assert mine == pytest.approx(other)
        assert alone["dif"] == pytest.approx(drawn["dif"])


def test_a_fit_that_does_not_converge_ends_with_2_and_writes_nothing(tmp_path, capsys):
    """One item tells exactly who has the other right: its slope has no bound."""
    half = np.arange(40) % 2
    lines = ["q1,q2,q3", *(f"{one},{one},{one}" for one in half)]
    out = tmp_path / "persons.csv"

    ended = main([table(tmp_path, lines), "--model", "2pl", "--persons", str(out)])

    told, err = capsys.readouterr()
    assert (ended, told) == (2, "")
    assert "ran away" in err or "did not converge" in err
    assert not out.exists()
