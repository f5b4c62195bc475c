"""A body that is too large is refused before anybody reads it."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import bodies
from kepu.kernel.files import uploads
from tests import factories
from tests.factories import user

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


@pytest.fixture
def on_the_disk(monkeypatch):
    """Every temporary file that a request makes."""
    made = []

    class Watched(uploads.IncomingFile):
        def __init__(self, *told, **more):
            made.append(told)
            super().__init__(*told, **more)

    monkeypatch.setattr(uploads, "IncomingFile", Watched)
    return made


def browser(person=None) -> Client:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.cookies["csrftoken"] = "a" * 32
    if person is not None:
        client.force_login(person)
    return client


def file(megabytes: float) -> io.BytesIO:
    sent = io.BytesIO(b"x" * int(megabytes * MEGABYTE))
    sent.name = "x.csv"
    return sent


@pytest.mark.parametrize(
    ("known", "megabytes", "status"),
    [(False, 0.5, 403), (False, 3, 401), (False, 13, 413), (True, 3, 403), (True, 13, 413)],
)
def test_a_form_is_read_only_up_to_the_size_its_sender_may_send(
    on_the_disk, known, megabytes, status
):
    person = user() if known else None

    answer = browser(person).post(reverse("sign-in"), {"file": file(megabytes)})

    assert answer.status_code == status  # 403: it was read, and has no token
    assert bool(on_the_disk) == (status == 403 and megabytes > 2)


def test_the_refusal_says_both_sizes(on_the_disk):
    answer = browser().post(reverse("sign-in"), {"file": file(13)})

    assert "at most 12 MB are taken here at once" in answer.content.decode()
    assert on_the_disk == []


def test_who_was_signed_out_meanwhile_is_asked_to_sign_in(on_the_disk):
    """A telephone reads 401 so, keeps its photographs and asks; 413 would be the end of them."""
    answer = browser().post(reverse("evidence-sync"), {"file": file(3)})

    assert answer.status_code == 401
    assert "sign in, then send it again" in answer.content.decode()
    assert on_the_disk == []


@pytest.mark.parametrize(("megabytes", "status"), [(13, 302), (98, 413)])
@pytest.mark.slow
def test_photographs_of_a_visit_come_several_at_once(on_the_disk, megabytes, status):
    loop = factories.loop()
    order = loop.order("scheduled")
    client = Client()
    client.force_login(loop.leader)

    answer = client.post(reverse("evidence-add", args=[order.pk]), {"files": file(megabytes)})

    assert answer.status_code == status


def test_the_api_answers_with_a_problem():
    answer = Client().post(
        "/api/orders", b"{" + b" " * 13 * MEGABYTE, content_type="application/json"
    )

    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize("path", ["/api/orders", "/sign-in/"])
def test_a_body_without_its_length_is_not_read(path):
    answer = Client().post(path, data={}, headers={"transfer-encoding": "chunked"})

    assert answer.status_code == 411
    assert path != "/api/orders" or answer.json()["code"] == "length_required"


def test_more_is_taken_where_a_view_says_so():
    @bodies.takes(5)
    def view(_request):
        return None

    assert view.most_octets == 5
