"""Why not? The register of units."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.people.queries import units as queries


def why_not_keep_units(by: User, now: datetime) -> str | None:
    """Who manages accounts keeps the units of the place, and who approves teams there."""
    if queries.keeps_units(by, now):
        return None
    return _("only officers who manage accounts or approve teams keep the register of units")
