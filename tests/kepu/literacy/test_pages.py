"""Pages and API of the bank: what officers, writers, reviewers and everybody else get to see."""

from __future__ import annotations

import json
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.literacy.actions import reviews
from kepu.literacy.models import Item, SelfTest
from tests.factories import NOW, field, officer, user
from tests.kepu.literacy import factories
from tests.kepu.literacy.factories import EN, ZH

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def client(person=None, **headers):
    made = Client(headers={"accept-language": "en", **headers})
    if person is not None:
        made.force_login(person)
    return made


@pytest.fixture
def cast():
    """Everybody who comes to the door of one item in review."""
    keeper, item = factories.keeper(), factories.item("in_review")
    asked = reviews.ask_review(item.pk, factories.expert(), by=keeper, now=NOW)
    people = {
        "keeper": keeper,
        "writer": item.written_by,
        "other writer": factories.writer(),
        "keeper elsewhere": factories.keeper("51."),
        "reviewer": asked.expert.person,
        "other expert": factories.expert().person,
        "city officer": officer("city_officer", "50."),
        "stranger": user(),
    }
    return item, asked, people


def test_who_may_read_an_item_and_who_may_not_even_know_of_it(cast):
    item, asked, people = cast
    page = {
        who: client(person).get(reverse("item", args=[item.pk])) for who, person in people.items()
    }
    review = {
        who: client(person).get(reverse("item-review", args=[asked.pk]))
        for who, person in people.items()
    }

    assert [who for who, answer in page.items() if answer.status_code == 200] == [
        "keeper",
        "writer",
    ]
    assert [who for who, answer in review.items() if answer.status_code == 200] == ["reviewer"]
    refused = {answer.status_code for answer in (*page.values(), *review.values())} - {200}
    assert refused == {404}
    assert ZH.stem in page["keeper"].text
    assert ZH.stem in review["reviewer"].text
    told = [
        a for a in (*page.values(), *review.values()) if a.status_code != 200 and ZH.stem in a.text
    ]
    assert told == []


def test_the_reviewer_answers_once_and_then_the_words_are_gone_with_the_approval(cast):
    item, asked, people = cast
    address = reverse("item-review", args=[asked.pk])
    expert = client(people["reviewer"])

    without = expert.post(address, {"verdict": "change", "remark": ""})
    answered = expert.post(address, {"verdict": "approve", "remark": ""})
    again = expert.post(address, {"verdict": "reject", "remark": "晚了"})

    assert (without.status_code, answered.status_code, again.status_code) == (409, 302, 409)
    factories.judge(item, people["keeper"])
    assert Item.objects.get(pk=item.pk).state == "approved"
    assert ZH.stem not in expert.get(address).text


def test_an_item_goes_from_the_form_to_use_by_pages_alone():
    writer, keeper, judges = (
        factories.writer(),
        factories.keeper(),
        [factories.expert() for _n in "ab"],
    )
    field()
    said = {
        "dimension": "spirit", "discipline": "physics", "use": "survey", "key": "1", "source": "自编示例",
        "stem_zh": "新问题？", "options_zh": "甲\n乙\n\n丙", "stem_en": "", "options_en": "",
    }  # fmt: skip

    wrong = client(writer).post(reverse("item-new"), said | {"key": "5"})
    written = client(writer).post(reverse("item-new"), said)
    item = Item.objects.get()
    changed = client(writer).post(
        reverse("item-change", args=[item.pk]), said | {"key": "2", "seen": "1"}
    )
    client(writer).post(reverse("item-act", args=[item.pk, "submit"]))
    asked = client(keeper).post(
        reverse("item-ask", args=[item.pk]), {"experts": [judge.pk for judge in judges]}
    )
    for judge in judges:
        review = item.reviews.get(expert=judge)
        client(judge.person).post(reverse("item-review", args=[review.pk]), {"verdict": "approve"})
    early = client(writer).post(reverse("item-act", args=[item.pk, "approve"]))
    client(keeper).post(reverse("item-act", args=[item.pk, "approve"]))

    statuses = [answer.status_code for answer in (wrong, written, changed, asked, early)]
    assert statuses == [422, 302, 302, 302, 403]
    item.refresh_from_db()
    assert (item.state, item.code, item.letter) == ("approved", "S0001", "C")


def test_experts_who_may_not_judge_the_item_cannot_be_chosen(cast):
    item, asked, people = cast
    other = people["other expert"].expert

    page = client(people["keeper"]).get(reverse("item-ask", args=[item.pk])).text

    assert f'value="{other.pk}"' in page
    assert f'value="{asked.expert_id}"' not in page  # asked already


