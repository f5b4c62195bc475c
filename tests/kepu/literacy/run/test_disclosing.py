"""Somebody with the public file, every published table and the seed looks for the district of a person."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from kepu.literacy.run import disclosing, reporting, running
from kepu_engines.core.seeds import generator
from tests.kepu.literacy.conftest import table

LITERATE = "literate or above"


class Attack:
    """What lies open, and the truth that only officers have, person by person."""

    def __init__(self, results: Path) -> None:
        self.open = table(results / "r" / "public.csv")
        self.true = table(results / "r" / "restricted.csv")
        self.figures = table(results / "figures.csv")
        self.n = {row["code"]: int(row["n"] or 0) for row in table(results / "districts.csv")}
        self.record = json.loads((results / "run.json").read_text("utf-8"))
        self.columns = [name for name in self.open[0] if name not in ("by_area", "weight")]

    def kinds(self) -> list[tuple[str, ...]]:
        named = [name for name in self.columns if name.startswith(("by_", "in_"))]
        return [tuple(row[name] for name in named) for row in self.open]

    def districts(self) -> dict[tuple[str, ...], set[str]]:
        """Where people of each content of the released columns truly live."""
        found = defaultdict(set)
        for row in self.true:
            found[tuple(row[name] for name in self.columns)].add(row["by_area"])
        return found


@pytest.fixture(scope="module")
def attack(results) -> Attack:
    return Attack(results)


def test_the_order_tells_nothing_to_who_has_the_seed(attack):
    first = [row["by_area"] for row in attack.true]
    order = generator(attack.record["seed"]).permutation(len(attack.open))
    guessed = [""] * len(order)
    for row, place in zip(attack.open, order, strict=True):
        guessed[place] = row["by_area"]
    shown = [(a, b) for a, b in zip(guessed, first, strict=True) if a]
    chance = sum((many / len(first)) ** 2 for many in Counter(first).values())

    assert len(shown) > 500
    assert sum(a == b for a, b in shown) / len(shown) < 3 * chance
    rows = [tuple(map(_by_size, row.values())) for row in attack.open]
    assert rows == sorted(rows)  # of nothing but what every row holds


def _by_size(word: str) -> tuple[bool, float, str]:
    """Numbers by size; labels, also those of digits, are no numbers here and as long as each other."""
    try:
        return (False, float(word), "")
    except ValueError:
        return (word != "", 0.0, word)


def test_no_weight_lies_in_few_districts_or_is_of_few_people(attack):
    people, places = Counter(row["weight"] for row in attack.open), defaultdict(set)
    of = attack.districts()
    exact = {row["weight"] for row in attack.true}
    for row in attack.open:
        places[row["weight"]] |= of[tuple(row[name] for name in attack.columns)]

    assert min(people.values()) >= 30
    assert min(map(len, places.values())) >= disclosing.SEVERAL
    assert not exact & set(people)
    assert attack.record["public"]["people"] == min(people.values())


def test_sums_of_weights_solve_for_no_district(attack):
    """Of the demo every district was a sum of four weights of its own, found from its people and `n`."""
    weights = sorted(Counter(row["weight"] for row in attack.open).items())
    alone = [weight for weight, many in weights if many <= max(attack.n.values())]
    truth = defaultdict(Counter)
    by_kind = defaultdict(list)
    for row in attack.true:
        by_kind[tuple(row[name] for name in attack.columns)].append(row["by_area"])
    for row in attack.open:
        for one in by_kind[tuple(row[name] for name in attack.columns)]:
            truth[row["weight"]][one] += 1
    best = [max(truth[one].values()) / sum(truth[one].values()) for one in alone]

    assert alone
    assert max(best) < 0.8  # even who guesses the likeliest district of a weight is often wrong


def test_a_blank_district_may_be_one_of_several(attack):
    kinds = attack.kinds()
    left = Counter(attack.n)
    seen = defaultdict(set)
    for kind, row in zip(kinds, attack.open, strict=True):
        if row["by_area"]:
            seen[kind].add(row["by_area"])
            left[row["by_area"]] -= 1
    with_blank = {code for code, many in left.items() if many > 0}
    where = [
        len(with_blank - seen[kind])
        for kind, row in zip(kinds, attack.open, strict=True)
        if not row["by_area"]
    ]
    known = Counter((kind, row["by_area"]) for kind, row in zip(kinds, attack.open, strict=True))

    assert where
    assert min(where) >= disclosing.SEVERAL
    assert (
        min(many for (_, code), many in known.items() if code) >= 3
    )  # nobody is alone in a district


def test_a_blank_district_may_be_one_of_several_among_those_of_the_same_outcome(attack):
    """A district's share times its `n`, less the literate people shown there, counts its hidden ones."""
    literate, true = defaultdict(Counter), defaultdict(Counter)
    shares = {
        one["cell"]: float(one["estimate"])
        for one in attack.figures
        if one["table"] == "area" and one["measure"] == LITERATE and not one["withheld"]
    }
    for row in attack.true:
        true[row["literate_or_above"]][row["by_area"]] += 1
    off = [abs(attack.n[code] * share - true["1"][code]) for code, share in shares.items()]
    seen = defaultdict(set)
    outcomes = [row["literate_or_above"] for row in attack.open]
    for kind, outcome, row in zip(attack.kinds(), outcomes, attack.open, strict=True):
        if row["by_area"]:
            seen[kind, outcome].add(row["by_area"])
            literate[outcome][row["by_area"]] += 1
    hidden = {one: set((many - literate[one]).keys()) for one, many in true.items()}
    where = [
        (len(hidden[outcome] - seen[kind, outcome]), outcome)
        for kind, outcome, row in zip(attack.kinds(), outcomes, attack.open, strict=True)
        if not row["by_area"]
    ]
    known = Counter(
        (kind, outcome, row["by_area"])
        for kind, outcome, row in zip(attack.kinds(), outcomes, attack.open, strict=True)
    )

    assert len(shares) > 30
    assert np.median(off) < 2  # so good is a guess from what is published; below, its best
    assert {outcome for _, outcome in where} == {"0", "1"}
    assert min(where)[0] >= disclosing.SEVERAL
    assert min(many for (*_, code), many in known.items() if code) >= 3
    assert attack.record["public"]["blank"] == len(where)


