"""A promise of the database that another hand had just used up is a sentence on a page, not a failure."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from kepu.kernel.accounts.models import User
from kepu.people.models import Expert
from kepu.people.rules import experts as rules
from kepu.people.states import ExpertState
from kepu.web.api import overtaken
from kepu.web.middleware import refusals
from tests import factories
from tests.factories import NOW
from tests.kepu.orders.test_at_once import at_once

pytestmark = pytest.mark.django_db


def test_who_invites_an_expert_a_moment_too_late_reads_so(monkeypatch):
    person = factories.user("专家示例", phone="+8613900000077")
    officer = factories.officer("city_officer", "50.")
    home = factories.division("50.103.001.001.", "示例社区")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(officer)

    def invited_meanwhile(*_who):
        other = Expert(person=person, state=ExpertState.INVITED, invited_by=officer, invited_at=NOW)
        other.place(home)
        other.save()

    monkeypatch.setattr(rules, "why_not_invite_as", invited_meanwhile)
    form = {"person": "13900000077", "home": "示例社区", "fields_known": [factories.field().pk]}
    answer = client.post(reverse("expert-invite"), form)

    assert answer.status_code == 409, answer.content.decode()
    assert "somebody else was faster" in answer.content.decode()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_who_loses_a_deadlock_reads_so_and_may_ask_again():
    people, held = [factories.user(), factories.user()], threading.Barrier(2)

    def lock(first, second) -> None:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=first.pk)
            held.wait()
            User.objects.select_for_update().get(pk=second.pk)

    ends = at_once(lambda: lock(*people), lambda: lock(*reversed(people)))

    (error,) = [end for end in ends if end is not None]
    request = RequestFactory().get("/orders/")
    request.user = people[0]
    answer = refusals(lambda _request: None).process_exception(request, error)
    assert (answer.status_code, overtaken(request, error).status_code) == (409, 409)


def test_a_database_that_is_away_is_no_such_thing():
    error = OperationalError("the connection is lost")

    assert (
        refusals(lambda _request: None).process_exception(RequestFactory().get("/"), error) is None
    )
    with pytest.raises(OperationalError):
        overtaken(RequestFactory().get("/api/me"), error)
