"""Targets of the share of literate citizens: read by everybody, kept by officers of the place."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.literacy import targets_shown as shown
from kepu.literacy.actions import targets
from kepu.literacy.bridge import targets as bridge
from kepu.literacy.forms import ReasonForm
from kepu.literacy.models import Target
from kepu.literacy.queries import targets as queries
from kepu.literacy.rules import targets as rules
from kepu.literacy.target_forms import CorrectionForm, FinishForm, TargetForm, TaskForm, initial
from kepu.literacy.views.rounds import file_of
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import toasts

MOST = 200  # targets on one page: forty areas and a few years
AIM = ("share", "above", "base_year", "base_share", "source")


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every target beside what was measured."""
    now, person = clock.now(), _person(request)
    found = bridge.standings(queries.listed()[:MOST], clock.day(now).year)
    return render(request, "literacy/targets.html", {
        "lines": shown.lines(found), "year": clock.day(now).year,
        "keeps": person is not None and queries.places_kept(person, now).exists(),
    })  # fmt: skip


@require_safe
def away(request: HttpRequest, kind: str) -> HttpResponse:
    """The same as a table."""
    found = bridge.standings(queries.listed(), clock.day(clock.now()).year)
    return file_of(*shown.table(found), "literacy-targets", kind)


@require_safe
def show(request: HttpRequest, target_id: int) -> HttpResponse:
    """One target: how one stands to it, its tasks year by year, and what was stated of it."""
    one, now, person = queries.seen(target_id), clock.now(), _person(request)
    keeps = rules.why_not_keep(person, one.path, now) is None
    (of,) = bridge.standings([one], clock.day(now).year)
    return render(request, "literacy/target.html", {
        "one": one, "title": shown.title(one), "now": now, "keeps": keeps,
        "tiles": shown.tiles(of), "picture": shown.picture(of), "synthetic": shown.synthetic(of),
        "years": shown.years(list(queries.tasks(one)), clock.day(now)), "state": shown.state,
        "history": shown.history(one.steps.select_related("by"), named=keeps),
    })  # fmt: skip


@require_safe
def tasks_away(request: HttpRequest, target_id: int, kind: str) -> HttpResponse:
    """The tasks of a target as a table."""
    one = queries.seen(target_id)
    headers, rows = shown.task_table(one, queries.tasks(one))
    return file_of(headers, rows, f"tasks-{one.year}", kind)


@login_required
def state(request: HttpRequest) -> HttpResponse:
    """Enter a target."""
    now, person = clock.now(), person_of(request)
    places = queries.places_kept(person, now)
    if not places.exists():
        raise Outside(_("there is no such page"))
    form = TargetForm(request.POST or None, places=places)

    def act() -> HttpResponse:
        data = form.cleaned_data
        made = targets.state_target(
            form.aim(), place=data["place"], year=data["year"], by=person, now=clock.now()
        )
        return _done(request, made)

    return form_page(
        request, form, act, title=_("Enter a target"), submit=_("Enter the target"),
        back=reverse("targets"),
    )  # fmt: skip


@login_required
def correct(request: HttpRequest, target_id: int) -> HttpResponse:
    """Put a target right, with a reason."""
    one = _kept(request, target_id)
    start = {name: getattr(one, name) for name in AIM}
    form = CorrectionForm(request.POST or None, initial=start)

    def act() -> HttpResponse:
        reason, who = form.cleaned_data["reason"], person_of(request)
        targets.correct_target(one.pk, form.aim(), reason=reason, by=who, now=clock.now())
        return _done(request, one)

    return _form(request, one, form, act, _("Correct the target"))


@login_required
def add(request: HttpRequest, target_id: int) -> HttpResponse:
    """Put a task under a target."""
    one = _kept(request, target_id)
    form = TaskForm(request.POST or None, of=one)

    def act() -> HttpResponse:
        targets.add_task(one.pk, **form.said(), by=person_of(request), now=clock.now())
        return _done(request, one)

    return _form(request, one, form, act, _("Add a task"))


@login_required
def change(request: HttpRequest, target_id: int, task_id: int) -> HttpResponse:
    """Put right what a task says."""
    one = _kept(request, target_id)
    task = queries.task(one, task_id)
    form = TaskForm(request.POST or None, of=one, initial=initial(task))

    def act() -> HttpResponse:
        targets.change_task(task.pk, **form.said(), by=person_of(request), now=clock.now())
        return _done(request, one)

    return _form(request, one, form, act, _("Change the task"))


@login_required
def act(request: HttpRequest, target_id: int, task_id: int, verb: str) -> HttpResponse:
    """Say that a task is done, or that it is not after all."""
    one = _kept(request, target_id)
    task, person = queries.task(one, task_id), person_of(request)
    if verb not in ("finish", "reopen"):
        raise Outside(_("there is no such page"))
    finishes = verb == "finish"
    form = (FinishForm if finishes else ReasonForm)(request.POST or None)

    def do() -> HttpResponse:
        said = {**form.cleaned_data, "by": person, "now": clock.now()}
        (targets.finish_task if finishes else targets.reopen_task)(task.pk, **said)
        return _done(request, one)

    title = _("Say that it is done") if finishes else _("Say that it is not done")
    return _form(request, one, form, do, title, lead=task.what)


def _form(
    request: HttpRequest, one: Target, form: Any, act: Any, title: str, lead: str = ""
) -> HttpResponse:
    return form_page(
        request, form, act, title=title, submit=title, lead=lead or shown.title(one),
        back=reverse("target", args=[one.pk]),
    )  # fmt: skip


def _kept(request: HttpRequest, target_id: int) -> Target:
    """A target that the reader keeps; everybody else has no such page."""
    one = queries.seen(target_id)
    if rules.why_not_keep(person_of(request), one.path, clock.now()):
        raise Outside(_("there is no such page"))
    return one


def _done(request: HttpRequest, one: Target) -> HttpResponse:
    toasts.say(request, _("Done."))
    return redirect("target", one.pk)
