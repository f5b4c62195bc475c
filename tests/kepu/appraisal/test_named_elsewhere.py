"""Titles that another body names: put forward, the outcome recorded, then on the register as its."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions
from kepu.appraisal.actions import terms
from kepu.appraisal.models import Title
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.models import Notice
from tests.factories import NOW, division, officer, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal.factories import again

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LATER = NOW + timedelta(days=30)
NOTICE = {"workdays": 5, "reply": 5}
TERM = {"years": 5, "report_due": "01-31"}
PAPER = "示例科协〔2026〕20号"
NAMING = {"reference": "科协示例〔2026〕1号", "since": date(2026, 4, 1), "batch": "示例第一批"}


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(LATER, tick=False)


@pytest.fixture
def noticed():
    of = factories.call(code="elsewhere", named_by="中国科协", term=TERM, notice=NOTICE)
    return factories.application("noticed", of=of)


def put_forward(one, by=None, now=LATER, **said):
    whole = {"reference": PAPER, "seen": again(one).version} | said
    return actions.deciding.put_forward(one.pk, by=by or factories.decider(), now=now, **whole)


def name(one, by=None, now=LATER, **said):
    whole = NAMING | {"seen": again(one).version} | said
    return actions.deciding.name(one.pk, by=by or factories.decider(), now=now, **whole)


def test_after_the_notice_it_is_put_forward_under_a_paper_and_the_applicant_is_told(noticed):
    by = factories.decider()

    one = put_forward(noticed, by)

    assert (one.state, one.due_at) == ("put_forward", None)
    assert one.steps.last().reference == PAPER
    assert Entry.objects.filter(
        verb="appraisal.put_forward_application", actor=by.pseudonym
    ).exists()
    assert Notice.objects.filter(template="appraisal.put_forward").exists()
    assert not Title.objects.exists()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"now": NOW + timedelta(hours=1)}, "still running"),
        ({"reference": " "}, "number of the signed decision"),
        ({"seen": 1}, "meantime"),
    ],
)
def test_putting_forward_is_refused_with_a_reason(noticed, said, reason):
    with pytest.raises(RuleBroken, match=reason):
        put_forward(noticed, **said)

    assert again(noticed).state == "noticed"


def test_who_proposed_does_not_put_forward_and_strangers_do_not(noticed):
    for who in (factories.secretary(), user(), officer("district_officer", "50.103.")):
        with pytest.raises(NotAllowed):
            put_forward(noticed, who)


def test_what_is_named_here_is_put_forward_to_nobody():
    one = factories.application("noticed")

    with pytest.raises(RuleBroken, match="put forward to nobody"):
        put_forward(one)
    with pytest.raises(RuleBroken, match="from today on"):
        name(one, batch="")


def test_nothing_is_named_that_was_not_put_forward(noticed):
    with pytest.raises(RuleBroken, match="put it forward first"):
        name(noticed)


@pytest.mark.parametrize(
    ("since", "reason"), [(None, "since when"), (date(2026, 4, 5), "not come yet")]
)
def test_the_day_of_the_naming_is_said_and_has_come(noticed, since, reason):
    put_forward(noticed)

    with pytest.raises(RuleBroken, match=reason):
        name(noticed, since=since)


def test_the_outcome_stands_on_the_register_with_body_batch_document_and_term(noticed):
    put_forward(noticed)

    title = name(noticed)

    assert (title.named_by, title.batch) == ("中国科协", "示例第一批")
    assert (title.since, title.until) == (date(2026, 4, 1), date(2031, 3, 31))
    assert title.steps.get().reference == "科协示例〔2026〕1号"
    page = Client(headers={"accept-language": "en"}).get(reverse("title", args=[title.number]))
    assert "Named by 中国科协" in page.content.decode()
    told = Client().get(f"/api/titles/{title.number}").json()
    assert (told["named_by"], told["batch"]) == ("中国科协", "示例第一批")


def test_its_certificate_is_the_other_body_s_and_not_ours(noticed):
    put_forward(noticed)
    title = name(noticed)
    holder = Client()
    holder.force_login(noticed.made_by)

    assert holder.get(reverse("title-certificate", args=[title.number])).status_code == 404
    assert holder.get(reverse("title-credential", args=[title.number])).status_code == 404


def test_its_loss_is_recorded_as_that_of_any_title(noticed):
    put_forward(noticed)
    title = name(noticed)

    terms.decide(
        title.pk, "revoke", reason="复评未通过示例", reference="科协示例〔2029〕3号",
        seen=title.version, by=factories.decider(), now=LATER,
    )  # fmt: skip

    assert Title.objects.get(pk=title.pk).state == "revoked"


def test_what_the_body_did_not_name_is_refused_and_an_appeal_goes_there(noticed):
    put_forward(noticed)
    one = actions.applications.refuse(
        noticed.pk, reason="未获命名示例", reference="", seen=again(noticed).version,
        by=factories.decider(), now=LATER,
    )  # fmt: skip

    assert again(noticed).state == "refused", one
    with pytest.raises(RuleBroken, match="中国科协"):
        actions.deciding.appeal(noticed.pk, text="示例", by=noticed.made_by, now=LATER)


def test_it_keeps_its_place_in_the_quota_while_it_is_away():
    of = factories.call(code="narrow", named_by="中国科协", quota={"total": 1})
    one = factories.application("noticed", of=of)
    put_forward(one)
    from kepu.appraisal.queries import judging

    assert judging.places_taken(of)[judging.places_of(again(one))[0]] == 1


def test_the_dossiers_go_along_as_a_list_and_a_folder_each(noticed):
    put_forward(noticed)
    reader = Client()
    reader.force_login(factories.secretary())

    answer = reader.get(reverse("appraisal-dossiers", args=[noticed.call_id]))

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        names = packed.namelist()
        told = packed.read("清单.csv").decode("utf-8-sig")
    assert names[0] == "清单.csv"
    assert f"{noticed.code}-{noticed.subject_name}/申报表.csv" in names
    assert noticed.subject_name in told
    assert Entry.objects.filter(verb="dossiers.export", detail__rows=1).exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (factories.secretary, 200),
        (factories.decider, 200),
        (lambda: officer("district_officer", "50.104."), 403),
        (user, 403),
    ],
    ids=["secretary", "who decides", "officer elsewhere", "stranger"],
)
def test_who_takes_the_dossiers(noticed, who, status):
    division("50.104.")
    put_forward(noticed)
    reader = Client()
    reader.force_login(who())

    assert reader.get(reverse("appraisal-dossiers", args=[noticed.call_id])).status_code == status


def test_from_the_notice_to_the_register_by_pages_alone(noticed):
    reader = Client(headers={"accept-language": "en"})
    reader.force_login(factories.decider())
    page = reverse("application", args=[noticed.pk])

    before = reader.get(page).content.decode()
    first = reader.post(
        reverse("application-put-forward", args=[noticed.pk]),
        {"version": again(noticed).version, "reference": PAPER},
    )
    after = reader.get(page).content.decode()
    second = reader.post(
        reverse("application-name", args=[noticed.pk]),
        {
            "version": again(noticed).version, "reference": NAMING["reference"],
            "since": "2026-04-01", "batch": "示例第一批",
        },
    )  # fmt: skip

    assert "Put forward to 中国科协" in before
    assert "Record the naming" in after
    assert "Naming by 中国科协" in after
    assert [first.status_code, second.status_code] == [302, 302]
    assert Title.objects.get().named_by == "中国科协"
