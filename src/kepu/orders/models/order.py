"""The order, its steps, and the teams that wait for it or were asked."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Least

from kepu.kernel.accounts import keys
from kepu.kernel.divisions.fields import PathField
from kepu.kernel.divisions.models import Placed
from kepu.orders.states import (
    ENDS_OF_A_VISIT,
    NO_TIME_YET,
    WITH_A_TEAM,
    Audience,
    OrderState,
    Priority,
)

_TEAM_STATES = [
    *WITH_A_TEAM,
    OrderState.DELIVERED,
    OrderState.RATED,
    OrderState.CLOSED,
    OrderState.NO_SHOW,
]
_TEAMLESS_STATES = [
    OrderState.DRAFT,
    OrderState.PLACED,
    OrderState.DISPATCHED,
    OrderState.ACCEPTED,
    OrderState.OPEN,
    OrderState.DECLINED,
    OrderState.REOPENED,
    OrderState.EXPIRED,
]

# The database works it out, so that no hand can forget it: nothing may come later than the time for
# which the order is wanted, nor than the visit once that has a time.
_NEEDS_A_HAND = Case(
    When(state__in=NO_TIME_YET, then=Least(Coalesce("due_at", "wanted_from"), F("wanted_from"))),
    When(state=OrderState.SCHEDULED, then=F("starts_at")),
    default=F("due_at"),
)


class Order(Placed):
    """A resident's need on its way to a science service.

    `desk` is the path of the level that has to act while the order waits at a desk: it climbs
    when a clock runs out. `place` is sealed with the resident's key, for it may be a home. By
    `urgent_at` somebody has to do something: boards are sorted by it.
    """

    PERSONAL_DATA = True

    resident = models.ForeignKey("accounts.User", models.PROTECT, related_name="orders")
    placed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    service = models.ForeignKey(
        "orders.Service", models.PROTECT, null=True, blank=True, related_name="orders"
    )
    dish = models.ForeignKey(  # the words it was ordered by
        "orders.DishVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    venue = (
        models.ForeignKey(  # where it takes place: that of the dish, until an officer finds another
            "venues.Venue", models.PROTECT, null=True, blank=True, related_name="+"
        )
    )
    topic = models.ForeignKey("people.Skill", models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    need = models.TextField(blank=True, default="")
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.EVERYBODY)
    people = models.PositiveIntegerField(default=1)
    sealed_place = models.BinaryField(default=b"")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    wanted_from = models.DateTimeField()
    wanted_until = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)

    state = models.CharField(max_length=12, choices=OrderState.choices, default=OrderState.DRAFT)
    version = models.PositiveIntegerField(default=0)
    stage_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    urgent_at = models.GeneratedField(
        expression=_NEEDS_A_HAND, output_field=models.DateTimeField(null=True), db_persist=True
    )
    desk = PathField(blank=True, default="")
    escalations = models.PositiveSmallIntegerField(default=0)
    wide = models.BooleanField(default=False)  # offered to neighbouring districts
    department = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey("people.Team", models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    visit = models.PositiveSmallIntegerField(default=1)  # which one; reopening begins another
    delivered_at = models.DateTimeField(null=True, blank=True)  # of this visit
    attended = models.PositiveIntegerField(null=True, blank=True)  # at this visit
    check_in_code = models.CharField(max_length=8, blank=True, default="")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "urgent_at", "id"]),
            models.Index(
                fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="order_due"
            ),
            models.Index(fields=["state", "path"]),
            # Of nineteen orders in twenty nothing is awaited: those that are come first in a list.
            models.Index(
                fields=["path", "urgent_at"],
                condition=Q(urgent_at__isnull=False),
                name="order_awaited_at",
            ),
            models.Index(fields=["department", "state", "urgent_at", "id"]),
            models.Index(fields=["team", "state"]),
            models.Index(fields=["resident", "-id"]),
            models.Index(fields=["topic", "wanted_from"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_TEAM_STATES, team__isnull=False, claimed_at__isnull=False)
                | Q(state__in=_TEAMLESS_STATES, team__isnull=True, claimed_at__isnull=True)
                | Q(state__in=[OrderState.WITHDRAWN, OrderState.CANCELLED]),
                name="order_claimed_by_one_team_or_none",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="order_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.SCHEDULED) | Q(starts_at__isnull=False),
                name="order_scheduled_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=[OrderState.DISPATCHED, OrderState.ACCEPTED, OrderState.OPEN]
                )
                | Q(department__isnull=False),
                name="order_dispatched_has_a_department",
            ),
            models.CheckConstraint(
                condition=Q(wanted_until__gt=F("wanted_from")), name="order_window_is_open"
            ),
            models.CheckConstraint(condition=Q(visit__gte=1), name="order_visits_count_from_1"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state=OrderState.CANCELLED),
                name="order_merged_is_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """How people call the order, such as K00000123."""
        return f"K{self.pk:08d}"

    @property
    def sent(self) -> bool:
        """Whether a desk ever had it: no draft, nor one that was dropped as such."""
        dropped = self.state == OrderState.WITHDRAWN and not self.desk
        return self.state != OrderState.DRAFT and not dropped

    @property
    def place_text(self) -> str:
        """Where the service is wanted, in clear; empty once the resident was erased."""
        key = self.resident.data_key
        if not self.sealed_place or key is None:
            return ""
        return str(keys.unseal(key, self.sealed_place, self.resident.pseudonym)["place"])

    def keep_place(self, text: str) -> None:
        """Seal the place with the resident's key; the caller saves."""
        if self.resident.data_key is None:
            raise ValueError("an erased person keeps nothing")
        self.sealed_place = keys.seal(
            self.resident.data_key, {"place": text}, self.resident.pseudonym
        )


