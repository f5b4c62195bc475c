"""One step of a title, and what it does to the venue that holds it, in the same transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.appraisal.models import Title, TitleStep
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.states import TITLE
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.venues import actions as venues
from kepu.venues import queries as places

TAKEN = ("suspend", "revoke")  # a bound venue stands still with its title


@transaction.atomic
def step(
    title: Title, verb: str, *, by: User | None, now: datetime, reason: str = "",
    reference: str = "",
) -> Title:  # fmt: skip
    """Move a locked title on, write it down, and let a bound venue follow the same second.

    Its caller has asked the rules; raises RuleBroken where the table leads nowhere.
    """
    title.state = TITLE.after(title.state, verb)
    title.version += 1
    title.save(update_fields=["state", "version", "grade", "rectify_by"])
    said = {"reason": reason.strip(), "reference": reference.strip()}
    TitleStep.objects.create(
        title=title, verb=verb, state=title.state, grade=title.grade, by=by, at=now, **said
    )
    audit.record(by, f"appraisal.{verb}_title", title, now=now, version=title.version)
    if by is not None and title.venue_id and queries.programme_of(title).term.binds_venue:
        _let_venue_follow(title, title.venue_id, verb, by=by, now=now, **said)
    return title


def _let_venue_follow(
    title: Title, venue_id: int, verb: str, *, by: User, now: datetime, **said: str
) -> None:
    """Where the title is what the venue is registered by, it takes no booking from this second on.

    It comes back with the title only if it stands under the very paper that took the title.
    """
    if verb in TAKEN:
        seen = places.version_where(venue_id, verb)
        if seen is not None:
            venues.decide(venue_id, verb, seen=seen, by=by, now=now, **said)
    elif verb == "reinstate":
        taken = title.steps.filter(verb__in=TAKEN).last()
        if taken is None or places.decided_under(venue_id) != taken.reference:
            return
        seen = places.version_where(venue_id, verb)
        if seen is not None:
            venues.decide(venue_id, verb, seen=seen, by=by, now=now, **said)
        elif places.version_where(venue_id, "restore") is not None:
            venues.restore(venue_id, by=by, now=now, **said)


def set_base_level(title: Title, programme: Programme, *, by: User, now: datetime) -> None:
    """A base is on the register at the level of its title, where the programme says which."""
    level = queries.level(programme, title.grade)
    if title.venue_id is not None and level is not None and level.base_level:
        venues.follow_title(title.venue_id, level=level.base_level, by=by, now=now)
