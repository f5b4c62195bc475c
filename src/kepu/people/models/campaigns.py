"""Campaigns such as Wisdom Action 智慧行动, model volunteers, and calls that mobilise people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.people.states import CallState, NominationState


class Campaign(Placed):
    """A named effort over some weeks in some place. What counts is written in its rulebook."""

    PERSONAL_DATA = False

    name = models.CharField(max_length=80)
    counting = models.SlugField(max_length=40)  # a key of the rulebook people.campaigns
    rules_version = models.PositiveIntegerField()
    first = models.DateField()
    last = models.DateField()
    about = models.TextField(max_length=1000, default="", blank=True)
    goal = models.PositiveIntegerField(null=True, blank=True)  # services it wants to reach
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["-first", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="campaign_ends_later"),
            models.UniqueConstraint(fields=["name", "division_now", "first"], name="campaign_once"),
            models.CheckConstraint(
                condition=Q(goal__isnull=True) | Q(goal__gte=1), name="campaign_wants_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Nomination(Placed):
    """A person or a team put forward as a model of S&T volunteering 先进典型."""

    PERSONAL_DATA = True

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="nominations"
    )
    team = models.ForeignKey(
        "people.Team", models.PROTECT, null=True, blank=True, related_name="nominations"
    )
    year = models.PositiveSmallIntegerField()
    deeds = models.TextField(max_length=3000)
    state = models.CharField(
        max_length=10, choices=NominationState.choices, default=NominationState.NOMINATED
    )
    nominated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    nominated_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    notice_from = models.DateTimeField(null=True, blank=True)
    notice_until = models.DateTimeField(null=True, blank=True)
    named_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, team__isnull=True)
                | Q(person__isnull=True, team__isnull=False),
                name="nomination_of_one",
            ),
            models.UniqueConstraint(
                fields=["person", "year"],
                condition=Q(person__isnull=False) & ~Q(state=NominationState.REJECTED),
                name="person_nominated_once_a_year",
            ),
            models.UniqueConstraint(
                fields=["team", "year"],
                condition=Q(team__isnull=False) & ~Q(state=NominationState.REJECTED),
                name="team_nominated_once_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[NominationState.NOTICE, NominationState.NAMED])
                | Q(notice_from__isnull=False, notice_until__gt=F("notice_from")),
                name="nomination_was_on_notice",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("nominated_by")),
                name="nomination_reviewed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.pk}"

    @property
    def candidate(self) -> str:
        """The name of the person or the team."""
        return str(self.team.name if self.team else self.person.name if self.person else "")


class Call(Placed):
    """A call for volunteers: how many, with which skills, where, until when."""

    PERSONAL_DATA = False

    title = models.CharField(max_length=80)
    about = models.TextField(max_length=1000, default="", blank=True)
    skills = models.ManyToManyField("people.Skill", related_name="+", blank=True)
    target = models.PositiveIntegerField()
    deadline = models.DateTimeField()
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.OPEN)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_at = models.DateTimeField()

    class Meta:
        ordering = ["deadline", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(target__gte=1), name="call_for_somebody"),
            models.CheckConstraint(
                condition=Q(deadline__gt=F("called_at")), name="call_leaves_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Answer(models.Model):
    """What a person answered to a call: yes or no. Taking a yes back keeps the row."""

    PERSONAL_DATA = False

    call = models.ForeignKey(Call, models.CASCADE, related_name="answers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="answers")
    coming = models.BooleanField(default=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "person"], name="call_answered_once"),
            models.CheckConstraint(
                condition=Q(coming=True) | Q(withdrawn_at__isnull=True),
                name="only_a_yes_is_taken_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.person}"
