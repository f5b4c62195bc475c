"""State a plan of facilities, add its projects, and say how far each is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput, authorize, require
from kepu.kernel.files import actions as files
from kepu.kernel.files import intake
from kepu.kernel.files.blobs import Readable
from kepu.venues import facilities, telling, works_photos
from kepu.venues.models import (
    FacilityPlan,
    Milestone,
    MilestoneTold,
    Progress,
    Project,
    Venue,
)
from kepu.venues.states import PLAN, WORKS, FacilityPlanState, WorkState

PLAN_FACTS = ("title", "first_year", "last_year", "about", "document", "number", "link")
PROJECT_FACTS = (
    "name", "works", "goal", "flagship", "former", "address", "lon", "lat", "floor_area", "needed",
)  # fmt: skip


@transaction.atomic
def state_plan(place: Division, *, by: User, now: datetime, **about: Any) -> FacilityPlan:
    """State what a city or district means to build; a draft until it is published.

    `about` gives any of PLAN_FACTS. Raises NotAllowed for who is no officer of that place.
    """
    authorize(facilities.why_not_plan_at(by, place.path, now))
    require(_why_not_state(place, about))
    plan = FacilityPlan(stated_by=by, stated_at=now)
    plan.place(place)
    _write(plan, PLAN_FACTS, about)
    plan.save()
    audit.record(by, "facility_plan.state", plan, now=now)
    return plan


@transaction.atomic
def change_plan(plan_id: int, *, by: User, now: datetime, **about: Any) -> FacilityPlan:
    """Say anew what a draft says."""
    plan = _locked_plan(plan_id)
    authorize(facilities.why_not_plan_at(by, plan.path, now))
    require(facilities.why_not_change_plan(plan))
    require(_why_not_state(plan.division_now, about, besides=plan.pk))
    _write(plan, PLAN_FACTS, about)
    plan.save()
    audit.record(by, "facility_plan.change", plan, now=now)
    return plan


@transaction.atomic
def move_plan(plan_id: int, verb: str, *, by: User, now: datetime) -> FacilityPlan:
    """Publish a plan, or take it back to change it."""
    plan = _locked_plan(plan_id)
    authorize(facilities.why_not_plan_at(by, plan.path, now))
    if verb == "publish":
        require(facilities.why_not_publish(plan))
    plan.state = PLAN.after(plan.state, verb)
    plan.published_at = now if plan.state == FacilityPlanState.PUBLISHED else None
    plan.save(update_fields=["state", "published_at"])
    audit.record(by, f"facility_plan.{verb}", plan, now=now)
    return plan


@transaction.atomic
def add_project(
    plan_id: int,
    *,
    place: Division,
    organisation: Organisation,
    by: User,
    now: datetime,
    **about: Any,
) -> Project:
    """Add a facility to a plan; the unit hears that it is responsible. `about` gives PROJECT_FACTS."""
    plan = _locked_plan(plan_id)
    authorize(facilities.why_not_plan_at(by, plan.path, now))
    require(facilities.why_not_add(plan, place, organisation, about["name"]))
    require(facilities.why_not_describe(about["works"], about.get("former", "")))
    project = Project(plan=plan, organisation=organisation, added_by=by, added_at=now)
    project.place(place)
    _write(project, PROJECT_FACTS, about)
    project.save()
    audit.record(by, "project.add", project, now=now, plan=plan.pk)
    telling.project_given(project, now=now)
    return project


@transaction.atomic
def change_project(
    project_id: int,
    *,
    seen: int,
    place: Division,
    organisation: Organisation,
    by: User,
    now: datetime,
    **about: Any,
) -> Project:
    """Say anew what a project is while it is under way; `seen` is the version that `by` looked at."""
    project = locked_project(project_id)
    authorize(facilities.why_not_plan_at(by, project.plan.path, now))
    require(facilities.why_not_change_project(project, seen))
    require(
        facilities.why_not_add(project.plan, place, organisation, about["name"], besides=project.pk)
    )
    require(facilities.why_not_describe(about["works"], about.get("former", "")))
    given = project.organisation_id != organisation.pk
    project.organisation = organisation
    project.place(place)
    _write(project, PROJECT_FACTS, about)
    project.version += 1
    project.save()
    audit.record(by, "project.change", project, now=now, version=project.version)
    if given:
        telling.project_given(project, now=now)
    return project


@transaction.atomic
def step_project(
    project_id: int, verb: str, *, reason: str = "", by: User, now: datetime
) -> Project:
    """Begin the works, finish them, stop them or take them up again."""
    project = locked_project(project_id)
    authorize(facilities.why_not_plan_at(by, project.plan.path, now))
    require(facilities.why_not_step(project, verb, reason))
    project.state = WORKS.after(project.state, verb)
    project.reason = reason.strip() if project.state == WorkState.STOPPED else ""
    project.version += 1
    project.save(update_fields=["state", "reason", "version"])
    audit.record(by, f"project.{verb}", project, now=now)
    return project


@transaction.atomic
def become_venue(project_id: int, *, venue: Venue, by: User, now: datetime) -> Project:
    """Say which registered venue a finished project became."""
    project = locked_project(project_id)
    authorize(facilities.why_not_plan_at(by, project.plan.path, now))
    require(facilities.why_not_register_as(project, venue))
    project.venue = venue
    project.save(update_fields=["venue"])
    audit.record(by, "project.become_venue", project, now=now, venue=venue.pk)
    return project


# --- milestones and progress ----------------------------------------------------------------------


@transaction.atomic
def add_milestone(project_id: int, *, title: str, due: date, by: User, now: datetime) -> Milestone:
    """Say what a project reaches by which day."""
    project = locked_project(project_id)
    authorize(facilities.why_not_plan_at(by, project.plan.path, now))
    require(facilities.why_not_add_milestone(project, title, due))
    made = Milestone.objects.create(project=project, title=title.strip(), due=due)
    audit.record(by, "project.add_milestone", project, now=now, milestone=made.pk)
    return made


@transaction.atomic
def remove_milestone(milestone_id: int, *, by: User, now: datetime) -> None:
    """Take away a milestone that is not reached; the audit keeps that it stood there."""
    milestone = _locked_milestone(milestone_id)
    authorize(facilities.why_not_plan_at(by, milestone.project.plan.path, now))
    require(facilities.why_not_reach(milestone, clock.day(now), now))
    audit.record(
        by, "project.remove_milestone", milestone.project, now=now, milestone=milestone.pk,
        due=milestone.due.isoformat(),
    )  # fmt: skip
    milestone.delete()


@transaction.atomic
def reach_milestone(milestone_id: int, *, day: date, by: User, now: datetime) -> Milestone:
    """Say on which day a milestone was reached."""
    milestone = _locked_milestone(milestone_id)
    authorize(facilities.why_not_report_as(by, milestone.project, now))
    require(facilities.why_not_reach(milestone, day, now))
    milestone.done_on, milestone.done_by = day, by
    milestone.save(update_fields=["done_on", "done_by"])
    audit.record(by, "project.reach_milestone", milestone.project, now=now, milestone=milestone.pk)
    return milestone


def report_progress(
    project_id: int,
    *,
    words: str,
    share: int,
    photo: Readable | None = None,
    photo_words: str = "",
    by: User,
    now: datetime,
) -> Progress:
    """Report how far the works are. The rules are asked before the picture is unpacked, and again."""
    if photo is not None and not photo_words.strip():
        raise BadInput(_("say in words what it shows"), field="photo_words")
    project = _project(project_id)
    authorize(facilities.why_not_report_as(by, project, now))
    require(facilities.why_not_report(project))
    examined = intake.examine(photo, works_photos.PROGRESS) if photo is not None else None
    with transaction.atomic():
        project = locked_project(project_id)
        require(facilities.why_not_report(project))
        stored = files.enter(examined, "", by=by, now=now, path=project.path) if examined else None
        made = Progress.objects.create(
            project=project, words=words.strip(), share=share, photo=stored,
            photo_words=photo_words.strip() if stored else "", by=by, at=now,
        )  # fmt: skip
        audit.record(by, "project.report", project, now=now, share=share)
    return made


def tell_milestones(now: datetime) -> int:
    """Tell of milestones that are near, late, or late for long; each once for its day. How many."""
    return sum(_tell(stage, milestone, now) for stage, milestone in facilities.to_tell(now))


@transaction.atomic
def _tell(stage: str, milestone: Milestone, now: datetime) -> bool:
    _row, new = MilestoneTold.objects.get_or_create(
        milestone=milestone, due=milestone.due, stage=stage, defaults={"at": now}
    )
    if new:
        telling.milestone(milestone, stage, now=now)
    return new


# --- what they share ------------------------------------------------------------------------------


def _why_not_state(place: Division, about: dict[str, Any], besides: int = 0) -> str | None:
    return facilities.why_not_state(
        place, about["title"], about["first_year"], about["last_year"], besides=besides
    )


def _write(row: FacilityPlan | Project, known: tuple[str, ...], about: dict[str, Any]) -> None:
    for key in known:
        if key in about:
            value = about[key]
            setattr(row, key, value.strip() if isinstance(value, str) else value)


def _locked_plan(plan_id: int) -> FacilityPlan:
    rows = FacilityPlan.objects.select_for_update(of=("self",)).select_related("division_now")
    return rows.get(pk=plan_id)


def _project(project_id: int) -> Project:
    return Project.objects.select_related("plan", "organisation").get(pk=project_id)


def locked_project(project_id: int) -> Project:
    rows = Project.objects.select_for_update(of=("self",)).select_related("plan", "organisation")
    return rows.get(pk=project_id)


def _locked_milestone(milestone_id: int) -> Milestone:
    rows = Milestone.objects.select_for_update(of=("self",))
    return rows.select_related("project__plan", "project__organisation").get(pk=milestone_id)
