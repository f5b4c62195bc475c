"""Fieldwork with ODK Collect: forms that its compiler takes, doors beside them, submissions taken in."""

from __future__ import annotations

import csv
import io
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.literacy import odk
from kepu.literacy.actions import submissions
from kepu.literacy.bridge.interviewing import row_of
from kepu.literacy.models import FieldEvent, Interview
from kepu.literacy.queries import booklets as sets
from kepu.literacy.queries import fieldwork as queries
from tests.factories import NOW
from tests.kepu.literacy import field_factories as field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HERE, THERE = field.DISTRICTS
TWO = 2  # adults of every household below


@pytest.fixture
def doors():
    """The doors of a community, in an interviewer's hands."""
    of = field.fieldwork()
    return field.give(of, field.COMMUNITIES[0], field.interviewer())


def sent(case, **traits) -> dict[str, str]:
    """A row as ODK Central exports it."""
    codes = case.fieldwork.booklets.lines.filter(number=case.booklet)
    begun = NOW - timedelta(hours=3)
    row = {
        "SubmissionDate": NOW.isoformat(), "start": begun.isoformat(),
        "end": (begun + timedelta(minutes=20)).isoformat(), "door": str(case.pk),
        "came": "interview", "adults": str(TWO), "chosen": str(row_of(case)[TWO - 1]), **field.PERSON,
        "position-Latitude": "29.5512", "position-Longitude": "106.5498",
        **{f"q_{code.lower()}": "a" for code in codes.values_list("item__code", flat=True)},
        "KEY": f"uuid:{uuid.uuid4()}",
    }  # fmt: skip
    return row | traits


def table(*rows: dict[str, str]) -> io.BytesIO:
    heads = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO(newline="")
    written = csv.DictWriter(out, heads, restval="")
    written.writeheader()
    written.writerows(rows)
    file = io.BytesIO(out.getvalue().encode())
    file.name = "submissions.csv"
    return file


def take(of, *rows, dry=False, by=None):
    found, faults = odk.read(table(*rows), odk.names_of(queries.codes_of(of)))
    assert not faults
    by = by or field.surveyor()
    return submissions.take_submissions(of.pk, rows=found, by=by, now=NOW, dry=dry)


def test_the_form_asks_for_everything_and_tells_no_key(doors):
    of = doors[0].fieldwork
    items = sets.items_of(of.booklets, 1)

    book = load_workbook(io.BytesIO(odk.form(of, 1, items)))

    heads, *rows = [
        [cell or "" for cell in row] for row in book["survey"].iter_rows(values_only=True)
    ]
    asked = {row[1]: dict(zip(heads, row, strict=True)) for row in rows}
    lists = Counter(row[0] for row in book["choices"].iter_rows(values_only=True, min_row=2))
    assert asked["door"]["choice_filter"] == "booklet = '1'"
    assert all(f"pulldata('doors', 'k{n}'" in asked["chosen"]["calculation"] for n in range(1, 7))
    for item in items:
        row = asked[f"q_{item.code.lower()}"]
        assert (row["type"], row["relevant"]) == (
            f"select_one {row['name']}",
            "${came} = 'interview'",
        )
        assert lists[row["name"]] == len(item.wordings.first().options) + 1  # and "do not know"
        assert lists.keys() >= {"came", "sex", "age", "residence", "education"}
    assert not any("key" in head for head in heads)


def test_doors_go_beside_it_with_their_row_of_the_table(doors):
    of = doors[0].fieldwork

    rows = list(csv.DictReader(io.StringIO(odk.doors(of, doors).decode("utf-8-sig"))))

    assert [int(row["name"]) for row in rows] == [one.pk for one in doors]
    for row, case in zip(rows, doors, strict=True):
        assert tuple(int(row[f"k{n}"]) for n in range(1, 7)) == row_of(case)


def test_what_was_collected_is_taken_in_once(doors):
    of, (first, second, *_rest) = doors[0].fieldwork, doors
    rows = [sent(first), sent(second, came="2.111")]

    tried = take(of, *rows, dry=True)
    assert tried == (2, [])
    assert not FieldEvent.objects.exists()
    assert take(of, *rows) == (2, [])
    assert take(of, *rows) == (0, [])

    held = Interview.objects.get()
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.outcome, second.outcome) == ("1.1", "2.111")
    assert set(held.answers.values()) == {"A"}
    assert (held.background, held.by) == (field.PERSON, first.interviewer)
    assert (held.latitude, held.longitude) == (29.551, 106.55)


def test_do_not_know_is_an_answer(doors):
    case = doors[0]
    row = sent(case)
    name = next(key for key in row if key.startswith("q_"))

    take(case.fieldwork, row | {name: "dk"})

    assert sorted(set(Interview.objects.get().answers.values())) == ["", "A"]


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"chosen": "9"}, "not one of the adults"),
        ({"sex": "other"}, "not one of those offered"),
        ({"door": "4711"}, "not known"),
    ],
)
def test_one_wrong_row_is_named_and_nothing_is_taken_in(doors, traits, reason):
    _taken, faults = take(doors[0].fieldwork, sent(doors[1]), sent(doors[0], **traits))

    assert [one.row for one in faults] == [3]
    assert reason in faults[0].sentence
    assert not FieldEvent.objects.exists()


@pytest.mark.parametrize(
    ("traits", "reason"),
    [({"door": "7" * 5000}, "not known"), ({"start": "0001-01-01"}, "no time")],
)
def test_a_row_that_cannot_be_read_is_named(doors, traits, reason):
    names = odk.names_of(queries.codes_of(doors[0].fieldwork))

    rows, faults = odk.read(table(sent(doors[0], **traits), sent(doors[1])), names)

    assert [one.door for one in rows] == [doors[1].pk]
    assert [one.row for one in faults] == [2]
    assert reason in faults[0].sentence


def test_a_time_without_a_zone_is_that_of_beijing(doors):
    local = (NOW - timedelta(hours=3)).astimezone(BEIJING).replace(tzinfo=None)

    take(doors[0].fieldwork, sent(doors[0], came="2.111", start=local.isoformat()), sent(doors[1]))

    assert FieldEvent.objects.get(case=doors[0]).device_time == NOW - timedelta(hours=3)


def test_a_supervisor_takes_in_the_own_district_and_a_stranger_nothing(doors):
    of = doors[0].fieldwork

    _taken, faults = take(of, sent(doors[0]), by=field.supervisor(THERE))
    assert "not known" in faults[0].sentence
    with pytest.raises(NotAllowed):
        take(of, sent(doors[0]), by=field.interviewer())
    of.__class__.objects.filter(pk=of.pk).update(state="closed", key=None)
    with pytest.raises(RuleBroken, match="not under way"):
        take(of, sent(doors[0]))


def test_the_page_tries_first_and_names_wrong_rows(doors):
    of, page = doors[0].fieldwork, Client(headers={"accept-language": "en"})
    page.force_login(field.surveyor())
    address = reverse("survey-fieldwork-odk", args=[of.pk])

    def send(do, *rows):
        return page.post(address, {"table": table(*rows), "do": do})

    row = sent(doors[0])
    assert "1 rows" in send("try", row).content.decode()
    wrong = send("import", row, sent(doors[1], start="yesterday"))
    assert wrong.status_code == 422
    assert "this is no time" in wrong.content.decode()
    assert not Interview.objects.exists()
    assert send("import", row).status_code == 302
    assert Interview.objects.count() == 1
    for name, args in (("odk-form", [of.pk, 1]), ("odk-doors", [of.pk])):
        assert page.get(reverse(f"survey-fieldwork-{name}", args=args)).status_code == 200
