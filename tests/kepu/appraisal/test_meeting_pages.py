"""Pages of a meeting: who gets which, what a member is shown, and two presses of one vote."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kepu.appraisal import rules
from kepu.appraisal.actions import attending, meetings
from kepu.appraisal.models import Meeting, MeetingItem
from kepu.people.models import Expert
from tests.factories import officer, user
from tests.kepu.appraisal import meeting_world as room
from tests.kepu.appraisal.factories import decider, secretary

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def as_(person: Any) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    if person is not None:
        client.force_login(person)
    return client


def in_the_vote() -> tuple[Meeting, MeetingItem, list[Expert]]:
    of = room.call()
    who = room.judges(3)
    meeting = room.under_way(of, [room.reviewed(of, "秘密馆示例")], who)
    return meeting, room.voting(meeting), who


OFFICE = ("meeting", "meeting-projection", "meeting-code")
LEADING = ("meeting-invite", "meeting-cancel")


def test_office_reads_the_pages_of_a_meeting_its_secretary_leads_and_members_have_their_own():
    meeting, _item, who = in_the_vote()

    def statuses(person: Any, names: tuple[str, ...]) -> set[int]:
        return {as_(person).get(reverse(name, args=[meeting.pk])).status_code for name in names}

    assert statuses(secretary(), OFFICE + LEADING) == {200}
    assert statuses(decider(), OFFICE) == {200}
    assert statuses(decider(), LEADING) == {403}
    away = officer("appraisal_secretary", "50.103.", "区秘书示例")
    for other in (away, user("过客示例"), who[0].person):
        assert statuses(other, OFFICE + LEADING) == {404}
    assert statuses(who[0].person, ("meeting-seat",)) == {200}
    assert statuses(secretary(), ("meeting-seat",)) == {404}


def test_every_deed_of_the_secretary_is_refused_to_members_strangers_and_deciding_officers():
    meeting, item, who = in_the_vote()
    deeds = [
        *(reverse("meeting-act", args=[meeting.pk, verb])
          for verb in ("draw", "open", "close", "renew-code")),
        *(reverse("meeting-item-act", args=[meeting.pk, item.pk, verb])
          for verb in ("call-up", "let-vote", "count", "put-off", "take-off")),
        reverse("meeting-cancel", args=[meeting.pk]),
    ]  # fmt: skip

    for address in deeds:
        assert as_(who[0].person).post(address).status_code == 404
        assert as_(user("过客示例")).post(address).status_code == 404
        assert as_(decider()).post(address).status_code == 403
        assert as_(None).post(address).status_code == 302
    item.refresh_from_db()
    assert item.state == "voting"


def test_no_dossier_is_handed_to_who_left_or_stepped_aside():
    meeting, item, who = in_the_vote()
    seat = reverse("meeting-seat", args=[meeting.pk])

    def reads(one: Expert) -> tuple[bool, bool]:
        """Whether the rule lets the member, and whether the page has it."""
        why_not = rules.meetings.why_not_read(item, room.seat(meeting, one))
        return why_not is None, "申报内容" in as_(one.person).get(seat).content.decode()

    assert [reads(one) for one in who] == [(True, True)] * 3
    meetings.mark_gone(room.seat(meeting, who[0]).pk, by=secretary(), now=room.DURING)
    attending.step_aside(item.pk, by=who[1].person, now=room.DURING)

    assert [reads(one) for one in who] == [(False, False), (False, False), (True, True)]


def test_a_vote_pressed_twice_counts_once_and_the_second_press_is_told_so():
    meeting, item, who = in_the_vote()
    address = reverse("meeting-vote", args=[meeting.pk, item.pk])
    client = as_(who[0].person)

    first = client.post(address, {"mark": "for"})
    second = client.post(address, {"mark": "against"})

    assert (first.status_code, second.status_code) == (302, 302)
    item.refresh_from_db()
    assert item.tally == {"for": 1}
    assert "已计入您的表决。" in client.get(second["Location"]).content.decode()


def test_a_vote_without_a_choice_is_refused_in_words():
    meeting, item, who = in_the_vote()

    answer = as_(who[0].person).post(reverse("meeting-vote", args=[meeting.pk, item.pk]), {})

    assert answer.status_code == 409
    assert "请选择同意、不同意或弃权" in answer.content.decode()


def test_the_room_knows_a_blind_application_by_its_code_alone():
    meeting, item, who = in_the_vote()

    for person, name in ((secretary(), "meeting-projection"), (who[0].person, "meeting-seat")):
        page = as_(person).get(reverse(name, args=[meeting.pk])).content.decode()
        assert item.application.code in page
        assert "秘密馆" not in page


def test_who_stepped_aside_does_not_read_what_it_says_and_finds_no_vote():
    of = room.call()
    who = room.judges(4)
    meeting = room.opened(room.planned(of, [room.reviewed(of)], who))
    item = room.item(meeting)
    for expert in who[:3]:
        room.comes(meeting, expert)
    room.comes(meeting, who[3], aside=[item.pk])
    room.voting(meeting)

    page = as_(who[3].person).get(reverse("meeting-seat", args=[meeting.pk])).content.decode()
    other = as_(who[0].person).get(reverse("meeting-seat", args=[meeting.pk])).content.decode()

    assert "您对此项回避" in page
    assert 'name="mark"' not in page
    assert not re.search(r"\b900\b", page)  # the answer to a question
    assert 'name="mark"' in other
    assert re.search(r"\b900\b", other)


def asks_again(client, address, stamp):
    return client.get(address, {"seen": stamp}, headers={"HX-Request": "true"})


def test_the_desk_is_told_of_each_vote_and_left_alone_without_one():
    meeting, item, who = in_the_vote()
    client, address = as_(secretary()), reverse("meeting", args=[meeting.pk])
    stamp = room.stamp(meeting)

    same = asks_again(client, address, stamp)
    room.votes(item, who[1])

    assert (same.status_code, same.content) == (204, b"")
    assert asks_again(client, address, stamp)["HX-Refresh"] == "true"


def test_a_seat_is_not_loaded_anew_by_the_votes_of_others_but_by_the_count():
    meeting, item, who = in_the_vote()
    client, address = as_(who[0].person), reverse("meeting-seat", args=[meeting.pk])
    (stamp,) = re.findall(r"seen=([^\"]+)\"", client.get(address).content.decode())

    for one in who[1:]:
        room.votes(item, one)
    assert asks_again(client, address, stamp).status_code == 204
    room.votes(item, who[0])
    room.counted(item)

    assert asks_again(client, address, stamp)["HX-Refresh"] == "true"


def test_the_code_of_a_room_is_on_no_page_of_a_member():
    meeting, _item, who = in_the_vote()

    for name, args in (
        ("meeting-seat", [meeting.pk]),
        ("appraisal-reviews", []),
        ("meeting-join", []),
    ):
        assert meeting.code not in as_(who[0].person).get(reverse(name, args=args)).content.decode()


def test_an_opinion_that_is_too_long_is_refused_and_nothing_is_signed():
    meeting, item, who = in_the_vote()
    for expert in who:
        room.votes(item, expert)
    room.counted(item)

    answer = as_(who[0].person).post(
        reverse("meeting-sign", args=[meeting.pk]), {"opinion": "长" * 4001}
    )

    assert answer.status_code == 422
    assert room.seat(meeting, who[0]).signed_at is None


def test_a_meeting_is_moved_on_its_page_by_who_leads_it():
    of = room.call()
    who = room.judges(3)
    meeting = room.planned(of, [room.reviewed(of)], who)
    address = reverse("meeting-move", args=[meeting.pk])
    later = timezone.localtime(timezone.now() + timedelta(days=30)).replace(second=0, microsecond=0)
    said = {
        "place": "示例楼五层",
        "starts_at": f"{later:%Y-%m-%dT%H:%M}",
        "version": meeting.version,
    }

    assert as_(secretary()).get(address).status_code == 200
    for other, answer in ((decider(), 403), (who[0].person, 404), (user("过客示例"), 404)):
        assert as_(other).post(address, said).status_code == answer
    assert as_(secretary()).post(address, said | {"version": 99}).status_code == 409
    assert as_(secretary()).post(address, said).status_code == 302

    meeting.refresh_from_db()
    assert (meeting.place, meeting.starts_at) == ("示例楼五层", later)
