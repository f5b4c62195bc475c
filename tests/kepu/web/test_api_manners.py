"""Once only, versions, pages, limits and problem bodies: what every endpoint shares."""

from __future__ import annotations

from collections import Counter
from enum import Enum

import pytest
from django.test import Client
from ninja import Schema

from kepu.kernel.api import limits
from kepu.orders.models import Order
from tests import factories
from tests.kepu.web.callers import caller
from tests.kepu.web.test_api_loop import did, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


# --- once only ----------------------------------------------------------------------------------


def test_a_request_sent_again_under_its_key_is_answered_as_before_and_nothing_happens_twice(loop):
    resident, body = caller(loop.resident), wish()

    first = resident.post("orders", body, Idempotency_Key="k1")
    again = resident.post("orders", body, Idempotency_Key="k1")

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert again["ETag"] == first["ETag"]
    assert "Idempotent-Replayed" not in first
    assert Order.objects.count() == 1


def test_another_request_under_the_same_key_is_refused(loop):
    resident = caller(loop.resident)
    did(resident.post("orders", wish(), Idempotency_Key="k1"), 201)

    other = resident.post("orders", wish(title="另一件事"), Idempotency_Key="k1")

    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert Order.objects.count() == 1


def test_a_refusal_is_not_kept_so_that_it_can_be_tried_again(loop):
    order = loop.order("dispatched")
    officer = caller(loop.officer)
    assert officer.post(f"orders/{order.pk}/open", Idempotency_Key="k2").status_code == 409
    did(officer.post(f"orders/{order.pk}/accept"))

    assert did(officer.post(f"orders/{order.pk}/open", Idempotency_Key="k2"))["state"] == "open"


def test_keys_of_two_people_do_not_meet(loop):
    did(caller(loop.resident).post("orders", wish(), Idempotency_Key="same"), 201)

    did(caller(loop.worker).post("orders", wish(sure=True), Idempotency_Key="same"), 201)


# --- versions -----------------------------------------------------------------------------------


def test_a_move_is_done_when_the_version_is_the_one_seen(loop):
    order = loop.order("dispatched")
    officer = caller(loop.officer)
    seen = officer.get(f"orders/{order.pk}")

    moved = officer.post(f"orders/{order.pk}/accept", If_Match=seen["ETag"])

    assert seen["ETag"] == f'"{seen.json()["version"]}"'
    assert moved["ETag"] == f'"{did(moved)["version"]}"'
    assert did(moved)["version"] == seen.json()["version"] + 1


def test_a_move_is_not_done_when_the_order_has_changed_since(loop):
    order = loop.order("dispatched")
    officer = caller(loop.officer)

    refused = officer.post(f"orders/{order.pk}/accept", If_Match='"0"')

    assert (refused.status_code, refused.json()["code"]) == (412, "version_differs")
    order.refresh_from_db()
    assert order.state == "dispatched"


def test_a_stranger_does_not_learn_a_version_by_guessing(loop):
    order = loop.order("placed")

    answer = caller(factories.user()).post(f"orders/{order.pk}/accept", If_Match='"7"')

    assert answer.status_code == 404


# --- pages --------------------------------------------------------------------------------------


def walk(caller, path):
    """Every row from the first page to the last, with what happens between pages left to the test."""
    answer = did(caller.get(path))
    while True:
        yield from (row["id"] for row in answer["items"])
        if answer["next"] is None:
            return
        answer = did(caller.get(answer["next"].removeprefix("/api/")))


def test_pages_show_every_order_once_while_others_are_added(loop):
    before = [loop.order("placed").pk for _ in range(7)]
    seen = []

    for number, pk in enumerate(walk(caller(loop.resident), "orders?limit=2")):
        seen.append(pk)
        if number % 2:
            loop.order("placed")

    assert seen == sorted(before, reverse=True)


