"""The expert's own page from an application to a record, and the officer's answer to it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kepu.kernel import clock
from kepu.people.actions import experts
from kepu.people.models import Expert
from tests.factories import division, grant, officer, user
from tests.kepu.people.test_experts import field
from tests.kepu.people.test_experts_records import ACCOUNT, NUMBER

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOME = "50.103."
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture
def person(client):
    found = user("孙示例")
    client.force_login(found)
    return found


def sent(client, page, /, *args, **form):
    return client.post(reverse(page, args=args), form)


def text(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def written(client):
    """An application with everything an officer asks for."""
    kept = sent(
        client, "expert-apply", home=division(HOME).name, fields_known=[field().pk],
        languages=["zh", "tji"], about="愿意评审展教项目",
    )  # fmt: skip
    assert kept.status_code == 302
    assert sent(client, "expert-employment", named="示例研究所", post="研究员", first="2010-01-01")


def test_somebody_applies_from_a_telephone_and_is_let_in(client, person):
    assert reverse("expert-apply") in text(client, "expert-me")
    written(client)
    page = text(client, "expert-me")
    assert "示例研究所" in page
    assert sent(client, "expert-act", "apply").status_code == 409  # without consent
    assert sent(client, "expert-act", "apply", consent="on").status_code == 302

    client.force_login(officer("district_officer", HOME))
    expert = Expert.objects.get()
    page = text(client, "expert", expert.pk)
    assert "愿意评审展教项目" in page
    assert sent(client, "expert-admit", expert.pk).status_code == 302

    expert.refresh_from_db()
    assert (expert.state, expert.languages) == ("active", ["zh", "tji"])


def test_a_draft_does_not_exist_for_officers(client, person):
    written(client)
    expert = Expert.objects.get()
    client.force_login(officer("district_officer", HOME))

    assert client.get(reverse("expert", args=[expert.pk])).status_code == 404
    assert "孙示例" not in text(client, "experts")


def test_an_officer_says_why_an_applicant_is_not_taken(client, person):
    written(client)
    sent(client, "expert-act", "apply", consent="on")
    expert = Expert.objects.get()
    client.force_login(officer("district_officer", HOME))
    assert sent(client, "expert-refuse", expert.pk, reason="").status_code == 422
    assert sent(client, "expert-refuse", expert.pk, reason="材料不全").status_code == 302

    client.force_login(person)
    assert "材料不全" in text(client, "expert-me")


def test_rows_of_the_record_are_added_changed_and_taken_off(client, person):
    written(client)
    said = {"name": "研究员", "track": "research", "level": "senior", "body": "示例厅"}
    assert sent(client, "expert-title", since="2020-01-01", **said).status_code == 302
    expert = Expert.objects.get()
    row = expert.titles.get()
    assert "研究员" in text(client, "expert-change", "title", row.pk)

    sent(client, "expert-change", "title", row.pk, since="2021-05-01", **said)
    row.refresh_from_db()
    assert row.since == date(2021, 5, 1)
    employer = expert.employments.get()
    assert "示例研究所" in text(client, "expert-change", "employment", employer.pk)
    assert sent(client, "expert-remove", "title", row.pk).status_code == 302
    assert not expert.titles.exists()


def test_a_work_comes_with_a_file_that_only_its_readers_open(client, person):
    written(client)
    said = {"kind": "book", "title": "示例书", "year": "2024", "authors": "周示例\n王示例"}
    file = SimpleUploadedFile("书.pdf", PDF, content_type="application/pdf")
    assert sent(client, "expert-work", upload=file, **said).status_code == 302
    work = Expert.objects.get().works.get()
    assert work.authors == ["周示例", "王示例"]
    page = text(client, "expert-change", "work", work.pk)
    assert "周示例\n王示例" in page
    address = reverse("file", args=[work.file_id])
    assert client.get(address).status_code == 200

    near, far = officer("district_officer", HOME), officer("district_officer", "50.104.")
    client.force_login(near)
    assert client.get(address).status_code in (403, 404)  # a draft is nobody's
    client.force_login(person)
    sent(client, "expert-act", "apply", consent="on")
    client.force_login(near)
    assert client.get(address).status_code == 200
    client.force_login(far)
    assert client.get(address).status_code in (403, 404)

    client.force_login(person)
    sent(client, "expert-remove", "work", work.pk)
    assert client.get(address).status_code in (403, 404)


def test_duties_are_told_in_words_and_lead_the_expert_alone_to_the_work(client, person):
    city, now = officer("city_officer", "50."), clock.now()
    expert = experts.invite(person, home=division(HOME), fields=[field()], by=city, now=now)
    experts.accept(expert.pk, consent=True, by=person, now=now)
    experts.activate(expert.pk, by=city, now=now)
    experts.assign(expert.pk, source="appraisal.review", source_id=17, by=city, now=now)
    review = reverse("appraisal-review", args=[17])

    own = text(client, "expert-me")
    client.force_login(city)
    office = text(client, "expert", expert.pk)

    assert (review in own, review in office) == (True, False)
    assert "appraisal.review" not in own + office


def test_a_fee_account_is_never_shown_in_full(client, person):
    written(client)
    said = {"holder": "孙示例", "id_number": NUMBER, "bank": "示例银行", "account": ACCOUNT}
    assert sent(client, "expert-fee", **said).status_code == 302

    for page in (text(client, "expert-me"), text(client, "expert-fee")):
        assert ACCOUNT not in page
        assert NUMBER not in page
    wrong = sent(client, "expert-fee", **{**said, "account": "12"})
    assert wrong.status_code == 409
    assert sent(client, "expert-fee-forget").status_code == 302
    assert ACCOUNT[-4:] not in text(client, "expert-me")


def test_names_in_a_record_are_masked_to_a_district_and_told_to_the_city(client, person):
    written(client)
    bond = {"kind": "kin", "named": "周示例", "reason": "我与周示例是表亲"}
    assert sent(client, "expert-conflict", **bond).status_code == 302
    sent(client, "expert-work", kind="book", title="示例书", year="2024", authors="赵示例")
    sent(client, "expert-act", "apply", consent="on")
    expert = Expert.objects.get()
    assert "周示例" in text(client, "expert-me")

    client.force_login(officer("district_officer", HOME))
    page = text(client, "expert", expert.pk)
    assert "周**" in page
    assert "周示例" not in page
    assert "赵示例" not in page
    client.force_login(officer("city_officer", "50."))
    page = text(client, "expert", expert.pk)
    assert "周示例" in page
    assert "赵示例" in page


def test_a_bond_is_ended_by_one_touch(client, person):
    written(client)
    sent(client, "expert-conflict", kind="kin", named="周示例")
    bond = Expert.objects.get().conflicts.get()

    assert sent(client, "expert-conflict-end", bond.pk).status_code == 302

    bond.refresh_from_db()
    assert bond.until is not None
    grant(user(), "district_officer", HOME)
    client.force_login(user())
    assert sent(client, "expert-conflict-end", bond.pk).status_code == 404
