"""Plans of facilities and their projects: for everybody, for officers, and for responsible units."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from kepu.kernel import bodies, clock, forming
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside, authorize, require
from kepu.kernel.files import shown
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import toasts
from kepu.venues import actions, facilities, money, siting, works_photos, works_shown
from kepu.venues.facility_forms import (
    BecomeForm,
    MilestoneForm,
    PlanForm,
    ProgressForm,
    ProjectForm,
    ReachForm,
    StepForm,
)
from kepu.venues.models import FacilityPlan, Milestone, Project
from kepu.venues.states import UNDER_WAY, WORKS, FacilityPlanState, WorkState
from kepu.venues.views.registry import person_of

form_page = partial(forming.form_page, template="venues/form.html")
STEPS = {
    "begin": lazy("Begin the works"),
    "finish": lazy("The works are finished"),
    "stop": lazy("Stop the project"),
    "take_up": lazy("Take the project up again"),
}
SIDE = 960


def _somebody(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


# --- plans ----------------------------------------------------------------------------------------


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Published plans place by place; for officers also the drafts, for units their projects."""
    person, now = _somebody(request), clock.now()
    rows, pager = one_page(request, facilities.published())
    officer = roles.holds(person, Verb.VENUE_JUDGE, now=now)
    own = facilities.in_reach(person, now).filter(state=FacilityPlanState.DRAFT) if officer else ()
    mine = facilities.projects_for(person, now) if person else ()
    context = {
        "rows": rows, "pager": pager, "officer": officer, "drafts": own, "now": now,
        "mine": works_shown.lines(mine, clock.day(now)),
    }  # fmt: skip
    return render(request, "venues/plans.html", context)