def test_pages_by_a_column_with_equal_values_lose_nothing(loop):
    orders = sorted(loop.order("open").pk for _ in range(5))

    assert list(walk(caller(loop.leader), f"teams/{loop.team.pk}/claimable?limit=2")) == orders


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=placed", 2),
        ("state=placed&state=open", 3),
        ("place=50.103.", 3),
        ("place=50.104.", 0),
        ("topic=health", 3),
        ("q=讲座", 3),
        ("q=航天", 0),
        ("team=99", 0),
    ],
)  # fmt: skip
def test_orders_are_filtered(loop, query, count):
    loop.order("placed"), loop.order("placed"), loop.order("open")

    assert len(did(caller(loop.resident).get(f"orders?{query}"))["items"]) == count


@pytest.mark.parametrize(
    "query", ["after=x", "after=~1", "limit=0", "limit=101", "place=50", "q=%00", "team=x",
              "after=1.5", "topic=space"],
)  # fmt: skip
def test_a_query_that_cannot_be_read_is_refused(loop, query):
    answer = caller(loop.resident).get(f"orders?{query}")

    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


# --- problem bodies and the door ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("orders/{id}/accept", None, 403, "not_allowed"),
        ("orders/{id}/rate", {"stars": 5}, 409, "rule_broken"),
        ("orders/999999/accept", None, 404, "not_found"),
        ("orders/{id}/rate", {"stars": 6}, 422, "bad_input"),
        ("orders/{id}/rate", {"stars": 5, "star": 1}, 422, "bad_input"),
        ("orders/99999999999999999999999/accept", None, 422, "bad_input"),
        ("nothing/here", {}, 404, "not_found"),
        ("me", {}, 405, "method_not_allowed"),
    ],
)
def test_a_refusal_is_a_problem_with_a_stable_code_and_a_sentence(loop, path, body, status, code):
    order = loop.order("placed")
    address = path.format(id=order.pk)

    answer = caller(loop.resident).post(address, body)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    told = answer.json()
    assert (told["status"], told["code"], told["instance"]) == (status, code, f"/api/{address}")
    assert told["title"]
    assert told["detail"]
    assert told["type"] == f"/api/docs#{code}"


def test_a_wrong_field_is_named_in_the_readers_language(loop):
    order = loop.order("delivered")
    resident = caller(loop.resident)

    english = resident.post(f"orders/{order.pk}/rate", {"stars": 9}, Accept_Language="en").json()

    assert english["errors"] == [{"field": "body.stars", "detail": "at most 5"}]


