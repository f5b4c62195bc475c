"""Why not? Nobody decides about oneself, nor about a ward: one sentence each for teams, volunteers,
posts, hours and the rest. And who says yes or no for a child.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import User


def why_not_decide_about(by: User, person: User) -> str | None:
    """Approving, judging, appointing or inviting is done by somebody else than the person."""
    if by.pk == person.pk:
        return _("nobody decides about himself")
    return why_not_decide_about_ward(by, person)


def why_not_decide_about_ward(by: User, person: User) -> str | None:
    """Nor by who speaks for the person: it would be one hand on both sides."""
    if person.guardian_id == by.pk:
        return _("nobody decides about a child in his care; somebody else does")
    return None


def why_not_speak_for(by: User, person: User, now: datetime) -> str | None:
    """Everybody says yes or no for himself; for a child under fourteen the guardian does, who consents."""
    if by.pk == person.pk:
        return why_not_as_child(person, now)
    if person.guardian_id is None or person.guardian_id != by.pk:
        return _("only the person, or the guardian, may do this")
    if not accounts.is_child(person, now):
        return _("from %(age)s on the child decides this, by the own account") % {
            "age": accounts.CHILD_UNDER
        }
    return None


def why_not_as_child(person: User, now: datetime) -> str | None:
    """A child binds itself to nothing by its own account."""
    if not accounts.is_child(person, now):
        return None
    return _("under %(age)s your parent or guardian does this, by the own account") % {
        "age": accounts.CHILD_UNDER
    }
