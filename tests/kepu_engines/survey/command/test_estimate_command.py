"""`kepu survey estimate`: CSV or one JSON object, or a sentence that says where and exit code 2."""

import csv
import io
import json

import numpy as np
import polars
import pytest

from kepu_engines.survey.command.estimate import main
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import mean, ratio, total
from kepu_engines.survey.quantiles import quantiles
from kepu_engines.survey.shares import share_interval

SIZES = {"north": 24, "south": 60, "west": 36}


@pytest.fixture
def sample():
    """A made-up sample: 12 clusters in 3 strata, domains by name, one answer missing."""
    chance = np.random.default_rng(4)
    cluster = np.arange(120) % 12
    by = np.repeat(list(SIZES), list(SIZES.values()))
    y, x = chance.normal(50, 9, 120).round(2), chance.uniform(1, 2, 120).round(3)
    columns = {"s": cluster // 4, "p": cluster, "w": chance.uniform(1, 9, 120).round(3), "y": y}
    return columns | {"x": x, "lit": (y > 62).astype(int), "d": by, "person": np.arange(120) + 7}


def file_of(tmp_path, columns, name="data.csv"):
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    file = tmp_path / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


DESIGN = ["--strata", "s", "--psu", "p", "--weight", "w"]


def printed(capsys, *words):
    ended = main(list(words))
    out, err = capsys.readouterr()
    assert (ended, err) == (0, "")
    return list(csv.DictReader(io.StringIO(out)))


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        (["--mean", "y"], lambda d, c, by: mean(d, c["y"], by)),
        (["--total", "y"], lambda d, c, by: total(d, c["y"], by)),
        (["--ratio", "y/x"], lambda d, c, by: ratio(d, c["y"], c["x"], by)),
    ],
)
def test_a_row_for_each_domain_in_their_order_to_the_last_digit(
    tmp_path, capsys, sample, words, figure
):
    rows = printed(capsys, file_of(tmp_path, sample), *DESIGN, *words, "--by", "d")

    design = Design.of(sample["s"], sample["p"], sample["w"])
    found = figure(design, sample, np.unique(sample["d"], return_inverse=True)[1])
    assert list(rows[0]) == ["domain", "estimate", "se", "low", "high", "deff", "n"]
    assert [row["domain"] for row in rows] == sorted(SIZES)
    for name, expected in (("estimate", found.value), ("se", found.se), ("deff", found.deff),
                           ("low", found.interval()[0]), ("high", found.interval()[1]),
                           ("n", found.n)):  # fmt: skip
        np.testing.assert_array_equal(column(rows, name), expected)


def test_a_quantile_and_a_share_have_intervals_of_their_own(tmp_path, capsys, sample):
    file = file_of(tmp_path, sample)
    design = Design.of(sample["s"], sample["p"], sample["w"])

    rows = printed(capsys, file, *DESIGN, "--quantile", "y:0.75", "--level", "0.9")
    found = quantiles(design, sample["y"], [0.75], level=0.9)[0]
    assert (column(rows, "low"), column(rows, "high")) == (found.low, found.high)
    assert rows[0]["domain"] == "all"

    for method in ("logit", "beta"):
        rows = printed(capsys, file, *DESIGN, "--share", "lit", "--interval", method)
        low, high = share_interval(mean(design, sample["lit"]), method=method)
        assert (column(rows, "low"), column(rows, "high")) == (low, high)


def test_one_json_object_says_what_was_left_out(tmp_path, capsys, sample):
    sample["y"] = sample["y"].astype(object)
    sample["y"][[3, 5]] = ["", "NA"]
    sample["d"] = np.where(np.arange(120) == 9, "", sample["d"])

    ended = main([file_of(tmp_path, sample), *DESIGN, "--mean", "y", "--by", "d", "--json"])

    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (ended, found["rows"], found["left_out"]) == (0, 120, 3)
    assert [row["n"] for row in found["domains"]] == [21, 60, 36]
    assert "3 rows left out" in err


