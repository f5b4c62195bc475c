"""What this room hears, and what recurs in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import User
from kepu.kernel.facts.catalogue import PersonErased
from kepu.kernel.facts.registry import Occasion, every, listen
from kepu.kernel.files import actions, queries


@listen(PersonErased, called=lazy("Remove the person's files"))
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """Files that belonged to the person alone go."""
    actions.remove_personal(fact.person_id, now=occasion.now)


@every(timedelta(days=1), called=lazy("Clear away files that nobody keeps"))
def sweep(occasion: Occasion) -> None:
    """Clear away contents that no row names."""
    actions.sweep(now=occasion.now)


def export(person: User, now: datetime) -> list[dict[str, Any]]:
    """What the person handed in, by name."""
    return [
        {
            "name": queries.name(file),
            "purpose": file.purpose,
            "size": file.size,
            "at": file.created_at,
        }
        for file in queries.kept().filter(owner=person).select_related("owner")
    ]
