"""Who listens to what, and what recurs. Rooms register when Django is ready; data, not signals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise

from kepu.kernel.facts.catalogue import Fact


@dataclass(frozen=True)
class Occasion:
    """What a listener is handed beside the fact: the delivery's id and the time."""

    delivery_id: int
    now: datetime


Listener = Callable[[Any, Occasion], None]
Duty = Callable[[Occasion], None]
Words = str | Promise

_listeners: dict[str, tuple[type[Fact], Listener]] = {}
_outside: set[str] = set()
_awaited: set[str] = set()
_duties: dict[str, tuple[timedelta, Duty]] = {}
_called: dict[str, Words] = {}


def listen(
    kind: type[Fact], *, called: Words = "", awaited: bool = False
) -> Callable[[Listener], Listener]:
    """Decorator: call this function for every fact of `kind`, at least once, in its own transaction.

    `called`: what it does, in words, for those who keep Kepu running.
    `awaited`: somebody sits waiting for what it does, so it goes before all that nobody waits for.
    """

    def register(function: Listener) -> Listener:
        name = _new_name(function)
        _listeners[name] = (kind, function)
        _called[name] = called
        if awaited:
            _awaited.add(name)
        return function

    return register


def listen_outside(
    kind: type[Fact], *, called: Words = "", awaited: bool = False
) -> Callable[[Listener], Listener]:
    """Decorator for a listener that asks an outside system: it runs in no transaction of the worker.

    No lock is held while the other side thinks. A crash before the mark "done" means that it is
    called again, so it hands the other side the delivery's id to recognise a repetition by.
    """

    def register(function: Listener) -> Listener:
        _outside.add(_new_name(function))
        return listen(kind, called=called, awaited=awaited)(function)

    return register


def is_outside(name: str) -> bool:
    return name in _outside


def is_awaited(name: str) -> bool:
    """Whether the listener's work goes first; recurring duties do, for they keep the clocks."""
    return name in _awaited or name in _duties


def every(
    interval: timedelta, *, called: Words = "", apart: bool = False
) -> Callable[[Duty], Duty]:
    """Decorator: call this function about every `interval`, in a transaction of the worker.

    `apart`: in none, for what it does is done and kept piece by piece, and may take long.
    """

    def register(function: Duty) -> Duty:
        name = _new_name(function)
        if apart:
            _outside.add(name)
        _duties[name] = (interval, function)
        _called[name] = called
        return function

    return register


def listeners_of(kind: type[Fact]) -> list[str]:
    return [name for name, (heard, _) in _listeners.items() if heard is kind]


def listener(name: str) -> Listener | None:
    found = _listeners.get(name)
    return found[1] if found else None


def called(name: str) -> Words:
    """What the listener or duty does, in words; empty where nobody has said."""
    return _called.get(name, "")


def names() -> list[str]:
    """Everything that deliveries go to."""
    return [*_listeners, *_duties]


def duties() -> dict[str, tuple[timedelta, Duty]]:
    return _duties


def _new_name(function: Callable[..., None]) -> str:
    """Deliveries find their listener by this name, so no two may share one."""
    name = f"{function.__module__}.{function.__qualname__}"
    if name in _listeners or name in _duties:
        raise ValueError(f"two listeners are called {name}")
    return name
