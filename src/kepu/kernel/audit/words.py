"""What the verbs of the audit are called in Chinese. English readers see the verb itself."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

_words: dict[str, str] = {}


def register(words: Mapping[str, str]) -> None:
    """Add names of verbs. Call when Django is ready."""
    _words.update(words)


def known(verb: str) -> bool:
    return verb in _words


def of(verb: str) -> str:
    """The verb in the reader's language; one that nobody named stays as it is."""
    if (get_language() or "").startswith("zh") and verb in _words:
        return _words[verb]
    return verb.replace("_", " ").replace(".", ": ")


def holding(text: str) -> list[str]:
    """Verbs whose Chinese name holds the text, for who looks for one by it."""
    return [verb for verb, name in _words.items() if text and text in name]
