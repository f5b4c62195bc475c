"""Somebody signed in who sends forms, and the one sentence a page answers with."""

from __future__ import annotations

import http.client
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from django.contrib.messages import constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest


def said(cookies: str) -> list[tuple[int, str]]:
    """Level and text of the messages that a redirect hands on in its cookie."""
    jar = SimpleCookie()
    jar.load(cookies)
    if "messages" not in jar:
        return []
    found: Any = CookieStorage(HttpRequest())._decode(jar["messages"].value) or []
    return [(one.level, str(one.message)) for one in found]


def done(status: int, cookies: str) -> bool:
    """Whether the page said that it was done, which is the acknowledgment a person gets."""
    return status == 302 and any(level == constants.SUCCESS for level, _text in said(cookies))


class Browser:
    """One kept-alive connection; a server that was killed shows as OSError or HTTPException."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: http.client.HTTPConnection | None = None

    def post(self, path: str, headers: dict[str, str], **form: str) -> tuple[int, str]:
        """Status and cookies of the answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            self.connection.request("POST", path, urlencode(form), {**headers, **kind})
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        return answer.status, answer.headers.get("Set-Cookie", "")