@require_safe
def show(request: HttpRequest, facility_plan_id: int) -> HttpResponse:
    """One plan: its document, a map of its projects, and how far each is."""
    person, now = _somebody(request), clock.now()
    plan = facilities.seen(facility_plan_id, person, now)
    projects = list(facilities.projects_of(plan))
    keeps = facilities.why_not_plan_at(person, plan.path, now) is None
    context = {
        "plan": plan, "place": divisions.full_name(plan.path), "keeps": keeps, "now": now,
        "tiles": works_shown.tiles(plan, projects, clock.day(now)),
        "lines": works_shown.lines(projects, clock.day(now)),
        "map": works_shown.picture(plan, projects, now),
        "why_not_publish": facilities.why_not_publish(plan) if keeps else None,
    }  # fmt: skip
    return render(request, "venues/plan.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """State a plan; a draft until it is published."""
    by, now = person_of(request), clock.now()
    _officer(by, now)

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.state_plan(data.pop("place"), by=by, now=now, **data)
        toasts.say(request, _("Kept as a draft. Add its projects, then publish it."))
        return redirect("facility-plan", made.pk)

    return form_page(
        request, PlanForm(request.POST or None), act, title=_("A plan of facilities"),
        back=reverse("facility-plans"), submit=_("Keep the draft"),
    )  # fmt: skip


@login_required
def edit(request: HttpRequest, facility_plan_id: int) -> HttpResponse:
    """Say anew what a draft says."""
    plan, by, now = _kept(request, facility_plan_id)
    require(facilities.why_not_change_plan(plan))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.change_plan(plan.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("facility-plan", plan.pk)

    start = {name: getattr(plan, name, None) for name in PlanForm.base_fields}
    form = PlanForm(request.POST or None, initial=start, fixed=True)
    return form_page(
        request, form, act, title=plan.title, back=_of(plan), submit=_("Keep the changes")
    )


@login_required
@require_POST
def move(request: HttpRequest, facility_plan_id: int, verb: str) -> HttpResponse:
    """Publish a plan, or take it back."""
    plan, by, now = _kept(request, facility_plan_id)
    if verb not in ("publish", "take_back"):
        raise Outside(_("there is no such step"))
    actions.move_plan(plan.pk, verb, by=by, now=now)
    said = _("Published. Everybody can read it.")
    toasts.say(request, said if verb == "publish" else _("Taken back. Officers alone read it now."))
    return redirect("facility-plan", plan.pk)


# --- projects -------------------------------------------------------------------------------------


@login_required
def add(request: HttpRequest, facility_plan_id: int) -> HttpResponse:
    """Add a project to a plan."""
    plan, by, now = _kept(request, facility_plan_id)

    def act(data: dict[str, Any]) -> HttpResponse:
        data.pop("version")
        made = actions.add_project(plan.pk, by=by, now=now, **data)
        toasts.say(request, _("Added. Say next what is reached by which day."))
        return redirect("project", made.pk)

    form = ProjectForm(request.POST or None, units=facilities.units_at(plan.path))
    return form_page(
        request, form, act, title=_("A project of the plan"), back=_of(plan),
        submit=_("Add the project"),
    )  # fmt: skip


@require_safe
def project(request: HttpRequest, project_id: int) -> HttpResponse:
    """One project: milestones, means, reports; and what this reader may do."""
    person, now = _somebody(request), clock.now()
    one = facilities.project_seen(project_id, person, now)
    keeps = facilities.why_not_plan_at(person, one.plan.path, now) is None
    reports = facilities.why_not_report_as(person, one, now) is None
    under_way, today = one.state in UNDER_WAY, clock.day(now)
    gifts = list(money.of_project(one))
    context = {
        "one": one, "place": divisions.full_name(one.path), "keeps": keeps, "now": now,
        "under_way": under_way, "reports": reports and under_way, "concerned": reports,
        "tone": works_shown.TONES[WorkState(one.state)],
        "steps": works_shown.steps(one.milestones.all(), today),
        "milestones": [(row, row.due < today) for row in one.milestones.all()],
        "verbs": _verbs(one) if keeps else (), "tiles": works_shown.means(one),
        "gifts": [(row, money.giver_said(row, person, now)) for row in gifts],
        "progress": facilities.reports_of(one)[:20],
        "alike": siting.alike(one, now) if keeps and under_way else (),
        "becomes": BecomeForm(venues=facilities.to_become(one))
        if keeps and one.state == WorkState.FINISHED and one.venue is None else None,
    }  # fmt: skip
    return render(request, "venues/project.html", context)


def _verbs(one: Project) -> list[tuple[str, Any, str]]:
    """Steps that the table knows here, in words, each with what stands in its way."""
    return [
        (verb, STEPS[verb], "" if verb == "stop" else facilities.why_not_step(one, verb, "") or "")
        for verb in WORKS.verbs(one.state)
    ]


@login_required
def change(request: HttpRequest, project_id: int) -> HttpResponse:
    """Say anew what a project is."""
    one, by, now = _planned(request, project_id)
    require(facilities.why_not_change_project(one, one.version))

    def act(data: dict[str, Any]) -> HttpResponse:
        seen = data.pop("version") or 0
        actions.change_project(one.pk, seen=seen, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("project", one.pk)

    start = {name: getattr(one, name, None) for name in ProjectForm.base_fields}
    start |= {"place": divisions.full_name(one.path), "organisation": one.organisation_id}
    form = ProjectForm(
        request.POST or None, initial=start, units=facilities.units_at(one.plan.path)
    )
    return form_page(
        request, form, act, title=one.name, back=_page_of(one), submit=_("Keep the changes")
    )


@login_required
def step(request: HttpRequest, project_id: int, verb: str) -> HttpResponse:
    """Begin, finish, stop or take up again; a stop asks why."""
    one, by, now = _planned(request, project_id)
    if verb not in STEPS:
        raise Outside(_("there is no such step"))
    require(facilities.why_not_step(one, verb, "-"))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.step_project(one.pk, verb, by=by, now=now, **data)
        toasts.say(request, _("Done."))
        return redirect("project", one.pk)

    if verb != "stop" and request.method == "POST":
        return act({})
    form = StepForm(request.POST or None)
    if verb != "stop":
        del form.fields["reason"]
    return form_page(
        request, form, act, title=f"{STEPS[verb]}{_(': ')}{one.name}", back=_page_of(one),
        submit=STEPS[verb],
    )  # fmt: skip


@login_required
@require_POST
def become(request: HttpRequest, project_id: int) -> HttpResponse:
    """Say which registered venue the project became."""
    one, by, now = _planned(request, project_id)
    form = BecomeForm(request.POST, venues=facilities.to_become(one))
    if not form.is_valid():
        require(_("choose one of the registered venues"))
    actions.become_venue(one.pk, venue=form.cleaned_data["venue"], by=by, now=now)
    toasts.say(request, _("Done. The page of the venue leads here."))
    return redirect("project", one.pk)


# --- milestones and progress ----------------------------------------------------------------------


@login_required
def add_milestone(request: HttpRequest, project_id: int) -> HttpResponse:
    """Say what is reached by which day."""
    one, by, now = _planned(request, project_id)

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.add_milestone(one.pk, by=by, now=now, **data)
        toasts.say(request, _("Added."))
        return redirect("project", one.pk)

    return form_page(
        request, MilestoneForm(request.POST or None), act,
        title=_("A milestone of %(project)s") % {"project": one.name}, back=_page_of(one),
        submit=_("Add the milestone"),
    )  # fmt: skip


@login_required
def reach(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Say on which day a milestone was reached."""
    row, by, now = _milestone(request, milestone_id)
    authorize(facilities.why_not_report_as(by, row.project, now))
    require(facilities.why_not_reach(row, clock.day(now), now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.reach_milestone(row.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("project", row.project_id)

    form = ReachForm(request.POST or None, initial={"day": clock.day(now)})
    return form_page(
        request, form, act, title=row.title, back=_page_of(row.project), submit=_("It is reached")
    )


@login_required
@require_POST
def remove_milestone(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Take a milestone away that is not reached."""
    row, by, now = _milestone(request, milestone_id)
    actions.remove_milestone(row.pk, by=by, now=now)
    toasts.say(request, _("Removed."))
    return redirect("project", row.project_id)


@login_required
@bodies.takes(works_photos.LARGEST + bodies.MEGABYTE)
def report(request: HttpRequest, project_id: int) -> HttpResponse:
    """Report how far the works are, with a photograph where there is one."""
    by, now = person_of(request), clock.now()
    one = facilities.project_seen(project_id, by, now)
    authorize(facilities.why_not_report_as(by, one, now))
    require(facilities.why_not_report(one))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.report_progress(one.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("project", one.pk)

    return form_page(
        request, ProgressForm(request.POST or None, request.FILES or None), act,
        title=_("Progress of %(project)s") % {"project": one.name}, back=_page_of(one),
        submit=_("Report it"),
    )  # fmt: skip


@require_safe
def photo(request: HttpRequest, progress_id: int) -> HttpResponse:
    """The photograph of a report as a JPEG, for whoever reads the project."""
    found = works_photos.of(progress_id)
    if found is None or found.photo is None:
        raise Http404
    if works_photos.why_not_see(_somebody(request), found, clock.now()):
        raise Outside(_("there is no such file"))
    try:
        drawn = shown.small(found.photo.sha256, SIDE)
    except FileNotFoundError:
        raise Http404 from None
    answer = HttpResponse(drawn, content_type="image/jpeg")
    answer["Cache-Control"], answer["X-Content-Type-Options"] = "private, no-cache", "nosniff"
    return answer


# --- what they share ------------------------------------------------------------------------------


def _officer(by: User, now: datetime) -> None:
    if not roles.holds(by, Verb.VENUE_JUDGE, now=now):
        authorize(_("only officers who decide about venues have this page"))


def _kept(request: HttpRequest, facility_plan_id: int) -> tuple[FacilityPlan, User, datetime]:
    by, now = person_of(request), clock.now()
    plan = facilities.seen(facility_plan_id, by, now)
    authorize(facilities.why_not_plan_at(by, plan.path, now))
    return plan, by, now


def _planned(request: HttpRequest, project_id: int) -> tuple[Project, User, datetime]:
    by, now = person_of(request), clock.now()
    one = facilities.project_seen(project_id, by, now)
    authorize(facilities.why_not_plan_at(by, one.plan.path, now))
    return one, by, now


def _milestone(request: HttpRequest, milestone_id: int) -> tuple[Milestone, User, datetime]:
    by, now = person_of(request), clock.now()
    found = Milestone.objects.filter(pk=milestone_id).first()
    if found is None:
        raise Outside(_("there is no such milestone"))
    found.project = facilities.project_seen(found.project_id, by, now)
    return found, by, now


def _of(plan: FacilityPlan) -> str:
    return reverse("facility-plan", args=[plan.pk])


def _page_of(one: Project) -> str:
    return reverse("project", args=[one.pk])
