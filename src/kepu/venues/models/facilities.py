"""Facilities that are to come: the plan of a place, its projects, their milestones and how far they are."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.venues.models.registry import Venue
from kepu.venues.states import BuildKind, FacilityPlanState, Goal, WorkState


class FacilityPlan(Placed):
    """What a city or district means to build in a term, and the document of its economy that says so."""

    PERSONAL_DATA = False

    title = models.CharField(max_length=120)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    about = models.TextField(max_length=1000, default="", blank=True)
    document = models.CharField(max_length=200, default="", blank=True)
    number = models.CharField(max_length=80, default="", blank=True)
    link = models.URLField(max_length=300, default="", blank=True)
    state = models.CharField(
        max_length=9, choices=FacilityPlanState.choices, default=FacilityPlanState.DRAFT
    )
    stated_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["path", "-first_year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["division_now", "title"], name="facility_plan_once"),
            models.CheckConstraint(
                condition=Q(first_year__lte=F("last_year")), name="facility_plan_has_a_term"
            ),
            models.CheckConstraint(
                condition=Q(state=FacilityPlanState.DRAFT)
                | Q(published_at__isnull=False) & ~Q(document=""),
                name="a_published_facility_plan_names_its_document",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Project(Placed):
    """One facility of a plan: what becomes of which place, by whom, how large, for how much."""

    PERSONAL_DATA = False

    plan = models.ForeignKey(FacilityPlan, models.PROTECT, related_name="projects")
    name = models.CharField(max_length=80)
    works = models.CharField(max_length=9, choices=BuildKind.choices)
    goal = models.CharField(max_length=10, choices=Goal.choices)
    flagship = models.BooleanField(default=False)
    former = models.CharField(max_length=160, default="", blank=True)  # the works that are reused
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    address = models.CharField(max_length=160, default="", blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    floor_area = models.PositiveIntegerField(null=True, blank=True)  # m2 that are meant
    needed = models.DecimalField(max_digits=14, decimal_places=2)  # yuan
    state = models.CharField(max_length=8, choices=WorkState.choices, default=WorkState.PLANNED)
    reason = models.CharField(max_length=300, default="", blank=True)  # why it was stopped
    version = models.PositiveIntegerField(default=1)
    venue = models.OneToOneField(
        Venue, models.SET_NULL, null=True, blank=True, related_name="project"
    )
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["-flagship", "path", "pk"]
        indexes = [models.Index(fields=["state", "path"])]
        constraints = [
            models.UniqueConstraint(fields=["plan", "name"], name="project_once_in_a_plan"),
            models.CheckConstraint(
                condition=~Q(works=BuildKind.REUSE) | ~Q(former=""),
                name="reuse_names_what_was_there",
            ),
            models.CheckConstraint(condition=Q(needed__gte=0), name="project_needs_none_or_more"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="project_stands_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(venue__isnull=True) | Q(state=WorkState.FINISHED),
                name="only_a_finished_project_is_a_venue",
            ),
            models.CheckConstraint(
                condition=~Q(state=WorkState.STOPPED) | ~Q(reason=""),
                name="a_stopped_project_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Milestone(models.Model):
    """What a project has reached by a day, or was to reach by it."""

    PERSONAL_DATA = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=80)
    due = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "title"], name="milestone_once"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False),
                name="milestone_reached_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.title}"


class MilestoneTold(models.Model):
    """That a due day is near, over, or long over was told: once each for a day."""

    PERSONAL_DATA = False

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="told")
    due = models.DateField()
    stage = models.CharField(max_length=4)  # soon, late, up
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "due", "stage"], name="milestone_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id}: {self.stage}"


class Progress(models.Model):
    """What the responsible unit reports of a project, with a photograph where there is one."""

    PERSONAL_DATA = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="progress")
    words = models.CharField(max_length=500)
    share = models.PositiveSmallIntegerField()  # per cent of the works that are done
    photo = models.OneToOneField("files.StoredFile", models.PROTECT, null=True, related_name="+")
    photo_words = models.CharField(max_length=120, default="", blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(share__lte=100), name="works_are_done_at_most_once"),
            models.CheckConstraint(
                condition=Q(photo__isnull=True) | ~Q(photo_words=""),
                name="a_photograph_of_works_is_told_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.share} %"