class Step(models.Model):
    """One thing that happened to an order, for its timeline. Only ever appended.

    `rules` holds the version of each rulebook that had a say. The end of a visit says when it had
    been `set_for`, its report how many people `attended`: the order itself forgets both when it is
    visited again.
    """

    PERSONAL_DATA = True  # notes are free text

    order = models.ForeignKey(Order, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=OrderState.choices)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    for_whom = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True, default="")
    visit = models.PositiveSmallIntegerField(default=1)
    attended = models.PositiveIntegerField(null=True, blank=True)
    set_for = models.DateTimeField(null=True, blank=True)
    team = models.ForeignKey("people.Team", models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, related_name="+"
    )
    rules: models.JSONField[dict[str, int], Any] = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["order", "id"]),
            models.Index(
                fields=["team", "-id"],
                condition=Q(verb__in=ENDS_OF_A_VISIT),
                name="step_last_ends_of_team",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(attended__isnull=True) | Q(verb="deliver"),
                name="step_of_a_report_says_who_attended",
            ),
            models.CheckConstraint(
                condition=Q(set_for__isnull=True) | Q(verb__in=ENDS_OF_A_VISIT),
                name="step_of_an_end_says_when_it_was_set_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.verb}"


class Offer(models.Model):
    """A team was asked to take an open order, with the plain reason why it was chosen."""

    PERSONAL_DATA = True

    order = models.ForeignKey(Order, models.CASCADE, related_name="offers")
    team = models.ForeignKey("people.Team", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    starts_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "team"], name="offer_once"),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True, declined_by__isnull=True)
                | Q(declined_at__isnull=False, declined_by__isnull=False),
                name="offer_declined_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} -> {self.team_id}"


class Waiting(models.Model):
    """A team that would take the order if the one that has it lets go. First come, first asked."""

    PERSONAL_DATA = False

    order = models.ForeignKey(Order, models.CASCADE, related_name="waiting")
    team = models.ForeignKey("people.Team", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["order", "team"], name="waiting_once")]

    def __str__(self) -> str:
        return f"{self.order_id} <- {self.team_id}"
