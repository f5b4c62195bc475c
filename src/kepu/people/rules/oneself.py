"""Why not? Nobody decides about oneself, nor about a ward: one sentence each for teams, volunteers,
posts, hours and the rest.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

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
