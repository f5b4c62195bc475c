"""Fees of experts: lists of a call, what each line is for, and what each expert gets. Amounts: fen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.appraisal.papers_states import COUNTED, FeeKind, FeeListState


class FeeList(models.Model):
    """What the experts of a call are paid in one month, worked out under one version of the rulebook."""

    PERSONAL_DATA = False

    call = models.ForeignKey("appraisal.Call", models.PROTECT, related_name="fee_lists")
    number = models.PositiveSmallIntegerField()
    month = models.DateField()  # its first day; the tax counts by the month of payment
    state = models.CharField(max_length=8, choices=FeeListState.choices, default=FeeListState.DRAFT)
    rules_version = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=80, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)  # of taking it back
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["call", "number"]
        indexes = [models.Index(fields=["month", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="fee_list_number_once"),
            models.UniqueConstraint(
                fields=["call"], condition=Q(state=FeeListState.DRAFT), name="fee_draft_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=COUNTED, signed_by__isnull=False, signed_at__isnull=False)
                | ~Q(state__in=COUNTED) & Q(signed_by__isnull=True, signed_at__isnull=True),
                name="fee_list_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("made_by")),
                name="fee_list_signed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state=FeeListState.PAID, paid_by__isnull=False, paid_on__isnull=False)
                | ~Q(state=FeeListState.PAID) & Q(paid_by__isnull=True, paid_on__isnull=True),
                name="fee_list_paid_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"fee list {self.call_id}-{self.number}"


class FeeLine(models.Model):
    """One thing that is paid: a review, half a day of a meeting, or a correction of what was paid before.

    A review is paid once, and so is half a day: `source` says which.
    """

    PERSONAL_DATA = True

    list = models.ForeignKey(FeeList, models.CASCADE, related_name="lines")
    expert = models.ForeignKey("people.Expert", models.PROTECT, related_name="fee_lines")
    kind = models.CharField(max_length=10, choices=FeeKind.choices)
    review = models.OneToOneField(
        "appraisal.Review", models.PROTECT, null=True, blank=True, related_name="fee"
    )
    source = models.CharField(max_length=60, default="", blank=True)
    fen = models.IntegerField()
    about = models.CharField(max_length=200, default="", blank=True)
    by_hand = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["list", "expert", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["expert", "source"], condition=~Q(source=""), name="half_day_paid_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=FeeKind.REVIEW, review__isnull=False)
                | ~Q(kind=FeeKind.REVIEW) & Q(review__isnull=True),
                name="fee_of_a_review",
            ),
            models.CheckConstraint(
                condition=Q(kind=FeeKind.CORRECTION) | Q(fen__gte=0), name="fee_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fen / 100:.2f}"


class FeeShare(models.Model):
    """What one expert gets by one list, and what the tax of the month had counted before it."""

    PERSONAL_DATA = True

    list = models.ForeignKey(FeeList, models.CASCADE, related_name="shares")
    expert = models.ForeignKey("people.Expert", models.PROTECT, related_name="fee_shares")
    gross = models.PositiveIntegerField()
    tax = models.PositiveIntegerField()
    before_gross = models.PositiveIntegerField(default=0)
    before_tax = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True)  # to say where the fee is paid to

    class Meta:
        ordering = ["list", "expert"]
        constraints = [
            models.UniqueConstraint(fields=["list", "expert"], name="fee_share_once"),
            models.CheckConstraint(condition=Q(tax__lte=F("gross")), name="fee_covers_its_tax"),
        ]

    def __str__(self) -> str:
        return f"fee of {self.expert_id}: {self.net / 100:.2f}"

    @property
    def net(self) -> int:
        return self.gross - self.tax
