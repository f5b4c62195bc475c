"""The life of an order, of a service on the menu and of an auto-plan, each as a table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class OrderState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PLACED = "placed", _("placed")
    DISPATCHED = "dispatched", _("dispatched")
    ACCEPTED = "accepted", _("accepted")
    OPEN = "open", _("open to teams")
    CLAIMED = "claimed", _("claimed")
    SCHEDULED = "scheduled", _("scheduled")
    DELIVERED = "delivered", _("delivered")
    RATED = "rated", _("rated")
    CLOSED = "closed", _("closed")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")
    NO_SHOW = "no_show", _("nobody came")
    REOPENED = "reopened", _("reopened")


S = OrderState

AT_THE_DESK = (S.PLACED, S.DECLINED, S.REOPENED)  # a dispatcher has to act
AT_THE_DEPARTMENT = (S.DISPATCHED, S.ACCEPTED)
WITH_A_TEAM = (S.CLAIMED, S.SCHEDULED)
MAY_EXPIRE = (*AT_THE_DESK, *AT_THE_DEPARTMENT, S.OPEN)
UNDER_WAY = (*AT_THE_DESK, *AT_THE_DEPARTMENT, S.OPEN, *WITH_A_TEAM)
NO_TIME_YET = (*MAY_EXPIRE, S.CLAIMED)  # wanted, but not arranged
# While these last, the department and the team need to know whom they serve, and where; no longer.
SERVED_BY_DEPARTMENT = (*AT_THE_DEPARTMENT, S.OPEN, *WITH_A_TEAM, S.DELIVERED)
SERVED_BY_TEAM = (*WITH_A_TEAM, S.DELIVERED)
ENDED_WITHOUT_A_VISIT = (S.WITHDRAWN, S.CANCELLED)  # though a team may have been at the door
ENDED_UNSERVED = (*ENDED_WITHOUT_A_VISIT, S.EXPIRED)  # who still needs it orders anew

ENDS_OF_A_VISIT = ("deliver", "report_no_show")  # verbs by which a visit took place, or should have

ORDER = Machine(
    start=S.DRAFT,
    moves=(
        Move(gettext_noop("place"), (S.DRAFT,), S.PLACED),
        Move(gettext_noop("dispatch"), AT_THE_DESK, S.DISPATCHED),
        Move(gettext_noop("decline"), (S.DISPATCHED,), S.DECLINED),
        Move(gettext_noop("accept"), (S.DISPATCHED,), S.ACCEPTED),
        Move(gettext_noop("open"), (S.ACCEPTED,), S.OPEN),
        Move(gettext_noop("claim"), (S.OPEN,), S.CLAIMED),
        Move(gettext_noop("release"), WITH_A_TEAM, S.OPEN),
        Move(gettext_noop("hand_over"), WITH_A_TEAM, S.CLAIMED),
        Move(gettext_noop("schedule"), WITH_A_TEAM, S.SCHEDULED),
        Move(gettext_noop("deliver"), (S.SCHEDULED,), S.DELIVERED),
        Move(gettext_noop("report_no_show"), (S.SCHEDULED,), S.NO_SHOW),
        Move(gettext_noop("rate"), (S.DELIVERED,), S.RATED),
        Move(gettext_noop("close"), (S.DELIVERED, S.RATED), S.CLOSED),
        Move(gettext_noop("reopen"), (S.RATED, S.NO_SHOW), S.REOPENED),
        Move(gettext_noop("withdraw"), (S.DRAFT, *UNDER_WAY), S.WITHDRAWN),
        Move(gettext_noop("cancel"), UNDER_WAY, S.CANCELLED),
        Move(gettext_noop("expire"), MAY_EXPIRE, S.EXPIRED),
    ),
)


class MenuState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", pgettext_lazy("dish", "published")
    PAUSED = "paused", _("paused")
    WITHDRAWN = "withdrawn", pgettext_lazy("dish", "withdrawn")


SERVICE = Machine(
    start=MenuState.DRAFT,
    moves=(
        Move(
            gettext_noop("publish"),
            (MenuState.DRAFT, MenuState.PAUSED),
            MenuState.PUBLISHED,
        ),
        Move(gettext_noop("pause"), (MenuState.PUBLISHED,), MenuState.PAUSED),
        Move(
            gettext_noop("take_down"),
            (MenuState.DRAFT, MenuState.PUBLISHED, MenuState.PAUSED),
            MenuState.WITHDRAWN,
        ),
    ),
)


class PlanState(models.TextChoices):
    COMPUTING = "computing", _("being computed")
    PROPOSED = "proposed", _("proposed")
    APPLYING = "applying", _("teams are being asked")
    APPLIED = "applied", _("applied")
    DROPPED = "dropped", _("dropped")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


P = PlanState

PLANS_AT_WORK = (P.COMPUTING, P.APPLYING)  # the worker has something to do for them

# Its verbs are never said to people: to apply and to finish are other things among volunteers.
PLAN = Machine(
    start=P.COMPUTING,
    moves=(
        Move("propose", (P.COMPUTING,), P.PROPOSED),
        Move("apply", (P.PROPOSED,), P.APPLYING),
        Move("finish", (P.APPLYING,), P.APPLIED),
        Move("drop", (P.PROPOSED,), P.DROPPED),
        Move("cancel", PLANS_AT_WORK, P.CANCELLED),
        Move("fail", PLANS_AT_WORK, P.FAILED),
    ),
)


class PlanStage(models.TextChoices):
    """What the worker is at, in this order; the words in the middle are the engine's own."""

    ORDERS = "orders", _("Reading the open orders")
    TEAMS = "teams", _("Reading the teams")
    REACH = "reach", _("Finding who can go where")
    OPTIONS = "options", _("Weighing skills, time and distance")
    AUCTION = "auction", _("Matching orders and teams")
    REPAIR = "repair", _("Improving the match until it is the best")
    TIMETABLE = "timetable", _("Putting each half-day in order")
    SECOND_OFFER = "second offer", _("Offering again what did not fit")
    REASONS = "reasons", _("Finding the reason for each order")
    LINES = "lines", _("Writing the plan down")
    ASKING = "asking", _("Asking the teams")


class LeftOut(models.TextChoices):
    """Why a plan has no team for an order, in the engine's own words; or a team is asked already."""

    NO_SKILL = "no_skill", _("no team that serves this place can do this")
    TOO_FAR = "too_far", _("every able team is too far away")
    NO_WINDOW = "no_window", _("it is not wanted at an hour when teams go out")
    NO_CAPACITY = "no_capacity", _("all able teams are full, or may hold no more orders")
    NO_TIME = "no_time", _("it does not fit between the other visits of the half-day")


class Priority(models.IntegerChoices):
    NORMAL = 1, _("normal")
    SOON = 2, _("soon")
    URGENT = 3, _("urgent")


class Audience(models.TextChoices):
    """The plan's five groups, and everybody."""

    EVERYBODY = "everybody", _("everybody")
    YOUTH = "youth", _("young people")
    FARMERS = "farmers", _("farmers")
    WORKERS = "workers", _("industrial workers")
    OLDER = "older", _("older people")
    OFFICIALS = "officials", _("officials and civil servants")
