"""From a draft to the public register, and off it again: who may, when, and what it takes."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from kepu.kernel.facts.models import Happening
from kepu.kernel.notices.models import Notice
from kepu.venues import actions, policy, queries, rules, telling
from kepu.venues.models import Venue, VenueStep
from kepu.venues.states import VENUE, VenueState
from tests.factories import NOW, division, grant, organisation, user
from tests.kepu.venues.factories import (
    DECISION,
    HERE,
    THERE,
    WHOLE,
    decide,
    judge,
    manager,
    step,
    unit,
    venue,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places():
    for path in (HERE, THERE, "50.103.001."):
        division(path)


def register(by, of=None, name="示例馆", path=HERE, **said):
    return actions.register(
        of or unit(), name=name, place=division(path), by=by, now=NOW, **WHOLE | said
    )


# --- who ------------------------------------------------------------------------------------------


def test_a_unit_s_manager_registers_for_it_and_for_no_other():
    other = organisation("别处示例", THERE, credit_code="91500000MA5U000023")

    with pytest.raises(NotAllowed, match="venue manager of this unit"):
        register(manager(), other)


@pytest.mark.parametrize(
    ("role", "where", "may"),
    [
        ("district_officer", HERE, True),
        ("city_officer", "50.", True),
        ("district_officer", THERE, False),
        ("community_worker", HERE, False),
        ("analyst", "50.", False),
    ],
)
def test_officers_of_the_place_decide(role, where, may):
    waits = venue("submitted")
    by = user()
    grant(by, role, where)

    assert (rules.why_not_judge(by, waits, NOW) is None) == may


def test_nobody_decides_about_a_venue_he_manages_or_registered_or_whose_manager_is_his_ward():
    by = manager()
    waits = venue("submitted", by=by)
    grant(by, "district_officer", HERE)

    assert "venue he manages" in (rules.why_not_judge(by, waits, NOW) or "")
    with pytest.raises(NotAllowed, match="venue he manages"):
        actions.confirm(waits.pk, seen=waits.version, by=by, now=NOW)
    by.grants.filter(role="venue_manager").delete()
    with pytest.raises(NotAllowed, match="about himself"):
        actions.confirm(waits.pk, seen=waits.version, by=by, now=NOW)
    guardian = judge()
    by.guardian = guardian
    by.save(update_fields=["guardian"])
    with pytest.raises(NotAllowed, match="in his care"):
        actions.confirm(waits.pk, seen=waits.version, by=guardian, now=NOW)


def test_nobody_confirms_a_venue_that_he_ever_handed_in():
    first, second, officer_here = manager(), manager(), judge()
    one = venue("returned", by=first)
    waits = actions.submit(one.pk, by=second, now=NOW)
    first.grants.filter(role="venue_manager").delete()
    grant(first, "district_officer", HERE)

    with pytest.raises(NotAllowed, match="about himself"):
        actions.confirm(waits.pk, seen=waits.version, by=first, now=NOW)
    assert actions.confirm(waits.pk, seen=waits.version, by=officer_here, now=NOW).confirmed_at


def test_only_the_venue_that_was_seen_is_decided_about():
    by, officer_here = manager(), judge()
    one = venue("active", by=by)
    actions.change_opening(one.pk, seen=one.version, by=by, now=NOW, phone="023-1")

    with pytest.raises(RuleBroken, match="meanwhile"):
        actions.decide(one.pk, "warn", seen=one.version, by=officer_here, now=NOW, **DECISION)
    assert decide(one, "warn", by=officer_here, **DECISION).state == "warned"


def test_what_was_not_confirmed_is_seen_by_its_managers_and_once_handed_in_by_officers():
    by = manager()
    draft, officer_here, officer_there = venue("draft", by=by), judge(), judge(THERE)

    assert queries.seen(draft.pk, by, NOW) == draft
    for other in (None, user(), officer_here, officer_there):
        with pytest.raises(Outside):
            queries.seen(draft.pk, other, NOW)
    step(draft, "submit", by)
    assert queries.seen(draft.pk, officer_here, NOW) == draft
    with pytest.raises(Outside):
        queries.seen(draft.pk, officer_there, NOW)


# --- what it takes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "gap"),
    [
        ({"phone": ""}, "telephone of the venue is missing"),
        ({"weekdays": 0}, "days of the week"),
        ({"halls": None}, "number of halls is missing"),
        ({"safety_checked_on": None}, "safety check is missing"),
        ({"hall_area": 3001}, "larger than the floor"),
        ({"kind": "base", "category": "hall", "level": "municipal", "open_days": 249}, "250 days"),
        (
            {"kind": "base", "category": "hall", "level": "municipal", "youth_free_days": 29},
            "minors on 30 days",
        ),
        (
            {"kind": "base", "category": "scenic", "level": "municipal", "scenic_grade": 3},
            "grade 4A",
        ),
        (
            {
                "kind": "base", "category": "scenic", "level": "municipal", "scenic_grade": 4,
                "guides": 2,
            },
            "3 kepu guides",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_or_too_little_is_said_before_it_is_handed_in(changed, gap):
    by = manager()
    draft = venue("draft", by=by, **changed)

    assert [gap in one for one in rules.gaps(draft, NOW)] == [True]
    with pytest.raises(RuleBroken, match=gap):
        actions.submit(draft.pk, by=by, now=NOW)


@pytest.mark.parametrize(
    "fits",
    [
        {"kind": "base", "category": "hall", "level": "district", "open_days": 100},
        {"kind": "base", "category": "hall", "level": "national", "open_days": 100},
        {"kind": "base", "category": "scenic", "level": "national", "scenic_grade": 3},
        {"kind": "base", "category": "media", "level": "municipal", "youth_free_days": 0},
        {"kind": "base", "category": "hall", "level": "municipal", "open_days": 250},
        {"kind": "museum", "hall_area": 60},
        {"kind": "community", "hall_area": 60, "floor_area": 60},
        {"kind": "caravan", "address": "", "opens_at": None, "closes_at": None, "halls": None},
    ],
)
def test_what_the_rules_do_not_ask_of_a_kind_stands_in_nobody_s_way(fits):
    assert rules.gaps(venue("draft", **fits), NOW) == []


def test_a_city_that_asks_for_halls_of_a_size_has_it_asked_of_museums_alone(monkeypatch):
    small, room = (
        venue("draft", hall_area=999),
        venue("draft", name="社区", kind="community", hall_area=9),
    )
    shipped = policy.registration(NOW)
    museum = shipped.museum.model_copy(update={"hall_area": 1000})
    asked = shipped.model_copy(update={"museum": museum})
    monkeypatch.setattr(policy, "registration", lambda now: asked)

    assert ["1000 m² of halls" in one for one in rules.gaps(small, NOW)] == [True]
    assert rules.gaps(room, NOW) == []


def test_a_unit_needs_a_credit_code_and_has_to_be_at_work():
    of, by = unit(), manager()

    Organisation.objects.filter(pk=of.pk).update(credit_code=None)
    with pytest.raises(RuleBroken, match="credit code"):
        register(by, Organisation.objects.get(pk=of.pk))
    Organisation.objects.filter(pk=of.pk).update(active=False)
    with pytest.raises(RuleBroken, match="unit is closed"):
        register(by, Organisation.objects.get(pk=of.pk))


def test_one_name_stands_once_in_a_place_until_the_venue_is_over():
    by = manager()
    first = venue("active", by=by, name="示例馆")

    with pytest.raises(RuleBroken, match="of this name"):
        register(by)
    assert register(by, path="50.103.001.").name == "示例馆"
    decide(first, "close", by=by, reason="搬迁")
    assert register(by).state == "draft"


def test_a_museum_does_not_stand_in_a_whole_city_but_a_caravan_may():
    by = manager()

    with pytest.raises(RuleBroken, match="lies in a district"):
        register(by, path="50.")
    assert register(by, path="50.", kind="caravan").path == "50."


def test_only_what_was_seen_is_changed_and_confirmed():
    by = manager()
    draft = venue("draft", by=by)
    said = {**WHOLE, "name": "新名示例馆", "place": division(HERE), "by": by, "now": NOW}
    actions.change(draft.pk, seen=draft.version, **said)

    with pytest.raises(RuleBroken, match="changed this venue meanwhile"):
        actions.change(draft.pk, seen=draft.version, **said)
    waits = actions.submit(draft.pk, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="meanwhile"):
        actions.confirm(waits.pk, seen=waits.version - 1, by=judge(), now=NOW)


def test_a_registered_venue_changes_its_opening_and_nothing_else():
    by = manager()
    open_one = venue("active", by=by)

    with pytest.raises(RuleBroken, match="only its opening"):
        actions.change(
            open_one.pk, seen=open_one.version, name="别名", place=division(HERE), by=by, now=NOW,
            **WHOLE,
        )  # fmt: skip
    said = {"opens_at": time(10), "phone": "023-1", "hall_area": 9}
    changed = actions.change_opening(open_one.pk, seen=open_one.version, by=by, now=NOW, **said)
    changed.refresh_from_db()
    assert (changed.opens_at, changed.phone, changed.hall_area) == (time(10), "023-1", 1500)
    with pytest.raises(RuleBroken, match="telephone of the venue is missing"):
        actions.change_opening(changed.pk, seen=changed.version, by=by, now=NOW, phone="")


# --- decisions ------------------------------------------------------------------------------------


def test_from_draft_to_suspended_the_same_second_and_back():
    by, officer_here = manager(), judge()
    made = register(by)
    assert "draft" in (queries.why_not_usable(made.pk) or "")
    actions.submit(made.pk, by=by, now=NOW)
    waits = Venue.objects.get(pk=made.pk)
    actions.confirm(made.pk, seen=waits.version, by=officer_here, now=NOW)
    assert queries.why_not_usable(made.pk) is None

    decide(made, "suspend", by=officer_here, **DECISION)

    assert DECISION["reason"] in (queries.why_not_usable(made.pk) or "")
    with transaction.atomic():
        assert queries.why_not_usable(made.pk, hold=True)
    decide(made, "reinstate", by=officer_here, reason="已整改", reference="2号")
    assert queries.why_not_usable(made.pk) is None
    assert [one.verb for one in queries.steps(made)][::-1] == [
        "submit", "confirm", "suspend", "reinstate",
    ]  # fmt: skip
    assert Happening.objects.filter(name__startswith="Venue").count() == 2
    verbs = Entry.objects.filter(verb__startswith="venue.").order_by("pk")
    assert [one.verb for one in verbs][-2:] == ["venue.suspend", "venue.reinstate"]


@pytest.mark.parametrize(
    ("state", "usable"),
    [
        ("draft", False),
        ("submitted", False),
        ("active", True),
        ("warned", True),
        ("suspended", False),
        ("revoked", False),
        ("closed", False),
    ],
)
def test_only_a_venue_at_work_is_usable(state, usable):
    assert (queries.why_not_usable(venue(state).pk) is None) == usable


def test_a_venue_is_not_usable_while_its_unit_is_closed_or_where_there_is_none():
    one = venue("active")
    Organisation.objects.update(active=False)

    assert "unit of this venue is closed" in (queries.why_not_usable(one.pk) or "")
    assert "no such venue" in (queries.why_not_usable(4711) or "")


@pytest.mark.parametrize("verb", ["warn", "suspend", "revoke"])
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": " ", "reference": "1号"}, "give a reason"),
        ({"reason": "评分低"}, "number of the signed decision"),
    ],
)
def test_a_grave_decision_is_signed_and_says_why(verb, said, sentence):
    one = venue("active")

    with pytest.raises(RuleBroken, match=sentence):
        decide(one, verb, by=judge(), **said)
    assert queries.why_not_usable(one.pk) is None


def test_an_officer_closes_a_venue_only_under_the_number_of_a_signed_decision():
    one, officer_here = venue("active"), judge()

    with pytest.raises(RuleBroken, match="number of the signed decision"):
        decide(one, "close", by=officer_here, reason="x")
    assert queries.why_not_usable(one.pk) is None
    assert decide(one, "close", by=officer_here, **DECISION).state == "closed"


def test_no_manager_leaves_a_suspension_by_closing_the_venue_and_registering_it_anew():
    by = manager()
    one = venue("suspended", by=by, name="示例馆")

    with pytest.raises(RuleBroken, match="while a venue is suspended"):
        decide(one, "close", by=by, **DECISION)
    with pytest.raises(RuleBroken, match="of this name"):
        register(by)
    assert step(one, "close", by).state == "closed"


@pytest.mark.parametrize("verb", ["warn", "suspend", "reinstate", "revoke"])
@pytest.mark.parametrize("missing", ["by", "reason", "reference"])
def test_the_database_keeps_no_grave_step_without_a_person_a_reason_and_a_number(verb, missing):
    """No score and no clock takes such a step: it needs all three, whichever one is missing."""
    one = venue("active")
    whole = {"by": judge(), "reason": "消防通道被占用", "reference": "1号"}
    step_of = {"venue": one, "verb": verb, "state": one.state, "rules_version": 0, "at": NOW}
    without = whole | {missing: None if missing == "by" else ""}

    with pytest.raises(IntegrityError, match="signs_with_reason"), transaction.atomic():
        VenueStep.objects.create(**step_of, **without)
    assert VenueStep.objects.create(**step_of, **whole).pk


@pytest.mark.parametrize("verb", ["confirm", "submit", "list", "nothing"])
def test_what_is_no_decision_is_not_decided(verb):
    with pytest.raises(RuleBroken):
        decide(venue("submitted"), verb, by=judge(), **DECISION)


@pytest.mark.parametrize("verb", ["warn", "suspend", "revoke", "reinstate"])
def test_a_manager_closes_his_venue_and_decides_nothing_else(verb):
    by = manager()
    one = venue("warned", by=by)

    with pytest.raises(NotAllowed):
        decide(one, verb, by=by, **DECISION)
    assert decide(one, "close", by=by, reason="搬迁").state == "closed"


@pytest.mark.parametrize(
    ("verb", "key", "source"),
    [
        ("send_back", "venues.returned", "submitted"),
        ("confirm", "venues.confirmed", "submitted"),
        ("warn", "venues.warned", "active"),
        ("suspend", "venues.suspended", "active"),
        ("reinstate", "venues.reinstated", "suspended"),
        ("revoke", "venues.revoked", "suspended"),
        ("close", "venues.closed", "suspended"),
    ],
)
def test_managers_hear_what_was_decided(verb, key, source):
    by = manager()
    one = venue(source, by=by)

    step(one, verb, by)

    assert Notice.objects.filter(person=by, template=key, link=f"/venues/{one.pk}/").exists()


def test_no_notice_promises_what_other_rooms_do_not_ask_yet():
    for text in telling.TEXTS:
        said = text.zh.text + text.en.text
        assert [word for word in ("预约", "订单", "booking", "order") if word in said] == []


def test_officers_of_the_place_hear_that_a_venue_waits_for_them():
    officer_here, officer_there = judge(), judge(THERE)

    venue("submitted")

    assert Notice.objects.get(template="venues.submitted").person == officer_here
    assert officer_here != officer_there


# --- what a report names --------------------------------------------------------------------------


def test_what_a_report_names_is_listed_with_its_source_and_takes_nothing():
    one = actions.list_from_report(
        name="示例基地", place=division("50."), source="示例日报，2015-05", reported_in=2015,
        by=None, now=NOW,
    )  # fmt: skip

    assert list(queries.public()) == [one]
    assert "not registered" in (queries.why_not_usable(one.pk) or "")
    assert one.number == ""
    with pytest.raises(NotAllowed):
        actions.list_from_report(
            name="另一基地", place=division("50."), source="我说的", reported_in=2026, by=judge(),
            now=NOW,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Venue.objects.filter(pk=one.pk).update(source="")


def test_a_unit_registers_the_base_that_a_report_names_already_and_no_report_names_it_twice():
    said = {
        "place": division(HERE),
        "source": "示例日报",
        "reported_in": 2015,
        "by": None,
        "now": NOW,
    }
    actions.list_from_report(name="示例馆", **said)

    own = register(by := manager())
    assert actions.submit(own.pk, by=by, now=NOW).state == "submitted"
    with pytest.raises(RuleBroken, match="of this name"):
        register(by)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.list_from_report(name="示例馆", **said)


def test_the_table_leads_nowhere_from_the_end():
    assert VENUE.final() == {VenueState.CLOSED}
    assert VENUE.verbs(VenueState.REVOKED) == ["restore"]  # by an appeal alone


def test_a_revoked_venue_comes_back_by_an_appeal_and_not_by_an_officers_page():
    of = venue("revoked")
    officer_there = judge(of.path)

    with pytest.raises(RuleBroken):
        decide(of, "reinstate", by=officer_there, **DECISION)
    with pytest.raises(RuleBroken, match="number of the signed decision"):
        actions.restore(of.pk, reason="申诉成立", reference="", by=officer_there, now=NOW)
    back = actions.restore(
        of.pk, reason="申诉成立", reference="示例〔2026〕9号", by=officer_there, now=NOW
    )

    assert back.state == VenueState.ACTIVE
    assert queries.why_not_usable(of.pk) is None


# --- visits ---------------------------------------------------------------------------------------


def test_visits_of_a_day_are_told_once_and_said_anew_the_later_number_stands():
    by = manager()
    one, today = venue("active", by=by), clock.day(NOW)
    for day, visits in ((today, 10), (today, 12), (today - timedelta(days=5), 100)):
        actions.count(one.pk, day=day, visits=visits, by=by, now=NOW)

    found = [(month.first.month, month.visits, month.days) for month in queries.months(one)]

    assert found == [(3, 12, 1), (2, 100, 1)]


@pytest.mark.parametrize(
    ("state", "back", "sentence"),
    [
        ("active", -1, "not begun"),
        ("active", 32, "within 31 days"),
        ("active", 31, None),
        ("submitted", 0, "only a registered venue"),
        ("closed", 0, "only a registered venue"),
    ],
)
def test_visits_are_told_of_days_that_were_and_not_long_ago(state, back, sentence):
    by = manager()
    one, day = venue(state, by=by), clock.day(NOW) - timedelta(days=back)

    refused = rules.why_not_count(one, day, NOW)

    assert (sentence or "") in (refused or "")
    assert (refused is None) == (sentence is None)


def test_visits_are_told_by_who_manages_the_venue():
    with pytest.raises(NotAllowed):
        actions.count(venue("active").pk, day=clock.day(NOW), visits=1, by=judge(), now=NOW)
