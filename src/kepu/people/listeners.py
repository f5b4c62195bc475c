"""What this room hears."""

from __future__ import annotations

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.facts.catalogue import PersonErased
from kepu.kernel.facts.registry import Occasion, listen
from kepu.people import held


@listen(PersonErased)
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """What an erased person wrote here, or others wrote about them, goes."""
    accounts.forget_words(held.TABLES, fact.person_id)
