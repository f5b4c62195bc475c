"""A planned meeting is moved: its order and sealed seed stay, and everybody who is invited hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kepu.appraisal.actions import meetings
from kepu.appraisal.queries import meetings as queries
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from tests.factories import NOW, officer
from tests.kepu.appraisal import meeting_world as room
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.factories import decider, secretary
from tests.kepu.appraisal.meeting_world import DURING, SOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_planned_meeting_is_moved_with_its_order_and_everybody_hears_of_it():
    of = room.call()
    who = room.judges(3)
    meeting = room.planned(of, [room.reviewed(of, f"{n}馆示例") for n in "甲乙"], who)
    meetings.draw(meeting.pk, by=secretary(), now=NOW)
    meeting.refresh_from_db()
    drawn, later = [one.pk for one in queries.items(meeting)], SOON + timedelta(days=3)
    sealed = (meeting.seed, meeting.seed_salt, meeting.seed_digest)

    moved = meetings.move(
        meeting.pk,
        starts_at=later,
        place="示例楼五层",
        seen=meeting.version,
        by=secretary(),
        now=NOW,
    )

    assert (moved.starts_at, moved.place, moved.state) == (later, "示例楼五层", "planned")
    assert (moved.seed, moved.seed_salt, moved.seed_digest) == sealed
    assert [one.pk for one in queries.items(moved)] == drawn
    assert all("示例楼五层" in world.told(one.person)[-1] for one in who)
    entry = Entry.objects.get(verb="appraisal.move_meeting")
    assert [datetime.fromisoformat(entry.detail[key]) for key in ("before", "after")] == [
        SOON,
        later,
    ]


def test_before_the_draw_the_seed_stays_sealed_over_a_move():
    of = room.call()
    meeting = room.planned(of, [room.reviewed(of)], room.judges(3))

    moved = meetings.move(
        meeting.pk, starts_at=SOON + timedelta(hours=2), place=meeting.place, seen=meeting.version,
        by=secretary(), now=NOW,
    )  # fmt: skip

    assert moved.seed is None
    assert (moved.seed_digest, bytes(moved.sealed_seed)) == (
        meeting.seed_digest,
        bytes(meeting.sealed_seed),
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"starts_at": NOW}, "begins after now"),
        ({"seen": 99}, "in the meantime"),
        ({"place": " "}, "where the meeting is held"),
        ({"starts_at": SOON}, "there and then already"),
    ],
)
def test_a_meeting_is_moved_to_another_time_to_come_as_it_was_looked_at(said, reason):
    of = room.call()
    meeting = room.planned(of, [room.reviewed(of)], room.judges(3))
    whole = {"starts_at": SOON + timedelta(days=1), "place": meeting.place, "seen": meeting.version}

    with pytest.raises(RuleBroken, match=reason):
        meetings.move(meeting.pk, by=secretary(), now=NOW, **whole | said)


def test_only_its_secretary_moves_a_meeting_and_only_before_it_begins():
    of = room.call()
    who = room.judges(3)
    meeting = room.planned(of, [room.reviewed(of)], who)
    there = {"starts_at": SOON + timedelta(days=1), "place": meeting.place}

    for by in (decider(), who[0].person, officer("appraisal_secretary", "50.103.")):
        with pytest.raises(NotAllowed):
            meetings.move(meeting.pk, seen=meeting.version, by=by, now=NOW, **there)
    begun = room.opened(meeting)
    with pytest.raises(RuleBroken, match="has begun"):
        meetings.move(meeting.pk, seen=begun.version, by=secretary(), now=DURING, **there)
