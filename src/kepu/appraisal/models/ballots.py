"""Votes: of a jury, secret and binding; of the public, advice. Neither is a score."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class JuryBallot(models.Model):
    """One round of the final vote of a call: its paper, its rule, its box and what was counted.

    `candidates` are the rows of the paper in order. `slips` is the box: lists of places on the paper,
    kept in sorted order, so that it tells neither who put in which nor when. `result` is what counting
    it gave, `digest` of all that was counted.
    """

    PERSONAL_DATA = False

    call = models.ForeignKey("appraisal.Call", models.PROTECT, related_name="jury_ballots")
    number = models.PositiveSmallIntegerField()
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    candidates = models.JSONField()
    seats = models.PositiveSmallIntegerField()
    quorum = models.CharField(max_length=8)  # a share in decimals, as the rulebook has it
    majority = models.CharField(max_length=8)
    of_electors = models.BooleanField()
    run_off = models.BooleanField()
    slips = models.JSONField(default=list, blank=True)
    result = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64, default="", blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["call", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="jury_ballot_number_once"),
            models.UniqueConstraint(
                fields=["call"], condition=Q(closed_at__isnull=True), name="jury_ballot_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("opened_at")), name="jury_ballot_ends_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, result__isnull=True, digest="")
                | Q(closed_at__isnull=False, result__isnull=False) & ~Q(digest=""),
                name="jury_ballot_closed_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: round {self.number}"


class Elector(models.Model):
    """A member of the jury who may vote once. What they voted is kept nowhere beside this."""

    PERSONAL_DATA = True

    ballot = models.ForeignKey(JuryBallot, models.CASCADE, related_name="electors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    voted = models.BooleanField(default=False)

    class Meta:
        ordering = ["ballot", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "person"], name="elector_once"),
        ]

    def __str__(self) -> str:
        return f"elector {self.pk}"


class PublicVote(models.Model):
    """What the public is asked of the candidates of a call. Its counts are told when it is closed.

    `report` keeps the counts and what stood out, as they were found at the closing.
    """

    PERSONAL_DATA = False

    call = models.OneToOneField("appraisal.Call", models.PROTECT, related_name="public_vote")
    candidates = models.JSONField()
    picks = models.PositiveSmallIntegerField()
    daily = models.BooleanField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("opened_at")), name="public_vote_ends_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, report__isnull=True)
                | Q(closed_at__isnull=False, report__isnull=False),
                name="public_vote_closed_with_a_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: public vote"


class PublicSlip(models.Model):
    """What one account chose, once, or once a day; `day` is empty where it is once in all."""

    PERSONAL_DATA = True

    vote = models.ForeignKey(PublicVote, models.CASCADE, related_name="slips")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.CharField(max_length=10, default="", blank=True)
    choices = models.JSONField()
    community = models.CharField(max_length=80, default="", blank=True)  # path of the voter's home
    fresh = models.BooleanField(default=False)  # the account is younger than the vote
    at = models.DateTimeField()

    class Meta:
        ordering = ["vote", "at", "pk"]
        indexes = [models.Index(fields=["vote", "at"])]
        constraints = [
            models.UniqueConstraint(fields=["vote", "person", "day"], name="public_slip_once"),
        ]

    def __str__(self) -> str:
        return f"slip {self.pk}"
