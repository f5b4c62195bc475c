"""Why not?"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.facts.models import Delivery, DeliveryState
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb


def why_not_operate(person: User, now: datetime) -> str | None:
    """Only a system administrator handles deliveries, which are those of the whole installation."""
    if roles.holds_everywhere(person, Verb.SYSTEM_OPERATE, now=now):
        return None
    return _("only a system administrator may do this")


def why_not_revive(delivery: Delivery) -> str | None:
    """Only a dead letter is revived."""
    return None if delivery.state == DeliveryState.DEAD else _("this delivery is not dead")
