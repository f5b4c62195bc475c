"""What somebody who leaves holds in this room: it waits at a desk, so it follows the role by itself."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kepu.kernel.accounts.models import User
from kepu.kernel.roles.holdings import Work
from kepu.venues import queries
from kepu.venues.states import OPEN_TO_CHANGE, VenueState


def work(person: User, now: datetime) -> list[Work]:
    """Venues to confirm, and those that are not handed in yet."""
    waiting = queries.to_judge(person, now, state=VenueState.SUBMITTED)
    drafts = queries.kept_by(person, now).filter(state__in=OPEN_TO_CHANGE)
    return [
        Work(_("venues to confirm"), waiting.count()),
        Work(_("venues to hand in"), drafts.count()),
    ]
