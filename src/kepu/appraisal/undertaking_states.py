"""Where an undertaking of kepu duties stands, what can be counted of it, and how a year of it was."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class UndertakingKind(models.TextChoices):
    CO_BUILT = "co_built", pgettext_lazy("undertaking", "co-built kepu base")
    INNOVATION = "innovation", pgettext_lazy("undertaking", "S&T innovation base")


class UndertakingState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("undertaking", "proposed")
    AGREED = "agreed", pgettext_lazy("undertaking", "in force")
    DECLINED = "declined", pgettext_lazy("undertaking", "declined")
    ENDED = "ended", pgettext_lazy("undertaking", "ended")


U = UndertakingState
CONCLUDED = (U.AGREED, U.ENDED)

UNDERTAKING = Machine(
    start=U.PROPOSED,
    moves=(
        Move("agree", (U.PROPOSED,), U.AGREED),
        Move("decline", (U.PROPOSED,), U.DECLINED),
        Move("end", (U.AGREED,), U.ENDED),
    ),
)


class DutyKind(models.TextChoices):
    """What a duty asks so many of in a year, and where Kepu finds it; words are judged by people."""

    OPEN_DAYS = "open_days", pgettext_lazy("duty", "days open")
    VISITS = "visits", pgettext_lazy("duty", "visits")
    SERVICES = "services", pgettext_lazy("duty", "services delivered")
    ACTIVITIES = "activities", pgettext_lazy("duty", "activities held")


class Reminded(models.TextChoices):
    """What was said of a year that has not been told: before it is late, and once it is."""

    SOON = "soon", pgettext_lazy("reminder", "due soon")
    LATE = "late", pgettext_lazy("reminder", "late")


class YearOutcome(models.TextChoices):
    MET = "met", pgettext_lazy("duties of a year", "met")
    PARTLY = "partly", pgettext_lazy("duties of a year", "met in part")
    NOT_MET = "not_met", pgettext_lazy("duties of a year", "not met")


VERBS = (gettext_noop("agree"), gettext_noop("decline"), gettext_noop("end"))
