"""Facilities to come at /api/: plans for everybody, projects, milestones, progress and means."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.api.entrance import Asked, caller
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Line, Named, Path, Spot, named
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import Outside
from kepu.venues import actions, facilities, money, queries
from kepu.venues.api.registry import place_at
from kepu.venues.models import Contribution, FacilityPlan, Milestone, Progress, Project
from kepu.venues.states import BuildKind, FacilityPlanState, GiftForm, Goal, WorkState

router = Router(tags=[n_("Facilities to come")])

BY_PLACE = Sort("path", read=str)
Yuan = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
Year = Annotated[int, Field(ge=2000, le=2100)]


class FacilityPlanIn(Given):
    title: Line = Field(min_length=1, max_length=120)
    place: Path
    first_year: Year
    last_year: Year
    about: str = Field("", max_length=1000)
    document: Line = Field("", max_length=200, description="Into which it is written")
    number: Line = Field("", max_length=80)
    link: Line = Field("", max_length=300, pattern=r"^(https?://\S+)?$")


class FacilityPlanOut(Schema):
    id: int
    title: str
    place: Spot
    first_year: int
    last_year: int
    about: str
    document: str
    number: str
    link: str
    state: FacilityPlanState


class MilestoneOut(Schema):
    id: int
    title: str
    due: date
    done_on: date | None


class WorksReportOut(Schema):
    at: datetime
    words: str
    share: int = Field(description="Per cent of the works")


class ContributionOut(Schema):
    """What was given; a giver who asked for it is not named to who need not know."""

    id: int
    giver: str
    form: GiftForm
    amount: Decimal
    received_on: date
    words: str
    corrects_id: int | None


class ProjectOut(Schema):
    id: int
    plan_id: int
    name: str
    works: BuildKind
    goal: Goal
    flagship: bool
    former: str
    place: Spot
    address: str
    organisation: Named
    lon: float | None
    lat: float | None
    floor_area: int | None
    needed: Decimal
    raised: Decimal
    state: WorkState
    reason: str
    venue: Named | None
    version: int
    milestones: list[MilestoneOut]


class OneProjectOut(ProjectOut):
    progress: list[WorksReportOut]
    contributions: list[ContributionOut]


class OneFacilityPlanOut(FacilityPlanOut):
    projects: list[ProjectOut]


class NewProject(Given):
    name: Line = Field(min_length=1, max_length=80)
    works: BuildKind
    goal: Goal
    place: Path
    organisation_id: Id
    needed: Annotated[Yuan, Field(ge=0)]
    flagship: bool = False
    former: Line = Field("", max_length=160)
    address: Line = Field("", max_length=160)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    floor_area: int | None = Field(None, ge=1, le=2_000_000)


class MilestoneIn(Given):
    title: Line = Field(min_length=1, max_length=80)
    due: Day


class ReachedIn(Given):
    day: Day


class WorksStepIn(Given):
    reason: str = Field("", max_length=300, description="Asked for where it is stopped")


class WorksReportIn(Given):
    words: str = Field(min_length=1, max_length=500)
    share: int = Field(ge=0, le=100)


class ContributionIn(Given):
    """What an organisation gave, or a budget paid; write no name of a person."""

    giver: Line = Field(min_length=1, max_length=120)
    form: GiftForm
    amount: Annotated[Yuan, Field(gt=0)]
    received_on: Day
    unnamed: bool = False
    words: str = Field("", max_length=300)


class ContributionCorrectionIn(Given):
    amount: Yuan = Field(description="By so much, up or down")
    why: str = Field(min_length=1, max_length=300)


@router.get(
    "/facility-plans", auth=None, response=Page[FacilityPlanOut], summary=n_("Plans of facilities")
)
def facility_plans(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody: what was published, place by place."""
    return page(request, facilities.published(), _plan, BY_PLACE)


@router.post("/facility-plans", response={201: FacilityPlanOut}, summary=n_("State a plan"))
def state_facility_plan(request: Asked, body: FacilityPlanIn) -> Status[dict[str, Any]]:
    """For officers who decide about venues of the place; 403, 409 rule_broken."""
    said = body.model_dump()
    place = place_at(said.pop("place"))
    made = actions.state_plan(place, by=request.auth, now=clock.now(), **said)
    return Status(201, _plan(made))


