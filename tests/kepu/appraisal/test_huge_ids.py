"""A number in an address or a form that no column holds is an id that there is not, and no fault here."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal.urls import urlpatterns
from tests.factories import grant
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import meeting_world as room

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HUGE = (2**31, 2**63, 2**70, 10**40)
WORDS = ("aside", "call", "chosen", "expert", "experts", "member", "page", "people", "title", "unit",
         "venue", "version", "year")  # fmt: skip


@pytest.fixture
def office() -> Client:
    """Somebody whom as many doors as possible let in."""
    person = factories.secretary()
    grant(person, "city_officer", factories.CITY)
    browser = Client(raise_request_exception=False)
    browser.force_login(person)
    return browser


def addresses(number: int) -> list[str]:
    """Every address of the room that names something by its number."""
    found = []
    for one in urlpatterns:
        kinds = one.pattern.converters
        if any(type(kind).__name__ == "IntConverter" for kind in kinds.values()):
            said = {
                name: number if type(kind).__name__ == "IntConverter" else "x"
                for name, kind in kinds.items()
            }
            found.append(reverse(one.name, kwargs=said))
    return found


@pytest.mark.parametrize("number", HUGE)
def test_no_address_of_the_room_breaks_at_a_number_that_no_column_holds(office, number):
    broken = [
        (address, method)
        for address in addresses(number)
        for method in ("get", "post")
        if getattr(office, method)(address).status_code >= 500
    ]

    assert broken == []


@pytest.mark.parametrize("number", [*HUGE, "²", "-1", "nan"])
def test_no_filter_of_the_room_breaks_at_one_either(office, number):
    plain = [reverse(one.name) for one in urlpatterns if not one.pattern.converters]
    query = dict.fromkeys(WORDS, str(number))

    broken = [at for at in plain if office.get(at, query).status_code >= 500]

    assert len(plain) > 20
    assert broken == []


@pytest.mark.parametrize("number", [*HUGE, "²", "-1"])
def test_a_member_who_pledges_steps_aside_from_nothing_that_is_not_there(number):
    of = room.call()
    who = room.judges(3)
    meeting = room.opened(room.planned(of, [room.reviewed(of)], who))
    room.attending.join(
        room.seat(meeting, who[0]).pk, code=room.Meeting.objects.get(pk=meeting.pk).code,
        by=who[0].person, now=room.DURING,
    )  # fmt: skip
    member = Client(raise_request_exception=False)
    member.force_login(who[0].person)

    answer = member.post(
        reverse("meeting-pledge", args=[meeting.pk]), {"confidential": "1", "aside": str(number)}
    )

    assert answer.status_code == 302
    assert room.item(meeting).recusals.count() == 0
