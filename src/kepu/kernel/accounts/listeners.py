"""What recurs in this room."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts import actions
from kepu.kernel.facts.registry import Occasion, every


@every(timedelta(hours=1), called=lazy("Clear away sign-ins and codes that have run out"))
def sweep(occasion: Occasion) -> None:
    """Clear away old codes, devices not seen for long, and sessions that ran out."""
    actions.sweep_codes(now=occasion.now)
    actions.sweep_mail_codes(now=occasion.now)
    actions.sweep_devices(now=occasion.now)
    Session.objects.filter(expire_date__lt=occasion.now).delete()


@every(timedelta(hours=1), called=lazy("Let wards who came of age go"))
def let_grown_wards_go(occasion: Occasion) -> None:
    """Guardianship ends on the eighteenth birthday, without anybody asking for it."""
    actions.end_grown_guardianships(now=occasion.now)
