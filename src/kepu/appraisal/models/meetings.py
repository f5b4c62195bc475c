"""Meetings of the panel: who was invited, what was before them, that they voted, what it came to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kepu.appraisal.meeting_states import (
    IN_HAND,
    MeetingItemState,
    MeetingKind,
    MeetingState,
)


class Meeting(models.Model):
    """A meeting of the panel of a call. `code` is shown in the room: who sends it is there.

    With a `klass` it is the panel of that class or track: only its applications are before it.

    `record` is all that the results follow from, by codes and the members' numbers, kept when the
    meeting is closed; `digest` is its SHA-256 and stands in the foot of the minutes.
    """

    PERSONAL_DATA = False

    call = models.ForeignKey("appraisal.Call", models.PROTECT, related_name="meetings")
    klass = models.CharField(max_length=30, default="", blank=True)
    title = models.CharField(max_length=80)
    place = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    version = models.PositiveIntegerField(default=1)
    code = models.CharField(max_length=8, unique=True)
    # Of the order: sealed when the meeting is planned, and its digest told; told itself with the draw.
    seed = models.BigIntegerField(null=True, blank=True)
    seed_salt = models.CharField(max_length=32, default="", blank=True)
    seed_digest = models.CharField(max_length=64, default="", blank=True)
    sealed_seed = models.BinaryField(null=True, blank=True)
    record = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64, default="", blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["call", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MeetingState.CLOSED)
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(digest=""),
                name="meeting_closed_with_a_record",
            )
        ]

    def __str__(self) -> str:
        return self.title


class MeetingMember(models.Model):
    """An expert who was invited. `number` is what the record calls the member by."""

    PERSONAL_DATA = True

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="members")
    expert = models.ForeignKey("people.Expert", models.PROTECT, related_name="meetings")
    number = models.PositiveSmallIntegerField()
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    pledged_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    opinion = models.TextField(max_length=4000, default="", blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "expert"], name="invited_once"),
            models.UniqueConstraint(fields=["meeting", "number"], name="member_number_once"),
            models.CheckConstraint(
                condition=Q(pledged_at__isnull=True) | Q(joined_at__isnull=False),
                name="who_pledges_is_there",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(pledged_at__isnull=False),
                name="who_signs_has_pledged",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.number}"

    @property
    def here(self) -> bool:
        """Whether the member sits there and has pledged."""
        return self.pledged_at is not None and self.left_at is None


class MeetingItem(models.Model):
    """One application before the panel.

    `tally` says how often each mark was given and nothing else: votes of a secret vote are kept nowhere
    but in these sums. `entitled` and `present` are the members without those who stepped aside.
    """

    PERSONAL_DATA = False

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    application = models.ForeignKey(
        "appraisal.Application", models.PROTECT, related_name="meeting_items"
    )
    kind = models.CharField(max_length=6, choices=MeetingKind.choices, default=MeetingKind.VOTE)
    position = models.PositiveSmallIntegerField(null=True, blank=True)  # none before the draw
    state = models.CharField(
        max_length=10, choices=MeetingItemState.choices, default=MeetingItemState.WAITING
    )
    put_off = models.PositiveSmallIntegerField(default=0)  # how often a vote was made void
    tally = models.JSONField(default=dict, blank=True)
    entitled = models.PositiveSmallIntegerField(null=True, blank=True)
    present = models.PositiveSmallIntegerField(null=True, blank=True)
    carried = models.BooleanField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["meeting", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "application"], name="on_the_agenda_once"),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(state__in=IN_HAND),
                name="one_application_in_hand",
            ),
            models.CheckConstraint(
                condition=Q(state=MeetingItemState.DECIDED, carried__isnull=False)
                & Q(decided_at__isnull=False)
                | ~Q(state=MeetingItemState.DECIDED) & Q(carried__isnull=True),
                name="decided_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class MeetingRecusal(models.Model):
    """A member who takes no part in one decision, by the record or by their own word. No reason is kept."""

    PERSONAL_DATA = True

    item = models.ForeignKey(MeetingItem, models.CASCADE, related_name="recusals")
    member = models.ForeignKey(MeetingMember, models.CASCADE, related_name="recusals")
    declared = models.BooleanField()

    class Meta:
        ordering = ["item", "member"]
        constraints = [
            models.UniqueConstraint(fields=["item", "member"], name="stepped_aside_once")
        ]

    def __str__(self) -> str:
        return f"recusal {self.pk}"


class MeetingVote(models.Model):
    """That a member voted, once. What was voted stands here only where the programme's votes are open."""

    PERSONAL_DATA = True

    item = models.ForeignKey(MeetingItem, models.CASCADE, related_name="votes")
    member = models.ForeignKey(MeetingMember, models.CASCADE, related_name="votes")
    mark = models.CharField(max_length=8, default="", blank=True)

    class Meta:
        ordering = ["item", "member"]
        constraints = [models.UniqueConstraint(fields=["item", "member"], name="one_vote_each")]

    def __str__(self) -> str:
        return f"vote {self.pk}"
