"""A promise of the database that another hand had just used up is a sentence on a page, not a failure."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.people.models import Expert
from kepu.people.rules import experts as rules
from kepu.people.states import ExpertState
from tests import factories
from tests.factories import NOW

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
