from __future__ import annotations

import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from kepu.web.middleware import completeness
from kepu.web.progress import Progress


@pytest.fixture
def answer(settings, tmp_path):
    settings.DATA = tmp_path
    return lambda path: completeness(lambda request: HttpResponse("city"))(
        RequestFactory().get(path)
    )


def put_up(folder, text: str) -> None:
    (folder / "being-set-up.json").write_text(text)


def test_a_complete_city_is_served(answer):
    assert answer("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/orders/", "/api/orders"])
def test_a_half_made_city_answers_503_and_says_how_far_it_is(answer, tmp_path, path):
    put_up(tmp_path, json.dumps({"what": "divisions", "done": 3, "total": 8}))

    response = answer(path)

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert '<progress max="8" value="3"' in response.content.decode()


def test_the_process_itself_is_healthy_meanwhile(answer, tmp_path):
    put_up(tmp_path, "{}")

    assert answer("/health").status_code == 200


def test_a_notice_that_is_half_written_is_still_a_notice(answer, tmp_path):
    put_up(tmp_path, '{"what": "div')

    assert answer("/").status_code == 503


def test_progress_says_nothing_of_what_is_quick(capsys):
    progress = Progress()
    for done in range(100):
        progress("tables", done, 100)

    assert capsys.readouterr().out == ""


def test_progress_tells_in_plain_lines_where_nobody_watches(capsys, monkeypatch):
    clock = iter(range(0, 1000, 3))
    monkeypatch.setattr("kepu.web.progress.time.monotonic", lambda: next(clock))
    told = []
    progress = Progress(also=lambda *words: told.append(words))
    for done in range(5):
        progress("tables", done, 4)

    assert "  tables: 75%\n" in capsys.readouterr().out
    assert ("tables", 3, 4) in told
