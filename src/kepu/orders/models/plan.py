"""What the engine would do with the whole backlog, shown before anything is done."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kepu.kernel.divisions.fields import PathField


class PlanState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    APPLIED = "applied", _("applied")
    DROPPED = "dropped", _("dropped")


class AutoPlan(models.Model):
    """One run of the engine over one department's open orders."""

    PERSONAL_DATA = False

    department = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    path = PathField()
    state = models.CharField(max_length=8, choices=PlanState.choices, default=PlanState.PROPOSED)
    summary = models.JSONField(default=dict)  # objective, bound, gap, served, unserved by reason
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="plan_line_once")]

    def __str__(self) -> str:
        return f"{self.order_id} -> {self.team_id}"
