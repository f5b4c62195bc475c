"""A return is filled with what the unit stated of its kepu workers; nothing is typed twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.literacy.actions import returns
from kepu.literacy.models import Round
from kepu.literacy.queries import measured
from kepu.literacy.queries import returns as queries
from kepu.people.actions import staff
from kepu.people.models import Membership
from kepu.people.queries import teams
from kepu.venues import figures as venue_figures
from kepu.venues.models import DayCount, Venue
from tests import factories
from tests.factories import NOW, sector, sectors
from tests.kepu.literacy import factories as literacy
from tests.kepu.literacy.factories import form, return_of, statistics_round, unit
from tests.kepu.venues import factories as venues

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def sectors_there():
    sectors()


@pytest.fixture
def filling():
    factories.division("50.103.001.")
    of, who = unit()
    return return_of(statistics_round(), of), of, who


def page_of(one, who):
    browser = Client()
    browser.force_login(who)
    return browser.get(reverse("return-fill", args=[one.pk, "staff"])).content.decode()


def test_numbers_stated_by_sector_stand_in_the_return_until_others_are_kept(filling):
    one, of, who = filling
    for key, full in (("venue", 31), ("research", 12)):
        staff.state_staffing(
            of, year=one.round.year, sector=sector(key), counts={"full": full},
            by=who, now=NOW,
        )  # fmt: skip

    page = page_of(one, who)

    assert 'value="43"' in page
    assert "filled in already" in page
    assert queries.values(one) == {}  # shown, and kept only by who looks at it
    browser = Client()
    browser.force_login(who)
    browser.post(reverse("return-fill", args=[one.pk, "staff"]), {"staff_full": "44"})
    assert 'value="43"' not in page_of(one, who)


def test_a_unit_that_stated_nothing_types_its_figures(filling):
    one, _of, who = filling

    assert "filled in already" not in page_of(one, who)


# --- from Kepu's records --------------------------------------------------------------------------


@pytest.fixture
def museum():
    """A unit with a science museum of last year, and who fills its return."""
    factories.division("50.103.001.")
    made = venues.venue()
    Venue.objects.update(confirmed_at=NOW.replace(year=2025))
    of = made.organisation
    return made, of, factories.officer("statistician", of, "统计示例")


def test_what_records_know_fills_what_is_empty_and_waits_until_the_unit_confirms_it(museum):
    made, of, who = museum
    for day, visits in ((1, 40), (2, 60)):
        DayCount.objects.create(
            venue=made, day=date(2025, 5, day), visits=visits, counted_by=made.registered_by, at=NOW
        )
    staff.state_staffing(
        of, year=2025, sector=sector("venue"), counts={"full": 31}, by=who, now=NOW
    )
    one = return_of(statistics_round(), of)
    returns.keep_figures(one.pk, {"venue_hall": Decimal(1400)}, by=who, now=NOW)

    returns.take_from_records(one.pk, by=who, now=NOW)

    values, taken = queries.values(one), queries.from_records(one)
    assert (values["museum_st"], values["venue_floor"], values["venue_visits"]) == (1, 3000, 100)
    assert (values["venue_free_days"], values["staff_full"]) == (300, 31)
    assert values["venue_hall"] == 1400  # what the unit wrote stays
    assert {figure.source for figure in taken.values()} == {"venues", "people.staff"}
    assert all(figure.as_of == NOW and not figure.confirmed for figure in taken.values())
    entry = Entry.objects.get(verb="return.take_from_records")
    assert entry.detail["figures"] == len(taken)


def test_a_return_is_not_handed_in_before_its_figures_from_records_are_confirmed(museum):
    _made, of, who = museum
    one = return_of(statistics_round(), of)
    returns.take_from_records(one.pk, by=who, now=NOW)
    taken = queries.values(one)
    rest = {key: Decimal() for key in form().asked if key not in taken}
    returns.keep_figures(one.pk, rest, by=who, now=NOW)

    with pytest.raises(RuleBroken, match="wait to be confirmed"):
        returns.submit_return(one.pk, by=who, now=NOW)
    returns.keep_figures(one.pk, taken, confirm=False, by=who, now=NOW)  # a page keeps each change
    with pytest.raises(RuleBroken, match="wait to be confirmed"):
        returns.submit_return(one.pk, by=who, now=NOW)
    returns.keep_figures(one.pk, taken, by=who, now=NOW)

    assert returns.submit_return(one.pk, by=who, now=NOW).state == "submitted"
    assert queries.from_records(one).keys() == taken.keys()  # the district sees where they are from


def test_a_figure_that_the_unit_changes_is_its_own(museum):
    _made, of, who = museum
    one = return_of(statistics_round(), of)
    returns.take_from_records(one.pk, by=who, now=NOW)

    returns.keep_figures(one.pk, {"museum_st": Decimal(2)}, confirm=False, by=who, now=NOW)

    figure = one.figures.get(key="museum_st")
    assert (figure.value, figure.source, figure.as_of, figure.confirmed) == (2, "", None, True)


def test_where_records_know_nothing_more_that_is_said(museum):
    _made, of, who = museum
    one = return_of(statistics_round(), of)
    returns.take_from_records(one.pk, by=who, now=NOW)

    with pytest.raises(RuleBroken, match="know nothing that is not filled"):
        returns.take_from_records(one.pk, by=who, now=NOW)
    with pytest.raises(NotAllowed, match="only who fills returns for this unit"):
        returns.take_from_records(one.pk, by=factories.user(), now=NOW)


def test_a_sum_that_one_museum_does_not_know_is_left_to_the_unit(museum):
    made, of, _who = museum
    second = venues.venue(name="示例第二馆", admission="paid")
    Venue.objects.update(confirmed_at=NOW.replace(year=2025))
    Venue.objects.filter(pk=second.pk).update(floor_area=None)

    told = venue_figures.indicators_of(of.pk, 2025)

    assert told["museum_st"] == 2
    assert told["venue_hall"] == 3000
    assert not {"venue_floor", "venue_free_days", "venue_visits"} & told.keys()
    assert venue_figures.indicators_of(of.pk, 2024) == {}
    assert made.organisation_id == of.pk


def test_members_of_the_unit_s_teams_at_the_end_of_the_year_count_once_each(museum):
    _made, of, _who = museum
    both, gone, later = (factories.user() for _n in range(3))
    for number in range(2):
        team = factories.team(f"示例队{number}", organisation=of, leader=both)
        Membership.objects.filter(team=team).update(since=NOW.replace(year=2025))
    begun, new_year = NOW.replace(year=2025), datetime(2026, 1, 1, tzinfo=BEIJING)
    Membership.objects.create(
        team=team, person=gone, state="left", asked_at=begun, since=begun,
        until=new_year - timedelta(hours=1),
    )  # fmt: skip
    Membership.objects.create(
        team=team, person=later, state="active", slot=1, asked_at=begun, since=new_year
    )

    assert teams.indicators_of(of.pk, 2025) == {"volunteers": 1}
    assert teams.indicators_of(of.pk, 2026) == {"volunteers": 2}
    assert teams.indicators_of(factories.organisation("示例无队单位").pk, 2025) == {}


def test_the_page_says_where_a_figure_is_from_and_the_button_leads_to_what_waits(museum):
    _made, of, who = museum
    one = return_of(statistics_round(), of)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(who)

    before = browser.get(reverse("return", args=[one.pk])).content.decode()
    went = browser.post(reverse("return-records", args=[one.pk]))
    section = browser.get(went["Location"]).content.decode()

    assert "Fill in from Kepu" in before
    assert went["Location"] == reverse("return-fill", args=[one.pk, "places"])
    assert "venues that the unit registered" in section
    assert "to be confirmed" in section
    browser.post(went["Location"], {key: f"{v:.0f}" for key, v in queries.values(one).items()})
    assert all(figure.confirmed for figure in queries.from_records(one).values())


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_published_year_tells_the_share_of_a_published_survey_of_its_own_kind(synthetic):
    run = literacy.run("published")
    one = statistics_round(run.year)
    Round.objects.update(synthetic=synthetic)
    one.refresh_from_db()

    told = measured.of_round(one)

    assert told == (
        {"csl": "12.34", "low": "6.17", "high": "24.68", "run": run.pk} if synthetic else {}
    )


def test_the_database_keeps_that_a_figure_from_records_says_as_of_when(museum):
    _made, of, who = museum
    one = return_of(statistics_round(), of)
    returns.keep_figures(one.pk, {"museum_st": Decimal(1)}, by=who, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        one.figures.update(source="venues")
