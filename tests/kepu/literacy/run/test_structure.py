"""The structure beside the SDMX-CSV: whoever has the two files knows what every code means."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from kepu.literacy.run.sdmx import code_of
from kepu.literacy.run.structure import CODED, CONCEPTS, DIMENSIONS
from tests.kepu.literacy.conftest import table

SPACES = {
    name: f"{{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/{name}}}"
    for name in ("message", "structure", "common")
}
STR, COM = SPACES["structure"], SPACES["common"]
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ID = re.compile(r"[A-Za-z0-9_@$-]+")  # of SDMX 2.1, IDType


@pytest.fixture(scope="module")
def message(results):
    return ElementTree.parse(results / "structure.sdmx.xml").getroot()


@pytest.fixture(scope="module")
def observed(results):
    return table(results / "figures.sdmx.csv")


def codes(message) -> dict[str, dict[str, str]]:
    """English names by list and code."""
    return {
        one.get("id"): {
            code.get("id"): next(n.text for n in code if n.get(LANG) == "en")
            for code in one.iter(f"{STR}Code")
        }
        for one in message.iter(f"{STR}Codelist")
    }


def test_every_code_that_occurs_is_in_its_list(message, observed):
    held = codes(message)

    for column in CODED:
        met = {row[column] for row in observed}
        assert met == set(held[f"CL_{column}"]), column
        assert all(ID.fullmatch(code) for code in met)


def test_codes_are_named_in_both_languages(message):
    held = codes(message)

    assert held["CL_MEASURE"]["LITERATE_OR_ABOVE"] == "Share of literate or above"
    assert held["CL_CATEGORY"]["college"] == "college or more"
    assert (
        held["CL_METHOD"]["MODES_DOUBLY_ROBUST_AS_AT_HOME"] == "Online, doubly-robust, as at home"
    )
    named = {code.get("id"): code[0].text for code in message.iter(f"{STR}Code")}
    assert (named["college"], named["500101"]) == ("大专及以上", "万州区")
    for code in message.iter(f"{STR}Code"):
        assert [name.get(LANG) for name in code.iter(f"{COM}Name")] == ["zh", "en"]


def test_the_columns_are_the_components_of_the_structure_that_the_csv_names(message, observed):
    (flow,) = message.iter(f"{STR}Dataflow")
    ref = flow.find(f"{STR}Structure/Ref")
    (definition,) = message.iter(f"{STR}DataStructure")
    told = f"{flow.get('agencyID')}:{flow.get('id')}({flow.get('version')})"
    kinds = ("Dimension", "TimeDimension", "Attribute", "PrimaryMeasure")
    parts = [
        part.get("id")
        for kind in kinds
        for part in definition.iter(f"{STR}{kind}")
        if part.get("id")
    ]

    assert {row["STRUCTURE_ID"] for row in observed} == {told}
    assert (ref.get("id"), ref.get("version")) == (definition.get("id"), definition.get("version"))
    assert sorted(parts) == sorted(column for column in observed[0] if column in CONCEPTS)
    assert tuple(parts[: len(DIMENSIONS)]) == DIMENSIONS
    assert set(observed[0]) == {"STRUCTURE", "STRUCTURE_ID", "ACTION", *CONCEPTS}


def test_dimensions_tell_every_observation_apart(observed):
    keys = [tuple(row[name] for name in (*DIMENSIONS, "TIME_PERIOD")) for row in observed]

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("word", "code"), [("18-29", "18-29"), ("女", "_5973"), ("a b", "a_20b"), ("", "_U")]
)
def test_a_word_becomes_an_id_that_sdmx_allows(word, code):
    assert code_of(word) == code
    assert ID.fullmatch(code)