def test_published_shares_come_out_of_the_public_file_and_the_people_too(attack):
    weight = np.array([float(row["weight"]) for row in attack.open])
    exact = sum(float(row["weight"]) for row in attack.true)
    assert weight.sum() == pytest.approx(exact, rel=1e-12)

    far = []
    for one in attack.figures:
        if one["withheld"] or one["table"] == "area" or one["measure"] != LITERATE:
            continue
        name = f"by_{one['table']}"
        if one["table"] == "city":
            inside = np.ones(len(weight), bool)
        elif name in attack.open[0]:
            inside = np.array([row[name] == one["cell"] for row in attack.open])
        else:
            name = f"in_{one['table']}_{one['cell']}"
            inside = np.array([row[name] == "yes" for row in attack.open])
        literate = np.array([row["literate_or_above"] == "1" for row in attack.open])
        far.append(
            abs((weight * literate)[inside].sum() / weight[inside].sum() - float(one["estimate"]))
        )

    assert len(far) > 10
    assert max(far) == pytest.approx(attack.record["public"]["apart"], abs=1e-12)
    assert sum(one < 1e-9 for one in far) > 0.7 * len(far)
    assert max(far) < 0.005  # standard errors of such groups are twice that
    assert far[0] < 1e-9  # the city's


def test_a_district_left_in_alone_is_covered_where_the_kind_is_shown_in_all_others():
    area = np.array([str(d) for d in range(8) for _ in range(3 + d)])
    kind = np.array(["a"] * len(area))
    shown = np.where(area == "0", "", area)

    found = disclosing.covered(shown, area, [kind], np.zeros(len(area)).astype(str))

    assert set(found) == {"", "5", "6", "7"}  # five may be it now, the smallest


def test_a_hidden_literate_person_is_not_found_by_counting_the_literate():
    """One of the literate is hidden, others of whom are all shown: only his district has a hidden one."""
    area = np.array([str(d) for d in range(8) for _ in range(10)])
    kind = np.array((["a"] * 4 + ["b"] * 6) * 8)
    outcome = np.array((["1"] + ["0"] * 9) * 8)
    kind[0] = "c"
    shown = np.where(kind == "b", "", area)  # some of the others are blank in every district
    shown[0] = ""

    found = disclosing.covered(shown, area, [kind], outcome)

    assert disclosing.left_to(shown, area, [kind], outcome) == 1
    assert disclosing.left_to(found, area, [kind], outcome) >= disclosing.SEVERAL
    assert (found[outcome == "0"] == shown[outcome == "0"]).all()


def test_where_an_outcome_lives_in_few_districts_it_can_be_told_and_that_is_noticed():
    area = np.array([str(d) for d in range(8) for _ in range(10)])
    kind, outcome = np.full(80, "a"), np.full(80, "0")
    outcome[:3] = "1"
    shown = area.copy()
    shown[:3] = ""

    found = disclosing.covered(shown, area, [kind], outcome)

    assert disclosing.left_to(found, area, [kind], outcome) == 1
    assert disclosing.left_to(area, area, [kind], outcome) >= disclosing.SEVERAL  # nobody is blank


def test_of_fewer_districts_than_somebody_may_live_in_no_persons_are_written(
    survey, results, tmp_path, monkeypatch
):
    told = []
    written = reporting.method
    monkeypatch.setattr(disclosing, "SEVERAL", 39)  # the example has 38
    monkeypatch.setattr(reporting, "method", lambda *of: told.extend(written(*of)) or told)

    running.run(survey / "plan.yaml", tmp_path / "out")

    record = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    files = {file.name for file in (results / "r").iterdir()}
    assert files - {file.name for file in (tmp_path / "out" / "r").iterdir()} == {
        "public.csv", "public.parquet",
    }  # fmt: skip
    assert "r/restricted.csv" in record["outputs"]
    assert record["public"] is None
    assert sum("没有公开微观数据" in line for line in told) == 1


def test_people_who_are_few_join_those_alike_in_fewer_things():
    place = np.array([0, 1, 2, 3, 4] * 8)
    few = np.array(["x"] * 30 + ["y"] * 10)
    sort = np.array(["a"] * 30 + ["b"] * 5 + ["c"] * 5)

    assert sorted(Counter(disclosing.alike([few, sort], place, 5).tolist()).values()) == [5, 5, 30]
    assert sorted(Counter(disclosing.alike([few, sort], place, 6).tolist()).values()) == [10, 30]
    assert sorted(Counter(disclosing.alike([few, sort], place, 11).tolist()).values()) == [40]


def test_where_published_totals_cannot_come_out_the_city_s_does():
    kind, exact = np.zeros(40, np.int64), np.linspace(1, 9, 40)
    columns = np.column_stack([np.ones(40), np.arange(40) < 3])

    weight = disclosing.smoothed(kind, exact, list(columns.T))

    assert len(set(weight)) == 1
    assert weight.sum() == pytest.approx(exact.sum(), rel=1e-12)
