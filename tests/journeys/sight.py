"""Who lives in the town, and what one of its pages is as one person sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts.models import User
from tests import factories

NOBODY = "nobody"


@dataclass
class Town:
    """Who lives here, and the numbers of what can be looked at."""

    loop: factories.Loop
    people: dict[str, User]
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sight:
    """One page as one person sees it. `at` names what of the town stands in the address."""

    name: str
    who: str = NOBODY
    at: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    before: Callable[[Town, Client], None] | None = None

    def address(self, town: Town) -> str:
        parts = {part: town.values.get(key, key) for part, key in self.at.items()}
        query = {key: town.values.get(value, value) for key, value in self.query.items()}
        return reverse(self.name, kwargs=parts) + (f"?{urlencode(query)}" if query else "")

    def __str__(self) -> str:
        told = " ".join([*self.at.values(), *self.query.values()])
        return f"{self.name} {told} as {self.who}".replace("  ", " ")


def client(town: Town, sight: Sight, language: str = "zh-CN") -> Client:
    """A browser in which the person of the sight is signed in and has done what leads there."""
    made = Client(headers={"accept-language": language})
    if sight.who != NOBODY:
        made.force_login(town.people[sight.who])
    if sight.before:
        sight.before(town, made)
    return made