@router.get(
    "/facility-plans/{facility_plan_id}", auth=None, response=OneFacilityPlanOut,
    summary=n_("One plan of facilities"),
)  # fmt: skip
def facility_plan(request: Asked, facility_plan_id: Id) -> dict[str, Any]:
    """Open to everybody once published, with its projects; 404 not_found."""
    plan = facilities.seen(facility_plan_id, caller(request), clock.now())
    rows = facilities.projects_of(plan).prefetch_related("milestones")
    return {**_plan(plan), "projects": [_project(one) for one in rows]}


@router.post(
    "/facility-plans/{facility_plan_id}/projects", response={201: ProjectOut},
    summary=n_("Add a project to a plan"),
)  # fmt: skip
def add_facility_project(
    request: Asked, facility_plan_id: Id, body: NewProject
) -> Status[dict[str, Any]]:
    """For officers of its place; the unit hears of it; 403, 404, 409 rule_broken."""
    by, now, said = request.auth, clock.now(), body.model_dump()
    plan = facilities.seen(facility_plan_id, by, now)
    unit = Organisation.objects.filter(pk=said.pop("organisation_id")).first()
    if unit is None:
        raise Outside(_("there is no such unit"))
    place = place_at(said.pop("place"))
    made = actions.add_project(plan.pk, place=place, organisation=unit, by=by, now=now, **said)
    return Status(201, _project(made))


@router.post(
    "/facility-plans/{facility_plan_id}/{verb}", response=FacilityPlanOut,
    summary=n_("Publish a plan, or take it back"),
)  # fmt: skip
def move_facility_plan(
    request: Asked, facility_plan_id: Id, verb: Literal["publish", "take_back"]
) -> dict[str, Any]:
    """For officers of its place; 403, 404, 409 rule_broken."""
    by, now = request.auth, clock.now()
    plan = facilities.seen(facility_plan_id, by, now)
    return _plan(actions.move_plan(plan.pk, verb, by=by, now=now))


@router.get(
    "/facility-projects/{project_id}", auth=None, response=OneProjectOut, summary=n_("One project")
)
def facility_project(request: Asked, project_id: Id) -> dict[str, Any]:
    """Open to everybody once its plan is published; 404 not_found."""
    person, now = caller(request), clock.now()
    one = facilities.project_seen(project_id, person, now)
    return {
        **_project(one),
        "progress": [_report(row) for row in facilities.reports_of(one)[:20]],
        "contributions": [
            _gift(row, money.giver_said(row, person, now)) for row in money.of_project(one)
        ],
    }


@router.post(
    "/facility-projects/{project_id}/steps/{verb}", response=ProjectOut,
    summary=n_("Begin, finish or stop a project, or take it up again"),
)  # fmt: skip
def step_facility_project(
    request: Asked,
    project_id: Id,
    verb: Literal["begin", "finish", "stop", "take_up"],
    body: WorksStepIn,
) -> dict[str, Any]:
    """For officers of the place; a stop says why; 403, 404, 409 rule_broken."""
    by, now = request.auth, clock.now()
    one = facilities.project_seen(project_id, by, now)
    return _project(actions.step_project(one.pk, verb, reason=body.reason, by=by, now=now))


@router.post(
    "/facility-projects/{project_id}/milestones", response={201: MilestoneOut},
    summary=n_("Add a milestone"),
)  # fmt: skip
def add_facility_milestone(request: Asked, project_id: Id, body: MilestoneIn) -> Status[Any]:
    """For officers of the place; 403, 404, 409 rule_broken."""
    by, now = request.auth, clock.now()
    one = facilities.project_seen(project_id, by, now)
    made = actions.add_milestone(one.pk, title=body.title, due=body.due, by=by, now=now)
    return Status(201, _milestone(made))


