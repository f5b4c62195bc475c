"""Asking the city's sign-in: so many bytes, in so many seconds, and seldom twice the same."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any

import httpx

TOGETHER = 6.0  # seconds for all that is asked while one browser waits
LARGEST = 512 * 1024  # bytes of an answer
KEPT = 600.0  # seconds that a description or keys are believed
AGAIN = 60.0  # seconds before keys are asked for anew because one was not among them


class NoAnswer(Exception):
    """Nothing usable came in time."""


class Line:
    """One exchange with the provider, which ends at its deadline however slowly the other side drips."""

    def __init__(self, seconds: float = TOGETHER) -> None:
        self._deadline = time.monotonic() + seconds

    def ask(self, method: str, url: str, **what: Any) -> dict[str, Any]:
        """A JSON object; raises NoAnswer for anything else."""
        try:
            found = asyncio.run(_ask(self._deadline - time.monotonic(), method, url, what))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            raise NoAnswer from error
        if not isinstance(found, dict):
            raise NoAnswer
        return found

    def look_up(self, url: str, *, believed: float = KEPT) -> dict[str, Any]:
        """What stands at `url`, as it was read at most `believed` seconds ago."""
        with _guard:
            known = _known.get(url)
        if known is not None and time.monotonic() - known.read_at < believed:
            return known.found
        found = self.ask("GET", url)
        with _guard:
            _known[url] = _Known(found, time.monotonic())
        return found


async def _ask(seconds: float, method: str, url: str, what: dict[str, Any]) -> object:
    plain = {"Accept": "application/json", "Accept-Encoding": "identity"}
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(follow_redirects=False, headers=plain) as client,
        client.stream(method, url, **what) as got,
    ):
        got.raise_for_status()
        body = bytearray()
        async for piece in got.aiter_raw():
            body += piece
            if len(body) > LARGEST:
                raise ValueError("longer than any answer")
    return json.loads(body)


@dataclass(frozen=True)
class _Known:
    found: dict[str, Any]
    read_at: float


_known: dict[str, _Known] = {}
_guard = Lock()


def forget() -> None:
    """Ask for everything anew."""
    with _guard:
        _known.clear()
