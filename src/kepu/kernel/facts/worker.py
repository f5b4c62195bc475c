"""The worker: takes due deliveries one by one, retries with growing pauses, and buries what never works."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from kepu.kernel import clock
from kepu.kernel.facts import registry
from kepu.kernel.facts.catalogue import from_data
from kepu.kernel.facts.models import Delivery, DeliveryState
from kepu.kernel.facts.registry import Occasion

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
FIRST = (True, False)  # what somebody waits for, then the rest
PAUSES = [timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600)]


@dataclass(frozen=True)
class Done:
    """How one pass over the due deliveries went."""

    delivered: int = 0
    failed: int = 0


def work_off(now: datetime, limit: int = 1000) -> Done:
    """Handle what is due at `now`, at most `limit` deliveries."""
    delivered = failed = 0
    while delivered + failed < limit:
        outcome = handle_next(now)
        if outcome is None:
            break
        delivered += outcome
        failed += not outcome
    return Done(delivered, failed)


def handle_next(now: datetime) -> bool | None:
    """Handle the delivery that comes next: True when done, False when it failed, None when none is due.

    What somebody waits for comes first, then what has been due the longest. The try is counted before
    it is made, so that one that takes its worker along does not come back for ever. The listener and
    the mark "done" share one transaction. On PostgreSQL other workers skip what is locked here.
    """
    if not any(_due(now, awaited).exists() for awaited in FIRST):
        return None  # an idle worker must not take SQLite's write lock
    with transaction.atomic():
        delivery = _next_due(now)
        if delivery is None:
            return None
        if not _begin(delivery, now):
            return False
    if registry.is_outside(delivery.listener):
        return _handle(delivery, now, savepoint=False)
    with transaction.atomic():
        return _is_ours(delivery) and _handle(delivery, now)


def _begin(delivery: Delivery, now: datetime) -> bool:
    """Count a try as if it had failed already; False when this was one too many.

    A crash gives it back after the pause, or, of an outside system that thinks, after LEASE.
    """
    if delivery.attempts > len(PAUSES) and delivery.fact_id is not None:
        delivery.state, delivery.last_error = DeliveryState.DEAD, "the worker was stopped at it"
        delivery.save(update_fields=["state", "last_error"])
        log.warning("delivery %s of %s is given up", delivery.pk, delivery.listener)
        return False
    delivery.attempts += 1
    outside = registry.is_outside(delivery.listener)
    delivery.due_at = now + (LEASE if outside else _pause(delivery))
    delivery.save(update_fields=["attempts", "due_at"])
    return True


def _pause(delivery: Delivery) -> timedelta:
    return PAUSES[min(delivery.attempts, len(PAUSES)) - 1]


def _is_ours(delivery: Delivery) -> bool:
    """Hold the row again; who slept between the two transactions may have lost it to another worker."""
    rows = Delivery.objects.select_for_update(of=("self",))
    waiting = rows.filter(pk=delivery.pk, state=DeliveryState.WAITING, attempts=delivery.attempts)
    return waiting.first() is not None


def _handle(delivery: Delivery, now: datetime, *, savepoint: bool = True) -> bool:
    try:
        with transaction.atomic() if savepoint else nullcontext():
            _call(delivery, now)
    except Exception as error:
        log.warning("delivery %s of %s failed", delivery.pk, delivery.listener, exc_info=True)
        _put_off(delivery, error, now)
        return False
    _finish(delivery, now)
    return True


def _due(now: datetime, awaited: bool) -> QuerySet[Delivery]:
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, awaited=awaited, due_at__lte=now)
    return waiting.order_by("due_at", "pk")


def _next_due(now: datetime) -> Delivery | None:
    """Asked apart, since one query by both would read past all that is due later."""
    for awaited in FIRST:
        due = _due(now, awaited)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        if found := due.select_related("fact").first():
            return found
    return None


def _call(delivery: Delivery, now: datetime) -> None:
    occasion = Occasion(delivery.pk, now)
    if delivery.fact is None:
        registry.duties()[delivery.listener][1](occasion)
        return
    listener = registry.listener(delivery.listener)
    if listener is None:
        raise LookupError(f"nobody is registered as {delivery.listener}")
    listener(from_data(delivery.fact.name, delivery.fact.data), occasion)


def _finish(delivery: Delivery, now: datetime) -> None:
    if delivery.fact is None and delivery.listener in registry.duties():
        delivery.due_at = now + registry.duties()[delivery.listener][0]
        delivery.attempts, delivery.last_error = 0, ""
        delivery.save(update_fields=["due_at", "attempts", "last_error"])
        return
    delivery.state, delivery.done_at = DeliveryState.DONE, now
    delivery.save(update_fields=["state", "done_at"])


def _put_off(delivery: Delivery, error: Exception, now: datetime) -> None:
    delivery.last_error = f"{type(error).__name__}: {error}"[:2000]
    if delivery.attempts > len(PAUSES) and delivery.fact_id is not None:
        delivery.state = DeliveryState.DEAD
    delivery.due_at = now + min(_pause(delivery), _interval(delivery))
    delivery.save(update_fields=["last_error", "state", "due_at"])


def _interval(delivery: Delivery) -> timedelta:
    """A duty that failed comes again when it would have come anyway: clocks run on while one is mended."""
    recurring = delivery.fact_id is None and delivery.listener in registry.duties()
    return registry.duties()[delivery.listener][0] if recurring else PAUSES[-1]


def plan_duties(now: datetime) -> None:
    """Make sure each recurring duty has its one waiting row, and drop rows of duties that are gone."""
    Delivery.objects.filter(fact__isnull=True).exclude(listener__in=registry.duties()).delete()
    # The database keeps one row for each; another worker that starts now loses nothing by it.
    Delivery.objects.bulk_create(
        [Delivery(listener=name, due_at=now, awaited=True) for name in registry.duties()],
        ignore_conflicts=True,
    )


def run(stop: Callable[[], bool], *, pause: float = 0.5) -> None:
    """Work until `stop()` says so; a database that is away for a while is waited for."""
    planned = False
    while not stop():
        try:
            if not planned:
                plan_duties(clock.now())
                planned = True
            # One at a time, so that a stop never waits for more than one listener.
            idle = handle_next(clock.now()) is None
        except (OperationalError, InterfaceError):
            log.warning("the database does not answer; trying again", exc_info=True)
            connection.close()
            idle = True
        if idle:
            time.sleep(pause)
