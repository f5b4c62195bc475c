"""What the engine would do with the whole backlog, shown before anything is done."""

from __future__ import annotations

from django.db import models

from kepu.kernel.divisions.fields import PathField
from kepu.kernel.working import Watched
from kepu.orders.states import PLANS_AT_WORK, LeftOut, PlanStage, PlanState


class AutoPlan(Watched):
    """One run of the engine over one department's open orders."""

    PERSONAL_DATA = False

    department = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    path = PathField()
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.COMPUTING)
    summary = models.JSONField(default=dict)  # objective, bound, gap, served, unserved by reason
    failure = models.CharField(max_length=200, blank=True, default="")
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    applied_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)  # when somebody said so
    stage = models.CharField(max_length=12, choices=PlanStage.choices, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department"],
                condition=models.Q(state__in=PLANS_AT_WORK),
                name="plan_at_work_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state=PlanState.FAILED) & ~models.Q(failure="")
                | ~models.Q(state=PlanState.FAILED) & models.Q(failure=""),
                name="plan_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.made_at:%F %H:%M}"


class PlanLine(models.Model):
    """One order in the plan: the team and the time it would get, or why it stays."""

    PERSONAL_DATA = False

    plan = models.ForeignKey(AutoPlan, models.CASCADE, related_name="lines")
    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="+")
    team = models.ForeignKey("people.Team", models.CASCADE, null=True, related_name="+")
    starts_at = models.DateTimeField(null=True, blank=True)
    km = models.FloatField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    left_out = models.CharField(max_length=12, choices=LeftOut.choices, blank=True, default="")
    handled_at = models.DateTimeField(null=True, blank=True)  # asked, or found to have moved on

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="plan_line_once")]

    def __str__(self) -> str:
        return f"{self.order_id} -> {self.team_id}"