def test_an_error_of_0_is_explained_and_one_row_is_one(tmp_path, capsys, sample):
    sample["s"] = sample["p"]  # every cluster alone in its stratum
    sample["y"] = np.where(np.arange(120) == 3, "", sample["y"].astype(str))
    words = [file_of(tmp_path, sample), *DESIGN, "--mean", "y", "--lonely"]

    assert main([*words, "certainty"]) == 0
    err = capsys.readouterr().err
    assert "an error of 0 is none that was measured" in err
    assert "1 row left out" in err
    assert main([*words, "adjust"]) == 0
    assert "an error of 0" not in capsys.readouterr().err


def test_stages_and_fractions_are_given_once_for_each_stage(tmp_path, capsys, sample):
    sample |= {"unit": np.arange(120), "f1": np.full(120, 0.1), "f2": np.full(120, 50)}
    words = ["--psu", "p", "--psu", "unit", "--strata", "s", "--fpc", "f1", "--fpc", "f2"]

    rows = printed(capsys, file_of(tmp_path, sample), *words, "--weight", "w", "--mean", "y")

    one = np.zeros(120, int)
    stages = [sample["s"], one], [sample["p"], sample["unit"]]
    design = Design.of(*stages, sample["w"], [sample["f1"], sample["f2"]])
    assert column(rows, "se") == mean(design, sample["y"]).se


def test_a_small_domain_is_withheld_with_the_next_one(tmp_path, capsys, sample):
    file = file_of(tmp_path, sample)

    rows = printed(capsys, file, *DESIGN, "--mean", "y", "--by", "d", "--least", "30")

    assert [row["withheld"] for row in rows] == ["rows", "", "complement"]
    assert [row["estimate"] != "" for row in rows] == [False, True, False]
    assert rows[0]["n"] == rows[2]["n"] == ""


def test_numbered_domains_come_in_the_order_of_their_numbers(tmp_path, capsys, sample):
    sample["d"] = np.where(sample["d"] == "north", 10, np.where(sample["d"] == "west", 9, 100))

    rows = printed(capsys, file_of(tmp_path, sample), *DESIGN, "--mean", "y", "--by", "d")

    assert [row["domain"] for row in rows] == ["9", "10", "100"]


def test_parquet_gives_what_csv_gives(tmp_path, capsys, sample):
    polars.DataFrame(sample).write_parquet(tmp_path / "data.parquet")
    words = [*DESIGN, "--mean", "y", "--by", "d"]

    assert printed(capsys, str(tmp_path / "data.parquet"), *words) == printed(
        capsys, file_of(tmp_path, sample), *words
    )


ROWS = ["s,p,w,y,x", "1,1,2,5,1", "1,2,2,6,0", "2,3,2,7,1", "2,4,2,8,1"]


