"""What hours came from, in the words of the room that proposed them: rooms register how to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kepu.people.models import Service

Tell = Callable[[list[Service]], dict[int, str]]

_tellers: dict[str, Tell] = {}


def register(name: str, tell: Tell) -> None:
    """Let `tell` say of services what they came from, by their id. Call when Django is ready."""
    _tellers[name] = tell


def told(services: Iterable[Service]) -> dict[int, str]:
    """What each service came from, for who agrees to it; of some nothing is known."""
    found = list(services)
    return {pk: words for tell in _tellers.values() for pk, words in tell(found).items()}
