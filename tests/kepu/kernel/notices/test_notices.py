from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.facts import worker
from kepu.kernel.facts.models import Delivery, DeliveryState, Happening
from kepu.kernel.notices import actions, channels, queries, texts
from kepu.kernel.notices.channels.fake import Fake
from kepu.kernel.notices.models import Attempt, Notice, OptOut
from kepu.kernel.notices.schemas import KIND, NoticeRules
from kepu.kernel.notices.states import AttemptState, Way
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.rulebooks import queries as rulebooks
from tests.factories import NOW, user

pytestmark = pytest.mark.django_db

DONE = Text(
    "test_done",
    Words("订单{order}完成", "“{order}”已由{who}完成。"),
    Words("Order {order} done", "{order} was done by {who}."),
)
URGENT = Text("test_urgent", Words("紧急", "请看"), Words("Urgent", "Look"), urgent=True)
CONTEXT = {"order": "天文讲座", "who": "李示例"}
RULES = """
quiet: {from: "22:00", to: "08:00"}
order: [wechat, sms, email, webhook]
sms:
  price_fen: 5
  person_day_fen: 10
  city_day_fen: 20
  templates: {test_done: SMS_1, test_urgent: SMS_2}
wechat:
  templates: {test_done: WX_1}
"""


@pytest.fixture(autouse=True)
def own_texts(monkeypatch):
    monkeypatch.setattr(texts, "TEXTS", {**texts.TEXTS, DONE.key: DONE, URGENT.key: URGENT})
    monkeypatch.setattr(actions, "TEXTS", texts.TEXTS)
    monkeypatch.setattr(queries, "TEXTS", texts.TEXTS)


@pytest.fixture(autouse=True)
def own_rules(monkeypatch):
    rulebooks.shipped.cache_clear()
    monkeypatch.setattr(type(KIND), "shipped", lambda kind: RULES)
    yield
    rulebooks.shipped.cache_clear()


@pytest.fixture(autouse=True)
def ways():
    fakes = {way: Fake(way) for way in Way}
    channels.use(*fakes.values())
    yield fakes
    channels.close_all()


@pytest.fixture
def person():
    return user(phone="+8613800000001", email="zhang@example.org")


def tell(person, now: datetime = NOW, text: Text = DONE) -> Notice:
    notice = actions.notify(person, text.key, CONTEXT, now=now, link="/orders/7/")
    assert notice is not None
    return notice


def sent(ways) -> dict[str, list[str]]:
    return {way.value: list(fake.sent) for way, fake in ways.items() if fake.sent}


def test_a_notice_stands_in_kepu_at_once_in_the_persons_language(person):
    tell(person)

    [letter] = queries.letters(person, list(queries.of_person(person)))
    person.language = "en"
    [english] = queries.letters(person, list(queries.of_person(person)))

    assert (letter.title, letter.text) == ("订单天文讲座完成", "“天文讲座”已由李示例完成。")
    assert english.text == "天文讲座 was done by 李示例."
    assert queries.unread(person) == 1


def test_no_personal_value_stands_in_clear_outside_the_seal(person):
    tell(person)

    rows = [
        *Notice.objects.values(), *Happening.objects.values(), *Delivery.objects.values(),
        *Entry.objects.values(),
    ]  # fmt: skip
    assert "李示例" not in str(rows)
    assert Happening.objects.get(name="NoticeRaised").data.keys() == {"at", "notice_id"}


def test_the_worker_sends_by_the_first_way_that_reaches_the_person(person, ways):
    notice = tell(person)

    worker.work_off(NOW)

    assert sent(ways) == {"sms": [f"notice-{notice.pk}"]}
    message = ways[Way.SMS].sent[f"notice-{notice.pk}"]
    assert (message.to, message.template) == ("+8613800000001", "SMS_1")
    assert message.places == CONTEXT


def test_a_contact_kept_for_wechat_comes_first(person, ways):
    actions.keep_contact(person, Way.WECHAT, "openid", by=person, now=NOW)
    tell(person)

    worker.work_off(NOW)

    assert list(sent(ways)) == ["wechat"]


def test_a_refusal_for_good_leads_to_the_next_way(person, ways):
    ways[Way.SMS].unknown = {"+8613800000001"}
    notice = tell(person)

    worker.work_off(NOW)

    assert list(sent(ways)) == ["email"]
    assert list(notice.attempts.order_by("pk").values_list("way", "state")) == [
        ("sms", AttemptState.REFUSED),
        ("email", AttemptState.SENT),
    ]


def test_a_fault_of_the_moment_is_tried_again_and_not_passed_on(person, ways):
    ways[Way.SMS].down = True
    tell(person)
    worker.work_off(NOW)
    assert sent(ways) == {}

    ways[Way.SMS].down = False
    worker.work_off(NOW + timedelta(seconds=10))

    assert list(sent(ways)) == ["sms"]
    assert Delivery.objects.get().state == DeliveryState.DONE
    assert Attempt.objects.get().cost_fen == 5


