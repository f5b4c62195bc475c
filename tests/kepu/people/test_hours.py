from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kepu.kernel.audit.models import Entry as AuditEntry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts.models import Happening
from kepu.people import actions, queries
from kepu.people.models import Entry, Service
from kepu.people.queries import hours
from tests.factories import NOW, division, officer, organisation, user
from tests.kepu.people.factories import HOME, join, served, service, team, volunteer

pytestmark = pytest.mark.django_db
YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture
def cast():
    """A team with a leader and a member, a resident, and officers here and elsewhere."""
    leader, member = volunteer("赵示例"), volunteer("王示例")
    group = team(leader=leader)
    join(group, member)
    return {
        "team": group,
        "leader": leader,
        "member": member,
        "resident": user("吴示例"),
        "worker": officer("community_worker", HOME),
        "district": officer("district_officer", "50.103."),
        "elsewhere": officer("district_officer", "50.104."),
        "other worker": officer("community_worker", "50.104.001.001."),
        "stranger": user("郑示例"),
    }


def propose(cast, *, by="leader", person="member", **traits):
    values = {
        "source": "orders.order",
        "source_id": 7,
        "place": division(HOME),
        "began_at": YESTERDAY,
        "ended_at": YESTERDAY + timedelta(hours=2),
        "team": cast["team"],
        "receiver": cast["resident"],
        **traits,
    }
    return actions.propose_service(person=cast[person], by=cast[by], now=NOW, **values)


def test_hours_count_once_both_sides_agreed(cast):
    claim = propose(cast)
    assert queries.minutes_of(cast["member"]) == 0
    actions.certify(claim.pk, by=cast["leader"], now=NOW)
    assert queries.minutes_of(cast["member"]) == 0

    actions.confirm(claim.pk, by=cast["resident"], now=NOW)

    assert queries.minutes_of(cast["member"]) == 120
    assert Happening.objects.get(name="HoursConfirmed").data["service_id"] == claim.pk
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["service.propose", "service.certify", "service.confirm"]


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("leader", True),
        ("district", True),
        ("member", False),
        ("resident", False),
        ("worker", False),
        ("elsewhere", False),
        ("stranger", False),
    ],
)
def test_who_organised_certifies(cast, who, may):
    claim = propose(cast)

    if may:
        assert actions.certify(claim.pk, by=cast[who], now=NOW).certified_by == cast[who]
    else:
        with pytest.raises(NotAllowed):
            actions.certify(claim.pk, by=cast[who], now=NOW)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("resident", True),
        ("worker", True),
        ("district", True),
        ("leader", False),
        ("member", False),
        ("other worker", False),
        ("elsewhere", False),
        ("stranger", False),
    ],
)
def test_who_received_confirms(cast, who, may):
    claim = propose(cast)
    actions.certify(claim.pk, by=cast["leader"], now=NOW)

    if may:
        assert actions.confirm(claim.pk, by=cast[who], now=NOW).state == "confirmed"
    else:
        with pytest.raises(NotAllowed):
            actions.confirm(claim.pk, by=cast[who], now=NOW)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("member", True),
        ("leader", True),
        ("worker", True),
        ("district", True),
        ("resident", False),
        ("elsewhere", False),
        ("stranger", False),
    ],
)
def test_hours_are_proposed_by_those_who_were_there(cast, who, may):
    if may:
        assert propose(cast, by=who).state == "proposed"
    else:
        with pytest.raises(NotAllowed):
            propose(cast, by=who)


def test_a_leader_does_not_certify_his_own_hours(cast):
    claim = propose(cast, person="leader")

    with pytest.raises(NotAllowed, match="his own"):
        actions.certify(claim.pk, by=cast["leader"], now=NOW)


def test_who_certified_does_not_confirm(cast):
    claim = propose(cast)
    actions.certify(claim.pk, by=cast["district"], now=NOW)

    with pytest.raises(NotAllowed, match="as well"):
        actions.confirm(claim.pk, by=cast["district"], now=NOW)


def test_the_department_of_the_service_certifies(cast):
    unit = organisation()
    claim = propose(cast, organisation=unit)

    certified = actions.certify(claim.pk, by=officer("department_officer", unit), now=NOW)

    assert certified.state == "certified"


def test_one_source_is_claimed_once_for_each_person(cast):
    propose(cast)

    with pytest.raises(RuleBroken, match="claimed already"):
        propose(
            cast, began_at=YESTERDAY - timedelta(days=1), ended_at=YESTERDAY - timedelta(hours=23)
        )
    assert propose(cast, person="leader").source_id == 7


def test_the_database_refuses_a_second_claim_of_one_source(cast):
    first = propose(cast)

    with pytest.raises(IntegrityError), transaction.atomic():
        service(cast["member"], source_id=first.source_id)


def test_a_dropped_claim_may_be_made_anew(cast):
    actions.drop(propose(cast).pk, by=cast["leader"], now=NOW)

    assert propose(cast).state == "proposed"


