"""Pages of venues in a browser without script: the journey, the register, and what is told in words."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.kernel import clock
from kepu.venues import actions, queries
from kepu.venues.models import DayCount, Venue
from kepu.venues.views.registry import opening
from tests.factories import NOW, division, organisation, user
from tests.kepu.venues.factories import DECISION, HERE, THERE, WHOLE, judge, manager, unit, venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HERE, "示例区")
    division(THERE, "别处区")


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person is not None:
        made.force_login(person)
    return made


def typed(**changed: object) -> dict[str, object]:
    usual = {key: "" if value is None else value for key, value in WHOLE.items()}
    usual |= {"opens_at": "09:00", "closes_at": "17:00", "safety_checked_on": "2026-01-15"}
    usual |= {"weekdays": [1, 2, 3, 4, 5, 6], "name": "示例科技馆", "place": "示例区"}
    return usual | {"organisation": unit().pk} | changed


def test_a_venue_is_registered_confirmed_found_and_suspended_the_same_second():
    keeper, office, anybody = browser(manager()), browser(judge()), browser()

    keeper.post(reverse("venue-new"), typed(phone=""))
    made = Venue.objects.get()
    page = reverse("venue", args=[made.pk])
    assert "telephone of the venue is missing" in keeper.get(page).content.decode()
    keeper.post(
        reverse("venue-edit", args=[made.pk]), typed(phone="023-00000000", version=made.version)
    )
    keeper.post(reverse("venue-submit", args=[made.pk]))
    assert "示例科技馆" in office.get(reverse("venue-desk")).content.decode()
    assert anybody.get(page).status_code == 404
    seen = Venue.objects.get().version
    office.post(reverse("venue-confirm", args=[made.pk]), {"version": seen})

    shown = anybody.get(page).content.decode()
    listed = anybody.get(reverse("venues"), {"q": "科技馆"}).content.decode()
    grave = office.post(
        reverse("venue-decide", args=[made.pk, "suspend"]), DECISION | {"version": seen + 1}
    )

    assert "Tuesday to Sunday" in shown
    assert "09:00-17:00" in shown
    assert "示例科技馆" in listed
    assert grave.status_code == 302
    assert queries.why_not_usable(made.pk)
    told = anybody.get(page).content.decode()
    assert DECISION["reason"] in told
    assert DECISION["reference"] not in told


def test_what_is_typed_wrong_is_said_and_kept():
    keeper = browser(manager())

    answer = keeper.post(
        reverse("venue-new"),
        typed(closes_at="08:00", kind="base", lon="", about="自己写的介绍"),
    )
    text = answer.content.decode()

    assert answer.status_code == 422
    assert "closes after it opens" in text
    assert "a base has a category" in text
    assert "both longitude and latitude" in text
    assert "自己写的介绍" in text
    assert not Venue.objects.exists()


def test_two_who_change_a_draft_do_not_overwrite_each_other():
    by = manager()
    draft = venue("draft", by=by)
    keeper, form = browser(by), reverse("venue-edit", args=[draft.pk])

    keeper.post(form, typed(about="先写的", version=draft.version))
    late = keeper.post(form, typed(about="后写的", version=draft.version))

    assert late.status_code == 409
    assert "changed this venue meanwhile" in late.content.decode()
    assert Venue.objects.get().about == "先写的"


@pytest.mark.parametrize(
    ("name", "at", "method", "statuses"),
    [
        # manager, officer here, officer elsewhere, somebody, nobody
        ("my-venues", (), "get", (200, 403, 403, 403, 302)),
        ("venue-new", (), "get", (200, 403, 403, 403, 302)),
        ("venue-desk", (), "get", (403, 200, 200, 403, 302)),
        ("venue", ("submitted",), "get", (200, 200, 404, 404, 404)),
        ("venue", ("active",), "get", (200, 200, 200, 200, 200)),
        ("venue-edit", ("draft",), "get", (200, 404, 404, 404, 302)),
        ("venue-edit", ("submitted",), "get", (409, 403, 404, 404, 302)),
        ("venue-opening", ("active",), "get", (200, 403, 403, 403, 302)),
        ("venue-count", ("active",), "get", (200, 403, 403, 403, 302)),
        ("venue-submit", ("draft",), "post", (302, 403, 404, 404, 302)),  # handed in by the first
        ("venue-confirm", ("submitted",), "post", (403, 409, 404, 404, 302)),
        ("venue-decide", ("active", "suspend"), "get", (403, 200, 403, 403, 302)),
        ("venue-decide", ("active", "close"), "get", (200, 200, 403, 403, 302)),
        ("venue-decide", ("suspended", "close"), "get", (409, 200, 403, 403, 302)),
        ("venue-decide", ("active", "nothing"), "get", (404, 404, 404, 404, 302)),
    ],
)
def test_who_gets_through_which_door(name, at, method, statuses):
    by = manager()
    args = [venue(at[0], by=by).pk, *at[1:]] if at else []
    people = (by, judge(), judge(THERE), user(), None)

    got = [getattr(browser(who), method)(reverse(name, args=args)).status_code for who in people]

    assert tuple(got) == statuses


def test_an_officer_decides_about_the_venue_that_he_looked_at():
    by = manager()
    one = venue("active", by=by)
    office, page = browser(judge()), reverse("venue", args=[one.pk])
    form = f"{reverse('venue-decide', args=[one.pk, 'suspend'])}?version={one.version}"

    assert form in office.get(page).content.decode()
    actions.change_opening(one.pk, seen=one.version, by=by, now=NOW, phone="023-1")
    kept = f'name="version" value="{one.version}"'
    assert kept in office.get(form).content.decode()
    late = office.post(form, DECISION | {"version": one.version})

    assert late.status_code == 409
    assert "changed this venue meanwhile" in late.content.decode()
    assert queries.why_not_usable(one.pk) is None


def test_an_officer_is_asked_for_the_number_where_a_manager_who_closes_is_not():
    by = manager()
    one = venue("active", by=by)
    form = reverse("venue-decide", args=[one.pk, "close"])

    assert 'name="reference"' in browser(judge()).get(form).content.decode()
    assert 'name="reference"' not in browser(by).get(form).content.decode()


@pytest.mark.parametrize(
    ("verb", "source", "everybody"),
    [
        ("send_back", "submitted", False),
        ("warn", "active", True),
        ("suspend", "active", True),
        ("reinstate", "suspended", False),
        ("revoke", "active", True),
        ("close", "active", True),
    ],
)
def test_who_decides_is_told_who_reads_the_reason_and_it_is_so(verb, source, everybody):
    one = venue(source)
    office, form = browser(judge()), reverse("venue-decide", args=[one.pk, verb])

    asked = office.get(form).content.decode()
    office.post(form, {"reason": "楼梯坏了", "reference": "9号", "version": one.version})
    read = browser().get(reverse("venue", args=[one.pk])).content.decode()

    assert queries.steps(one).first().reason == "楼梯坏了"
    assert ("Everybody reads this" in asked) == everybody
    assert ("and nobody else" in asked) != everybody
    assert ("楼梯坏了" in read) == everybody


def test_the_list_is_narrowed_and_leaves_out_what_is_over_or_not_confirmed():
    by = manager()
    venue("active", by=by, name="量子示例馆")
    venue("suspended", by=by, name="农业示例馆", kind="base", category="hall", level="district")
    venue("revoked", by=by, name="撤销示例馆")
    venue("submitted", by=by, name="待审示例馆")

    def names(**asked: str) -> set[str]:
        text = browser().get(reverse("venues"), asked).content.decode()
        return {one for one in ("量子", "农业", "撤销", "待审") if f"{one}示例馆" in text}

    assert names() == {"量子", "农业"}
    assert names(q="子示") == {"量子"}
    assert names(kind="base") == {"农业"}
    assert names(level="district") == {"农业"}
    assert names(state="revoked") == {"撤销"}
    assert names(state="submitted") == {"量子", "农业"}  # no such choice here: as if not asked
    assert names(district=HERE) == {"量子", "农业"}


def test_looking_at_the_map_is_no_filter():
    venue("active")

    on_map = browser().get(reverse("venues"), {"view": "map"}).content.decode()
    narrowed = browser().get(reverse("venues"), {"view": "map", "kind": "museum"}).content.decode()

    assert "Remove the filter" not in on_map
    assert narrowed.count("Remove the filter") == 1
    assert 'name="view" value="map"' in narrowed


def test_empty_lists_say_what_to_do():
    assert "No venue here yet" in browser().get(reverse("venues")).content.decode()
    assert "No venue of your units" in browser(manager()).get(reverse("my-venues")).content.decode()
    assert "No venue waits here" in browser(judge()).get(reverse("venue-desk")).content.decode()


def test_visits_are_told_with_their_unit_by_day_and_by_month():
    by = manager()
    one, today = venue("active", by=by), clock.day(NOW)
    keeper, form = browser(by), reverse("venue-count", args=[one.pk])

    keeper.post(form, {"day": today.isoformat(), "visits": "1234"})
    early = keeper.post(form, {"day": (today + timedelta(days=1)).isoformat(), "visits": "1"})

    assert early.status_code == 409
    assert "1,234 counted visits" in keeper.get(form).content.decode()
    assert "1,234 counted visits" in browser().get(reverse("venue", args=[one.pk])).content.decode()
    assert DayCount.objects.count() == 1


def test_an_officer_reads_who_waits_and_asks_for_other_states():
    by = manager()
    venue("submitted", by=by, name="待审示例馆")
    venue("warned", by=by, name="警告示例馆")
    office = browser(judge())

    waiting = office.get(reverse("venue-desk")).content.decode()
    warned = office.get(reverse("venue-desk"), {"state": "warned"}).content.decode()

    assert ("待审示例馆" in waiting, "警告示例馆" in waiting) == (True, False)
    assert ("待审示例馆" in warned, "警告示例馆" in warned) == (False, True)
    assert "待审示例馆" not in browser(judge(THERE)).get(reverse("venue-desk")).content.decode()


def test_a_venue_of_a_report_shows_its_source_and_claims_nothing_else():
    one = actions.list_from_report(
        name="示例基地", place=division(THERE), source="示例日报，2015-05", reported_in=2015,
        level="municipal", by=None, now=NOW,
    )  # fmt: skip
    listed = browser().get(reverse("venues")).content.decode()

    text = browser().get(reverse("venue", args=[one.pk])).content.decode()

    assert "示例日报，2015-05" in text
    assert "unit not known" in text
    assert "Admission" not in text
    for shown in (text, listed):
        assert "unicipal base, as reported in 2015" in shown


def test_managers_are_said_to_be_told_only_where_the_venue_has_a_unit():
    by = manager()
    named = actions.list_from_report(
        name="示例基地", place=division(HERE), source="示例日报", reported_in=2015, by=None, now=NOW
    )

    def close(one: Venue) -> str:
        form = reverse("venue-decide", args=[one.pk, "close"])
        said = DECISION | {"version": one.version}
        return browser(judge()).post(form, said, follow=True).content.decode()

    assert "managers were told" in close(venue("active", by=by))
    told = close(named)
    assert "It holds from now on" in told
    assert "managers were told" not in told


def test_a_manager_registers_only_for_his_own_units():
    other = organisation("别处示例", THERE, credit_code="91500000MA5U000023")

    answer = browser(manager()).post(reverse("venue-new"), typed(organisation=other.pk))

    assert answer.status_code == 422
    assert not Venue.objects.exists()


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [
        (0b1111111, "Monday to Sunday 09:00-17:00"),
        (0b1100000, "Saturday to Sunday 09:00-17:00"),
        (0b0110101, "Monday, Wednesday, Friday to Saturday 09:00-17:00"),
        (0, ""),
    ],
)
def test_opening_days_are_said_in_runs(weekdays, said):
    with translation.override("en"):
        assert opening(Venue(weekdays=weekdays, opens_at=time(9), closes_at=time(17))) == said