@pytest.mark.parametrize(
    ("change", "words", "sentence"),
    [
        ({2: "1,2,0,6,1"}, ["--mean", "y"], "data.csv, row 3, column w: 0 is not a weight above 0"),
        ({2: "1,2,-1,6,1"}, ["--mean", "y"], "data.csv, row 3, column w: -1 is not a weight"),
        ({2: "1,2,,6,1"}, ["--mean", "y"], "row 3, column w: the design must not be missing"),
        ({2: ",2,1,6,1"}, ["--mean", "y"], "row 3, column s: the design must not be missing"),
        ({2: "1,2,1,six,1"}, ["--mean", "y"], "data.csv, row 3, column y: 'six' is not a number"),
        ({2: "1,2,1,inf,1"}, ["--mean", "y"], "data.csv, row 3, column y: 'inf' is not a number"),
        ({2: "1,2,1,nan,1"}, ["--mean", "y"], "data.csv, row 3, column y: 'nan' is not a number"),
        ({2: "1,2,1"}, ["--mean", "y"], "data.csv, row 3: expected 5 cells, not 3"),
        ({2: ""}, ["--mean", "y"], "data.csv, row 3 is empty"),
        ({2: "7,2,1,6,1"}, ["--mean", "y"], "data.csv: stratum 1 has one cluster: merge it"),
        ({0: "s,p,w,z,x"}, ["--mean", "y"], "data.csv has no column y; it has: s, p, w, z, x"),
        ({0: "s,p,w,y,y"}, ["--mean", "y"], "data.csv has two columns y"),
        ({}, ["--share", "y"], "data.csv, row 2, column y: 5 is neither 0 nor 1"),
        ({}, ["--ratio", "y"], "--ratio needs two columns as Y/X, not 'y'"),
        ({}, ["--quantile", "y"], "--quantile needs a column and a share in (0, 1)"),
        ({}, ["--quantile", "y:1.5"], "--quantile needs a column and a share in (0, 1)"),
        ({}, ["--mean", "y", "--level", "2"], "the level of an interval must lie between 0 and 1"),
        ({}, ["--mean", "y", "--id", "w"], "data.csv, row 3, column w: 2 was in row 2"),
        ({}, ["--ratio", "y/x", "--by", "p"], "the total of x in a domain is zero"),
        ({}, ["--mean", "y", "--strata", "p"], "same number of stages"),
        ({k: f"1,{k},1,,1" for k in range(1, 5)}, ["--mean", "y"], "every row misses a value in y"),
        (dict.fromkeys(range(5), ""), ["--mean", "y"], "data.csv is empty"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path, capsys, change, words, sentence):
    file = tmp_path / "data.csv"
    lines = [change.get(place, row) for place, row in enumerate(ROWS)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    ended = main([str(file), *DESIGN, *words])

    out, err = capsys.readouterr()
    assert (ended, out) == (2, "")
    assert sentence in err


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("data.csv", b"\xff\xfe\x00", "data.csv is not a text in UTF-8"),
        ("data.csv", b's,p,w,y\n1,1,1,"5', "data.csv is not a CSV file"),
        ("data.csv", b"s,p,w,y\n", "data.csv has no rows"),
        ("data.parquet", b"no", "data.parquet is not a Parquet file"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(tmp_path, capsys, name, content, sentence):
    (tmp_path / name).write_bytes(content)

    ended = main([str(tmp_path / name), *DESIGN, "--mean", "y"])

    out, err = capsys.readouterr()
    assert (ended, out) == (2, "")
    assert sentence in err


def test_a_file_that_is_not_there_is_said_so(tmp_path, capsys):
    assert main([str(tmp_path / "none.csv"), *DESIGN, "--mean", "y"]) == 2
    assert "none.csv" in capsys.readouterr().err


FIGURES = (
    ["--mean", "y"], ["--total", "y"], ["--share", "lit"], ["--ratio", "y/x"], ["--quantile", "y:0.5"],
)  # fmt: skip


@pytest.mark.parametrize("words", FIGURES)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_in_chunks_a_file_gives_what_it_gives_whole(tmp_path, capsys, sample, words, kind):
    sample["y"] = sample["y"].astype(object)
    sample["y"][[3, 50]] = None if kind == "parquet" else ""
    file = str(tmp_path / "data.parquet")
    if kind == "csv":
        file = file_of(tmp_path, sample)
    else:
        plain = {name: list(values) for name, values in sample.items()}
        polars.DataFrame(plain).write_parquet(file, row_group_size=25)
    words = [file, *DESIGN, *words, "--by", "d"]

    assert main(words) == 0
    whole, left_out = capsys.readouterr()
    assert main([*words, "--chunk", "17"]) == 0
    parts, left_out_too = capsys.readouterr()

    assert left_out_too == left_out
    whole, parts = (list(csv.DictReader(io.StringIO(one))) for one in (whole, parts))
    assert [row["domain"] for row in parts] == [row["domain"] for row in whole]
    for name in ("estimate", "se", "low", "high", "deff", "n"):
        np.testing.assert_allclose(column(parts, name), column(whole, name), rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "words", "sentence"),
    [
        ({4: "2,4,0,6,1"}, [], "data.csv, row 5, column w: 0 is not a weight above 0"),
        ({4: "2,4,1,six,1"}, [], "data.csv, row 5, column y: 'six' is not a number"),
        ({4: "2,4,1"}, [], "data.csv, row 5: expected 5 cells, not 3"),
        ({3: ""}, [], "data.csv, row 4 is empty"),
        ({4: ",4,1,6,1"}, [], "data.csv, row 5, column s: the design must not be missing"),
        ({2: "7,2,1,6,1"}, [], "data.csv: stratum 1 has one cluster: merge it"),
        ({k: f"1,{k},1,,1" for k in range(1, 5)}, [], "data.csv: no row has all its values"),
        ({}, ["--id", "x"], "data.csv, row 4, column x: 1 was in row 2: keep one"),
        ({}, ["--chunk", "0"], "a chunk must have at least one row, not 0"),
        ({}, ["--strata", "p"], "same number of stages"),
        ({}, ["--fpc", "w", "--fpc", "w"], "fpc must have as many stages as strata"),
    ],
)
def test_a_chunk_that_cannot_be_used_is_refused_as_the_whole_is(
    tmp_path, capsys, change, words, sentence
):
    file = tmp_path / "data.csv"
    lines = [change.get(place, row) for place, row in enumerate(ROWS)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    ended = main([str(file), *DESIGN, "--mean", "y", "--chunk", "2", *words])

    out, err = capsys.readouterr()
    assert (ended, out) == (2, "")
    assert sentence in err


def test_in_chunks_clusters_must_be_named(tmp_path, capsys, sample):
    words = [file_of(tmp_path, sample), "--weight", "w", "--mean", "y", "--chunk", "9"]

    assert main(words) == 2
    assert "--chunk needs --psu" in capsys.readouterr().err


def refused(capsys, *words):
    assert main(list(words)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_a_domain_that_looks_like_a_formula_is_disarmed_and_a_number_below_0_is_not(
    tmp_path, capsys, sample
):
    labels = np.repeat(["=1+2", "@home", "-5", "+x", "-x", "plain"], 20)
    file = file_of(tmp_path, sample | {"d": labels})

    rows = printed(capsys, file, *DESIGN, "--mean", "y", "--by", "d")
    main([file, *DESIGN, "--mean", "y", "--by", "d", "--json"])
    told = json.loads(capsys.readouterr().out)

    expected = {"'=1+2", "'@home", "-5", "'+x", "'-x", "plain"}
    assert {row["domain"] for row in rows} == expected
    assert {row["domain"] for row in told["domains"]} == set(labels)  # JSON is no spreadsheet


def test_a_term_that_looks_like_a_formula_is_disarmed(tmp_path, capsys, sample):
    name = "=cmd"
    file = file_of(tmp_path, sample | {name: sample["x"]})

    rows = printed(capsys, file, *DESIGN, "--regress", f"y ~ {name}")

    assert [row["term"] for row in rows] == ["intercept", "'=cmd"]


def test_a_nul_is_told_by_its_line_and_in_parquet_by_its_column(tmp_path, capsys, sample):
    labels = sample["d"].astype("U9")
    labels[3] = "no\0rth"
    file = file_of(tmp_path, sample | {"d": labels})
    typed = tmp_path / "data.parquet"
    polars.DataFrame(sample | {"d": labels.tolist()}).write_parquet(typed)

    of_csv = refused(capsys, file, *DESIGN, "--mean", "y", "--by", "d")
    of_parquet = refused(capsys, str(typed), *DESIGN, "--mean", "y", "--by", "d")

    assert "data.csv, line 5 holds a NUL character" in of_csv
    assert "data.parquet, column d holds a NUL character" in of_parquet


def test_a_regression_on_thousands_of_words_is_refused_at_once(tmp_path, capsys, sample):
    many = {name: np.tile(values, 50) for name, values in sample.items()}
    many |= {"person": np.arange(6000), "word": np.array([f"w{n}" for n in range(6000)])}
    file = file_of(tmp_path, many)

    told = refused(capsys, file, *DESIGN, "--regress", "y ~ x + word")

    assert "column word holds 6,000 words" in told
    assert "200 terms at most" in told


def test_more_replicates_than_anybody_has_are_refused_at_once(tmp_path, capsys):
    names = [f"r{n}" for n in range(5001)]
    file = tmp_path / "wide.csv"
    file.write_text(
        "\n".join([",".join(["w", "y", *names]), *[",".join(["1"] * 5003)] * 3]), "utf-8"
    )
    words = [str(file), "--weight", "w", "--mean", "y", "--replicates", "r", "--scales", "1"]

    assert "wide.csv has 5,001 columns r and a number, more than 5,000" in refused(capsys, *words)


def test_a_column_whose_number_has_thousands_of_digits_is_no_replicate(tmp_path, capsys):
    file = tmp_path / "long.csv"
    file.write_text(f"w,y,r1,r{'9' * 5000}\n1,1,1,1\n1,2,1,1\n", "utf-8")
    words = [str(file), "--weight", "w", "--mean", "y", "--replicates", "r", "--scales", "1"]

    assert "long.csv has no two columns r1, r2 and so on" in refused(capsys, *words)
