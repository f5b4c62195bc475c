"""What happens on the spot and after it: check in, report, rate, answer, close."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.api import limits
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import OrderMoved
from kepu.orders import rules, visits
from kepu.orders.actions import hours
from kepu.orders.actions.moving import Hand, locked, move
from kepu.orders.models import CheckIn, Order, Rating

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

TRIES_A_MINUTE = 10  # of 900 million codes, for the day that a visit's code is good


def check_in(
    order_id: int, *, code: str | None, by: User, now: datetime, at: datetime | None = None
) -> CheckIn:
    """Note that a member of the team has arrived; `at` is the device's time when sent later.

    A second arrival of the same person changes nothing. Raises NotAllowed if `by` is not in the
    team, RuleBroken if the visit is not scheduled or the code is another order's, and TooMany for
    who tries one code after the other.
    """
    count_try(order_id, by, now)
    return arrive(order_id, code=code, by=by, now=now, at=at)


def count_try(order_id: int, by: User, now: datetime) -> None:
    """Count a code that is tried; outside what a wrong code undoes, or it would not be counted."""
    limits.spend(f"code:{order_id}:{by.pseudonym}", TRIES_A_MINUTE, now)


@transaction.atomic
def arrive(
    order_id: int, *, code: str | None, by: User, now: datetime, at: datetime | None = None
) -> CheckIn:
    """What `check_in` says, for who has counted the try."""
    order = locked(order_id)
    authorize(rules.why_not_serve(by, order))
    moment = min(at or now, now)
    require(rules.why_not_check_in(order, code, moment))

    arrival, new = CheckIn.objects.get_or_create(
        order=order,
        visit=order.visit,
        person=by,
        defaults={"arrived_at": moment, "by_code": code is not None},
    )
    if new:
        audit.record(by, "order.check_in", order, now=now, check_in=arrival.pk)
        hours.catch_up(order, arrival, now)
    return arrival


@transaction.atomic
def check_out(order_id: int, *, by: User, now: datetime, at: datetime | None = None) -> CheckIn:
    """Note that a member has left; of two times that are said the earlier one holds."""
    order = locked(order_id)
    authorize(rules.why_not_serve(by, order))
    arrival = visits.check_ins(order).select_for_update().filter(person=by).first()
    moment = min(at or now, now)
    require(rules.why_not_check_out(arrival, moment))
    assert arrival is not None  # noqa: S101 (the rule has said so)

    if arrival.left_at is None or moment < arrival.left_at:
        arrival.left_at = moment
        arrival.save(update_fields=["left_at"])
        audit.record(by, "order.check_out", order, now=now, check_in=arrival.pk)
        hours.catch_up(order, arrival, now)
    return arrival


@transaction.atomic
def deliver(
    order_id: int,
    *,
    attended: int,
    by: User,
    now: datetime,
    note: str = "",
    at: datetime | None = None,
    ended_at: datetime | None = None,
) -> Order:
    """Report the visit with the number of people who came; hours are proposed for who checked in.

    `at` is the device's time when it is sent later: nobody earns hours for being without a network.
    Hours count from arrival to `ended_at`, and never beyond the report; without it, to the report.
    """
    order = locked(order_id)
    authorize(rules.why_not_act_for_team(by, order.team, now))
    moment = min(at or now, now)
    require(rules.why_not_deliver(order, moment))
    if not 0 <= attended <= 100_000:
        raise BadInput(_("the number of people lies between 0 and 100,000"))

    ended = _ended(ended_at, moment)
    if ended_at is not None:
        require(rules.why_not_end(order, ended))
    order.attended, order.delivered_at = attended, moment
    staying = visits.check_ins(order).filter(left_at__isnull=True, arrived_at__lt=ended)
    staying.update(left_at=ended)
    hours.propose_all(order, by=by, now=now)
    return move(order, "deliver", Hand(by, now, note=note), "attended", "delivered_at")


def _ended(said: datetime | None, reported: datetime) -> datetime:
    """When the visit ended; what is typed has no seconds, so the minute of the report is the report."""
    if said is None or reported - said < timedelta(minutes=1):
        return reported
    return said


@transaction.atomic
def report_no_show(order_id: int, *, by: User, now: datetime) -> Order:
    """The resident, or a worker for the resident, says that nobody came."""
    order = locked(order_id)
    authorize(rules.why_not_speak_for_resident(by, order, now))
    require(rules.why_not_report_no_show(order, now))
    return move(order, "report_no_show", Hand(by, now, order.resident))


@transaction.atomic
def rate(order_id: int, *, stars: int, by: User, now: datetime, words: str = "") -> Rating:
    """The resident rates the visit with one to five stars 评单."""
    order = locked(order_id)
    authorize(rules.why_not_rate_as(by, order, now))
    require(rules.why_not_rate(order, stars))

    assert order.team  # noqa: S101 (delivered: held by the database)
    rating = Rating.objects.create(
        order=order,
        visit=order.visit,
        team=order.team,
        stars=stars,
        words=words.strip(),
        by=by,
        at=now,
    )
    move(order, "rate", Hand(by, now, order.resident))
    return rating


@transaction.atomic
def answer(order_id: int, *, words: str, by: User, now: datetime) -> Rating:
    """The team answers a rating, once."""
    order = locked(order_id)
    authorize(rules.why_not_act_for_team(by, order.team, now))
    require(rules.why_not_answer(order))
    if not words.strip():
        raise BadInput(_("write an answer"))

    rating = visits.rating(order)
    assert rating  # noqa: S101 (the rule has said so)
    rating.answer, rating.answered_by, rating.answered_at = words.strip(), by, now
    rating.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(by, "order.answer", order, now=now, rating=rating.pk)
    facts.publish(OrderMoved(at=now, order_id=order.pk, verb="answer", state=order.state))
    return rating
