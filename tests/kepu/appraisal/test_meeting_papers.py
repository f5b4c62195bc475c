"""Minutes and opinion sheets: what stands in them, in both forms, and who gets them."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from kepu.appraisal import papers, word
from kepu.appraisal.actions import attending, meetings
from kepu.appraisal.models import Meeting
from kepu.people.models import Expert
from tests.factories import user
from tests.kepu.appraisal import meeting_world as room
from tests.kepu.appraisal.factories import decider, district, secretary
from tests.kepu.appraisal.meeting_world import DURING

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MARKS = ("for", "for", "against", "for")


def held(**panel: object) -> tuple[Meeting, list[Expert]]:
    """A closed meeting of five: four voted, one stepped aside, one of the four signed with words."""
    of = room.call(**panel)
    who = room.judges(5)
    meeting = room.opened(room.planned(of, [room.reviewed(of)], who))
    item = room.item(meeting)
    for expert in who[:4]:
        room.comes(meeting, expert)
    room.comes(meeting, who[4], aside=[item.pk])
    room.voting(meeting)
    for expert, mark in zip(who[:4], MARKS, strict=True):
        room.votes(item, expert, mark)
    room.counted(item)
    attending.sign(
        room.seat(meeting, who[0]).pk,
        opinion="展品完好，\n同意推荐。",
        by=who[0].person,
        now=DURING,
    )
    return room.closed(meeting), who


def text_of(docx: bytes) -> str:
    """Every paragraph of a document, read as a word processor reads it."""
    with zipfile.ZipFile(io.BytesIO(docx)) as packed:
        assert packed.testzip() is None
        parts = [packed.read(name) for name in ("word/document.xml", "word/footer.xml")]
    lines = []
    for part in parts:
        tree = etree.fromstring(part)
        for one in tree.iter(f"{{{word.W}}}p"):
            lines.append("".join(piece.text or "" for piece in one.iter(f"{{{word.W}}}t")))
    return "\n".join(lines)


def test_minutes_tell_who_was_there_what_was_drawn_what_it_came_to_and_who_signed():
    meeting, who = held()
    code = room.item(meeting).application.code

    content, kind = papers.drawn(meeting, "minutes", "docx")

    told = text_of(content)
    assert kind == papers.DOCX
    for words in (
        "示例评审会", "示例楼三层会议室", "应到 5 人，实到 5 人", "无记名投票", code,
        f"种子 {meeting.seed}", "同意 3，不同意 1，弃权 0", "通过", "4/4", who[4].person.name,
        meeting.digest,
    ):  # fmt: skip
        assert words in told
    assert "秘密馆" not in told  # judging was blind
    assert "记名表决" not in told.replace("无记名表决", "")


def test_opinion_sheets_have_the_words_of_those_who_signed():
    meeting, who = held()

    told = text_of(papers.drawn(meeting, "opinions", "docx")[0])

    assert f"1 号评委：{who[0].person.name}" in told
    assert "展品完好，\n同意推荐。" in told
    assert f"2 号评委：{who[1].person.name}" not in told


def test_minutes_of_an_open_vote_say_how_each_voted():
    meeting, who = held(secret=False)

    told = text_of(papers.drawn(meeting, "minutes", "docx")[0])

    assert f"{who[2].person.name}\n不同意" in told


def test_the_pdf_has_the_same_content_and_the_same_bytes_each_time():
    meeting, _who = held()

    first, kind = papers.drawn(meeting, "minutes", "pdf")
    again, _kind = papers.drawn(meeting, "minutes", "pdf")

    assert kind == "application/pdf"
    assert first == again
    with pikepdf.open(io.BytesIO(first)) as pdf:
        assert "评审会会议记录" in str(pdf.docinfo["/Title"])
        assert len(pdf.pages) >= 1
    assert papers.drawn(meeting, "minutes", "docx") == papers.drawn(meeting, "minutes", "docx")


def test_office_and_members_who_came_get_the_papers_and_nobody_else():
    meeting, who = held()
    address = reverse("meeting-paper", args=[meeting.pk, "minutes", "docx"])

    def status(person) -> int:
        client = Client()
        if person is not None:
            client.force_login(person)
        return client.get(address).status_code

    assert status(secretary()) == status(decider()) == status(who[0].person) == 200
    for other in (user("过客示例"), district(), room.world.expert("另一位示例").person):
        assert status(other) == 404
    assert status(None) == 302


def test_there_are_no_papers_before_the_meeting_is_closed():
    of = room.call()
    meeting = room.under_way(of, [room.reviewed(of)], room.judges(3))
    client = Client()
    client.force_login(secretary())

    answer = client.get(reverse("meeting-paper", args=[meeting.pk, "minutes", "pdf"]))

    assert answer.status_code == 409


def test_a_line_that_xml_cannot_say_is_kept_without_its_controls():
    made = word.document([word.Line("甲\x0b乙<&>")], foot="")

    assert "甲乙<&>" in text_of(made)


def test_a_meeting_can_be_called_off_but_its_papers_do_not_appear():
    of = room.call()
    meeting = room.planned(of, [room.reviewed(of)], room.judges(3))
    meetings.cancel(meeting.pk, by=secretary(), now=room.NOW)
    client = Client()
    client.force_login(secretary())

    assert (
        client.get(reverse("meeting-paper", args=[meeting.pk, "opinions", "pdf"])).status_code
        == 409
    )
