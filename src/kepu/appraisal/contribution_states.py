"""Where a statement of contributions and an agreed duty stand, and which way they go."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class ContributionState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("statement of contributions", "asked for")
    SIGNED = "signed", pgettext_lazy("statement of contributions", "signed")
    REFUSED = "refused", pgettext_lazy("statement of contributions", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("statement of contributions", "withdrawn")
    REVOKED = "revoked", pgettext_lazy("statement of contributions", "revoked")


C = ContributionState
NUMBERED = (C.SIGNED, C.REVOKED)  # a paper is about, under its number

CONTRIBUTION = Machine(
    start=C.ASKED,
    moves=(
        Move("sign", (C.ASKED,), C.SIGNED),
        Move("refuse", (C.ASKED,), C.REFUSED),
        Move("withdraw", (C.ASKED,), C.WITHDRAWN),
        Move("revoke", (C.SIGNED,), C.REVOKED),
    ),
)

VERBS = (
    gettext_noop("sign"),
    gettext_noop("refuse"),
    gettext_noop("withdraw"),
    gettext_noop("revoke"),
)
