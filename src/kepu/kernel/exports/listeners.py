"""The worker makes exports beside its other work, in threads that hold no transaction."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.exports import actions, queries
from kepu.kernel.facts.catalogue import ExportAsked, PersonErased
from kepu.kernel.facts.registry import Occasion, every, listen


@listen(ExportAsked, awaited=True, called=lazy("Make the table"))
def begin(fact: ExportAsked, occasion: Occasion) -> None:
    """Begin as soon as the delivery is committed."""
    actions.TABLES.begin(fact.export_id, occasion.now)


@listen(PersonErased, called=lazy("Make tables anew without the person"))
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """Tables that may name an erased person are made anew without them; their own go."""
    actions.drop_of(fact.person_id, by=None, now=occasion.now)
    actions.make_anew(by=None, now=occasion.now)


@every(timedelta(minutes=1), called=lazy("Clear away old tables"))
def sweep(occasion: Occasion) -> None:
    """Begin again what a killed worker left half made, and throw away what is a week old."""
    actions.TABLES.begin_again(occasion.now)
    if queries.outlived(occasion.now).exists():
        actions.forget(by=None, now=occasion.now)
