"""A share of 0 among those asked is not 0 among all: it has an interval, and no error of 0."""

from __future__ import annotations

import csv

import pytest
from scipy.stats import beta

from kepu.literacy.run import reporting
from kepu.literacy.run.estimating import estimate
from kepu.literacy.run.plan import load
from kepu.literacy.run.reading import gather
from kepu.literacy.run.results import Results
from kepu.literacy.run.weighing import weigh
from tests.kepu.literacy.conftest import table
from tests.kepu.literacy.run.test_running import LITERATE, copied

NOBODY, EVERYBODY = "500101", "500102"  # districts


@pytest.fixture(scope="module")
def told(survey, tmp_path_factory):
    """The survey with a district where nobody had an answer, and one where everybody had all right."""
    above = tmp_path_factory.mktemp("small-shares")
    text = (survey / "plan.yaml").read_text("utf-8")
    folder = copied(survey, above, (text[text.index("modes:") :], ""), ("count: 60", "count: 50"))
    keys = {row["item"]: row["key"] for row in table(survey / "items.csv")}
    rows = table(folder / "answers.csv")
    for row in rows:
        if row["answered"] == "1" and row["district"] in (NOBODY, EVERYBODY):
            row.update(keys if row["district"] == EVERYBODY else dict.fromkeys(keys, ""))
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
        written = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        written.writeheader()
        written.writerows(rows)
    read = gather(load(folder / "plan.yaml"), folder)
    weighed = weigh(read)
    return Results(read, weighed, estimate(read, weighed), None, ())


def test_where_nobody_reached_the_level_the_interval_is_exact_and_not_empty(told):
    found = told.found.one("area", NOBODY, LITERATE)

    assert (found.estimate, found.low) == (0, 0)
    # Clopper and Pearson's 2.5 % limit of none in n, a little wider for few clusters.
    exact = beta.ppf(0.975, 1, found.n)
    assert exact < found.high < 1.3 * exact


def test_where_everybody_did_the_interval_mirrors_it(told):
    found = told.found.one("area", EVERYBODY, LITERATE)

    assert (found.estimate, found.high) == (1, 1)
    exact = beta.ppf(0.025, found.n, 1)
    assert 1 - 1.3 * (1 - exact) < found.low < exact


def test_other_shares_keep_the_interval_of_their_log_odds(told):
    found = told.found.one("city", "city", LITERATE)

    assert found.low < found.estimate < found.high
    assert found.high - found.estimate > found.estimate - found.low  # longer towards one half


def test_the_report_names_the_exact_limits_and_prints_no_error_of_0(told):
    found = told.found.one("area", NOBODY, LITERATE)

    assert reporting._numbers(found)[:3] == ["0.00%", "—", "0.00%"]
    assert any("Clopper-Pearson" in line for line in reporting.method(told, None))