def test_the_list_is_searched_in_chinese_and_its_file_tells_no_question(cast):
    item, _asked, people = cast
    keeper = client(people["keeper"])

    found = keeper.get(reverse("items"), {"q": "天空"}).text
    none = keeper.get(reverse("items"), {"q": "海底"}).text
    sorted_by = [
        keeper.get(reverse("items"), {"sort": word, "state": "in_review"}).text
        for word in ("new", "code", "hard", "asked")
    ]
    sheet = keeper.get(reverse("register-export", args=["items", "csv"]))

    assert item.code in found
    assert all(item.code in text for text in sorted_by)
    assert "No item like this" in none
    text = sheet.getvalue().decode()
    assert item.code in text
    assert ZH.stem not in text


def test_figures_are_recorded_by_forms():
    keeper = factories.keeper()
    item = factories.item("approved", officer=keeper)
    said = {
        "wave": "2026 示例", "on": "2026-03-01", "people": "500", "model": "3pl", "difficulty": "0.5",
        "difficulty_se": "0.1", "discrimination": "1.2", "discrimination_se": "0.1",
        "guessing": "0.2", "guessing_se": "0.05", "grouping": "sex", "method": "mantel_haenszel",
        "size": "-0.3", "p_value": "0.2", "level": "A",
    }  # fmt: skip

    wrong = client(keeper).post(
        reverse("item-calibrate", args=[item.pk]), said | {"difficulty": "9"}
    )
    client(keeper).post(reverse("item-calibrate", args=[item.pk]), said)
    client(keeper).post(reverse("item-dif", args=[item.pk]), said)

    assert wrong.status_code == 422
    assert item.calibrations.get().guessing == 0.2
    assert item.dif.get().level == "A"
    page = client(keeper).get(reverse("item", args=[item.pk])).text
    assert "2026 示例" in page
    assert "A: negligible" in page


def test_a_table_is_tried_and_then_imported(tmp_path):
    from kepu.kernel import tables
    from tests.kepu.literacy.test_exchange import GOOD, HEADS

    writer, path = factories.writer(), tmp_path / "items.csv"
    field()

    def send(rows, do):
        tables.write_csv(path, HEADS, rows)
        with path.open("rb") as file:
            return client(writer).post(reverse("items-import"), {"table": file, "do": do})

    wrong = send([GOOD, [*GOOD[:8], "Z", "示例"]], "import")
    tried = send([GOOD], "try")
    assert not Item.objects.exists()
    done = send([GOOD], "import")

    assert (wrong.status_code, tried.status_code, done.status_code) == (422, 200, 302)
    assert "A to H" in wrong.text
    assert Item.objects.get().written_by == writer


# --- booklets -------------------------------------------------------------------------------------


def test_booklets_are_shown_with_their_curve_and_given_to_interviewers_without_the_key():
    keeper = factories.keeper()
    made = factories.assembled(factories.stock(), keeper)

    page = client(keeper).get(reverse("booklet-set", args=[made.pk]))
    form = client(keeper).get(reverse("booklet-xlsform", args=[made.pk, 1]))
    none = client(keeper).get(reverse("booklet-xlsform", args=[made.pk, 9]))
    other = client(factories.keeper("51.")).get(reverse("booklet-set", args=[made.pk]))
    adopted = client(keeper).post(reverse("booklets-act", args=[made.pk, "adopt"]))

    statuses = [answer.status_code for answer in (page, form, none, other, adopted)]
    assert statuses == [200, 200, 404, 404, 302]
    assert page.text.count("plot-line line-") == 2
    assert "Booklets 1 and 2" in page.text
    assert form.content[:2] == b"PK"


def test_booklets_are_asked_for_by_the_form():
    keeper = factories.keeper()
    said = {"title": "示例", "booklets": "2", "items": "10", "most_common": "11"}

    refused = client(keeper).post(reverse("booklets-new"), said)
    asked = client(keeper).post(reverse("booklets-new"), said | {"most_common": "2"}, follow=True)

    assert refused.status_code == 409
    assert "Waiting for the worker" in asked.text


