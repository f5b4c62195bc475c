"""Send a notice out of the house: the ways in the rulebook's order, until one takes it.

A way that refuses for good gives place to the next at once, one that stays silent after some tries. The
last one left is tried until the worker buries the delivery.

No transaction is open while the other side is asked. Before, the cost is held back under a lock;
after, what came of it is kept. Called again after a crash, it goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.notices import channels, queries, rules
from kepu.kernel.notices.channels import CannotSend, Message
from kepu.kernel.notices.models import Attempt, Notice
from kepu.kernel.notices.schemas import NoticeRules
from kepu.kernel.notices.states import AttemptState, Way
from kepu.kernel.notices.texts import Text


def deliver(notice_id: int, *, now: datetime) -> Attempt | None:
    """Send the notice by the first way that takes it; None when none can, and it stands in Kepu alone.

    Raises CannotSend when a way failed for the moment: the worker tries again later.
    """
    notice = Notice.objects.select_related("person").filter(pk=notice_id).first()
    if notice is None or not notice.person.is_active:
        return None
    if done := notice.attempts.filter(state=AttemptState.SENT).first():
        return done
    book = queries.rules_in_force(now)
    for place, way in enumerate(book.order, start=1):
        attempt = _begin(notice, way, book, now)
        if attempt and _send(notice, attempt, book, later=book.order[place:]):
            return attempt
    return None


@transaction.atomic
def _begin(notice: Notice, way: Way, book: NoticeRules, now: datetime) -> Attempt | None:
    """Hold the cost back, so that two workers together cannot spend more than the cap."""
    if rules.why_not_by(way, notice, book):
        return None
    User.objects.select_for_update().get(pk=notice.person_id)
    known = Attempt.objects.filter(notice=notice, way=way).first()
    if known:
        return known if known.state == AttemptState.BEGUN else None
    if way == Way.SMS and rules.why_not_spend(notice.person, book, now):
        return None
    cost = book.sms.price_fen if way == Way.SMS else 0
    return Attempt.objects.create(notice=notice, way=way, at=now, cost_fen=cost)


def _send(notice: Notice, attempt: Attempt, book: NoticeRules, later: Sequence[Way]) -> bool:
    channel = channels.open_way(Way(attempt.way))
    assert channel is not None  # noqa: S101 (asked in _begin)
    try:
        receipt = channel.send(_message(notice, Way(attempt.way), book))
    except CannotSend as refusal:
        attempt.state = _after(refusal, attempt, book, notice, later)
        attempt.tries, attempt.reason = attempt.tries + 1, refusal.reason[:200]
        attempt.save(update_fields=["state", "tries", "reason"])
        if attempt.state == AttemptState.BEGUN:
            raise
        return False
    attempt.state, attempt.reference = AttemptState.SENT, receipt.reference[:120]
    attempt.save(update_fields=["state", "reference"])
    return True


def _after(
    refusal: CannotSend, attempt: Attempt, book: NoticeRules, notice: Notice, later: Sequence[Way]
) -> AttemptState:
    """What a way that did not take it comes to: nobody is passed over while no other way is left."""
    if refusal.permanent:
        return AttemptState.REFUSED
    silent = attempt.tries + 1 >= book.tries
    left = any(rules.why_not_by(way, notice, book) is None for way in later)
    return AttemptState.GIVEN_UP if silent and left else AttemptState.BEGUN


def _message(notice: Notice, way: Way, book: NoticeRules) -> Message:
    person = notice.person
    said, reached = queries.words(notice, person), queries.contact(person, way) or {}
    context = queries.context(notice, person)
    return Message(
        key=f"notice-{notice.pk}",
        to=reached.get("to", ""),
        secret=reached.get("secret", ""),
        title=said.title,
        text=said.text,
        link=notice.link,
        template=book.approved(way, notice.template) or "",
        places={name: str(value) for name, value in context.items()},
    )


def send_past_notices(
    way: Way, text: Text, to: str, *, key: str, places: dict[str, str], now: datetime
) -> None:
    """Send what is no notice, such as a one-time code: kept nowhere, held by no opt-out."""
    channel = channels.open_way(way)
    if channel is None:
        raise CannotSend(f"no way out by {way.value} is set up", permanent=False)
    words = text.words("zh", places)
    approved = queries.rules_in_force(now).approved(way, text.key)
    channel.send(
        Message(
            key=key,
            to=to,
            title=words.title,
            text=words.text,
            template=approved or text.key,
            places=places,
        )
    )