@router.post(
    "/facility-milestones/{milestone_id}/reach", response=MilestoneOut,
    summary=n_("Say that a milestone was reached"),
)  # fmt: skip
def reach_facility_milestone(request: Asked, milestone_id: Id, body: ReachedIn) -> dict[str, Any]:
    """For the responsible unit and officers of the place; 403, 404, 409 rule_broken."""
    by, now = request.auth, clock.now()
    found = Milestone.objects.filter(pk=milestone_id).first()
    if found is None:
        raise Outside(_("there is no such milestone"))
    facilities.project_seen(found.project_id, by, now)
    return _milestone(actions.reach_milestone(found.pk, day=body.day, by=by, now=now))


@router.post(
    "/facility-projects/{project_id}/progress", response={201: WorksReportOut},
    summary=n_("Report progress of the works"),
)  # fmt: skip
def report_facility_progress(request: Asked, project_id: Id, body: WorksReportIn) -> Status[Any]:
    """For the responsible unit and officers of the place; photographs are added on the page."""
    by, now = request.auth, clock.now()
    one = facilities.project_seen(project_id, by, now)
    made = actions.report_progress(one.pk, words=body.words, share=body.share, by=by, now=now)
    return Status(201, _report(made))


@router.post(
    "/facility-projects/{project_id}/contributions", response={201: ContributionOut},
    summary=n_("Enter means for a project"),
)  # fmt: skip
def enter_project_means(request: Asked, project_id: Id, body: ContributionIn) -> Status[Any]:
    """For the responsible unit and officers of the place; 403, 404, 409 rule_broken."""
    by, now = request.auth, clock.now()
    one = facilities.project_seen(project_id, by, now)
    made = actions.enter_contribution(one, by=by, now=now, **body.model_dump())
    return Status(201, _gift(made, made.giver))


@router.post(
    "/venues/{venue_id}/contributions", response={201: ContributionOut},
    summary=n_("Enter means for a venue"),
)  # fmt: skip
def enter_venue_means(request: Asked, venue_id: Id, body: ContributionIn) -> Status[Any]:
    """For venue managers of the unit and officers of the place; 403, 404, 409 rule_broken."""
    by, now = request.auth, clock.now()
    venue = queries.seen(venue_id, by, now)
    made = actions.enter_contribution(venue, by=by, now=now, **body.model_dump())
    return Status(201, _gift(made, made.giver))


@router.post(
    "/contributions/{contribution_id}/correct", response={201: ContributionOut},
    summary=n_("Put an entry right"),
)  # fmt: skip
def correct_means(
    request: Asked, contribution_id: Id, body: ContributionCorrectionIn
) -> Status[Any]:
    """By a further entry; for who may enter; 403, 404, 409 rule_broken."""
    by, now = request.auth, clock.now()
    found = Contribution.objects.filter(pk=contribution_id).first()
    if found is None:
        raise Outside(_("there is no such entry"))
    made = actions.correct_contribution(found.pk, amount=body.amount, why=body.why, by=by, now=now)
    return Status(201, _gift(made, made.giver))


def _plan(one: FacilityPlan) -> dict[str, Any]:
    plain = (
        "id",
        "title",
        "first_year",
        "last_year",
        "about",
        "document",
        "number",
        "link",
        "state",
    )
    place = Spot(path=one.path, name=one.division_now.name)
    return {**{name: getattr(one, name) for name in plain}, "place": place}


def _project(one: Project) -> dict[str, Any]:
    plain = (
        "id", "plan_id", "name", "works", "goal", "flagship", "former", "address", "lon", "lat",
        "floor_area", "needed", "state", "reason", "version",
    )  # fmt: skip
    return {
        **{name: getattr(one, name) for name in plain},
        "place": Spot(path=one.path, name=one.division_now.name),
        "organisation": named(one.organisation),
        "venue": named(one.venue),
        "raised": money.raised(one)[0],
        "milestones": [_milestone(row) for row in one.milestones.all()],
    }


def _milestone(one: Milestone) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("id", "title", "due", "done_on")}


def _report(one: Progress) -> dict[str, Any]:
    return {"at": one.at, "words": one.words, "share": one.share}


def _gift(one: Contribution, giver: str) -> dict[str, Any]:
    plain = ("id", "form", "amount", "received_on", "words", "corrects_id")
    return {**{name: getattr(one, name) for name in plain}, "giver": giver}
