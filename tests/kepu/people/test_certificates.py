from __future__ import annotations

import io
import json

import pytest
import segno
from django.test import Client
from django.urls import reverse

from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.people import actions as hours
from kepu.people import printing
from kepu.people.actions import certificates as actions
from kepu.people.models import Certificate
from kepu.people.queries import certificates as queries
from tests.factories import NOW, officer, user
from tests.kepu.people.factories import served, volunteer

pytestmark = pytest.mark.django_db


def issued(minutes=90):
    person = volunteer()
    served(person, minutes)
    return actions.issue_certificate(person, by=person, now=NOW)


def test_a_certificate_says_what_the_ledger_says():
    certificate = issued(6_000)

    assert (certificate.minutes, certificate.services, certificate.star) == (6_000, 9, 1)
    assert certificate.last_on.isoformat() == "2026-03-04"


def test_without_new_hours_it_is_the_same_certificate():
    certificate = issued()
    person = certificate.person

    assert actions.issue_certificate(person, by=person, now=NOW) == certificate
    served(person, 30, days_ago=9)
    assert actions.issue_certificate(person, by=person, now=NOW).minutes == 120


def test_without_hours_there_is_none():
    person = volunteer()

    with pytest.raises(RuleBroken, match="no confirmed hours"):
        actions.issue_certificate(person, by=person, now=NOW)


def test_strangers_get_no_certificate_of_others():
    person = volunteer()
    served(person, 60)

    with pytest.raises(NotAllowed):
        actions.issue_certificate(person, by=user(), now=NOW)
    assert not Certificate.objects.exists()


def test_codes_are_found_however_they_are_typed():
    certificate = issued()

    assert queries.by_code(queries.grouped(certificate.code).lower()) == certificate
    assert queries.by_code(f" {certificate.code} ") == certificate
    assert queries.by_code("nothing") is None


def test_a_revoked_certificate_says_so_and_another_can_be_issued():
    certificate = issued()
    by = officer("district_officer", "50.103.")

    actions.revoke_certificate(certificate.pk, reason="a mistake in the name", by=by, now=NOW)

    certificate.refresh_from_db()
    assert not certificate.valid
    with pytest.raises(RuleBroken, match="revoked already"):
        actions.revoke_certificate(certificate.pk, reason="again", by=by, now=NOW)
    again = actions.issue_certificate(certificate.person, by=certificate.person, now=NOW)
    assert again.code != certificate.code


@pytest.mark.parametrize("where", ["50.104.", None])
def test_only_an_officer_of_the_place_revokes(where):
    certificate = issued()
    by = officer("district_officer", where) if where else certificate.person

    with pytest.raises(NotAllowed):
        actions.revoke_certificate(certificate.pk, reason="why", by=by, now=NOW)


def test_a_later_correction_is_seen_on_the_certificate():
    certificate = issued()
    assert not queries.corrected_since(certificate)

    by = officer("district_officer", "50.103.")
    hours.correct(certificate.last_entry_id, minutes=-30, reason="left early", by=by, now=NOW)

    assert queries.corrected_since(certificate)


@pytest.mark.slow
def test_the_pdf_is_the_same_each_time():
    certificate = issued()
    url = f"https://kepu.example/verify/{certificate.code}"

    first = printing.certificate_pdf(certificate, verify_url=url)

    assert first.startswith(b"%PDF")
    assert printing.certificate_pdf(certificate, verify_url=url) == first
    assert f"/URI({url})".encode() in first  # a reader of the file can follow it


def test_the_picture_on_the_pdf_leads_to_where_the_certificate_is_verified(monkeypatch):
    certificate, drawn = issued(), []
    keep = lambda *_, sys_inputs, **__: drawn.append(sys_inputs) or b"%PDF"  # noqa: E731
    monkeypatch.setattr("typst.compile", keep)
    client = Client()
    client.force_login(certificate.person)
    expected = io.BytesIO()
    address = f"http://testserver/verify/{certificate.code}"
    segno.make(address, error="m").save(
        expected, kind="svg", border=0, xmldecl=False, svgclass=None
    )

    client.get(reverse("certificate-pdf", args=[certificate.code]))

    told = json.loads(drawn[0]["values"])
    assert (told["url"], told["qr"]) == (address, expected.getvalue().decode())


def test_names_are_masked_to_the_family_name():
    assert queries.masked("王示例") == "王**"
    assert queries.masked("") == ""


@pytest.mark.parametrize("code", ["a/b", "/", "../../etc/passwd"])
def test_a_number_with_a_stroke_is_no_certificate_and_breaks_nothing(code):
    assert Client().get("/verify/", {"code": code}).status_code == 404
