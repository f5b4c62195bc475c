"""Courses for volunteers: what is offered, one's seat, and the list of who came and who passed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside, authorize
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import training as actions
from kepu.people.course_forms import CourseForm
from kepu.people.models import Course, Enrolment
from kepu.people.queries import training as queries
from kepu.people.registers import COURSES
from kepu.people.rules import training as rules
from kepu.people.rules.oneself import why_not_as_child
from kepu.people.views.shapes import (
    child_named,
    children_of,
    form_page,
    office_of,
    person_of,
    reach_of,
    somebody,
)
from kepu.ui import toasts

OWN: dict[str, tuple[Callable[..., Any], Promise]] = {
    "enrol": (actions.enrol, lazy("The seat is taken.")),
    "give-back": (
        actions.give_seat_back,
        lazy("The seat is free for somebody else. Thank you for telling."),
    ),
}
RESULTS = {"passed": (True, True), "attended": (True, False), "absent": (False, False)}


def listed(request: HttpRequest) -> HttpResponse:
    """Courses, the latest first, narrowed by district, topic and state."""
    form, _asked, found, bar = read(request, COURSES)
    rows, pager = one_page(request, found)
    context = {
        "form": form,
        "bar": bar,
        "rows": rows,
        "pager": pager,
        "may_announce": bool(reach_of(request, Verb.CAMPAIGN_RUN).paths),
        "now": clock.now(),
    }
    return render(request, "people/courses.html", context)


def show(request: HttpRequest, course_id: int) -> HttpResponse:
    """One course: where, when, what it gives, one's seat; for its officers the list of seats."""
    course, person, now = queries.course(course_id), somebody(request), clock.now()
    teaches = person is not None and rules.why_not_teach(person, course.path, now) is None
    context = {
        "course": course,
        "skills": course.skills.all(),
        "person": person,
        "now": now,
        **_mine(course, person, now),
        **(_desk(course, now) if teaches else {}),
        "teaches": teaches,
    }
    return render(request, "people/course.html", context)


def _mine(course: Course, person: User | None, now: datetime) -> dict[str, Any]:
    """The reader's seat, and why the reader may not have or leave one."""
    if person is None:
        return {"seat": None}
    return {
        "seat": queries.seat_of(course, person),
        "why_not_enrol": why_not_as_child(person, now) or rules.why_not_enrol(course, person, now),
        "why_not_give_back": why_not_as_child(person, now)
        or rules.why_not_give_back(course, person, now),
        "children": [_child(course, one, now) for one in children_of(person, now)],
    }


def _child(course: Course, child: User, now: datetime) -> tuple[User, Enrolment | None, str | None]:
    """A child in the reader's care, its seat, and why it may not have or leave one."""
    seat = queries.seat_of(course, child)
    rule = rules.why_not_give_back if seat else rules.why_not_enrol
    return child, seat, rule(course, child, now)


def _desk(course: Course, now: datetime) -> dict[str, Any]:
    """What an officer of the place sees beside it."""
    return {
        "seated": list(queries.seated(course)),
        "begun": course.starts_at <= now,
        "why_not_finish": rules.why_not_finish(course, now),
        "why_not_cancel": rules.why_not_move(course, "cancel"),
    }


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Announce a course."""
    office_of(request, Verb.CAMPAIGN_RUN, _("only an officer of this place may do this"))

    def act(data: dict[str, Any]) -> HttpResponse:
        course = actions.announce_course(by=person_of(request), now=clock.now(), **data)
        toasts.say(request, _("Announced. Volunteers can take a seat now."))
        return redirect("course", course.pk)

    return form_page(
        request, CourseForm(request.POST or None), act,
        title=_("Announce a course"), back=reverse("courses"), submit=_("Announce the course"),
    )  # fmt: skip


@login_required
@require_POST
def act(request: HttpRequest, course_id: int, verb: str) -> HttpResponse:
    """Take a seat or give it back, also for a child; for officers: close the course, or call it off."""
    course, by, now = queries.course(course_id), person_of(request), clock.now()
    if verb in OWN:
        action, words = OWN[verb]
        child = child_named(request.POST.get("ward", ""), by, now)
        action(course.pk, by=by, now=now, for_whom=child)
        toasts.say(request, str(words))
    elif verb == "finish":
        actions.finish_course(course.pk, by=by, now=now)
        toasts.say(request, _("The course is closed."))
    elif verb == "cancel":
        reason = request.POST.get("reason", "")[:200]
        actions.cancel_course(course.pk, reason=reason, by=by, now=now)
        toasts.say(request, _("The course is called off."))
    else:
        raise Outside(_("there is no such page"))
    return redirect("course", course.pk)


@login_required
@require_POST
def results(request: HttpRequest, course_id: int) -> HttpResponse:
    """Enter for each seat who came and who passed; seats left open stay open."""
    course, by, now = queries.course(course_id), person_of(request), clock.now()
    authorize(rules.why_not_teach(by, course.path, now))
    entered = 0
    for seat in queries.seated(course).filter(attended__isnull=True):
        result = RESULTS.get(request.POST.get(f"seat-{seat.pk}", ""))
        if result:
            attended, passed = result
            actions.enter_result(seat.pk, attended=attended, passed=passed, by=by, now=now)
            entered += 1
    toasts.say(request, _("%(n)s results entered.") % {"n": entered})
    return redirect("course", course.pk)
