"""Keep a registration true: propose a change and decide about it, tell a year, show pictures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require
from kepu.kernel.files import actions as files
from kepu.kernel.files import intake
from kepu.kernel.files.blobs import Readable
from kepu.venues import albums, policy, rules, telling, years
from kepu.venues.actions.registry import FACTS, OPENING, locked, write
from kepu.venues.models import Proposal, Venue, VenueFile, YearReport, YearTold
from kepu.venues.states import ProposalState

# What officers have confirmed and the opening does not change; the kind is that of another venue.
FROZEN = tuple(name for name in FACTS if name not in OPENING and name != "kind")


@transaction.atomic
def propose(
    venue_id: int, *, why: str, seen: int, by: User, now: datetime, **facts: Any
) -> Proposal:
    """Ask the officers to change confirmed facts; the register goes on showing those that were confirmed.

    `facts` gives any of FROZEN; kept is what differs. A safety check is renewed in this way.
    """
    venue = locked(venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    wanted = {key: _trimmed(facts[key]) for key in FROZEN if key in facts}
    differing = {key: _plain(v) for key, v in wanted.items() if v != getattr(venue, key)}
    require(rules.why_not_propose(venue, seen, differing))
    write(venue, wanted)
    require(rules.why_not_fit(venue, now))
    if not why.strip():
        raise BadInput(_("say why it changes; the officers read it"), field="why")

    change = Proposal.objects.create(venue=venue, facts=differing, why=why.strip(), by=by, at=now)
    audit.record(by, "venue.propose", venue, now=now, change=change.pk)
    telling.proposed(venue, now=now)
    return change


@transaction.atomic
def decide_change(
    change_id: int, *, accept: bool, seen: int, by: User, now: datetime, reason: str = ""
) -> Proposal:
    """Accept a change, so that the register shows it from now on, or return it and say why.

    Raises RuleBroken where the venue changed since `seen`, or what would stand there is not complete.
    """
    venue_id = Proposal.objects.values_list("venue", flat=True).get(pk=change_id)
    venue = locked(venue_id)
    change = Proposal.objects.select_for_update(of=("self",)).select_related("by").get(pk=change_id)
    change.venue = venue
    authorize(rules.why_not_decide_change(by, change, now))
    require(rules.why_not_still_waiting(change) or rules.why_not_unseen(venue, seen))
    if not accept and not reason.strip():
        raise BadInput(_("please give a reason"), field="reason")

    change.before = {key: _plain(getattr(venue, key)) for key in change.facts}
    change.state = ProposalState.ACCEPTED if accept else ProposalState.RETURNED
    change.decided_by, change.decided_at, change.reason = by, now, reason.strip()
    change.save()
    if accept:
        _show(venue, change, now)
    audit.record(by, "venue.accept_change" if accept else "venue.return_change", venue, now=now,
                 change=change.pk, version=venue.version)  # fmt: skip
    telling.change_decided(change, now=now)
    return change


def _show(venue: Venue, change: Proposal, now: datetime) -> None:
    write(venue, read_facts(change.facts))
    require(rules.why_not_fit(venue, now))
    venue.version += 1
    venue.save(update_fields=[*FROZEN, "sort_key", "version"])


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    return value.isoformat() if isinstance(value, date | time) else value


def read_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a change says, as the register keeps it."""
    readers = {"safety_checked_on": parse_date, "opens_at": parse_time}
    return {
        key: readers[key](value) if key in readers and value else value
        for key, value in facts.items()
    }


@transaction.atomic
def take_back(change_id: int, *, by: User, now: datetime) -> None:
    """The managers take a change back that nobody has decided about."""
    change = (
        Proposal.objects.select_for_update(of=("self",)).select_related("venue").get(pk=change_id)
    )
    venue = locked(change.venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    require(rules.why_not_still_waiting(change))
    audit.record(by, "venue.take_back_change", venue, now=now, change=change.pk)
    change.delete()


@transaction.atomic
def tell_year(
    venue_id: int,
    *,
    year: int,
    open_days: int,
    full_time: int,
    part_time: int,
    activities: int,
    income: Decimal,
    remark: str = "",
    by: User,
    now: datetime,
) -> YearReport:
    """Tell a year's figures and confirm that the register is still true; told again, the later stands.

    Visits are not asked for: they are those of the daily counts.
    """
    venue = locked(venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    require(rules.why_not_tell_year(venue, year, now))
    visits, days = years.visits_of(venue, year)
    wanted = years.asked(now)
    late = year < wanted.year or wanted.over
    said = {
        "visits": visits, "days_counted": days, "open_days": open_days, "full_time": full_time,
        "part_time": part_time, "activities": activities, "income": income, "remark": remark.strip(),
        "rules_version": policy.version(now), "by": by, "at": now,
    }  # fmt: skip
    row, _new = YearReport.objects.update_or_create(
        venue=venue, year=year, defaults=said,
        create_defaults={**said, "late": late, "first_at": now},
    )  # fmt: skip
    audit.record(by, "venue.tell_year", venue, now=now, year=year, visits=visits)
    return row


def remind(now: datetime) -> int:
    """Tell managers that a year's figures are due, and once more when they are late; how many were told."""
    wanted = years.asked(now)
    if not wanted.soon:
        return 0
    owing = years.owing(wanted.year).exclude(
        pk__in=YearTold.objects.filter(year=wanted.year, late=wanted.over).values("venue")
    )
    return sum(_remind(venue, wanted, now) for venue in owing)


@transaction.atomic
def _remind(venue: Venue, wanted: years.Asked, now: datetime) -> bool:
    _row, new = YearTold.objects.get_or_create(
        venue=venue, year=wanted.year, late=wanted.over, defaults={"at": now}
    )
    if new:
        telling.year_owed(venue, wanted, now=now)
    return new


def add_file(
    venue_id: int, *, kind: str, words: str, name: str, content: Readable, by: User, now: datetime
) -> VenueFile:
    """Show a photograph of the venue, or lay a document before the officers.

    The rules are asked before the picture is unpacked, which is slow, and again under the lock.
    """
    if not words.strip():
        raise BadInput(_("say in words what it shows"), field="words")
    venue = Venue.objects.select_related("organisation").get(pk=venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    require(albums.why_not_add(venue, kind))
    examined = intake.examine(content, albums.PURPOSE_OF[kind])
    with transaction.atomic():
        venue = locked(venue_id)
        require(albums.why_not_add(venue, kind))
        file = files.enter(examined, name, by=by, now=now, path=venue.path)
        made = VenueFile.objects.create(
            venue=venue, file=file, kind=kind, words=words.strip(), by=by, at=now
        )
        audit.record(by, "venue.add_file", venue, now=now, file=made.pk)
    return made


@transaction.atomic
def take_file_away(file_id: int, *, by: User, now: datetime) -> None:
    """Take a photograph or a document away: who manages the venue, or an officer of the place."""
    found = VenueFile.objects.select_related("venue__organisation", "file").get(pk=file_id)
    authorize(albums.why_not_take_away(by, found.venue, now))
    files.remove(found.file_id, by=by, now=now)
    audit.record(by, "venue.take_file_away", found.venue, now=now, file=found.pk)
    found.delete()
