"""Register a venue, hand it in, decide about it, and count who came."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.names import sort_key
from kepu.kernel.errors import Outside, authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import VenueEnded, VenueReinstated, VenueSuspended
from kepu.venues import policy, rules, telling
from kepu.venues.models import DayCount, ReportedCount, Venue, VenueStep
from kepu.venues.states import OVER, VENUE, BaseLevel, VenueKind

OPENING = (
    "about", "phone", "open_days", "weekdays", "opens_at", "closes_at", "admission",
    "youth_free_days", "accessibility", "host", "sector", "study",
)  # fmt: skip
FACTS = (
    *OPENING, "kind", "category", "level", "address", "lon", "lat", "floor_area", "hall_area",
    "halls", "full_time", "part_time", "guides", "scenic_grade", "safety_checked_on",
)  # fmt: skip


@transaction.atomic
def register(
    organisation: Organisation,
    *,
    name: str,
    place: Division,
    by: User,
    now: datetime,
    **about: Any,
) -> Venue:
    """Write a venue down for its unit; it is a draft until it is handed in.

    `about` gives any of FACTS. Raises NotAllowed for who does not manage the unit's venues.
    """
    authorize(rules.why_not_keep(by, organisation, now))
    require(rules.why_not_register(organisation, place, name, kind=about["kind"]))

    venue = Venue(organisation=organisation, registered_by=by, registered_at=now)
    venue.place(place)
    write(venue, {"name": name, **about})
    venue.save()
    audit.record(by, "venue.register", venue, now=now)
    return venue


@transaction.atomic
def change(
    venue_id: int,
    *,
    name: str,
    place: Division,
    seen: int,
    by: User,
    now: datetime,
    **about: Any,
) -> Venue:
    """Say anew what the venue is, before it is handed in or after it was returned.

    `seen` is the version that `by` looked at; raises RuleBroken if another stands.
    """
    venue = locked(venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    require(rules.why_not_change(venue, seen))
    require(rules.why_not_register(_unit(venue), place, name, kind=about["kind"], besides=venue.pk))

    venue.place(place)
    write(venue, {"name": name, **about})
    venue.version += 1
    venue.save()
    audit.record(by, "venue.change", venue, now=now, version=venue.version)
    return venue


@transaction.atomic
def change_opening(venue_id: int, *, seen: int, by: User, now: datetime, **about: Any) -> Venue:
    """Say anew when a registered venue is open, for whom it is free, and how it is reached."""
    venue = locked(venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    require(rules.why_not_change_opening(venue, seen))
    write(venue, {key: about[key] for key in OPENING if key in about})
    require(rules.why_not_fit(venue, now))

    venue.version += 1
    venue.save(update_fields=[*OPENING, "version"])
    audit.record(by, "venue.change_opening", venue, now=now, version=venue.version)
    return venue


@transaction.atomic
def submit(venue_id: int, *, by: User, now: datetime) -> Venue:
    """Hand the registration in; officers of the place hear of it."""
    venue = locked(venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    require(rules.why_not_submit(venue, now))

    venue.registered_by, venue.registered_at = by, now
    venue.save(update_fields=["registered_by", "registered_at"])
    _move(venue, "submit", by=by, now=now)
    telling.submitted(venue, now=now)
    return venue


@transaction.atomic
def confirm(
    venue_id: int, *, seen: int, by: User, now: datetime, listed_id: int | None = None
) -> Venue:
    """Confirm what was handed in; from now on the venue stands on the public register.

    `listed_id` is the base known from a report that this is; the register then shows it once.
    """
    venue = locked(venue_id)
    authorize(rules.why_not_confirm_as(by, venue, now))
    require(rules.why_not_confirm(venue, seen, now))

    venue.confirmed_at = now
    venue.save(update_fields=["confirmed_at"])
    _move(venue, "confirm", by=by, now=now)
    if listed_id is not None:
        _tie(venue, listed_id, by, now)
    telling.decided(venue, "confirm", "", now=now)
    return venue


@transaction.atomic
def tie(venue_id: int, *, listed_id: int, by: User, now: datetime) -> Venue:
    """Say that a base known from a report is this registered venue; the register shows it once.

    It decides nothing about the venue, so no number of a signed paper is asked for.
    """
    venue = locked(venue_id)
    authorize(rules.why_not_judge(by, venue, now))
    _tie(venue, listed_id, by, now)
    return venue


def _tie(venue: Venue, listed_id: int, by: User, now: datetime) -> None:
    listed = Venue.objects.select_for_update().filter(pk=listed_id).first()
    require(rules.why_not_tie(venue, listed))
    assert listed is not None  # noqa: S101 (the rule has said so)
    listed.same_as = venue
    listed.save(update_fields=["same_as"])
    audit.record(by, "venue.tie", venue, now=now, listed=listed.pk)


@transaction.atomic
def decide(
    venue_id: int,
    verb: str,
    *,
    seen: int,
    reason: str,
    by: User,
    now: datetime,
    reference: str = "",
) -> Venue:
    """Return, warn, suspend, reinstate, revoke or close, saying why; managers hear of it.

    What is not used any more is so from this transaction on. `reference` is the number of the signed
    decision, `seen` the version that `by` looked at; raises RuleBroken where a number is asked for and
    missing, or another version stands.
    """
    venue = locked(venue_id)
    who = rules.why_not_close_as if verb == "close" else rules.why_not_judge
    authorize(who(by, venue, now))
    own = rules.why_not_keep(by, venue.organisation, now) is None
    require(rules.why_not_decide(venue, verb, reason, reference, seen=seen, own=own))

    _move(venue, verb, by=by, now=now, reason=reason.strip(), reference=reference.strip())
    _publish(venue, verb, now)
    telling.decided(venue, verb, reason.strip(), now=now)
    return venue


@transaction.atomic
def restore(venue_id: int, *, reason: str, reference: str, by: User, now: datetime) -> Venue:
    """Put a revoked venue back to work, for an appeal was upheld; managers hear of it."""
    venue = locked(venue_id)
    authorize(rules.why_not_judge(by, venue, now))
    require(rules.why_not_restore(venue, reason, reference))

    _move(venue, "restore", by=by, now=now, reason=reason.strip(), reference=reference.strip())
    facts.publish(VenueReinstated(at=now, venue_id=venue.pk))
    telling.decided(venue, "reinstate", reason.strip(), now=now)
    return venue


@transaction.atomic
def follow_title(
    venue_id: int, *, levels: Collection[str], by: User | None, now: datetime
) -> Venue:
    """Put a base at the highest of the levels that its titles give, at none when the last has ended.

    Another venue stays. By Kepu itself (None) when time ended the title. Raises NotAllowed for who
    does not decide about the venue.
    """
    venue = locked(venue_id)
    authorize(None if by is None else rules.why_not_judge(by, venue, now))
    order = [one.value for one in BaseLevel]
    level = max(levels, key=order.index, default="")
    if venue.kind != VenueKind.BASE or venue.level == level:
        return venue
    venue.level = level
    venue.version += 1
    venue.save(update_fields=["level", "version"])
    audit.record(by, "venue.follow_title", venue, now=now, version=venue.version, level=level)
    return venue


@transaction.atomic
def list_from_report(
    *,
    name: str,
    place: Division,
    source: str,
    reported_in: int,
    by: User | None,
    now: datetime,
    **about: Any,
) -> Venue:
    """Put a venue on the list that a public report names and whose unit has not registered it.

    It takes no booking: of what it is like, nothing is known but the report, and that it was so in the
    year `reported_in`. By Kepu itself (None).
    """
    authorize(None if by is None else _("only Kepu itself lists venues from reports"))
    venue = Venue(source=source.strip(), reported_in=reported_in, registered_at=now)
    venue.place(place)
    write(venue, {"kind": VenueKind.BASE, "name": name, **about})
    venue.save()
    _move(venue, "list", by=by, now=now)
    return venue


@transaction.atomic
def tell_reported_count(
    *,
    path: str,
    period: str,
    group: str,
    label: str,
    count: int,
    source: str,
    by: User | None,
    now: datetime,
) -> ReportedCount:
    """Keep how many bases a public report counts, without naming one. By Kepu itself (None)."""
    authorize(None if by is None else _("only Kepu itself lists venues from reports"))
    said = {"count": count, "source": source}
    key: dict[str, Any] = {"path": path, "period": period, "group": group, "label": label}
    row, _new = ReportedCount.objects.update_or_create(**key, defaults=said)
    audit.record(by, "venue.tell_reported_count", row, now=now)
    return row


@transaction.atomic
def count(venue_id: int, *, day: date, visits: int, by: User, now: datetime) -> DayCount:
    """Say how many visits a day had; said once more, the later number stands."""
    venue = locked(venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    require(rules.why_not_count(venue, day, now))

    said = {"visits": visits, "counted_by": by, "at": now}
    row, _new = DayCount.objects.update_or_create(venue=venue, day=day, defaults=said)
    audit.record(by, "venue.count", venue, now=now, day=day.isoformat(), visits=visits)
    return row


def _move(venue: Venue, verb: str, *, by: User | None, now: datetime, **said: str) -> None:
    venue.state = VENUE.after(venue.state, verb)
    venue.version += 1
    venue.save(update_fields=["state", "version"])
    VenueStep.objects.create(
        venue=venue, verb=verb, state=venue.state, rules_version=policy.version(now), by=by, at=now,
        **said,
    )  # fmt: skip
    audit.record(by, f"venue.{verb}", venue, now=now, version=venue.version)


def _publish(venue: Venue, verb: str, now: datetime) -> None:
    if verb == "suspend":
        facts.publish(VenueSuspended(at=now, venue_id=venue.pk))
    elif verb == "reinstate":
        facts.publish(VenueReinstated(at=now, venue_id=venue.pk))
    elif venue.state in OVER:
        facts.publish(VenueEnded(at=now, venue_id=venue.pk))


def write(venue: Venue, said: Mapping[str, Any]) -> None:
    """Put what was said into the venue; the caller saves."""
    for key, value in said.items():
        setattr(venue, key, value.strip() if isinstance(value, str) else value)
    venue.sort_key = sort_key(venue.name)


def _unit(venue: Venue) -> Organisation:
    if venue.organisation is None:
        raise Outside(_("there is no such unit"))
    return venue.organisation


def locked(venue_id: int) -> Venue:
    """The venue, locked until the transaction ends; raises Venue.DoesNotExist."""
    rows = Venue.objects.select_for_update(of=("self",)).select_related(
        "organisation", "registered_by", "division_now"
    )
    venue: Venue = rows.get(pk=venue_id)
    return venue
