"""A panel meets: a secretary at a desk, the screen of the room, and three members with telephones."""

from __future__ import annotations

import pytest
import time_machine
from playwright.sync_api import expect

from kepu.appraisal.models import Application, Meeting
from kepu.appraisal.states import ApplicationState
from tests.factories import NOW
from tests.journeys.test_base_programme import Clerk, zh
from tests.journeys.test_order_loop import DESK
from tests.kepu.appraisal import meeting_world as room
from tests.kepu.appraisal.factories import secretary

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_panel_meets_and_what_it_carries_is_proposed(browser, live_server):
    with time_machine.travel(NOW, tick=True):
        of = room.call(levels=[{"key": "plain", "title": "二级", "cut": 50}])
        rows = [room.reviewed(of, f"{n}馆示例") for n in "甲乙"]
        who = room.judges(3)
        desk = Clerk(browser, secretary(), live_server.url, **DESK)
        phones = [Clerk(browser, one.person, live_server.url, **PHONE) for one in who]

        meeting = _plan(desk, of.pk)
        _join(phones, meeting)
        _decide(desk, phones, ["for", "for", "against"])
        _decide(desk, phones, ["against", "against", "abstain"])
        _sign_and_close(desk, phones, meeting)
        _propose(desk, rows)


def _plan(desk: Clerk, call_id: int) -> Meeting:
    desk.opens(f"/appraisal/calls/{call_id}/")
    desk.does("Plan a meeting of the panel")
    desk.fills(
        title="示例评审会", place="示例楼三层会议室",
        starts_at=f"{NOW.replace(day=NOW.day + 1):%Y-%m-%dT%H:%M}",
    )  # fmt: skip
    for box in desk.page.locator("[name=experts]").all():
        box.check()
    desk.does("Plan and invite")
    desk.does("Draw the order")
    desk.does("Begin the meeting")
    return Meeting.objects.get()


def _join(phones: list[Clerk], meeting: Meeting) -> None:
    for phone in phones:
        phone.opens(f"/appraisal/meetings/join/?code={meeting.code}")
        phone.does("I am here")
        phone.page.locator("[name=confidential]").check()
        phone.does("Pledge")
        phone.reads("Nothing is in hand")


def _decide(desk: Clerk, phones: list[Clerk], marks: list[str]) -> None:
    """One application, from its call to its count; telephones show by themselves what is next."""
    desk.does("Call up")
    desk.does("Open the vote")
    screen = desk.context.new_page()
    screen.goto(f"{desk.page.url}screen/")
    for phone, mark in zip(phones, marks, strict=True):
        choice = phone.page.locator(f"[name=mark][value={mark}]")
        expect(choice).to_be_visible(timeout=15_000)
        choice.check()
        phone.does("Cast the vote")
        phone.reads("Your vote is counted")
    told = zh("%(voted)s of %(present)s have voted") % {"voted": 3, "present": 3}
    expect(screen.get_by_text(told)).to_be_visible(timeout=15_000)
    count = zh("%(votes_for)s for, %(against)s against, %(abstained)s abstained")
    sums = count % {
        "votes_for": marks.count("for"), "against": marks.count("against"),
        "abstained": marks.count("abstain"),
    }  # fmt: skip
    assert screen.get_by_text(sums).count() == 0
    button = desk.page.get_by_role("button", name=zh("Close the vote and count"))
    expect(button).not_to_have_attribute("aria-disabled", "true", timeout=15_000)
    desk.does("Close the vote and count")
    desk.sees(sums)
    expect(screen.get_by_text(sums).first).to_be_visible(timeout=15_000)
    screen.close()


def _sign_and_close(desk: Clerk, phones: list[Clerk], meeting: Meeting) -> None:
    for phone in phones:
        expect(phone.page.locator("[name=opinion]")).to_be_visible(timeout=15_000)
        phone.fills(opinion="同意评议结果（示例）")
        phone.does("Sign")
        phone.reads("You have signed")
    desk.opens(f"/appraisal/meetings/{meeting.pk}/")
    desk.does("Close the meeting")
    desk.does("Count again from the record")
    desk.reads("The same record gives the same results")
    for what in ("minutes.pdf", "minutes.docx", "opinions.pdf", "opinions.docx"):
        answer = phones[0].context.request.get(f"/appraisal/meetings/{meeting.pk}/papers/{what}")
        assert answer.status == 200
        assert len(answer.body()) > 1000


def _propose(desk: Clerk, rows: list[Application]) -> None:
    """One was carried and can be proposed; the page of the other says why not."""
    outcome = {one.application_id: one.carried for one in Meeting.objects.get().items.all()}
    carried = next(one for one in rows if outcome[one.pk])
    failed = next(one for one in rows if not outcome[one.pk])
    for one in (failed, carried):
        desk.opens(f"/applications/{one.pk}/propose/")
        desk.fills(grade="plain")
        desk.page.locator("main form.form button[type=submit]").click()
        desk.page.wait_for_load_state()
        if one is failed:
            desk.reads("the panel did not carry this application")

    assert Application.objects.get(pk=carried.pk).state == ApplicationState.PROPOSED
    assert Application.objects.get(pk=failed.pk).state == ApplicationState.REVIEWED