def work_through(now: datetime) -> None:
    """Every try that the worker makes, until the delivery is done or dead."""
    while due := Delivery.objects.filter(state=DeliveryState.WAITING).first():
        now = max(now, due.due_at)
        worker.work_off(now)


def test_a_gateway_that_stays_silent_gives_place_to_the_next_way_once(person, ways):
    ways[Way.SMS].down = True
    notice = tell(person)

    work_through(NOW)

    assert sent(ways) == {"email": [f"notice-{notice.pk}"]}
    assert list(notice.attempts.order_by("pk").values_list("way", "state", "tries")) == [
        ("sms", AttemptState.GIVEN_UP, 3),
        ("email", AttemptState.SENT, 0),
    ]
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DONE, 3)
    assert queries.spent_fen(Way.SMS, NOW) == 5  # it may have gone out all the same


def test_the_last_way_left_is_tried_until_the_delivery_is_buried(person, ways):
    ways[Way.SMS].down = ways[Way.EMAIL].down = True
    notice = tell(person)

    work_through(NOW)

    states = dict(notice.attempts.values_list("way", "state"))
    assert states == {"sms": AttemptState.GIVEN_UP, "email": AttemptState.BEGUN}
    assert Delivery.objects.get().state == DeliveryState.DEAD


def test_a_silent_way_is_not_passed_over_for_one_the_person_does_not_want(person, ways):
    actions.choose_ways({Way.SMS}, by=person, now=NOW)
    ways[Way.SMS].down = True
    notice = tell(person)

    work_through(NOW)

    assert notice.attempts.get().state == AttemptState.BEGUN
    assert Delivery.objects.get().state == DeliveryState.DEAD


def test_a_delivery_repeated_after_a_crash_sends_nothing_twice(person, ways):
    tell(person)
    worker.work_off(NOW)
    Delivery.objects.update(state=DeliveryState.WAITING)

    worker.work_off(NOW + timedelta(minutes=5))

    assert [len(keys) for keys in sent(ways).values()] == [1]
    assert Attempt.objects.count() == 1


def test_what_a_crash_left_begun_is_sent_under_the_same_key(person, ways):
    notice = tell(person)
    Attempt.objects.create(notice=notice, way=Way.SMS, at=NOW, cost_fen=5)

    worker.work_off(NOW)

    assert sent(ways) == {"sms": [f"notice-{notice.pk}"]}
    assert queries.spent_fen(Way.SMS, NOW) == 5


def test_an_unwanted_way_is_not_taken(person, ways):
    actions.choose_ways({Way.EMAIL}, by=person, now=NOW)
    tell(person)

    worker.work_off(NOW)

    assert list(sent(ways)) == ["email"]


def test_who_wants_no_way_reads_it_in_kepu(person, ways):
    actions.choose_ways(set(), by=person, now=NOW)
    tell(person)

    worker.work_off(NOW)

    assert sent(ways) == {}
    assert Delivery.objects.get().state == DeliveryState.DONE
    actions.choose_ways(set(Way), by=person, now=NOW)
    assert not OptOut.objects.exists()


def test_a_person_gets_short_messages_up_to_the_days_cap_then_mail(person, ways):
    for _number in range(3):
        tell(person)
    worker.work_off(NOW)

    assert {way: len(keys) for way, keys in sent(ways).items()} == {"sms": 2, "email": 1}

    tell(person, NOW + timedelta(days=1))
    worker.work_off(NOW + timedelta(days=1))
    assert len(ways[Way.SMS].sent) == 3


def test_sign_in_codes_are_taken_from_the_city_s_cap_and_held_up_by_none(ways):
    for number in range(3):  # at five fen each, of twenty
        accounts.send_code(f"1380000020{number}", address=f"10.0.0.{number}", now=NOW)
    for number in range(2):
        tell(user(phone=f"+861380000010{number}"))
    worker.work_off(NOW)

    keys = sent(ways)["sms"]
    assert len([key for key in keys if key.startswith("code-")]) == 3
    assert len([key for key in keys if key.startswith("notice-")]) == 1
    assert queries.spent_on_codes_fen(5, NOW) == 15


def test_the_city_has_a_cap_too(ways):
    for number in range(3):
        person = user(phone=f"+861380000010{number}")
        tell(person)
        tell(person)
    worker.work_off(NOW)

    assert len(ways[Way.SMS].sent) == 4


def test_a_refused_message_costs_nothing(person, ways):
    ways[Way.SMS].unknown = {"+8613800000001"}
    tell(person)
    worker.work_off(NOW)

    assert queries.spent_fen(Way.SMS, NOW) == 0


