"""Who holds what, as a list: narrowed by role, place, time and person, sorted, paged, taken away."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.registers import PAGE
from kepu.kernel.roles.registers import GRANTS
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DISTRICT = "50.103."


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def keeper(db):
    factories.division("50.103.001.")
    factories.division("50.104.001.")
    return factories.officer("security_administrator", DISTRICT, "管理员示例")


@pytest.fixture
def holders(keeper):
    """A worker of a street, one whose role has ended, one who begins later, an officer of a unit."""
    unit = factories.organisation("示例科协", DISTRICT)
    worker = factories.user("甲示例", phone="+8613800001234")
    factories.grant(worker, "community_worker", "50.103.001.")
    ended = factories.grant(factories.user("乙示例"), "community_worker", "50.103.001.")
    ended.valid_to = NOW - timedelta(days=1)
    ended.save()
    later = factories.grant(factories.user("丙示例"), "community_worker", "50.103.")
    later.valid_from = NOW + timedelta(days=3)
    later.save()
    factories.grant(factories.user("丁示例"), "department_officer", unit)
    factories.grant(factories.user("戊示例"), "community_worker", "50.104.001.")
    return worker


def reader(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def shown(page: str) -> list[str]:
    names = [f"{one}示例" for one in ("甲", "乙", "丙", "丁", "戊", "管理员")]
    lead = 'class="table-lead">'
    return sorted(
        (one for one in names if lead + one in page), key=lambda one: page.index(lead + one)
    )


def taken(person, query=""):
    address = reverse("register-export", args=["roles", "csv"])
    answer = reader(person).get(f"{address}?{query}")
    if answer.status_code != 200:
        return answer.status_code
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["丁示例", "管理员示例", "甲示例"]),
        ("sort=role", ["甲示例", "丁示例", "管理员示例"]),
        ("role=community_worker", ["甲示例"]),
        ("path=50.103.001.", ["甲示例"]),
        ("span=lapsed", ["乙示例"]),
        ("span=later", ["丙示例"]),
        ("q=科协", ["丁示例"]),
        ("q=13800001234", ["甲示例"]),
        ("q=甲示例", []),  # a name is sealed: it finds nobody
        ("q=1380000", []),  # and so is a part of a number
    ],
)
def test_the_page_and_the_file_hold_what_is_asked_for_in_the_same_order(
    keeper, holders, query, names
):
    page = reader(keeper).get(f"{reverse('roles')}?{query}").text
    heads, *rows = taken(keeper, query)

    assert shown(page) == names
    assert [row[0] for row in rows] == names
    assert heads == [str(column.label) for column in GRANTS.columns]


def test_only_what_is_held_now_or_later_can_be_acted_on(keeper, holders):
    page = reader(keeper).get(f"{reverse('roles')}?span=lapsed").text

    assert "ended" in page
    assert "/revoke/" not in page
    assert "/revoke/" in reader(keeper).get(reverse("roles")).text


def test_many_holders_go_on_over_pages(keeper):
    for _one in range(PAGE + 1):
        factories.grant(factories.user("甲示例"), "community_worker", "50.103.001.")

    first = reader(keeper).get(f"{reverse('roles')}?role=community_worker").text
    second = reader(keeper).get(f"{reverse('roles')}?role=community_worker&page=2").text

    assert first.count('class="table-lead">甲示例') == PAGE
    assert second.count('class="table-lead">甲示例') == 1


def test_the_file_reaches_as_far_as_the_page_and_the_audit_keeps_that_names_were_taken(
    keeper, holders
):
    assert taken(factories.user()) == 403
    assert taken(keeper, "path=50.104.001.") == 404

    taken(keeper)

    kept = Entry.objects.order_by("-pk").first()
    assert (kept.actor, kept.verb) == (keeper.pseudonym, "roles.export")
    assert kept.detail["personal"] is True
