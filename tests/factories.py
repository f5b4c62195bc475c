"""Factories: plain functions that make what a test needs; the trait that matters is named."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from kepu.kernel.accounts.models import Organisation, OrganisationKind, Personal, User
from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles.models import Grant

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=BEIJING)
BEFORE = datetime(2026, 1, 1, tzinfo=BEIJING)
_count = itertools.count(1)

LEVELS = (Level.PROVINCE, Level.DISTRICT, Level.TOWNSHIP, Level.COMMUNITY)


def division(path: str = "50.103.001.001.", name: str = "") -> Division:
    """The division at `path`, and those above it, made where they are missing."""
    parts = path.rstrip(".").split(".")
    parent: Division | None = None
    for depth in range(len(parts)):
        here = "".join(f"{part}." for part in parts[: depth + 1])
        parent, _ = Division.objects.get_or_create(
            path=here,
            defaults={
                "parent": parent,
                "level": LEVELS[depth],
                "name": name if here == path and name else f"示例{here}",
                "lon": 106.5 + depth / 100,
                "lat": 29.5 + depth / 100,
            },
        )
    assert parent is not None
    return parent


def user(name: str = "张示例", **personal: str) -> User:
    """A person who can be told apart; pass phone, email and so on as wanted."""
    number = next(_count)
    person = User(login=f"user{number}", created_at=BEFORE)
    person.keep(Personal(name=name, **personal))
    person.set_password("correct horse battery")
    person.save()
    return person


def organisation(name: str = "示例部门", path: str = "50.103.", **traits: Any) -> Organisation:
    unit = Organisation(name=name, kind=traits.pop("kind", OrganisationKind.DEPARTMENT), **traits)
    unit.place(division(path))
    unit.save()
    return unit


def grant(person: User, role: str, where: str | Organisation, **traits: Any) -> Grant:
    """Give `person` a role at a path or in an organisation."""
    place = {"organisation": where} if isinstance(where, Organisation) else {"path": where}
    return Grant.objects.create(person=person, role=role, valid_from=BEFORE, **place, **traits)


def officer(role: str, where: str | Organisation, name: str = "李示例") -> User:
    """A person who holds one role."""
    person = user(name)
    grant(person, role, where)
    return person
