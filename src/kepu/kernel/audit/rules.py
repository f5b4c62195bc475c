"""Why not?"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb


def why_not_read_audit(person: User, now: datetime) -> str | None:
    """Only an audit administrator of the whole city reads it; who acts does not check the own acts."""
    if roles.holds_everywhere(person, Verb.AUDIT_READ, now=now):
        return None
    return _("only an audit administrator may read the audit")
