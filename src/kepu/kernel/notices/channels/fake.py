"""Sends nowhere and keeps what it was given; it passes the contract test of the real adapters."""

from __future__ import annotations

from kepu.kernel.notices.channels import CannotSend, Message, Receipt
from kepu.kernel.notices.states import Way


class Fake:
    """A channel for tests and demonstrations: what was `sent` by key, and ways to make it fail."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.sent: dict[str, Message] = {}
        self.down = False
        self.unknown: set[str] = set()

    def send(self, message: Message) -> Receipt:
        if self.down:
            raise CannotSend("nobody answers", permanent=False)
        if message.to in self.unknown:
            raise CannotSend("nobody is known there", permanent=True)
        self.sent.setdefault(message.key, message)
        return Receipt(f"fake-{message.key}")
