from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def test_a_choice_is_kept_in_a_cookie_and_leads_back(client):
    answer = client.post("/preferences", {"type": "large", "next": "/ui/?a=1"})

    assert (answer.status_code, answer["Location"]) == (302, "/ui/?a=1")
    assert answer.cookies["type"].value == "large"
    assert "theme" not in answer.cookies


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x"]
)
def test_the_way_back_never_leaves_this_site(client, wanted):
    assert client.post("/preferences", {"theme": "dark", "next": wanted})["Location"] == "/"


def test_an_unknown_choice_is_not_kept(client):
    answer = client.post("/preferences", {"theme": "neon", "language": "xx"})

    assert not answer.cookies


def test_language_changes_the_words_of_the_next_page(client):
    at_first = client.get("/ui/", headers={"accept-language": "zh-CN"})
    assert "搜索" in at_first.content.decode()

    client.post("/preferences", {"language": "en"})

    then = client.get("/ui/", headers={"accept-language": "zh-CN"})
    assert 'placeholder="Search"' in then.content.decode()


def test_a_script_gets_an_empty_answer(client):
    answer = client.post("/preferences", {"theme": "dark"}, headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()) == (200, {})


def test_a_strange_cookie_counts_as_no_choice(client):
    client.cookies["theme"] = '"><script>'

    assert 'data-theme="auto"' in client.get("/ui/").content.decode()


def test_the_gallery_shows_every_component_and_obeys_the_content_policy(client):
    answer = client.get("/ui/")
    html = answer.content.decode()

    assert answer.status_code == 200
    assert " style=" not in html
    assert "<script>" not in html
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
