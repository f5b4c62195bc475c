"""Why not? Nobody decides about oneself: one sentence for teams, volunteers, posts and the rest."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User


def why_not_decide_about(by: User, person_id: int) -> str | None:
    """Approving, judging, appointing or inviting is done by somebody else than the person."""
    return _("nobody decides about himself") if by.pk == person_id else None
