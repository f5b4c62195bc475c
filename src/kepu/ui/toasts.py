"""Toasts: what was just done, with a way to undo it. They travel as Django messages, so a
redirect keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

UNDO = "undo:"


@dataclass(frozen=True)
class Toast:
    """One toast; `undo_url` takes a POST."""

    words: str
    tone: str = "success"
    undo_url: str = ""


TONES = {
    messages.WARNING: "warning",
    messages.ERROR: "danger",
    messages.SUCCESS: "success",
}


def say(request: HttpRequest, words: str, *, undo_url: str = "") -> None:
    """Tell the reader on the next page that something was done."""
    messages.success(request, words, extra_tags=UNDO + undo_url if undo_url else "")


def read(stored: Iterable[Message] | None) -> list[Toast]:
    """The toasts a page shows."""
    return [_toast(message) for message in stored or ()]


def _toast(message: Message) -> Toast:
    tags = message.extra_tags or ""
    undo_url = tags.removeprefix(UNDO) if tags.startswith(UNDO + "/") else ""
    return Toast(str(message.message), TONES.get(message.level, "information"), undo_url)
