"""Courses for volunteers at /api/."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Key, Line, Moment, Path, Spot, Topic
from kepu.kernel.errors import Outside
from kepu.people.actions import training as actions
from kepu.people.api.wards import ForWhom, ward_of
from kepu.people.api.words import place_at, skills_of, topic_of
from kepu.people.models import Enrolment
from kepu.people.queries import training as queries
from kepu.people.rules import training as rules
from kepu.people.states import CourseState

router = Router(tags=[n_("Training")])


class CourseOut(Schema):
    """A course, its seats and the skills that passing it gives."""

    id: int
    title: str
    about: str
    place: Spot
    starts_at: datetime
    ends_at: datetime
    minutes: int
    seats: int
    taken: int
    room: str
    on_line: bool
    skills: list[Topic]
    state: CourseState


class CourseIn(Given):
    """A course to announce, in a room or on a line."""

    title: Line = Field(min_length=1, max_length=120)
    place: Path
    starts_at: Moment
    ends_at: Moment
    minutes: int = Field(ge=1, le=6000)
    seats: int = Field(ge=1, le=5000)
    room: str = Field("", max_length=120)
    link: str = Field("", max_length=300, pattern=r"^(https?://[^\s]+)?$")
    skills: list[Key] = Field([], max_length=40)
    about: str = Field("", max_length=1000)


class SeatOut(Schema):
    """A seat in a course, and what came of it."""

    id: int
    course_id: int
    seat: int | None
    attended: bool | None
    passed: bool | None


class ResultIn(Given):
    """Who came, and who passed."""

    result: Literal["passed", "attended", "absent"]


class CancelIn(Given):
    reason: Line = Field(min_length=1, max_length=200)


class CourseFilter(Schema):
    """Which courses."""

    place: Path | None = None
    skill: Key | None = None
    state: CourseState | None = None


@router.get("/courses", auth=None, response=Page[CourseOut], summary=n_("Courses for volunteers"))
def courses(request: Asked, wanted: Query[CourseFilter], paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody; the latest announced first."""
    found = queries.courses(
        scope=wanted.place or "", skill=wanted.skill or "", state=wanted.state or ""
    )
    return page(request, found, _course)


@router.post("/courses", response={201: CourseOut}, summary=n_("Announce a course"))
def announce_course(request: Asked, body: CourseIn) -> Status[dict[str, Any]]:
    """For officers of the place; 403 not_allowed, 409 rule_broken."""
    given = body.model_dump(exclude={"place", "skills"})
    made = actions.announce_course(
        **given, place=place_at(body.place), skills=skills_of(body.skills), by=request.auth,
        now=clock.now(),
    )  # fmt: skip
    return Status(201, _course(queries.course(made.pk)))


@router.post(
    "/courses/{course_id}/enrol", response={201: SeatOut}, summary=n_("Take a seat in a course")
)
def enrol(request: Asked, course_id: Id, wanted: Query[ForWhom]) -> Status[Enrolment]:
    """For active volunteers, before it begins; 403 not_allowed, 404 not_found, 409 rule_broken."""
    course, ward = queries.course(course_id), ward_of(request, wanted)
    return Status(201, actions.enrol(course.pk, by=request.auth, now=clock.now(), for_whom=ward))


@router.post("/courses/{course_id}/give-back", response=CourseOut, summary=n_("Give a seat back"))
def give_seat_back(request: Asked, course_id: Id, wanted: Query[ForWhom]) -> dict[str, Any]:
    """Before it begins; 403 not_allowed, 404 not_found, 409 rule_broken."""
    course, ward = queries.course(course_id), ward_of(request, wanted)
    actions.give_seat_back(course.pk, by=request.auth, now=clock.now(), for_whom=ward)
    return _course(queries.course(course.pk))


@router.post("/courses/{course_id}/cancel", response=CourseOut, summary=n_("Call a course off"))
def cancel_course(request: Asked, course_id: Id, body: CancelIn) -> dict[str, Any]:
    """For officers of the place; 403 not_allowed, 404 not_found, 409 rule_broken."""
    course = queries.course(course_id)
    actions.cancel_course(course.pk, reason=body.reason, by=request.auth, now=clock.now())
    return _course(queries.course(course.pk))


@router.post("/courses/{course_id}/finish", response=CourseOut, summary=n_("Close a course"))
def finish_course(request: Asked, course_id: Id) -> dict[str, Any]:
    """For officers of the place, once every result is entered; 403, 404, 409 rule_broken."""
    course = queries.course(course_id)
    actions.finish_course(course.pk, by=request.auth, now=clock.now())
    return _course(queries.course(course.pk))


@router.post("/seats/{enrolment_id}/result", response=SeatOut, summary=n_("Enter a result"))
def enter_result(request: Asked, enrolment_id: Id, body: ResultIn) -> Enrolment:
    """For officers of the place, after it began; 404 not_found, 409 rule_broken."""
    seat, now = queries.enrolment(enrolment_id), clock.now()
    if rules.why_not_teach(request.auth, seat.course.path, now):
        raise Outside(_("there is no such seat"))
    return actions.enter_result(
        seat.pk, attended=body.result != "absent", passed=body.result == "passed",
        by=request.auth, now=now,
    )  # fmt: skip


@router.get("/me/seats", response=Page[SeatOut], summary=n_("Your seats in courses"))
def my_seats(request: Asked, wanted: Query[ForWhom], paging: Query[Paging]) -> dict[str, Any]:
    """Those the caller, or a ward, has or had; the latest taken first; 404 not_found."""
    person = ward_of(request, wanted) or request.auth
    return page(request, queries.of_person(person), _seat)


def _seat(seat: Enrolment) -> Enrolment:
    return seat


def _course(course: Any) -> dict[str, Any]:
    plain = ("id", "title", "about", "starts_at", "ends_at", "minutes", "seats", "taken", "room",
             "state")  # fmt: skip
    return {
        **{name: getattr(course, name) for name in plain},
        "place": Spot(path=course.path, name=course.division_now.name),
        "on_line": bool(course.link),
        "skills": [topic_of(skill) for skill in course.skills.all()],
    }
