"""A programme written in a browser without script: begun from a copy, changed, tried, issued."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import policy
from kepu.appraisal.actions import programmes as actions
from kepu.appraisal.models import ProgrammeDraft
from kepu.appraisal.programme.drafting import SECTIONS
from kepu.appraisal.programme.schema import Programme
from kepu.kernel import clock
from tests.factories import NOW, division, officer
from tests.kepu.appraisal.filled import filled

pytestmark = pytest.mark.django_db
CITY = "50."


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(CITY)


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person is not None:
        made.force_login(person)
    return made


def begun(copied_from: str = "base", **said) -> ProgrammeDraft:
    by = officer("city_officer", CITY)
    return actions.begin(copied_from, by=by, now=NOW, **said)


def again(draft: ProgrammeDraft) -> ProgrammeDraft:
    return ProgrammeDraft.objects.get(pk=draft.pk)


@pytest.mark.slow
@pytest.mark.parametrize("code", ["science_title", "grant"])
def test_every_page_of_a_copy_opens_and_what_is_kept_unchanged_says_the_same(code):
    draft, office = begun(code), browser(officer("city_officer", CITY))
    places = [
        reverse("programme-section", args=[draft.pk, key])
        for key, section in SECTIONS.items()
        if not section.many
    ] + [
        reverse("programme-row", args=[draft.pk, key, at])
        for key, section in SECTIONS.items()
        for at in range(len(draft.rules.get(key, [])) if section.many else 0)
    ]

    for place in places:
        page = office.get(place).content.decode()
        answer = office.post(place, filled(page))
        assert answer.status_code == 302, (place, answer.content.decode())

    assert said(Programme.model_validate(again(draft).rules)) == said(policy.newest(code).programme)


def said(programme: Programme) -> dict[str, object]:
    """What it says; kinds of file have no order."""
    found = programme.model_dump(mode="json")
    for one in found["evidence"]:
        one["kinds"].sort()
    return found
