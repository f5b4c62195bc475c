"""Why not? Courses for volunteers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Division
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Course, Enrolment
from kepu.people.queries import training as queries
from kepu.people.rules.volunteers import why_not_serve
from kepu.people.states import COURSE


def why_not_teach(by: User, path: str, now: datetime) -> str | None:
    """Officers of the place announce its courses and enter what came of them."""
    if roles.holds(by, Verb.CAMPAIGN_RUN, now=now, path=path):
        return None
    return _("only an officer of this place may do this")


def why_not_announce(
    title: str, place: Division, starts_at: datetime, ends_at: datetime, now: datetime
) -> str | None:
    """A course has a name, lies ahead, ends after it begins, and is announced once."""
    if not title.strip():
        return _("a course has a title")
    if starts_at <= now:
        return _("a course is announced before it begins")
    if ends_at <= starts_at:
        return _("a course ends after it begins")
    if queries.same_course(title.strip(), place, starts_at):
        return _("this course is announced already")
    return None


def why_not_somewhere(room: str, link: str) -> str | None:
    return None if room.strip() or link.strip() else _("name a room, or a place on line")


def why_not_move(course: Course, verb: str) -> str | None:
    return COURSE.why_not(course.state, verb)


def why_not_enrol(course: Course, person: User, now: datetime) -> str | None:
    """Before it begins, once, while there is a seat, and only for active volunteers."""
    reason = COURSE.why_not(course.state, "finish")
    if reason or course.starts_at <= now:
        return reason or _("this course has begun")
    if queries.seat_of(course, person):
        return _("you have a seat in this course already")
    if queries.free_seat(course) is None:
        return _("every seat of this course is taken")
    return why_not_serve(person)


def why_not_give_back(course: Course, person: User, now: datetime) -> str | None:
    """A seat is given back before the course begins."""
    if queries.seat_of(course, person) is None:
        return _("you have no seat in this course")
    return _("this course has begun") if course.starts_at <= now else None


def why_not_enter_result(
    enrolment: Enrolment, *, attended: bool, passed: bool, now: datetime
) -> str | None:
    """After the course began, once for each seat; only who came can have passed."""
    if enrolment.course.starts_at > now:
        return _("results are entered after the course has begun")
    if enrolment.course.state == "cancelled" or enrolment.seat is None:
        return _("this seat was given back, or the course called off")
    if enrolment.attended is not None:
        return _("this result is entered already")
    if passed and not attended:
        return _("only who came can have passed")
    return None


def why_not_finish(course: Course, now: datetime) -> str | None:
    """When it is over and every seat has its result."""
    if course.ends_at > now:
        return _("this course is not over yet")
    if queries.seated(course).filter(attended__isnull=True).exists():
        return _("enter the result of every seat first")
    return COURSE.why_not(course.state, "finish")


def why_not_untrained(person: User, now: datetime) -> str | None:
    """As many minutes of training as the management rules ask for, where they ask for any."""
    wanted = policy.management(now).training
    if wanted is None or wanted.fewest_minutes == 0:
        return None
    if queries.trained_minutes(person) >= wanted.fewest_minutes:
        return None
    return _("%(minutes)s minutes of training come first; enrol in a course") % {
        "minutes": wanted.fewest_minutes
    }
