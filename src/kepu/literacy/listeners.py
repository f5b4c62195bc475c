"""What this room hears, and what it does by the clock."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.facts.catalogue import PersonErased
from kepu.kernel.facts.registry import Occasion, listen
from kepu.literacy import held


@listen(PersonErased, called=lazy("Remove the person's words from reviews of items"))
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """What an erased person wrote about items goes; verdicts stay, under the pseudonym."""
    accounts.forget_words(held.TABLES, fact.person_id)
