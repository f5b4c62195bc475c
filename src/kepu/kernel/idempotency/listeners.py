"""What recurs: old answers are forgotten. And those of a person who was erased, at once."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import User
from kepu.kernel.facts.catalogue import PersonErased
from kepu.kernel.facts.registry import Occasion, every, listen
from kepu.kernel.idempotency import actions


@every(timedelta(hours=6), called=lazy("Clear away kept answers of programs"))
def forget_old_answers(occasion: Occasion) -> None:
    actions.forget(occasion.now)


@listen(PersonErased, called=lazy("Remove kept answers to the person"))
def forget_answers(fact: PersonErased, occasion: Occasion) -> None:
    """An answer may hold the person's words."""
    actions.forget_actor(User.objects.get(pk=fact.person_id).pseudonym)
