"""One step of a title, and what it does to the venue that holds it, in the same transaction."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kepu.appraisal import issuing
from kepu.appraisal.models import Series, Title, TitleStep
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.states import LEVELLED, TITLE
from kepu.appraisal.telling import titles as telling
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.venues import actions as venues
from kepu.venues import queries as places

TAKEN = ("suspend", "revoke")  # a bound venue stands still with its title
SETTLING = (*LEVELLED, "revoke", "expire", "reinstate")  # after which a base has another level


@transaction.atomic
def begin(
    title: Title, verb: str, *, reference: str, by: User, now: datetime, reason: str = "",
    since: date | None = None,
) -> Title:  # fmt: skip
    """Let a new title hold from today on, or since a day: with its number, its term, its first step.

    Its caller has asked the rules.
    """
    title.issuing_version, rules = issuing.in_force(now)
    title.since, title.granted_at = since or clock.day(now), now
    title.until = queries.last_day(title.since, queries.programme_of(title).term)
    title.number = _next_number(rules.prefix, title.programme, title.since.year)
    title.save()
    _write(title, verb, by=by, now=now, reason=reason.strip(), reference=reference.strip())
    audit.record(by, f"appraisal.{verb}_title", title, now=now, number=title.number)
    _set_base_level(title, by=by, now=now)
    telling.given(title, queries.programme_of(title), now=now)
    return title


def _next_number(prefix: str, programme: str, year: int) -> str:
    """KP-BASE-2026-0001: the series is locked until the transaction has ended, so none is given twice."""
    key = f"{prefix}-{programme.upper().replace('_', '-')}-{year}"
    Series.objects.get_or_create(prefix=key)
    series = Series.objects.select_for_update().get(prefix=key)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{key}-{series.last:04d}"


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
    _write(title, verb, by=by, now=now, **said)
    audit.record(by, f"appraisal.{verb}_title", title, now=now, version=title.version)
    if verb in SETTLING:
        _set_base_level(title, by=by, now=now)
    if by is not None and title.venue_id and queries.programme_of(title).term.binds_venue:
        _let_venue_follow(title, title.venue_id, verb, by=by, now=now, **said)
    return title


def _write(title: Title, verb: str, *, by: User | None, now: datetime, **said: str) -> None:
    TitleStep.objects.create(
        title=title, verb=verb, state=title.state, grade=title.grade, by=by, at=now, **said
    )


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


def _set_base_level(title: Title, *, by: User | None, now: datetime) -> None:
    """A base is on the register at the highest level of its standing titles; when all ended, at none.

    By Kepu itself where time ended the title.
    """
    programme = queries.programme_of(title)
    if title.venue_id is None or not any(one.base_level for one in programme.levels):
        return
    venues.follow_title(title.venue_id, levels=queries.base_levels(title), by=by, now=now)
