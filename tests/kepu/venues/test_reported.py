"""The bases that press reports name, as they ship: nothing is claimed of them that no report says."""

from __future__ import annotations

import csv
from importlib import resources

from kepu.venues.models import Venue
from kepu.venues.states import BaseLevel

FORMER = {"潼南区": "潼南县", "酉阳土家族苗族自治县": "酉阳县"}  # as the reports wrote them


def rows() -> list[dict[str, str]]:
    file = resources.files("kepu.venues") / "data" / "reported_bases.csv"
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def test_each_base_is_named_once_with_its_title_and_its_report():
    found = rows()

    assert len({row["name"] for row in found}) == len(found) == 42
    assert {row["level"] for row in found} <= set(BaseLevel.values)
    assert all("报道" in row["source"] and "科普" in row["source"] for row in found)
    assert all(f"{row['reported']}年" in row["source"].split("据")[1] for row in found)
    for column in ("name", "source"):
        most = Venue._meta.get_field(column).max_length
        assert max(len(row[column]) for row in found) <= most


def test_a_district_is_given_only_where_the_name_says_it():
    claimed = [(row["name"], row["district"]) for row in rows() if row["district"]]

    assert claimed
    for name, district in claimed:
        written = FORMER.get(district, district)
        assert written in name or written[:-1] in name