@pytest.mark.parametrize(
    ("shift", "overlaps"), [(-120, False), (-119, True), (0, True), (119, True), (120, False)]
)
def test_nobody_serves_twice_at_one_time(cast, shift, overlaps):
    propose(cast)
    began = YESTERDAY + timedelta(minutes=shift)
    again = {"source_id": 8, "began_at": began, "ended_at": began + timedelta(hours=2)}

    if overlaps:
        with pytest.raises(RuleBroken, match="already served"):
            propose(cast, **again)
    else:
        assert propose(cast, **again).pk


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"ended_at": YESTERDAY}, "ends after it begins"),
        ({"ended_at": NOW + timedelta(minutes=1)}, "after the service, not before"),
        ({"began_at": NOW - timedelta(days=32), "ended_at": NOW - timedelta(days=31)}, "30 days"),
        ({"minutes": 121}, "between 1 and 120"),
        ({"minutes": 0}, "between 1 and 120"),
        ({"began_at": YESTERDAY - timedelta(hours=11)}, "12 hours a day"),
        ({"person": "stranger"}, "registered volunteers"),
    ],
)
def test_hours_that_cannot_be_are_refused(cast, traits, reason):
    with pytest.raises(RuleBroken, match=reason):
        propose(cast, **traits)
    assert not Service.objects.exists()


def test_hours_objected_to_are_amended_and_agreed_anew(cast):
    claim = propose(cast)
    actions.certify(claim.pk, by=cast["leader"], now=NOW)
    actions.dispute(claim.pk, reason="they came late", by=cast["resident"], now=NOW)
    with pytest.raises(RuleBroken, match="cannot confirm"):
        actions.confirm(claim.pk, by=cast["resident"], now=NOW)

    actions.amend(claim.pk, minutes=90, by=cast["leader"], now=NOW)
    actions.certify(claim.pk, by=cast["leader"], now=NOW)
    actions.confirm(claim.pk, by=cast["resident"], now=NOW)

    assert queries.minutes_of(cast["member"]) == 90


def test_an_objection_says_why(cast):
    claim = propose(cast)

    with pytest.raises(RuleBroken, match="state the reason"):
        actions.dispute(claim.pk, reason="  ", by=cast["resident"], now=NOW)


def test_a_correction_is_another_line():
    person = volunteer()
    entry = served(person, 120)
    by = officer("district_officer", "50.103.")

    actions.correct(entry.pk, minutes=-30, reason="left early", by=by, now=NOW)
    actions.correct(entry.pk, minutes=10, reason="not so early", by=by, now=NOW)

    assert [line.minutes for line in Entry.objects.filter(person=person)] == [120, -30, 10]
    assert queries.minutes_of(person) == 100
    assert hours.minutes_of_entry(entry) == 100


@pytest.mark.parametrize(
    ("minutes", "reason", "sentence"),
    [
        (-121, "why", "more minutes than were counted"),
        (1, "why", "between 1 and 120"),
        (0, "why", "adds or takes away"),
        (-20, " ", "state the reason"),
    ],
)
def test_a_correction_stays_within_the_span_and_says_why(minutes, reason, sentence):
    entry = served(volunteer(), 120)
    by = officer("district_officer", "50.103.")

    with pytest.raises(RuleBroken, match=sentence):
        actions.correct(entry.pk, minutes=minutes, reason=reason, by=by, now=NOW)
    assert Entry.objects.count() == 1


def test_a_service_corrected_down_to_nothing_does_not_count():
    person = volunteer()
    entry = served(person, 120)
    by = officer("district_officer", "50.103.")

    actions.correct(entry.pk, minutes=-120, reason="it never took place", by=by, now=NOW)

    account = hours.account(person)
    assert (account.minutes, account.services, account.first) == (0, 0, None)


@pytest.mark.parametrize("who", ["member", "leader", "resident", "worker", "elsewhere", "stranger"])
def test_only_an_officer_of_the_place_corrects(cast, who):
    entry = served(cast["member"], 60)

    with pytest.raises(NotAllowed):
        actions.correct(entry.pk, minutes=-1, reason="why", by=cast[who], now=NOW)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_keeps_the_ledger_from_change(change):
    entry = served(volunteer(), 60)
    line = Entry.objects.filter(pk=entry.pk)

    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        line.update(minutes=6000) if change == "update" else line._raw_delete("default")
    assert Entry.objects.get().minutes == 60


def test_the_database_counts_a_service_once():
    entry = served(volunteer(), 60)

    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            person=entry.person, service=entry.service, minutes=60, by=entry.by, at=NOW
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": -5},
        {"minutes": 0},
        {"minutes": -5, "corrects": True, "reason": ""},
        {"minutes": 0, "corrects": True, "reason": "why"},
    ],
)
def test_the_database_refuses_lines_that_say_nothing(wrong):
    entry = served(volunteer(), 60)
    corrects = entry if wrong.pop("corrects", False) else None

    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            person=entry.person,
            service=entry.service,
            corrects=corrects,
            by=entry.by,
            at=NOW,
            **wrong,
        )


@pytest.mark.parametrize(
    ("minutes", "star", "missing"),
    [
        (0, 0, 6000),
        (99 * 60 + 59, 0, 1),
        (5_999, 0, 1),
        (100 * 60, 1, 12_000),
        (300 * 60, 2, 18_000),
        (600 * 60, 3, 24_000),
        (1_000 * 60, 4, 30_000),
        (1_500 * 60 - 1, 4, 1),
        (1_500 * 60, 5, 0),
    ],
)
def test_stars_are_earned_at_their_borders(minutes, star, missing):
    from kepu.people import policy

    scale = policy.stars(NOW)
    standing = hours.Standing(minutes, scale.reached(minutes), 0, scale.following(minutes))

    assert (standing.star, standing.missing) == (star, missing)


def test_points_follow_the_rulebook():
    person = volunteer()
    served(person, 90)

    assert queries.standing(person, NOW).points == 1.5


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_the_ledger_is_empty_again_for_the_next_test(turn):
    assert not Entry.objects.exists()

    served(volunteer(), 60)
