"""Booklets: assembled by the worker to the blueprint, adopted by an officer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.literacy import schemas
from kepu.literacy.actions import booklets as actions
from kepu.literacy.models import BookletItem
from kepu.literacy.queries import booklets as queries
from tests.factories import NOW
from tests.kepu.literacy import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def keeper():
    return factories.keeper()


@pytest.fixture
def bank():
    return factories.stock()


def ask(bank, by, **traits):
    said = {"title": "示例题本", "booklets": 2, "items": 10, "most_common": 2}
    return actions.ask_booklets(**(said | traits), bank=bank, by=by, now=NOW)


def test_booklets_follow_the_blueprint_and_share_no_more_than_allowed(bank, keeper):
    made = factories.assembled(bank, keeper)

    found = queries.booklets(made)

    assert made.state == "proposed"
    wanted = schemas.framework(NOW).blueprint(10)
    for lines in found:
        dimensions = [line.item.dimension for line in lines]
        assert {key: dimensions.count(key) for key in wanted} == wanted
    ((_one, _other, common),) = queries.in_common(found)
    assert common <= 2
    assert len(made.summary["information"]) == 2
    assert made.summary["least"] <= made.summary["bound"] + 1e-3


def test_the_easy_questions_come_first(bank, keeper):
    made = factories.assembled(bank, keeper, booklets=1)

    hard = [line.item.calibrations.get().difficulty for line in queries.booklets(made)[0]]

    assert hard == sorted(hard)


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"items": 30}, "needs 12 items, and 8"),
        ({"booklets": 4, "most_common": 0}, "too few items"),
    ],
)
def test_a_bank_that_does_not_suffice_says_what_is_missing(bank, keeper, traits, reason):
    made = factories.assembled(bank, keeper, **traits)

    assert made.state == "failed"
    assert reason in made.failure
    assert not BookletItem.objects.exists()


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"booklets": 6}, "between 1 and 5"),
        ({"items": 4}, "5 to 100"),
        ({"most_common": 11}, "more in common"),
    ],
)
def test_what_makes_no_sense_is_not_even_tried(bank, keeper, traits, reason):
    with pytest.raises(RuleBroken, match=reason):
        ask(bank, keeper, **traits)


def test_only_who_keeps_the_bank_has_booklets_assembled_and_adopts_them(bank, keeper):
    writer = factories.writer()
    with pytest.raises(NotAllowed):
        ask(bank, writer)
    made = factories.assembled(bank, keeper)
    with pytest.raises(NotAllowed):
        actions.adopt_booklets(made.pk, by=factories.keeper("51."), now=NOW)

    adopted = actions.adopt_booklets(made.pk, by=keeper, now=NOW)

    assert (adopted.state, adopted.adopted_by) == ("adopted", keeper)
    with pytest.raises(RuleBroken, match="cannot"):
        actions.drop_booklets(made.pk, by=keeper, now=NOW)


def test_items_rest_after_as_many_waves_as_the_framework_allows(bank, keeper):
    for _wave in range(schemas.framework(NOW).booklets.most_waves):
        made = factories.assembled(bank, keeper, booklets=1, items=20)
        actions.adopt_booklets(made.pk, by=keeper, now=NOW)

    tired = factories.assembled(bank, keeper, booklets=1, items=5)

    assert (tired.state, "and 0 can be used" in tired.failure) == ("failed", True)


def test_what_was_dropped_while_it_was_computed_stays_dropped(bank, keeper):
    made = ask(bank, keeper)
    actions.ASSEMBLIES.take_up(made.pk, now=NOW)
    actions.drop_booklets(made.pk, by=keeper, now=NOW)

    actions.ASSEMBLIES.work_on(made.pk, taken=NOW)

    made.refresh_from_db()
    assert made.state == "dropped"
    assert not made.lines.exists()


def test_one_worker_has_it_and_the_next_takes_over_from_one_that_was_killed(bank, keeper):
    made = ask(bank, keeper)
    assert actions.ASSEMBLIES.take_up(made.pk, now=NOW)
    assert not actions.ASSEMBLIES.take_up(made.pk, now=NOW + timedelta(seconds=30))
    assert actions.ASSEMBLIES.take_up(made.pk, now=LATER)

    actions.ASSEMBLIES.work_on(made.pk, taken=NOW)  # the first was only slow
    made.refresh_from_db()
    assert made.state == "computing"
    actions.ASSEMBLIES.work_on(made.pk, taken=LATER)

    made.refresh_from_db()
    assert made.state == "proposed"


def test_an_assembly_that_never_ends_is_given_up(bank, keeper):
    made = ask(bank, keeper)
    type(made).objects.update(tries=3)
    actions.ASSEMBLIES.take_up(made.pk, now=NOW)

    actions.ASSEMBLIES.work_on(made.pk, taken=NOW)

    made.refresh_from_db()
    assert "stopped at it 3 times" in made.failure
