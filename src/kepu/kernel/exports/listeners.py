"""The worker makes exports beside its other work, in threads that hold no transaction."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.exports import actions, queries
from kepu.kernel.facts.catalogue import ExportAsked, PersonErased
from kepu.kernel.facts.registry import Occasion, every, listen


@listen(ExportAsked, awaited=True, called=lazy("Make the table"))
def begin(fact: ExportAsked, occasion: Occasion) -> None:
    """Begin as soon as the delivery is committed."""
    _begin_if_free(fact.export_id, occasion.now)


@listen(PersonErased, called=lazy("Make tables anew without the person"))
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """Tables that may name an erased person are made anew without them; their own go."""
    actions.drop_of(fact.person_id, by=None, now=occasion.now)
    actions.make_anew(by=None, now=occasion.now)


@every(timedelta(minutes=1), called=lazy("Clear away old tables"))
def sweep(occasion: Occasion) -> None:
    """Begin again what a killed worker left half made, and throw away what is a week old."""
    for export_id in queries.to_make(occasion.now).values_list("pk", flat=True)[:5]:
        _begin_if_free(export_id, occasion.now)
    if queries.outlived(occasion.now).exists():
        actions.forget(by=None, now=occasion.now)


def _begin_if_free(export_id: int, now: datetime) -> None:
    if actions.take_up(export_id, now=now):
        transaction.on_commit(lambda: start(export_id, now))


def start(export_id: int, taken: datetime) -> threading.Thread:
    """A daemon: a worker that stops leaves the rest to the next sweep."""
    thread = threading.Thread(target=_make_and_close, args=(export_id, taken), daemon=True)
    thread.start()
    return thread


def _make_and_close(export_id: int, taken: datetime) -> None:
    try:
        actions.make(export_id, taken=taken)
    finally:
        connection.close()
