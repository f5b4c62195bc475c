"""`kepu survey link`: two calibrations in, one object out, the new items on the old scale."""

import json

import numpy as np
import pytest

from kepu_engines.survey.command.link import main
from kepu_engines.survey.irt.linking import anchors, link

NAMES = [f"q{at}" for at in range(8)]
A = np.array([0.8, 1.0, 1.2, 0.9, 1.5, 1.1, 0.7, 1.3])
B = np.array([-1.5, -0.8, 0.0, 0.4, 0.9, 1.4, -0.2, 2.0])


def bank(a, b, names=NAMES):
    return {"name": names, "a": a, "b": b}


def printed(capsys, *words):
    ended = main([str(word) for word in words])
    out, err = capsys.readouterr()
    assert ended == 0
    assert all("no covariance" in line for line in err.splitlines())
    return json.loads(out)


@pytest.mark.parametrize("method", ["mean-sigma", "haebara", "stocking-lord"])
def test_a_moved_scale_is_found_again_and_the_items_moved_back(file, capsys, method):
    old = file("2020.csv", bank(A, B))
    new = file("2025.csv", bank(A * 1.25, (B - 0.3) / 1.25))

    found = printed(capsys, old, new, "--method", method)

    assert found["slope"] == pytest.approx(1.25, abs=1e-6)
    assert found["shift"] == pytest.approx(0.3, abs=1e-6)
    assert [item["a"] for item in found["items"]] == pytest.approx(A.tolist(), abs=1e-5)
    assert [item["b"] for item in found["items"]] == pytest.approx(B.tolist(), abs=1e-5)
    assert found["linking_error"][2] == {"theta": 0.0, "se": pytest.approx(0, abs=1e-5)}


def test_what_irt_prints_is_read_and_the_error_is_that_of_the_engine(file, capsys):
    noise = np.random.default_rng(2).normal(0, 0.1, (2, 8))
    items = [
        {"name": name, "a": a, "b": b, "se_a": 0.1, "se_b": 0.1}
        for name, a, b in zip(NAMES, A * np.exp(noise[0]), B + noise[1], strict=True)
    ]
    new = file("new.json", [json.dumps({"model": "2pl", "items": items})])

    found = printed(capsys, file("old.csv", bank(A, B)), new, "--leave-out", "q3")

    kept = np.arange(8) != 3
    expected = link(anchors(A[kept], B[kept], (A * np.exp(noise[0]))[kept], (B + noise[1])[kept]))
    assert found["slope"] == expected.slope
    assert found["linking_error"][0]["se"] == expected.error(-2)
    assert found["anchors"] == [name for name in NAMES if name != "q3"]
    assert len(found["items"]) == 8


def test_only_items_of_both_years_are_anchors(file, capsys):
    old = file("old.csv", bank(A, B))
    new = file("new.csv", bank(A, B, ["new", *NAMES[1:7], "other"]))

    assert printed(capsys, old, new)["anchors"] == NAMES[1:7]
    words = ("--anchor", "q1", "--anchor", "q4", "--anchor", "q5")
    assert printed(capsys, old, new, *words)["anchors"] == ["q1", "q4", "q5"]


GUESSING = [{"name": n, "a": a, "b": b, "c": 0.2} for n, a, b in zip(NAMES, A, B, strict=True)]
GRADED = [{"name": n, "a": a, "b": [b, b + 1]} for n, a, b in zip(NAMES, A, B, strict=True)]


@pytest.mark.parametrize("items", [GUESSING, GRADED])
@pytest.mark.parametrize("method", ["mean-sigma", "haebara", "stocking-lord"])
def test_items_that_are_guessed_or_graded_are_linked_too(file, capsys, items, method):
    moved = [
        {**one, "a": one["a"] * 1.25, "b": ((np.array(one["b"]) - 0.3) / 1.25).tolist()}
        for one in items
    ]
    years = (file(f"{at}.json", [json.dumps({"items": y})]) for at, y in enumerate((items, moved)))

    found = printed(capsys, *years, "--method", method)

    assert (found["slope"], found["shift"]) == (pytest.approx(1.25), pytest.approx(0.3))
    for back, one in zip(found["items"], items, strict=True):
        assert back["b"] == pytest.approx(one["b"], abs=1e-5)
        assert back.get("c") == one.get("c")


def test_a_printed_covariance_is_counted_and_the_anchors_left_out_take_theirs_away(file, capsys):
    items = [{"name": n, "a": a, "b": b} for n, a, b in zip(NAMES, A, B, strict=True)]
    spread = 0.01 * (np.eye(16) + 0.5)
    old = file("old.json", [json.dumps({"items": items, "covariance": spread.tolist()})])
    new = file("new.csv", bank(A * 1.2, (B - 0.3) / 1.2))

    found = printed(capsys, old, new, "--leave-out", "q3")

    kept = np.arange(8) != 3
    both = np.repeat(kept, 2)
    common = anchors(A[kept], B[kept], A[kept] * 1.2, (B[kept] - 0.3) / 1.2)
    expected = link(common, "stocking-lord", spread[np.ix_(both, both)])
    assert found["se_shift"] == pytest.approx(float(np.sqrt(expected.covariance[1, 1])), rel=1e-6)
    assert found["sampling"][1][1] > 0.005


@pytest.mark.parametrize(
    ("name", "lines", "words", "sentence"),
    [
        (
            "new.csv",
            ["name,a,b", "q0,1,0"],
            (),
            "old.csv and new.csv: A link with an error needs at least",
        ),
        (
            "new.csv",
            ["name,a,b", "q0,1,0", "q0,1,0"],
            (),
            "new.csv, row 3, column name: q0 was in row 2",
        ),
        (
            "new.csv",
            ["name,a,b", "q0,1,"],
            (),
            "new.csv, row 2, column b: the number is missing",
        ),
        ("new.csv", ["name,a", "q0,1"], (), "new.csv has no column b; it has: name, a"),
        (
            "new.csv",
            ["name,a,b", "q0,-1,0", "q1,1,1", "q2,1,2"],
            (),
            "Anchor slopes must be above 0",
        ),
        ("new.csv", ["name,a,b", "q0,1,0"], ("--anchor", "q7"), "new.csv has no item q7"),
        (
            "new.csv",
            ["name,a,b", "q0,1,0"],
            ("--leave-out", "q7"),
            "--leave-out q7: this item is no anchor",
        ),
        ("new.json", ["no"], (), "new.json is not what kepu survey irt prints"),
        (
            "new.json",
            [json.dumps({"items": GRADED})],
            (),
            "An anchor item has more steps in one year than in the other",
        ),
        (
            "new.json",
            [json.dumps({"items": GUESSING})],
            (),
            "one year has chances of guessing and the other has none",
        ),
        (
            "new.json",
            [json.dumps({"items": GUESSING, "covariance": [[1.0]]})],
            (),
            "new.json: the covariance is not that of its items",
        ),
    ],
)
def test_a_link_that_cannot_be_is_refused_in_words(file, refused, name, lines, words, sentence):
    assert sentence in refused(main, file("old.csv", bank(A, B)), file(name, lines), *words)
