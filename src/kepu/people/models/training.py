"""Courses for volunteers, and who sat in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.people.states import CourseState


class Course(Placed):
    """A course for volunteers, in a room or on a line, and the skills that passing it gives."""

    PERSONAL_DATA = False

    title = models.CharField(max_length=120)
    about = models.TextField(max_length=1000, default="", blank=True)
    minutes = models.PositiveIntegerField()  # what the record counts
    skills = models.ManyToManyField("people.Skill", related_name="courses", blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.CharField(max_length=120, default="", blank=True)
    link = models.URLField(max_length=300, default="", blank=True)
    seats = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=CourseState.choices, default=CourseState.ANNOUNCED
    )
    reason = models.CharField(max_length=200, default="", blank=True)
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="course_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="course_takes_time"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="course_has_a_seat"),
            models.CheckConstraint(condition=~Q(room="", link=""), name="course_is_somewhere"),
            models.CheckConstraint(
                condition=~Q(state=CourseState.CANCELLED) | ~Q(reason=""),
                name="cancelled_course_says_why",
            ),
            models.UniqueConstraint(
                fields=["title", "division_now", "starts_at"],
                condition=~Q(state=CourseState.CANCELLED),
                name="course_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Enrolment(models.Model):
    """A seat in a course, and what came of it. Giving the seat back keeps the row.

    Seats are numbered, so that the database itself never gives one of them twice.
    """

    PERSONAL_DATA = False

    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments")
    seat = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    attended = models.BooleanField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    training = models.OneToOneField(
        "people.Training", models.PROTECT, null=True, blank=True, related_name="enrolment"
    )

    class Meta:
        ordering = ["seat", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "person"], name="enrolled_once"),
            models.UniqueConstraint(
                fields=["course", "seat"],
                condition=Q(seat__isnull=False),
                name="course_seat_given_once",
            ),
            models.CheckConstraint(
                condition=Q(attended__isnull=True, passed__isnull=True)
                | Q(attended=False, passed=False)
                | Q(attended=True, passed__isnull=False, seat__isnull=False),
                name="only_who_came_can_pass",
            ),
            models.CheckConstraint(
                condition=Q(training__isnull=True) | Q(passed=True),
                name="only_passing_enters_the_record",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.seat}"
