"""Ways out of the house: one adapter for each behind one Protocol, and a fake that keeps its contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from kepu.kernel.notices.states import Way


@dataclass(frozen=True)
class Message:
    """What is sent to one address. `key` is the same whenever the same thing is sent again."""

    key: str
    to: str
    title: str
    text: str
    link: str = ""
    template: str = ""  # the gateway's or WeChat's own name of an approved text
    places: dict[str, str] = field(default_factory=dict)
    secret: str = ""  # with which a webhook's receiver checks who sent it


@dataclass(frozen=True)
class Receipt:
    """The other side took the message over."""

    reference: str


class CannotSend(Exception):
    """The other side did not take it. A permanent refusal is not tried again; another way may be."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason, self.permanent = reason, permanent


class Channel(Protocol):
    """One way out. Sending a message of the same key twice must reach the person once at most, as far as
    the other side can tell; raises CannotSend and nothing else."""

    way: Way

    def send(self, message: Message) -> Receipt: ...


_configured: dict[Way, Channel] = {}


def use(*channels: Channel) -> None:
    """Open these ways. Called once when Django is ready, with what the settings name."""
    for channel in channels:
        _configured[channel.way] = channel


def close_all() -> None:
    _configured.clear()


def open_way(way: Way) -> Channel | None:
    return _configured.get(way)
