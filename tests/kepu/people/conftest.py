"""One thing of each register, and everybody who comes to its door."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import pytest

from kepu.people.actions import campaigns, experts, places, training
from kepu.people.models import PostKind
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import team, volunteer
from tests.worlds import standing

HOME = "50.103.001.001."


@pytest.fixture(scope="module")
def registers(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, made) as found:
        yield found


@pytest.fixture
def cast(registers, db, client):
    """Everybody who comes to the door, and one thing of each register; `as_` signs one of them in."""
    found = deepcopy(registers)

    def as_(who):
        client.logout()
        if found[who]:
            client.force_login(found[who])
        return client

    found["as"] = as_
    return found


def made():
    division(HOME)
    division("50.104.")
    found = {
        "owner": volunteer("王示例"),
        "officer": officer("district_officer", "50.103."),
        "colleague": officer("district_officer", "50.104."),
        "city": officer("city_officer", "50."),
        "stranger": user("郑示例"),
        "nobody": None,
    }
    by, city = found["officer"], found["city"]
    kind = PostKind.objects.get_or_create(
        key="hospital-head",
        defaults={"title_zh": "医院院长", "title_en": "Head", "one_of_three_heads": True},
    )[0]
    found["kind"] = kind
    found["station"] = places.open_station(
        name="示例站", kind="civilisation", tier="station", place=division(HOME), by=by, now=NOW
    )
    found["post"] = places.appoint(
        found["owner"], kind=kind, place=division("50.103.001."), first=date(2026, 1, 1),
        last=date(2027, 12, 31), by=by, now=NOW,
    )  # fmt: skip
    found["expert"] = experts.invite(
        found["owner"], home=division("50."), fields=[], by=city, now=NOW
    )
    found["call"] = campaigns.call_for_volunteers(
        title="示例召集", place=division("50.103."), target=2, deadline=NOW + timedelta(days=3),
        by=by, now=NOW,
    )  # fmt: skip
    found["owner"].volunteer.areas.create(path="50.103.")
    found["nomination"] = campaigns.nominate(
        place=division("50.103."), year=2026, team=team(), deeds="示例事迹", by=by, now=NOW
    )
    found["campaign"] = campaigns.open_campaign(
        name="示例行动", counting="wisdom-action", place=division("50.103."), goal=10,
        first=date(2026, 3, 1), last=date(2026, 3, 9), by=by, now=NOW,
    )  # fmt: skip
    found["course"] = training.announce_course(
        title="示例班", place=division("50.103."), starts_at=NOW + timedelta(days=1),
        ends_at=NOW + timedelta(days=1, hours=2), minutes=120, seats=3, room="示例室",
        by=by, now=NOW,
    )  # fmt: skip
    return found
