"""What standards hear: somebody was erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal import standards_held as held
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.facts.catalogue import PersonErased
from kepu.kernel.facts.registry import Occasion, listen


@listen(PersonErased, called=lazy("Remove the person's comments on standards"))
def forget_comments(fact: PersonErased, occasion: Occasion) -> None:
    """What an erased person said of a draft goes; answers and verdicts stay for the figures."""
    accounts.forget_words(held.TABLES, fact.person_id)
