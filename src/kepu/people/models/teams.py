"""S&T volunteer service teams 科技志愿服务队, where they serve, and who belongs to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.fields import PathField
from kepu.kernel.divisions.models import Placed
from kepu.people.states import MemberRole, MembershipState, TeamState, Tier

OPEN = (MembershipState.ASKED, MembershipState.ACTIVE)


class Team(Placed):
    """A team raised by a school, hospital, institute, firm or society, or by neighbours."""

    PERSONAL_DATA = False

    name = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=240, default="", blank=True)
    about = models.TextField(max_length=1000, default="", blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="teams"
    )
    tier = models.CharField(max_length=12, choices=Tier.choices, default=Tier.TEAM)
    state = models.CharField(max_length=12, choices=TeamState.choices, default=TeamState.APPLIED)
    skills = models.ManyToManyField("people.Skill", related_name="teams", blank=True)
    day_capacity = models.PositiveSmallIntegerField(default=1)  # orders a day
    week_capacity = models.PositiveSmallIntegerField(default=3)  # orders a week
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)  # first approved
    state_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["sort_key", "pk"]
        indexes = [models.Index(fields=["state", "path"]), models.Index(fields=["organisation"])]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "division_now"],
                condition=~Q(state__in=[TeamState.REFUSED, TeamState.DISSOLVED]),
                name="team_name_once_in_a_place",
            ),
            models.CheckConstraint(
                condition=Q(day_capacity__gte=1, week_capacity__gte=F("day_capacity")),
                name="team_week_holds_its_day",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="team_stands_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(joined_at__isnull=False)
                | Q(state__in=[TeamState.APPLIED, TeamState.REFUSED]),
                name="team_at_work_was_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def active(self) -> bool:
        """Whether the team may be given work."""
        return self.state == TeamState.APPROVED


class TeamArea(models.Model):
    """A division in which a team serves."""

    PERSONAL_DATA = False

    team = models.ForeignKey(Team, models.CASCADE, related_name="areas")
    path = PathField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "path"], name="team_area_once")]

    def __str__(self) -> str:
        return f"{self.team}: {self.path}"


class Membership(models.Model):
    """A person in a team, from asking to leaving.

    `slot` numbers the teams a person is active in. Since a slot is taken once, and the rule only
    hands out slots up to the limit, two admissions at the same moment cannot exceed the limit.
    """

    PERSONAL_DATA = False

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=8, choices=MemberRole.choices, default=MemberRole.MEMBER)
    state = models.CharField(
        max_length=10, choices=MembershipState.choices, default=MembershipState.ASKED
    )
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-role", "since", "pk"]
        indexes = [models.Index(fields=["team", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"],
                condition=Q(state__in=OPEN),
                name="membership_open_once",
            ),
            models.UniqueConstraint(
                fields=["person", "slot"],
                condition=Q(state=MembershipState.ACTIVE),
                name="membership_slot_once",
            ),
            models.CheckConstraint(
                condition=Q(state=MembershipState.ACTIVE, slot__gte=1, since__isnull=False)
                | ~Q(state=MembershipState.ACTIVE) & Q(slot__isnull=True),
                name="membership_active_has_a_slot",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, until__isnull=True)
                | ~Q(state__in=OPEN) & Q(until__isnull=False),
                name="membership_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"
