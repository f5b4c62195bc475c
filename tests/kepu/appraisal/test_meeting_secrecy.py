"""A secret vote is secret: nothing that is kept or shown says who voted what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.db import models
from django.test import Client
from django.urls import reverse

from kepu.appraisal import held
from kepu.appraisal.actions import meetings
from kepu.appraisal.models import MeetingItem, MeetingVote
from kepu.kernel.accounts.held import part
from kepu.kernel.audit.models import Entry
from kepu.kernel.facts.models import Happening
from kepu.kernel.idempotency.models import Answered
from kepu.people.models import Expert
from tests.factories import NOW
from tests.kepu.appraisal import meeting_world as room
from tests.kepu.appraisal.factories import secretary

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MARKS = ("for", "against", "abstain", "for")


def signed_in(person: Any) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(person)
    return client


def voted(marks: tuple[str, ...], *, secret: bool = True) -> tuple[MeetingItem, list[Expert]]:
    """Everybody has voted on the page, as telephones do it."""
    of = room.call(secret=secret)
    who = room.judges(len(marks))
    meeting = room.under_way(of, [room.reviewed(of)], who)
    item = room.voting(meeting)
    for expert, mark in zip(who, marks, strict=True):
        address = reverse("meeting-vote", args=[meeting.pk, item.pk])
        sent = {"mark": mark, "form_key": f"key-{expert.pk}"}
        assert signed_in(expert.person).post(address, sent).status_code == 302
    item.refresh_from_db()
    return item, who


def holders(word: str) -> set[str]:
    """Tables in which the word is the whole of some value, or one of a value's."""
    found = set()
    for model in apps.get_models():
        rows: models.QuerySet[Any] = model._default_manager.all()
        for row in serializers.serialize("python", rows):
            if f'"{word}"' in json.dumps(row["fields"], default=str):
                found.add(row["model"])
    return found


def test_of_a_secret_vote_it_is_kept_who_voted_and_beside_that_the_sums():
    item, who = voted(MARKS)

    rows = MeetingVote.objects.filter(item=item).values_list("member__number", "mark")

    assert sorted(rows) == [(number, "") for number in range(1, len(who) + 1)]
    assert item.tally == {"abstain": 1, "against": 1, "for": 2}
    # In the order of the words, or of their lengths as jsonb has it; never in that of the votes.
    by_length = sorted(item.tally, key=lambda mark: (len(mark), mark))
    assert list(item.tally) in (sorted(item.tally), by_length)


def test_a_vote_has_no_time_and_no_number_beside_its_voter_and_item():
    columns = {field.name for field in MeetingVote._meta.get_fields()}

    assert columns == {"id", "item", "member", "mark"}


def test_the_audit_says_that_a_vote_was_cast_and_no_more():
    item, who = voted(MARKS)

    found = Entry.objects.filter(verb="appraisal.vote_meeting").values_list("detail", flat=True)

    assert list(found) == [{"application": item.application_id}] * len(who)


def test_no_fact_tells_of_a_vote():
    of = room.call()
    who = room.judges(3)
    item = room.voting(room.under_way(of, [room.reviewed(of)], who))
    before = Happening.objects.count()

    for expert in who:
        room.votes(item, expert)

    assert Happening.objects.count() == before


def test_a_form_of_a_vote_is_remembered_by_no_digest_of_its_words():
    """A digest of one of three words under a known key would be found by trying all three."""
    voted(MARKS)

    assert not Answered.objects.filter(key__startswith="form:key-").exists()


def test_the_export_of_a_member_has_the_seat_and_no_vote():
    _item, who = voted(("against", "for", "for"))

    own = part(held.TABLES)(who[0].person, NOW)
    taken = json.dumps(own, ensure_ascii=False, default=str)

    assert "示例评审会" in taken
    assert "against" not in taken
    assert "不同意" not in taken


def test_pages_show_sums_when_the_vote_is_counted_and_nothing_of_them_before():
    item, who = voted(("against", "against", "for"))
    pages = {
        "secretary": (secretary(), ("meeting", "meeting-projection")),
        "member": (who[2].person, ("meeting-seat",)),
    }

    def seen() -> str:
        return "".join(
            signed_in(person).get(reverse(name, args=[item.meeting_id])).content.decode()
            for person, names in pages.values()
            for name in names
        )

    assert "1 票同意" not in seen()
    room.counted(item)
    assert "1 票同意，2 票不同意，0 票弃权" in seen()


def test_votes_of_an_open_vote_stand_with_the_name():
    item, who = voted(("against", "for", "for"), secret=False)

    rows = dict(MeetingVote.objects.filter(item=item).values_list("member__expert", "mark"))

    assert rows == dict(zip([one.pk for one in who], ("against", "for", "for"), strict=True))


def test_votes_that_were_put_off_leave_nothing():
    item, _who = voted(("against", "for", "for"))

    meetings.put_off(item.pk, by=secretary(), now=room.DURING)

    item.refresh_from_db()
    assert (item.tally, MeetingVote.objects.count()) == ({}, 0)


def test_the_record_of_a_secret_vote_has_sums_and_members_numbers_only():
    item, who = voted(("against", "for", "for"))
    room.counted(item)
    meeting = room.closed(item.meeting)

    (row,) = meeting.record["items"]

    assert "votes" not in row
    assert row["tally"] == {"against": 1, "for": 2}
    told = json.dumps(meeting.record, ensure_ascii=False)
    assert not any(one.person.name in told for one in who)


def test_no_table_but_the_sums_has_what_was_voted():
    _item, who = voted(MARKS)

    assert len(who) == 4
    assert {each for mark in set(MARKS) for each in holders(mark)} == {"appraisal.meetingitem"}
