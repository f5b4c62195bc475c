"""Quotas: people of each kind as a table, interviews beside them, and margins of the run."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.literacy import field_files, quotas
from kepu.literacy.actions import fieldwork as actions
from kepu.literacy.models import Fieldwork
from kepu.literacy.queries import fieldwork as queries
from tests.factories import NOW
from tests.kepu.literacy import field_factories as field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HEADS = "Question,Answer,What it means,People"
SEX = {"sex": {"male": 300, "female": 100}}


def browser(person) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(person)
    return made


def table(*rows: str) -> io.BytesIO:
    return io.BytesIO("\n".join([HEADS, *rows]).encode())


def test_people_are_read_by_question_and_answer():
    found, faults = quotas.read(table("sex,male,,300", "sex,female,whatever,100"), "quotas.csv")

    assert (found, faults) == (SEX, [])


@pytest.mark.parametrize(
    ("rows", "row", "sentence"),
    [
        (("sex,male,,300", "sex,other,,1"), 3, "this is no answer of it: other"),
        (("sex,male,,300", "sex,male,,1"), 3, "this answer stands in an earlier row"),
        (("sex,male,,300",), 1, "sex: these answers are missing: female"),
        (("shoes,male,,300",), 2, ""),
        (("sex,male,,0",), 2, ""),
    ],
)
def test_what_is_wrong_with_the_table_is_named_by_row(rows, row, sentence):
    _found, faults = quotas.read(table(*rows), "quotas.csv")

    assert faults[0].row == row
    assert sentence in faults[0].sentence


def test_the_table_to_fill_in_reads_back():
    text = quotas.to_fill_in(SEX).decode("utf-8-sig")
    known = [row for row in csv.reader(io.StringIO(text)) if row[3:] and row[3]]

    assert [row[0] for row in known] == ["Question", "sex", "sex"]
    assert quotas.read(table(*(",".join(row) for row in known[1:])), "q.csv") == (SEX, [])


def test_interviews_stand_beside_what_the_people_are():
    of = field.fieldwork()
    for path in field.COMMUNITIES[:2]:
        for case in field.give(of, path, field.interviewer(name=f"访问{path}")):
            field.interview(case)  # twelve women
    of = actions.set_quotas(of.pk, people=SEX, by=of.made_by, now=NOW)

    men, women = quotas.kinds(of, queries.reach_of(of.made_by, NOW))

    assert [(one.share, one.wanted, one.held, one.far) for one in (men, women)] == [
        (0.75, 9.0, 0, True), (0.25, 3.0, 12, True),
    ]  # fmt: skip
    page = browser(of.made_by).get(reverse("survey-fieldwork", args=[of.pk])).content.decode()
    assert "Answers so far, by kind of people" in page
    assert Entry.objects.filter(verb="fieldwork.set_quotas").count() == 1


def test_a_few_of_many_are_no_sign():
    of = field.fieldwork()
    actions.set_quotas(of.pk, people={"sex": {"male": 100, "female": 100}}, by=of.made_by, now=NOW)
    cases = field.give(of, field.COMMUNITIES[0], field.interviewer())
    for number, case in enumerate(cases):
        sex = "male" if number % 3 else "female"
        field.interview(case, background=field.PERSON | {"sex": sex})

    of = Fieldwork.objects.get(pk=of.pk)
    assert [one.far for one in quotas.kinds(of, queries.reach_of(of.made_by, NOW))] == [False] * 2


def test_the_run_weighs_to_the_same_people():
    of = field.fieldwork()
    of = actions.set_quotas(of.pk, people=SEX, by=of.made_by, now=NOW)

    with zipfile.ZipFile(io.BytesIO(field_files.folder(of, NOW))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("margins.csv").decode())))

    told = {(row["margin"], row["category"]): float(row["people"]) for row in rows}
    assert told["sex", "male"] == 750_000 * 0.75
    by_margin = [sum(n for (m, _c), n in told.items() if m == name) for name in ("class", "sex")]
    assert by_margin == [750_000, 750_000]


def test_a_supervisor_and_a_dropped_fieldwork_set_none():
    of, dropped = field.fieldwork(), field.fieldwork("dropped")

    with pytest.raises(NotAllowed):
        actions.set_quotas(of.pk, people=SEX, by=field.supervisor(), now=NOW)
    with pytest.raises(RuleBroken, match="given up"):
        actions.set_quotas(dropped.pk, people=SEX, by=dropped.made_by, now=NOW)
    page = reverse("survey-fieldwork-quotas", args=[of.pk])
    assert browser(field.supervisor()).get(page).status_code == 404


def test_quotas_come_in_by_the_page_after_a_dry_run():
    of = field.fieldwork()
    page, mine = reverse("survey-fieldwork-quotas", args=[of.pk]), browser(of.made_by)

    def send(do: str, *rows: str):
        sent = SimpleUploadedFile("quotas.csv", table(*rows).read(), "text/csv")
        return mine.post(page, {"table": sent, "do": do})

    wrong = send("import", "sex,male,,300")
    tried = send("try", "sex,male,,300", "sex,female,,100")
    before = Fieldwork.objects.get(pk=of.pk).quotas
    taken = send("import", "sex,male,,300", "sex,female,,100")

    assert (wrong.status_code, tried.status_code, taken.status_code) == (422, 200, 302)
    assert before == {}
    assert Fieldwork.objects.get(pk=of.pk).quotas == SEX


def test_quotas_can_be_emptied_again():
    of, by = field.fieldwork(), field.surveyor()
    actions.set_quotas(of.pk, people=SEX, by=by, now=NOW)
    page, address = browser(by), reverse("survey-fieldwork-quotas", args=[of.pk])

    assert "Empty the quotas" in page.get(address).content.decode()
    assert page.post(address, {"do": "empty"}).status_code == 302

    assert Fieldwork.objects.get(pk=of.pk).quotas == {}
    assert "Empty the quotas" not in page.get(address).content.decode()
    assert Entry.objects.filter(verb="fieldwork.set_quotas").latest("pk").detail["questions"] == []