# --- the self-test --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "测测您的科学素质"), ("en", "Test your")]
)
def test_nobody_signs_in_for_the_self_test_in_either_language(language, title):
    factories.stock("self_test", dict.fromkeys(factories.SHELF, 12))
    guest = Client(headers={"accept-language": language})
    assert title in guest.get(reverse("self-test")).text

    page = guest.post(reverse("self-test"), follow=True)
    address = page.redirect_chain[-1][0]
    for _question in range(15):
        position = re.search(r'name="position" value="(\d+)"', page.text)
        if position is None:
            break
        page = guest.post(address, {"position": position[1], "chosen": "unknown"}, follow=True)

    test = SelfTest.objects.get()
    assert test.language == language
    assert test.result["score"] < 40
    assert f"{test.result['low']:.0f}" in page.text


def test_a_second_press_and_an_empty_form_do_no_harm():
    factories.stock("self_test", dict.fromkeys(factories.SHELF, 12))
    guest = client()
    address = guest.post(reverse("self-test")).url
    said = {"position": "1", "chosen": "0"}

    empty = guest.post(address, {"position": "1"})
    guest.post(address, said)
    again = guest.post(address, said, follow=True)

    assert empty.status_code == 422
    assert "answered already" in again.text
    assert SelfTest.objects.get().answers.count() == 2


def test_one_address_does_not_begin_tests_without_end(settings):
    factories.stock("self_test", dict.fromkeys(factories.SHELF, 12))
    settings.API_PER_MINUTE_UNKNOWN = 3
    guest = client()

    statuses = [guest.post(reverse("self-test")).status_code for _time in range(4)]

    assert statuses == [302, 302, 302, 429]


# --- the API --------------------------------------------------------------------------------------


def send(browser, name, body, **parts):
    return browser.post(
        reverse(f"api:{name}", kwargs=parts), json.dumps(body), content_type="application/json"
    )


def test_an_item_goes_from_draft_to_use_through_the_api():
    writer, keeper = client(factories.writer()), client(factories.keeper())
    judges = [factories.expert() for _n in "ab"]
    words = [
        {"language": one.language, "stem": one.stem, "options": list(one.options)}
        for one in (ZH, EN)
    ]
    body = {
        "dimension": "method",
        "discipline": "physics",
        "key": 0,
        "source": "示例",
        "wordings": words,
    }

    item = send(writer, "write_item", body).json()
    at = {"item_id": item["id"]}
    changed = send(writer, "change_item", body | {"key": 1, "version": 1}, **at).json()
    send(writer, "step_item", {}, **at, verb="submit")
    for judge in judges:
        assert send(keeper, "ask_review", {"expert_id": judge.pk}, **at).status_code == 201
        expert = client(judge.person)
        (waiting,) = expert.get(reverse("api:my_reviews")).json()
        assert waiting["key"] == 1
        send(expert, "answer_review", {"verdict": "approve"}, review_id=waiting["id"])
    hints = {
        one["verb"]: one["why_not"]
        for one in keeper.get(reverse("api:read_item", kwargs=at)).json()["hints"]
    }
    used = send(keeper, "step_item", {}, **at, verb="approve").json()
    known = send(
        keeper, "record_calibration",
        {"model": "2pl", "difficulty": 0.3, "difficulty_se": 0.1, "people": 500, "on": "2026-03-01",
         "wave": "一"},
        **at,
    ).json()  # fmt: skip

    assert (changed["version"], changed["key"]) == (2, 1)
    assert hints["approve"] is None
    assert (used["state"], used["approvals"]) == ("approved", 2)
    assert known["calibrations"][0]["difficulty"] == 0.3
    found = keeper.get(reverse("api:items_of_bank"), {"state": "approved", "q": "天空"}).json()
    assert [one["id"] for one in found["items"]] == [item["id"]]


def test_booklets_and_the_self_test_through_the_api():
    keeper = client(factories.keeper())
    factories.stock()
    factories.stock("self_test", dict.fromkeys(factories.SHELF, 12))
    asked = send(
        keeper, "ask_for_booklets", {"title": "示例", "booklets": 1, "items": 5, "most_common": 0}
    ).json()
    dropped = send(keeper, "decide_booklets", {}, set_id=asked["id"], verb="drop").json()
    guest = client()

    begun = send(guest, "begin_self_test", {"language": "en"}).json()
    key = begun["key"]
    twice = [
        send(guest, "answer_self_test", {"position": 1, "chosen": 0}, key=key).status_code
        for _time in range(2)
    ]

    assert (asked["state"], asked["verbs"], dropped["state"]) == ("computing", ["drop"], "dropped")
    assert set(begun["question"]) == {"position", "stem", "options", "example"}  # and not the key
    assert twice == [200, 409]
    assert guest.get(reverse("api:read_self_test", kwargs={"key": key})).json()["result"] is None
