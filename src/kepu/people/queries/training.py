"""Reads of courses for volunteers, and of what the record counts."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.people.models import Course, Enrolment, Training
from kepu.people.states import CourseState


def course(course_id: int) -> Course:
    """A course with its place; raises Outside."""
    found: Course | None = courses().filter(pk=course_id).first()
    if found is None:
        raise Outside(_("there is no such course"))
    return found


def courses(*, scope: str = "", skill: str = "", state: str = "") -> QuerySet[Course]:
    """Courses, the next to come last in time first, each with `taken` seats. One query."""
    taken = Count("enrolments", filter=Q(enrolments__seat__isnull=False), distinct=True)
    found = Course.objects.select_related("division_now").annotate(taken=taken)
    if scope:
        found = found.filter(path__within=scope)
    if skill:
        found = found.filter(skills__key=skill)
    if state:
        found = found.filter(state=state)
    ordered: QuerySet[Course] = found.order_by("-starts_at", "-pk")
    return ordered.prefetch_related("skills")


def same_course(title: str, place: Division, starts_at: datetime) -> bool:
    """Whether a course of this title begins there at this moment, unless it was called off."""
    found = Course.objects.filter(title=title, division_now=place, starts_at=starts_at)
    return found.exclude(state=CourseState.CANCELLED).exists()


def enrolment(enrolment_id: int) -> Enrolment:
    """A seat and its course; raises Outside."""
    enrolments = Enrolment.objects.select_related("course", "person")
    found: Enrolment | None = enrolments.filter(pk=enrolment_id).first()
    if found is None:
        raise Outside(_("there is no such seat"))
    return found


def seat_of(course: Course, person: User) -> Enrolment | None:
    """The person's seat in the course, unless it was given back."""
    return course.enrolments.filter(person=person, seat__isnull=False).first()


def seated(course: Course) -> QuerySet[Enrolment]:
    """Who has a seat, by seat."""
    found = course.enrolments.filter(seat__isnull=False)
    return found.select_related("person__volunteer").order_by("seat")


def free_seat(course: Course) -> int | None:
    """The lowest seat that nobody has, or None when the course is full."""
    taken = set(course.enrolments.filter(seat__isnull=False).values_list("seat", flat=True))
    return next((seat for seat in range(1, course.seats + 1) if seat not in taken), None)


def of_person(person: User) -> QuerySet[Enrolment]:
    """Seats the person has or had, the latest course first."""
    found = Enrolment.objects.filter(person=person, seat__isnull=False)
    return found.select_related("course").order_by("-course__starts_at")


def trained_minutes(person: User) -> int:
    """Minutes of training in the person's record."""
    found = Training.objects.filter(person=person).aggregate(total=Sum("minutes"))
    return int(found["total"] or 0)


def minutes_in(person: User, since: date, until: date) -> int:
    """Minutes of training that the record has from one day to another, both included. One query."""
    found = Training.objects.filter(person=person, on__range=(since, until))
    return int(found.aggregate(total=Sum("minutes"))["total"] or 0)
