"""The dossier that docs/programmes.md works by hand, through the programme as it ships."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from kepu.appraisal import policy
from kepu.appraisal.programme import fitness, scoring
from kepu.kernel.rulebooks import queries

PAGE = Path(__file__).resolve().parents[3] / "docs" / "programmes.md"
MEASURED = re.compile(r"^\| `(\w+)` \S+ \| `(\w+)` ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.M)
JUDGED = re.compile(
    r"^\| `(\w+)` \S+ \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| .+ \| ([\d.]+) \|$", re.M
)
BOLD = re.compile(r"\*\*([\d.]+)\*\*")


def test_kepu_comes_to_the_same_digits_as_the_page():
    page = PAGE.read_text(encoding="utf-8")
    measured, judged = MEASURED.findall(page), JUDGED.findall(page)
    rules = queries.shipped("appraisal.museum")
    answers = {question: float(answer) for _key, question, answer, _band, _points in measured}
    given = {key: [int(Decimal(one) * 100) for one in points] for key, *points, _mean in judged}

    found = scoring.total(rules, "small", answers, given)

    told = {key: Decimal(points) for key, *_rest, points in [*measured, *judged]}
    assert len(told) == len(rules.criteria("small")) == 10
    assert found.points == told
    sums = [Decimal(one) for one in BOLD.findall(page)]
    assert sums == [
        sum(Decimal(points) for *_rest, points in measured),
        sum(Decimal(points) for *_rest, points in judged),
        found.total,
    ]
    # By hand: 10 + 8 + 8 + 6.4 + 4.5 measured, and 13.58 + 12.92 + 8 + 6.58 + 4.58 judged.
    assert sums == [Decimal("36.90"), Decimal("45.66"), Decimal("82.56")]
    assert (found.level, found.gaps, found.unscored) == ("second", (), ())
    assert f"（`{found.level}`）" in page


def test_the_bands_on_the_page_are_those_of_the_programme():
    rules = queries.shipped("appraisal.museum")
    bands = {one.key: one.bands for one in rules.criteria("small")}

    for key, _question, answer, band, points in MEASURED.findall(PAGE.read_text(encoding="utf-8")):
        reached = next(one for one in bands[key] if float(answer) >= one.least)
        assert (reached.least, Decimal(str(reached.points))) == (float(band), Decimal(points))


def test_the_dossier_of_the_page_may_apply():
    answers = {"legal_person": True, "open_one_year": True, "open_days": 268, "floor_area": 6800}

    rules = policy.as_of("museum", 0).programme

    assert fitness.why_not_eligible(rules, "small", answers, ()) == []
