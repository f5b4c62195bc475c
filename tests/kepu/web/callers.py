"""A caller of the API: a person with a key, speaking JSON."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.test import Client

from kepu.kernel import clock
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.models import User

__all__ = ["Caller", "caller"]


class Caller:
    """Sends requests with the key of one person, or with none."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        return self.client.get(f"/api/{path}", query, headers=self.headers | headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = "" if body is None else json.dumps(body)
        return self.client.post(
            f"/api/{path}",
            content,
            content_type="application/json",
            headers=self.headers | named,
        )


def caller(person: User | None, now: datetime | None = None) -> Caller:
    if person is None:
        return Caller()
    issued = accounts.issue_token(person, title="test", by=person, now=now or clock.now())
    return Caller(issued.secret)
