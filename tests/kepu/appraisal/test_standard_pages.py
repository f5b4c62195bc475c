"""Pages of standards in a browser without script: who gets through which door, and what each reads."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal.actions import standards_open as opened
from kepu.appraisal.models import Comment, Standard
from kepu.kernel import clock
from tests.factories import NOW, user
from tests.kepu.appraisal import standard_factories as make
from tests.kepu.appraisal.standard_factories import AFTER, DAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person is not None:
        made.force_login(person)
    return made


def page(who: Client, name: str, *args: object) -> str:
    return who.get(reverse(name, args=args)).content.decode()


def test_a_standard_is_proposed_drafted_commented_on_and_answered_on_pages():
    by = make.proposer()
    drafter, office, signer, anybody = (
        browser(by), browser(make.secretary()), browser(make.decider()), browser(user("居民示例")),
    )  # fmt: skip
    about = {
        "organisation": make.unit().pk, "title": "科普讲解服务规范", "level": "group",
        "kind": "service", "about": "讲解员服务没有统一的要求",
    }  # fmt: skip

    drafter.post(reverse("standard-new"), about)
    one = Standard.objects.get()
    drafter.post(reverse("standard-propose", args=[one.pk]))
    assert "科普讲解服务规范" in page(office, "standard-desk")
    signer.post(
        reverse("standard-decide", args=[one.pk, "take_up"]), {"version": 2, "reference": "1号"}
    )
    drafter.post(
        reverse("clause-new", args=[one.pk]),
        {"number": "5.2", "heading": "讲解", "text": "二十分钟"},
    )
    changed = {"number": "5.2", "heading": "讲解", "text": "十五分钟", "version": 1}
    drafter.post(reverse("clause", args=[one.pk, "5.2"]), changed)
    assert '<del class="diff-old">二' in page(drafter, "clause", one.pk, "5.2")
    office.post(reverse("standard-round", args=[one.pk]), {"days": 30, "explained": "调研说明"})
    assert "调研说明" in page(browser(), "standard", one.pk)
    said = {"clause": "5.2", "text": "太短", "contact": "13800000001"}
    sent = anybody.post(reverse("standard-comment", args=[one.pk]), said)
    row = Comment.objects.get()
    assert "13800000001" in page(drafter, "standard-reply", row.pk)
    answered = drafter.post(
        reverse("standard-reply", args=[row.pk]), {"verdict": "accepted", "reply": "已改"}
    )

    assert (sent.status_code, answered.status_code) == (302, 302)
    assert "已改" in page(anybody, "standard", one.pk)
    assert "太短" not in page(browser(), "standard-comments", one.pk)  # not before it is closed


def test_comments_are_public_with_their_answers_once_the_round_is_closed_and_name_nobody():
    by, resident = make.proposer(), user("居民秘名")
    one = make.standard("comments", by=by)
    opened.reply(
        make.comment(one, by=resident, contact="13800000009").pk, verdict="declined",
        reply="依据测试结果不改", by=by, now=NOW,
    )  # fmt: skip
    reader = browser(user("读者示例"))
    table = f"{reverse('register-export', args=['standard-comments', 'xlsx'])}?standard={one.pk}"
    before = rows_of(reader.get(table).getvalue())

    opened.close_round(one.pk, by=make.secretary(), now=AFTER)
    assert "十分钟" not in page(reader, "standard", one.pk)  # the text is drafted again
    insider = rows_of(browser(by).get(table).getvalue())
    make.go(one, "send_to_review", by)
    make.go(one, "pass_review", by)
    make.go(one, "open_vote", by)
    make.go(one, "carry", by)
    make.go(one, "publish", by)
    text = page(reader, "standard-comments", one.pk)
    after = rows_of(reader.get(table).getvalue())

    assert len(before) == 1
    assert "依据测试结果不改" in text
    assert "One person" in text
    assert after == insider
    assert after[1][1:3] == ("5.2", "二十分钟太长，改为十五分钟")
    for whole in (text, str(after)):
        assert "居民秘名" not in whole
        assert "13800000009" not in whole
        assert resident.pseudonym not in whole


def rows_of(file: bytes) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(file)).active.values)


def test_a_member_votes_on_a_page_once(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    one = make.standard("vote")
    member = browser(one.ballots.get().voters.first().person)
    form = reverse("standard-vote", args=[one.pk])

    asked = page(member, "my-standards")
    shown = member.get(form).content.decode()
    first = member.post(form, {"choice": "for"})
    again = member.post(form, {"choice": "against"})

    assert "Your vote is asked for" in asked
    assert "A secret vote" in shown
    assert "每场讲解不少于二十分钟" in shown
    assert (first.status_code, again.status_code) == (302, 409)
    assert one.ballots.get().votes_for == 1
    assert "Your vote is counted" in member.get(form).content.decode()


def test_a_standard_made_elsewhere_is_found_by_number_and_says_that_its_text_is_not_here():
    one = make.known()

    listed = browser().get(reverse("standards"), {"q": "gb/t 45952"}).content.decode()
    shown = page(browser(make.secretary()), "standard", one.pk)

    assert "科技馆运行评估规范" in listed
    assert "of its text it holds nothing" in shown
    assert "示例名录" in shown


@pytest.mark.parametrize("state", ["draft", "proposed", "drafting"])
def test_what_was_never_public_nobody_finds(state):
    one = make.standard(state)

    for who in (browser(), browser(user())):
        assert who.get(reverse("standard", args=[one.pk])).status_code == 404
        assert who.get(reverse("standard-comments", args=[one.pk])).status_code == 404
        assert one.title_en not in page(who, "standards")


@pytest.mark.parametrize(
    ("name", "state", "more", "method", "statuses"),
    [
        # proposer, secretary, officer, member of another unit, somebody, nobody
        ("my-standards", "", (), "get", (200, 200, 200, 200, 200, 302)),
        ("standard-desk", "", (), "get", (403, 200, 200, 403, 403, 302)),
        ("standard-new", "", (), "get", (200, 403, 403, 200, 403, 302)),
        ("standard", "draft", (), "get", (200, 404, 404, 404, 404, 404)),
        ("standard", "proposed", (), "get", (200, 200, 200, 404, 404, 404)),
        ("standard", "comments", (), "get", (200, 200, 200, 200, 200, 200)),
        ("standard-edit", "draft", (), "get", (200, 404, 404, 404, 404, 302)),
        ("standard-edit", "proposed", (), "get", (409, 403, 403, 404, 404, 302)),
        ("standard-propose", "draft", (), "post", (302, 403, 403, 404, 404, 302)),  # by the first
        ("standard-drafters", "drafting", (), "get", (200, 403, 403, 404, 404, 302)),
        ("clause-new", "drafting", (), "get", (200, 403, 403, 404, 404, 302)),
        ("clause", "drafting", ("5.2",), "get", (200, 403, 403, 404, 404, 302)),
        ("clause", "comments", ("5.2",), "get", (409, 403, 403, 403, 403, 302)),
        ("standard-round", "drafting", (), "get", (403, 200, 403, 404, 404, 302)),
        ("standard-round-close", "comments", (), "post", (403, 409, 403, 403, 403, 302)),
        ("standard-comment", "comments", (), "get", (200, 200, 200, 200, 200, 302)),
        ("standard-comment", "drafting", (), "get", (409, 409, 409, 404, 404, 302)),
        ("standard-comments", "comments", (), "get", (200, 200, 200, 200, 200, 200)),
        ("standard-review", "answered", (), "post", (403, 302, 403, 403, 403, 302)),
        ("standard-opinion", "review", (), "get", (403, 200, 403, 403, 403, 302)),
        ("standard-members", "reviewed", (), "get", (403, 200, 403, 403, 403, 302)),
        ("standard-vote", "vote", (), "get", (403, 403, 403, 403, 403, 302)),
        ("standard-vote-close", "vote", (), "post", (403, 409, 403, 403, 403, 302)),
        ("standard-decide", "proposed", ("take_up",), "get", (403, 403, 200, 404, 404, 302)),
        ("standard-decide", "proposed", ("send_back",), "get", (403, 200, 403, 404, 404, 302)),
        ("standard-decide", "published", ("abolish",), "get", (403, 403, 200, 403, 403, 302)),
        ("standard-decide", "published", ("take_up",), "get", (403, 403, 409, 403, 403, 302)),
        ("standard-decide", "published", ("replace",), "get", (404, 404, 404, 404, 404, 302)),
    ],
)  # fmt: skip
def test_who_gets_through_which_door(name, state, more, method, statuses):
    by = make.proposer()
    args = [make.standard(state, by=by).pk, *more] if state else []
    other = make.proposer(make.unit("别的单位", "91500000MA5U000037"))
    people = (by, make.secretary(), make.decider(), other, user(), None)

    got = [getattr(browser(who), method)(reverse(name, args=args)).status_code for who in people]

    assert tuple(got) == statuses


def test_who_does_not_draft_answers_no_comment_and_learns_no_contact():
    one = make.standard("comments")
    row = make.comment(one, contact="13800000009")
    door = reverse("standard-reply", args=[row.pk])

    for who in (make.secretary(), make.decider(), user()):
        assert browser(who).get(door).status_code == 404
    assert browser().get(door).status_code == 302


def test_what_is_typed_wrong_is_said_and_kept():
    by = make.proposer()
    one = make.standard("drafting", by=by)

    answer = browser(by).post(
        reverse("clause-new", args=[one.pk]),
        {"number": "五", "heading": "题", "text": "写了很久的文字"},
    )
    unknown = browser(by).post(
        reverse("standard-drafters", args=[one.pk]),
        {"person": user().login, "role": "member", "unit": "91500000MA5U009999"},
    )

    assert answer.status_code == 409
    assert "such as 5, 5.2 or A.1" in answer.content.decode()
    assert "写了很久的文字" in answer.content.decode()
    assert unknown.status_code == 422
    assert "no unit with this credit code" in unknown.content.decode()


def test_the_desk_names_what_is_due():
    one = make.standard("published")
    office = browser(make.secretary())

    before = page(office, "standard-desk")
    Standard.objects.update(review_on=NOW.date() + 180 * DAY)
    after = page(office, "standard-desk")

    assert "Due to be looked at anew" not in before
    assert "Due to be looked at anew</h2>" in after
    assert one.number in after


def test_who_commented_follows_the_draft_to_its_end_and_reads_the_answer():
    by, resident = make.proposer(), user("居民示例")
    one = make.standard("comments", by=by)
    said = make.comment(one, by=resident)
    opened.reply(said.pk, verdict="partly", reply="改为十八分钟", by=by, now=NOW)
    opened.close_round(one.pk, by=make.secretary(), now=AFTER)

    shown = page(browser(resident), "standard", one.pk)

    assert "改为十八分钟" in shown
    assert "每场讲解" not in shown
    assert one.title_en in browser().get(reverse("standards")).content.decode()
