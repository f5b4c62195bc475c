"""Announce courses, enrol in them, and enter who came and who passed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.people.models import Course, Enrolment, Skill, Training
from kepu.people.queries import training as queries
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules import training as rules
from kepu.people.rules.hours import why_not_silent
from kepu.people.rules.oneself import why_not_decide_about, why_not_speak_for
from kepu.people.states import COURSE


@transaction.atomic
def announce_course(
    *,
    title: str,
    place: Division,
    starts_at: datetime,
    ends_at: datetime,
    minutes: int,
    seats: int,
    by: User,
    now: datetime,
    room: str = "",
    link: str = "",
    skills: Iterable[Skill] = (),
    about: str = "",
) -> Course:
    """Announce a course in a room or on a line; passing it gives its `skills`."""
    authorize(rules.why_not_teach(by, place.path, now))
    require(rules.why_not_announce(title, place, starts_at, ends_at, now))
    require(rules.why_not_somewhere(room, link))

    course = Course(
        title=title.strip(),
        about=about.strip(),
        minutes=minutes,
        starts_at=starts_at,
        ends_at=ends_at,
        seats=seats,
        room=room.strip(),
        link=link.strip(),
        announced_by=by,
        announced_at=now,
    )
    course.place(place)
    course.save()
    course.skills.set(skills)
    audit.record(by, "course.announce", course, now=now, minutes=minutes, seats=seats)
    return course


@transaction.atomic
def cancel_course(course_id: int, *, reason: str, by: User, now: datetime) -> Course:
    """Call a course off, saying why; results that were entered stay."""
    course = _locked(course_id)
    authorize(rules.why_not_teach(by, course.path, now))
    require(why_not_silent(reason) or rules.why_not_move(course, "cancel"))

    course.reason = reason.strip()
    return _move(course, "cancel", by=by, now=now)


@transaction.atomic
def finish_course(course_id: int, *, by: User, now: datetime) -> Course:
    """Close a course once it is over and every seat has its result."""
    course = _locked(course_id)
    authorize(rules.why_not_teach(by, course.path, now))
    require(rules.why_not_finish(course, now))
    return _move(course, "finish", by=by, now=now)


@transaction.atomic
def enrol(course_id: int, *, by: User, now: datetime, for_whom: User | None = None) -> Enrolment:
    """Take the lowest free seat for oneself or a child; also again, after giving one back."""
    course = _locked(course_id)
    person = for_whom or by
    authorize(why_not_speak_for(by, person, now))
    require(rules.why_not_enrol(course, person, now))

    seat = queries.free_seat(course)
    enrolment, _new = Enrolment.objects.update_or_create(
        course=course, person=person, defaults={"seat": seat, "at": now}
    )
    audit.record(
        by, "course.enrol", enrolment, now=now, for_whom=for_whom, course=course.pk, seat=seat
    )
    return enrolment


@transaction.atomic
def give_seat_back(
    course_id: int, *, by: User, now: datetime, for_whom: User | None = None
) -> Course:
    """Give one's seat to somebody else."""
    course = _locked(course_id)
    person = for_whom or by
    authorize(why_not_speak_for(by, person, now))
    require(rules.why_not_give_back(course, person, now))

    course.enrolments.filter(person=person).update(seat=None)
    audit.record(by, "course.give_seat_back", course, now=now, for_whom=for_whom)
    return course


@transaction.atomic
def enter_result(
    enrolment_id: int, *, attended: bool, passed: bool, by: User, now: datetime
) -> Enrolment:
    """Enter who came and who passed. Passing enters the record and gives the course's skills."""
    enrolments = Enrolment.objects.select_for_update(of=("self",))
    enrolment: Enrolment = enrolments.select_related("course", "person").get(pk=enrolment_id)
    authorize(rules.why_not_teach(by, enrolment.course.path, now))
    authorize(why_not_decide_about(by, enrolment.person))
    require(rules.why_not_enter_result(enrolment, attended=attended, passed=passed, now=now))

    enrolment.attended, enrolment.passed = attended, passed
    enrolment.training = _credit(enrolment, by, now) if passed else None
    enrolment.save(update_fields=["attended", "passed", "training"])
    audit.record(
        by, "course.enter_result", enrolment, now=now, for_whom=enrolment.person, passed=passed
    )
    return enrolment


def _credit(enrolment: Enrolment, by: User, now: datetime) -> Training:
    """What passing leaves in the volunteer's record."""
    course, person = enrolment.course, enrolment.person
    training, _new = Training.objects.get_or_create(
        person=person,
        title=course.title,
        on=clock.day(course.starts_at),
        defaults={"minutes": course.minutes, "recorded_by": by, "recorded_at": now},
    )
    volunteer = volunteer_of(person)
    if volunteer is not None:
        volunteer.skills.add(*course.skills.all())
    return training


def _move(course: Course, verb: str, *, by: User, now: datetime) -> Course:
    course.state = COURSE.after(course.state, verb)
    course.save(update_fields=["state", "reason"])
    audit.record(by, f"course.{verb}", course, now=now)
    return course


def _locked(course_id: int) -> Course:
    course: Course = Course.objects.select_for_update().get(pk=course_id)
    return course
