"""How people meet science, asked at the door where the fieldwork asks it, and read as segments."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
import yaml
from openpyxl import load_workbook

from kepu.literacy import field_files, odk
from kepu.literacy.bridge import interviewing as bridge
from kepu.literacy.heard import MEETING, UNSAID, InterviewContent
from kepu.literacy.models import Fieldwork
from kepu.literacy.queries import booklets as sets
from kepu.literacy.rules import interviewing as rules
from kepu.literacy.run import meeting, vocabulary
from kepu.literacy.run.plan import Plan
from tests.factories import NOW
from tests.kepu.literacy import field_factories as field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEYS = tuple(one.key for one in MEETING)
SAID = {
    "tv": "yes",
    "phone": "no",
    "venue": "no",
    "event": "no",
    "interest": "high",
    "trust": "some",
}


@pytest.fixture
def of():
    return field.fieldwork(meets_science=True)


def asked(of: Fieldwork, *people: dict[str, str]) -> Fieldwork:
    doors = field.give(of, field.COMMUNITIES[0], field.interviewer())
    for case, said in zip(doors, people, strict=False):
        field.interview(case, background=field.PERSON | said)
    return of


def exported(of: Fieldwork) -> tuple[dict, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(field_files.folder(of, NOW))) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("answers.csv").decode()))
        return yaml.safe_load(archive.read("plan.yaml")), list(rows)


def test_the_questions_are_those_of_the_run_by_the_same_keys_and_answers():
    assert meeting.QUESTIONS == KEYS == tuple(vocabulary.MEETING)
    for one in MEETING:
        assert {key for key, _words in one.options} - {UNSAID} <= vocabulary.HOW_MUCH.keys()


def test_what_was_said_stands_in_the_answers_and_the_plan_finds_segments_by_it(of):
    other = {"tv": "no", "phone": "yes", "venue": "yes", "event": UNSAID, "interest": "little"}

    plan, rows = exported(asked(of, SAID, other))

    first, second = [row for row in rows if row["answered"] == "1"]
    assert {key: first[key] for key in KEYS} == SAID
    assert (second["event"], second["trust"]) == ("", "")  # not said, and not asked
    assert plan["segments"] == {"questions": ["tv", "phone", "venue", "interest"]}
    assert Plan.model_validate(plan).segments.questions == plan["segments"]["questions"]


def test_where_all_say_the_same_there_are_no_segments_to_find(of):
    plan, rows = exported(asked(of, SAID, SAID))

    assert "segments" not in plan
    assert "tv" in rows[0]


def test_a_fieldwork_without_them_has_neither_columns_nor_segments():
    plan, rows = exported(asked(field.fieldwork(), {}))

    assert "segments" not in plan
    assert not set(KEYS) & rows[0].keys()


def test_a_device_takes_them_along_and_knows_at_which_doors_they_are_asked(of):
    person = field.interviewer()
    field.give(of, field.COMMUNITIES[0], person)

    pack = bridge.pack(person, NOW)

    assert [one["key"] for one in pack["meeting"]] == list(KEYS)
    assert all(case["meets"] for case in pack["cases"])
    assert [key for key, _words in pack["meeting"][0]["options"]] == ["yes", "no", UNSAID]


def test_odk_asks_them_where_the_fieldwork_does(of):
    items = sets.items_of(of.booklets, 1)
    names = []
    for one in (of, Fieldwork(pk=of.pk, title=of.title, meets_science=False)):
        sheet = load_workbook(io.BytesIO(odk.form(one, 1, items)))["survey"]
        names.append([row[1] for row in sheet.iter_rows(values_only=True)])

    assert set(KEYS) <= set(names[0])
    assert not set(KEYS) & set(names[1])


CONTENT = InterviewContent(
    begun_at=NOW, ended_at=NOW + timedelta(minutes=20), complete=True, answers={},
    background=field.PERSON,
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, None),  # a device of before asks none of them
        (SAID, None),
        ({"tv": UNSAID}, None),
        ({"tv": "perhaps"}, "not one of those offered"),
        ({"cinema": "yes"}, "not one of those offered"),
    ],
)
def test_only_answers_that_are_offered_are_taken(said, reason):
    found = rules.why_not_background(replace(CONTENT, background=field.PERSON | said))

    assert (found is None) if reason is None else reason in found


def test_answers_about_science_do_not_stand_in_for_those_about_the_person():
    known = {key: said for key, said in field.PERSON.items() if key != "sex"}

    found = rules.why_not_background(replace(CONTENT, background=known | SAID))

    assert found == "not every question about the person has an answer"
