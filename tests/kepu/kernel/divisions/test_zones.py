"""Drawing zones: dated, audited, and only by who may change divisions there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kepu.kernel.audit.models import Entry
from kepu.kernel.divisions import actions, queries
from kepu.kernel.divisions.models import Zone
from kepu.kernel.errors import NotAllowed, RuleBroken
from tests.factories import NOW, division, officer, user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 5)
ONE, TWO, THREE = "50.106.016.", "50.106.017.", "50.107.104."
TERMS = {"parent_keeps_writing": False, "now": NOW}


@pytest.fixture(autouse=True)
def places():
    for path in (ONE, TWO, THREE):
        division(path)


def draw(*paths: str, name: str = "示例高新区", valid_from: date = TODAY, by=None, **terms) -> Zone:
    return actions.set_zone(name, paths=paths, valid_from=valid_from, by=by, **{**TERMS, **terms})


def test_a_zone_may_lie_across_districts_and_may_be_drawn_as_of_the_past():
    long_ago = date(2016, 7, 1)

    zone = draw(ONE, THREE, valid_from=long_ago, by=officer("city_officer", "50."))

    assert queries.zone_paths(zone, long_ago) == [ONE, THREE]
    assert queries.zone_paths(zone, long_ago - timedelta(days=1)) == []
    assert [found.name for found in queries.zones_holding(f"{ONE}001.", TODAY)] == ["示例高新区"]
    assert not queries.zones_holding(TWO, TODAY).exists()


def test_drawing_anew_keeps_what_was():
    zone = draw(ONE, TWO, valid_from=TODAY - timedelta(days=100))

    draw(TWO, THREE, parent_keeps_writing=True)

    zone.refresh_from_db()
    assert queries.zone_paths(zone, TODAY - timedelta(days=1)) == [ONE, TWO]
    assert queries.zone_paths(zone, TODAY) == [TWO, THREE]
    assert zone.parent_keeps_writing
    last = Entry.objects.filter(verb="zone.set").latest("pk")
    assert (last.detail["added"], last.detail["removed"]) == ([THREE], [ONE])


def test_a_plan_can_be_withdrawn_before_it_takes_effect():
    zone = draw(ONE)
    draw(ONE, TWO, valid_from=TODAY + timedelta(days=10))
    draw(ONE, valid_from=TODAY + timedelta(days=5))

    assert queries.zone_paths(zone, TODAY + timedelta(days=10)) == [ONE]


def test_the_city_takes_the_mark_of_an_example_off():
    zone = Zone.objects.create(name="示例高新区", example=True)

    draw(ONE)

    zone.refresh_from_db()
    assert not zone.example


@pytest.mark.parametrize(
    ("paths", "terms", "reason"),
    [
        ((), {}, "at least one place"),
        ((ONE,), {"name": " "}, "needs a name"),
        (("50.999.",), {}, "no place stands at 50.999."),
        ((ONE, "50.106."), {}, "already lies in"),
    ],
)
def test_a_zone_that_makes_no_sense_is_refused(paths, terms, reason):
    with pytest.raises(RuleBroken, match=reason):
        draw(*paths, **terms)

    assert not Zone.objects.exists()


def test_the_past_of_a_zone_is_not_redrawn():
    draw(ONE)

    with pytest.raises(RuleBroken, match="what it was stays"):
        draw(TWO, valid_from=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("role", "where", "may"),
    [
        ("city_officer", "50.", True),
        ("city_officer", "50.106.", False),  # one of the parts lies elsewhere
        ("district_officer", "50.", False),
        ("security_administrator", "50.", False),
        (None, None, False),
    ],
)
def test_only_who_may_change_divisions_over_every_part_draws_it(role, where, may):
    by = officer(role, where) if role else user()

    if may:
        assert draw(ONE, THREE, by=by).pk
        return
    with pytest.raises(NotAllowed):
        draw(ONE, THREE, by=by)


def test_parts_that_are_given_up_need_the_right_as_well():
    draw(ONE, THREE)

    with pytest.raises(NotAllowed):
        draw(ONE, by=officer("city_officer", "50.106."))


def test_a_zone_that_shuts_its_city_out_can_still_be_redrawn_by_it():
    draw(ONE)

    zone = draw(ONE, TWO, by=officer("city_officer", "50."))

    assert queries.zone_paths(zone, TODAY) == [ONE, TWO]
