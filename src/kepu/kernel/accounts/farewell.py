"""What becomes of a person's records when they are erased, said before they decide. Rooms register it."""

from __future__ import annotations

from django.utils.functional import Promise

_said: dict[str, Promise] = {}


def register(name: str, sentence: Promise) -> None:
    """Let the page on which one has oneself erased say `sentence`. Call when Django is ready."""
    _said[name] = sentence


def sentences() -> list[str]:
    """All of them, for whoever asks."""
    return [str(sentence) for sentence in _said.values()]