@pytest.mark.parametrize(
    ("hour", "minute", "sent_at"),
    [(21, 59, "21:59"), (22, 0, "08:00"), (3, 0, "08:00"), (7, 59, "08:00"), (8, 0, "08:00")],
)
def test_what_is_not_urgent_waits_until_quiet_hours_are_over(person, hour, minute, sent_at):
    now = NOW.replace(hour=hour, minute=minute)

    tell(person, now)

    due = Delivery.objects.get().due_at.astimezone(BEIJING)
    assert f"{due:%H:%M}" == sent_at
    assert due >= now
    assert due - now < timedelta(hours=10, seconds=1)


def test_what_is_urgent_does_not_wait(person):
    night = NOW.replace(hour=23)

    tell(person, night, URGENT)

    assert Delivery.objects.get().due_at == night


def test_who_was_erased_is_told_nothing_and_what_they_were_told_is_gone(person, ways):
    notice = tell(person)
    sealed = bytes(notice.sealed)
    erased = accounts.erase(person, by=person, now=NOW)

    assert actions.notify(erased, DONE.key, CONTEXT, now=NOW) is None
    worker.work_off(NOW)

    assert sent(ways) == {}
    assert not Notice.objects.exists()
    assert sealed


def test_an_export_holds_the_notices(person):
    from kepu.kernel.accounts import exports

    tell(person)

    assert "天文讲座" in str(exports._parts["notices"](person, NOW))


def test_texts_fill_the_same_places_in_both_languages():
    with pytest.raises(ValueError, match="different places"):
        Text("x", Words("{a}", ""), Words("{b}", ""))


def test_a_context_can_reach_nothing_but_its_own_words():
    words = Words("{order.__class__} {order}", "").filled({"order": "A{who}"})

    assert words.title == "{order.__class__} A{who}"


def test_a_code_goes_out_by_short_message_whatever_was_chosen(person, ways):
    actions.choose_ways(set(), by=person, now=NOW)
    code = accounts.send_code("13800000001", address="192.0.2.1", now=NOW)

    worker.work_off(NOW)

    [message] = ways[Way.SMS].sent.values()
    assert message.places == {"code": code.code}
    code.kept.refresh_from_db()
    from kepu.kernel.accounts.actions import codes

    assert codes.message(code.kept.pk, now=NOW) is None


def test_a_code_that_comes_too_late_is_not_sent(ways):
    ways[Way.SMS].down = True
    accounts.send_code("13800000001", address="192.0.2.1", now=NOW)
    worker.work_off(NOW)
    ways[Way.SMS].down = False

    worker.work_off(NOW + timedelta(minutes=6))

    assert sent(ways) == {}


# --- the rulebook


def test_the_shipped_rulebook_is_read(monkeypatch):
    monkeypatch.undo()

    assert isinstance(rulebooks.shipped.__wrapped__("notices"), NoticeRules)


@pytest.mark.parametrize(
    ("night", "at", "over"),
    [
        ({"from": "12:00", "to": "14:00"}, (13, 0), (14, 0)),
        ({"from": "12:00", "to": "14:00"}, (14, 0), (14, 0)),
        ({"from": "00:00", "to": "00:00"}, (3, 0), (3, 0)),
    ],
)
def test_quiet_hours_by_day_or_none(night, at, over):
    rules = NoticeRules.model_validate(
        {
            "quiet": night,
            "order": [],
            "sms": {"price_fen": 1, "person_day_fen": 1, "city_day_fen": 1},
        }
    )

    ended = rules.quiet.over(NOW.replace(hour=at[0], minute=at[1]))

    assert (ended.hour, ended.minute) == over


# --- pages


@pytest.fixture
def client(person) -> Client:
    client = Client()
    client.force_login(person, "kepu.kernel.accounts.backend.Accounts")
    return client


def test_the_page_shows_notices_and_opening_one_marks_it_read(client, person):
    notice = tell(person)

    assert "天文讲座" in client.get(reverse("notices")).content.decode()
    answer = client.post(reverse("notice-read", args=[notice.pk]))

    assert answer.url == "/orders/7/"
    assert queries.unread(person) == 0


def test_everything_is_marked_read_at_once(client, person):
    tell(person, NOW)
    tell(person, NOW)

    client.post(reverse("notices-read-all"))

    assert queries.unread(person) == 0


def test_a_stranger_neither_sees_nor_reads_it(person):
    notice = tell(person)
    stranger = Client()
    stranger.force_login(user(), "kepu.kernel.accounts.backend.Accounts")

    assert "天文讲座" not in stranger.get(reverse("notices")).content.decode()
    assert stranger.post(reverse("notice-read", args=[notice.pk])).status_code == 404
    assert Client().get(reverse("notices")).status_code == 302
    assert queries.unread(person) == 1


def test_ways_are_chosen_on_the_page(client, person):
    client.post(reverse("notices-ways"), {"ways": ["email"]})

    assert queries.opted_out(person) == {"sms", "wechat", "webhook"}
