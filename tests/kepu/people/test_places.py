from __future__ import annotations

from datetime import date

import pytest

from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.people.actions import places as actions
from kepu.people.models import PostKind
from kepu.people.queries import places as queries
from tests.factories import NOW, division, officer, user

pytestmark = pytest.mark.django_db
TERM = {"first": date(2026, 1, 1), "last": date(2028, 12, 31)}


@pytest.fixture
def by():
    return officer("district_officer", "50.103.")


def open_station(path, tier, by, name="示例文明实践站", kind="civilisation"):
    return actions.open_station(
        name=name, kind=kind, tier=tier, place=division(path), by=by, now=NOW
    )


@pytest.mark.parametrize(
    ("path", "tier", "fits"),
    [
        ("50.103.", "centre", True),
        ("50.103.001.", "institute", True),
        ("50.103.001.001.", "station", True),
        ("50.103.001.", "station", False),
        ("50.103.001.001.", "centre", False),
    ],
)
def test_a_tier_stands_at_its_level(by, path, tier, fits):
    if fits:
        assert open_station(path, tier, by).path == path
    else:
        with pytest.raises(RuleBroken, match="does not belong"):
            open_station(path, tier, by)


def test_the_nearest_station_dispatches(by):
    open_station("50.103.", "centre", by, "中心")
    institute = open_station("50.103.001.", "institute", by, "所")

    assert queries.dispatching("50.103.001.001.") == [institute]
    actions.close_station(institute.pk, by=by, now=NOW)
    assert [station.name for station in queries.dispatching("50.103.001.001.")] == ["中心"]


@pytest.mark.parametrize("kind", ["civilisation", "party_mass", "community"])
def test_every_kind_of_station_dispatches_for_its_place(by, kind):
    station = open_station("50.103.001.001.", "station", by, "示例站", kind)

    assert queries.dispatching("50.103.001.001.") == [station]
    assert list(queries.stations(kind=kind)) == [station]


def test_officers_open_stations_of_their_own_place(by):
    with pytest.raises(NotAllowed):
        open_station("50.104.001.", "institute", by)


def appoint(person, by, path="50.103.001.", **term):
    kind = PostKind.objects.get_or_create(
        key="school-head",
        defaults={"title_zh": "学校校长", "title_en": "Head of school", "one_of_three_heads": True},
    )[0]
    values = {**TERM, **term}
    return actions.appoint(person, kind=kind, place=division(path), by=by, now=NOW, **values)


def test_the_three_heads_are_those_in_their_term(by):
    post = appoint(user(), by)

    assert list(queries.three_heads("50.103.", date(2028, 12, 31))) == [post]
    assert not queries.three_heads("50.103.", date(2029, 1, 1)).exists()
    actions.end_post(post.pk, on=date(2027, 1, 1), by=by, now=NOW)
    assert queries.three_heads("50.103.", date(2026, 12, 31)).exists()
    assert not queries.three_heads("50.103.", date(2027, 1, 1)).exists()


def test_nobody_appoints_himself(by):
    with pytest.raises(NotAllowed, match="decides about himself"):
        appoint(by, by)


def test_a_post_is_held_at_a_township_once_for_a_term(by):
    person = user()
    appoint(person, by)

    with pytest.raises(RuleBroken, match="holds the post already"):
        appoint(person, by)
    with pytest.raises(RuleBroken, match="township"):
        appoint(user(), by, path="50.103.")
    with pytest.raises(RuleBroken, match="ends after it begins"):
        appoint(user(), by, last=date(2025, 1, 1))
    with pytest.raises(NotAllowed):
        appoint(user(), officer("community_worker", "50.103.001."))