@pytest.mark.parametrize(("field", "value"), [("community", "50.999."), ("topic", "nothing")])
def test_a_value_that_names_nothing_is_told_with_its_field(loop, field, value):
    wish = {
        "title": "防震演练", "topic": factories.skill().key, "community": loop.community.path, "people": 5,
        "wanted_from": "2026-03-06T10:00:00+08:00", "wanted_until": "2026-03-06T18:00:00+08:00",
    }  # fmt: skip

    told = caller(loop.resident).post("orders", {**wish, field: value}).json()

    assert [error["field"] for error in told["errors"]] == [f"body.{field}"]
    assert told["errors"][0]["detail"] == told["detail"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"reason": "a\\u0000b"}', "application/json", 400),
        (b'{"reason": "\\ud800"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"reason": ' + b"[" * 50 + b"]" * 50 + b"}", "application/json", 400),
        (b'{"reason": 1e999}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b"", "application/json", 422),
        (b"reason=x", "application/x-www-form-urlencoded", 415),
        (b"x", "multipart/form-data; boundary=x", 415),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused_and_nothing_changes(loop, content, kind, status):
    order = loop.order("placed")
    one = caller(loop.resident)

    answer = one.client.post(
        f"/api/orders/{order.pk}/withdraw", content, content_type=kind, headers=one.headers
    )

    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    order.refresh_from_db()
    assert order.state == "placed"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic eDp5", "Bearer \x00"])
def test_who_is_unknown_is_told_to_say_who_it_is(loop, header):
    answer = Client().get("/api/orders", headers={"Authorization": header})

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "unauthenticated"


def test_a_session_reads_freely_and_writes_only_with_its_csrf_token(loop):
    order = loop.order("dispatched")
    page = Client(enforce_csrf_checks=True)
    page.force_login(loop.officer)

    read = page.get(f"/api/orders/{order.pk}")
    forged = page.post(f"/api/orders/{order.pk}/accept", content_type="application/json")
    page.get("/accounts/sign-in/") if not page.cookies.get("csrftoken") else None
    token = "a" * 32
    page.cookies["csrftoken"] = token
    meant = page.post(
        f"/api/orders/{order.pk}/accept",
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )

    assert read.status_code == 200
    assert (forged.status_code, forged.json()["code"]) == (403, "csrf_failed")
    assert meant.json()["state"] == "accepted"


def test_a_bad_key_is_not_made_good_by_a_session_beside_it(loop):
    page = Client()
    page.force_login(loop.officer)

    assert page.get("/api/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_a_key_that_was_revoked_opens_nothing(loop):
    from kepu.kernel.accounts.models import Token

    one = caller(loop.resident)
    Token.objects.update(revoked_at=factories.NOW)

    assert one.get("me").status_code == 401


# --- limits -------------------------------------------------------------------------------------


def test_a_key_has_so_many_requests_a_minute_and_is_told_when_to_come_back(loop, settings, at_noon):
    settings.API_PER_MINUTE = 20
    one = caller(loop.resident)

    answers = [one.get("me") for _ in range(21)]
    at_noon.shift(60)
    later = one.get("me")

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert answers[-1].json()["code"] == "too_many_requests"
    assert int(answers[-1]["Retry-After"]) == 60
    assert later.status_code == 200


def test_one_key_used_up_leaves_another_alone(loop, settings):
    settings.API_PER_MINUTE = 10
    one, other = caller(loop.resident), caller(loop.worker)

    assert [one.get("me").status_code for _ in range(11)][-1] == 429
    assert other.get("me").status_code == 200


def test_several_processes_together_never_let_through_more_than_the_limit(db):
    granted = []
    for _process in range(5):  # a process is what it has in its purse
        limits._purses.clear()
        for _request in range(30):
            try:
                limits.spend("t:shared", 50, factories.NOW)
            except limits.TooMany:
                break
            granted.append(1)

    assert len(granted) == 50


# --- the document and the page --------------------------------------------------------------------


def test_the_document_is_openapi_3_1_and_every_operation_has_a_name_of_its_own(db):
    document = Client().get("/api/openapi.json").json()
    names = [one["operationId"] for path in document["paths"].values() for one in path.values()]

    assert document["openapi"].startswith("3.1")
    assert len(names) == len(set(names))
    assert all(one.get("summary") and one.get("description") for path in document["paths"].values()
               for one in path.values())  # fmt: skip


def test_every_shape_of_the_document_is_one_class(db):
    """Two of one name would overwrite each other, and the document would tell the wrong body."""

    def below(shape):
        for one in shape.__subclasses__():
            yield one
            yield from below(one)

    told = Client().get("/api/openapi.json").json()["components"]["schemas"]
    shapes = [*below(Schema), *below(Enum)]
    ours = {one for one in shapes if one.__module__.startswith("kepu.")}
    names = Counter(one.__name__ for one in ours)

    assert [name for name in told if names[name] > 1] == []


def test_every_refusal_of_the_rooms_has_a_title(db):
    from kepu.kernel.api.problems import CODES
    from kepu.kernel.errors import Refusal

    def kinds(of):
        for kind in of.__subclasses__():
            yield kind.code
            yield from kinds(kind)

    assert set(kinds(Refusal)) <= set(CODES)


@pytest.mark.slow
def test_the_page_names_every_operation_without_a_script(db):
    document = Client().get("/api/openapi.json").json()

    page = Client().get("/api/docs")
    text = page.content.decode()

    assert page.status_code == 200
    assert all(f'id="{one["operationId"]}"' in text for path in document["paths"].values()
               for one in path.values())  # fmt: skip
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "<script>" not in text
    assert " style=" not in text


def test_the_address_itself_leads_to_the_page(db):
    assert Client().get("/api/")["Location"] == "/api/docs"
