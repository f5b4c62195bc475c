"""What this room hears, and what it does by the clock."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.facts.catalogue import BookletsAsked, PersonErased
from kepu.kernel.facts.registry import Occasion, every, listen
from kepu.literacy import held
from kepu.literacy.actions import booklets, self_tests
from kepu.literacy.queries import booklets as queries


@listen(PersonErased, called=lazy("Remove the person's words from reviews of items"))
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """What an erased person wrote about items goes; verdicts stay, under the pseudonym."""
    accounts.forget_words(held.TABLES, fact.person_id)


@every(timedelta(hours=1), called=lazy("Forget the answers of old self-tests"))
def forget_self_tests(occasion: Occasion) -> None:
    """Nobody's answers are kept longer than the framework says."""
    self_tests.forget_old(now=occasion.now)


@listen(BookletsAsked, awaited=True, called=lazy("Assemble the booklets"))
def begin_booklets(fact: BookletsAsked, occasion: Occasion) -> None:
    """The worker assembles booklets beside its other work, as soon as the delivery is committed."""
    _begin_if_free(fact.set_id, occasion.now)


@every(timedelta(minutes=1), called=lazy("Take up booklets that were left half done"))
def begin_booklets_again(occasion: Occasion) -> None:
    """What a worker that was killed left half done is taken up by the next one."""
    for set_id in queries.without_worker(occasion.now).values_list("pk", flat=True)[:5]:
        _begin_if_free(set_id, occasion.now)


def _begin_if_free(set_id: int, now: datetime) -> None:
    if booklets.take_up_booklets(set_id, now=now):
        transaction.on_commit(lambda: start_on_booklets(set_id, now))


def start_on_booklets(set_id: int, taken: datetime) -> threading.Thread:
    """A daemon with a connection of its own: a worker that stops leaves the rest to the next."""
    thread = threading.Thread(target=_work_and_close, args=(set_id, taken), daemon=True)
    thread.start()
    return thread


def _work_and_close(set_id: int, taken: datetime) -> None:
    try:
        booklets.work_on_booklets(set_id, taken=taken)
    finally:
        connection.close()
