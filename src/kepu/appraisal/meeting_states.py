"""Where a meeting of the panel and each application before it stand, and which way they go."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class MeetingState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("meeting", "planned")
    OPEN = "open", pgettext_lazy("meeting", "under way")
    CLOSED = "closed", pgettext_lazy("meeting", "closed")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "cancelled")


MEETING = Machine(
    start=MeetingState.PLANNED,
    moves=(
        Move("open", (MeetingState.PLANNED,), MeetingState.OPEN),
        Move("close", (MeetingState.OPEN,), MeetingState.CLOSED),
        Move("cancel", (MeetingState.PLANNED, MeetingState.OPEN), MeetingState.CANCELLED),
    ),
)
UNFINISHED = (MeetingState.PLANNED, MeetingState.OPEN)


class MeetingItemState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("on the agenda", "waiting")
    PRESENTING = "presenting", pgettext_lazy("on the agenda", "being presented")
    VOTING = "voting", pgettext_lazy("on the agenda", "the vote is open")
    DECIDED = "decided", pgettext_lazy("on the agenda", "decided")


ITEM = MeetingItemState
IN_HAND = (ITEM.PRESENTING, ITEM.VOTING)

MEETING_ITEM = Machine(
    start=ITEM.WAITING,
    moves=(
        Move("call_up", (ITEM.WAITING,), ITEM.PRESENTING),
        Move("let_vote", (ITEM.PRESENTING,), ITEM.VOTING),
        # Votes that were cast are void; nobody has read them.
        Move("put_off", IN_HAND, ITEM.WAITING),
        Move("count", (ITEM.VOTING,), ITEM.DECIDED),
    ),
)


class MeetingKind(models.TextChoices):
    """How an application is decided about."""

    VOTE = "vote", pgettext_lazy("kind of decision", "a vote for or against")
    SCORE = "score", pgettext_lazy("kind of decision", "points from each member")


VERBS = (
    gettext_noop("close"),
    gettext_noop("call_up"),
    gettext_noop("let_vote"),
    gettext_noop("put_off"),
    gettext_noop("count"),
)
