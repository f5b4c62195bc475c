"""Audit and deliveries stand in either order and are taken away by who may read them alone."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.audit.models import Entry
from kepu.kernel.facts.models import Delivery
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ADMINISTRATORS = {"audit": "audit_administrator", "deliveries": "system_administrator"}


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def keepers(db):
    factories.division("50.")
    found = {kind: factories.officer(role, "50.") for kind, role in ADMINISTRATORS.items()}
    for n in range(3):
        audit.record(found["audit"], f"example.{'abc'[n]}", found["audit"], now=NOW)
        Delivery.objects.create(listener=f"listener.{'abc'[n]}", due_at=NOW, state="dead")
    return found


def reader(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def taken(person, kind, query=""):
    address = reverse("register-export", args=[kind, "csv"])
    answer = reader(person).get(f"{address}?{query}")
    if answer.status_code != 200:
        return answer.status_code
    return "".join(
        letter
        for row in csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
        for letter in "abc"
        if {f"example.{letter}", f"listener.{letter}"} & set(row)
    )


@pytest.mark.parametrize(
    ("kind", "query"), [("audit", "verb=example"), ("deliveries", "state=dead")]
)
@pytest.mark.parametrize(("sort", "order"), [("", "cba"), ("new", "cba"), ("old", "abc")])
def test_page_and_file_stand_in_the_same_order(keepers, kind, query, sort, order):
    words = "example." if kind == "audit" else "listener."

    page = reader(keepers[kind]).get(f"{reverse(kind)}?{query}&sort={sort}").text
    body = page[page.index("<tbody>") :]

    assert "".join(sorted("abc", key=lambda letter: body.index(f"{words}{letter}"))) == order
    assert taken(keepers[kind], kind, f"{query}&sort={sort}") == order


def test_what_was_taken_of_the_audit_is_kept_in_the_audit(keepers):
    taken(keepers["audit"], "audit", "verb=example.a")

    kept = Entry.objects.order_by("-pk").first()
    assert (kept.verb, kept.actor) == ("audit.export", keepers["audit"].pseudonym)
    assert kept.detail["rows"] == 1


@pytest.mark.parametrize(("kind", "other"), [("audit", "deliveries"), ("deliveries", "audit")])
def test_one_administrator_takes_nothing_of_the_others(keepers, kind, other):
    assert taken(keepers[other], kind) == 403
    assert taken(factories.user(), kind) == 403
