"""Where field inspections stand, which way they go, and what becomes of what a device sent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class InspectionState(models.TextChoices):
    ASSIGNED = "assigned", pgettext_lazy("inspection", "assigned")
    VISITED = "visited", pgettext_lazy("inspection", "visited")
    HANDED_IN = "handed_in", pgettext_lazy("inspection", "handed in")
    SENT_BACK = "sent_back", pgettext_lazy("inspection", "sent back")
    COUNTERSIGNED = "signed", pgettext_lazy("inspection", "countersigned")
    CANCELLED = "cancelled", pgettext_lazy("inspection", "cancelled")


S = InspectionState
AT_WORK = (S.ASSIGNED, S.VISITED, S.SENT_BACK)  # inspectors write
STANDING = (*AT_WORK, S.HANDED_IN)

INSPECTION = Machine(
    start=S.ASSIGNED,
    moves=(
        Move("arrive", (S.ASSIGNED,), S.VISITED),
        Move("hand_in", (S.VISITED, S.SENT_BACK), S.HANDED_IN),  # with the last signature
        Move("send_back", (S.HANDED_IN,), S.SENT_BACK),
        Move("countersign", (S.HANDED_IN,), S.COUNTERSIGNED),
        Move("cancel", AT_WORK, S.CANCELLED),
    ),
)
VERBS = (gettext_noop("arrive"), gettext_noop("countersign"))


class Receipt(models.TextChoices):
    """What became of something a device wrote down; all of it is kept."""

    DONE = "done", pgettext_lazy("note of an inspector", "taken in")
    CONFLICT = "conflict", pgettext_lazy("note of an inspector", "two devices differ")
    REFUSED = "refused", pgettext_lazy("note of an inspector", "not taken in")
