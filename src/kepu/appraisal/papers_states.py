"""Where lists of fees and sheets of paper stand, and which way they go."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class FeeListState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("list of fees", "draft")
    SIGNED = "signed", pgettext_lazy("list of fees", "signed")
    PAID = "paid", pgettext_lazy("list of fees", "paid")
    DROPPED = "dropped", pgettext_lazy("list of fees", "dropped")


F = FeeListState
COUNTED = (F.SIGNED, F.PAID)  # what the tax of a month counts

FEE_LIST = Machine(
    start=F.DRAFT,
    moves=(
        Move("sign", (F.DRAFT,), F.SIGNED),
        Move("take_back", (F.SIGNED,), F.DRAFT),
        Move("pay", (F.SIGNED,), F.PAID),
        Move("drop", (F.DRAFT,), F.DROPPED),
    ),
)


class FeeKind(models.TextChoices):
    REVIEW = "review", pgettext_lazy("fee", "review")
    HALF_DAY = "half_day", pgettext_lazy("fee", "half a day")
    CORRECTION = "correction", pgettext_lazy("fee", "correction")


class PaperState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("paper", "to be keyed")
    ONCE = "once", pgettext_lazy("paper", "keyed once")
    DIFFERS = "differs", pgettext_lazy("paper", "keyed differently")
    DONE = "done", pgettext_lazy("paper", "handed in")
    DROPPED = "dropped", pgettext_lazy("paper", "put away")


P = PaperState
LIVE = (P.WAITING, P.ONCE, P.DIFFERS)

PAPER = Machine(
    start=P.WAITING,
    moves=(
        Move("key", (P.WAITING,), P.ONCE),
        Move("differ", (P.ONCE,), P.DIFFERS),
        Move("accept", (P.ONCE, P.DIFFERS), P.DONE),
        Move("drop", LIVE, P.DROPPED),
    ),
)

VERBS = (
    gettext_noop("sign"),
    gettext_noop("pay"),
    gettext_noop("drop"),
    gettext_noop("key"),
    gettext_noop("differ"),
    gettext_noop("accept"),
)
