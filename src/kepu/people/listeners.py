"""What this room hears."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import clock
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.facts.catalogue import CallOpened, PersonErased
from kepu.kernel.facts.registry import Occasion, every, listen
from kepu.people import held, telling
from kepu.people.actions import joining
from kepu.people.actions.forgetting import forget_titles
from kepu.people.queries import experts as queries


@listen(CallOpened, called=lazy("Tell volunteers of the call"))
def tell_volunteers(fact: CallOpened, occasion: Occasion) -> None:
    """Volunteers whom a call fits hear of it, so many in one transaction, and each once."""
    telling.called(fact, now=occasion.now)


TOLD = 100  # experts told in one transaction


@every(timedelta(hours=1), called=lazy("Remind experts to confirm their record"))
def remind_experts(occasion: Occasion) -> None:
    """Each once before the day and once after it, so many in one transaction."""
    today = clock.day(occasion.now)
    for one in queries.to_remind(today, TOLD):
        joining.remind(one.pk, late=False, by=None, now=occasion.now)
    for one in queries.to_warn(today, TOLD):
        joining.remind(one.pk, late=True, by=None, now=occasion.now)


@listen(PersonErased, called=lazy("Remove the person's words from the volunteers' records"))
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """What an erased person wrote here, or others wrote about them, goes."""
    accounts.forget_words(held.TABLES, fact.person_id)
    forget_titles(fact.person_id)
