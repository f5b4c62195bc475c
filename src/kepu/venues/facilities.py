"""Facilities to come: what may be done to plans and projects, who sees which, and what is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions.fields import ancestors, within
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues import policy
from kepu.venues.models import FacilityPlan, Milestone, Progress, Project, Venue
from kepu.venues.states import (
    PLAN,
    STANDING,
    UNDER_WAY,
    WORKS,
    BuildKind,
    FacilityPlanState,
    WorkState,
)

PLANNED_AT = (Level.PROVINCE, Level.PREFECTURE, Level.DISTRICT)
MOST_YEARS = 20
MOST_MILESTONES = 30


# --- who ------------------------------------------------------------------------------------------


def why_not_plan_at(by: User | None, path: str, now: datetime) -> str | None:
    """Officers who decide about venues of a place also state what is built there."""
    if roles.holds(by, Verb.VENUE_JUDGE, now=now, path=path):
        return None
    return _("only an officer of this place keeps its plans of facilities")


def why_not_report_as(by: User | None, project: Project, now: datetime) -> str | None:
    """Who manages the venues of the responsible unit reports; an officer of the place may do it too."""
    if roles.holds(by, Verb.VENUE_KEEP, now=now, organisation_id=project.organisation_id):
        return None
    if why_not_plan_at(by, project.path, now) is None:
        return None
    return _("only the responsible unit or an officer of the place reports on this project")


# --- when: plans ----------------------------------------------------------------------------------


def why_not_state(
    place: Division, title: str, first_year: int, last_year: int, *, besides: int = 0
) -> str | None:
    """A city or district, a term of some years, and a title that is not there twice."""
    if place.level not in PLANNED_AT:
        return _("a plan of facilities is that of a city or a district")
    if not first_year <= last_year < first_year + MOST_YEARS:
        return _("a plan has a term of at most %(most)s years") % {"most": MOST_YEARS}
    found = FacilityPlan.objects.filter(division_now=place, title=title.strip())
    if found.exclude(pk=besides).exists():
        return _("this place has a plan of this title already")
    return None


def why_not_change_plan(plan: FacilityPlan) -> str | None:
    """What was published is taken back before it changes, so that nobody reads it half changed."""
    if plan.state == FacilityPlanState.DRAFT:
        return None
    return _("take the plan back before you change it")


def why_not_publish(plan: FacilityPlan) -> str | None:
    """A published plan names the document that it is written into, and has a project."""
    if refusal := PLAN.why_not(plan.state, "publish"):
        return refusal
    if not plan.document:
        return _("name the document into which the plan is written")
    if not plan.projects.exists():
        return _("a plan is published with one project at least")
    return None


# --- when: projects -------------------------------------------------------------------------------


def why_not_add(
    plan: FacilityPlan, place: Division, organisation: Organisation, name: str, *, besides: int = 0
) -> str | None:
    """Inside the plan's place, by a unit at work, and not there twice."""
    if not within(place.path, plan.path):
        return _("a project lies in the place of its plan")
    if not organisation.active:
        return _("this unit is closed")
    if plan.projects.filter(name=name.strip()).exclude(pk=besides).exists():
        return _("a project of this name is in the plan already")
    return None


def why_not_describe(works: str, former: str) -> str | None:
    """Reuse says what stood there."""
    if works == BuildKind.REUSE and not former.strip():
        return _("name the works or plant that is reused")
    return None


def why_not_change_project(project: Project, seen: int) -> str | None:
    """Until it ends, and by nobody unseen."""
    if project.state not in UNDER_WAY:
        return _("only a project that is under way changes")
    if project.version != seen:
        return _("somebody changed this project meanwhile; look at it again")
    return None


def why_not_step(project: Project, verb: str, reason: str) -> str | None:
    """As the table says; a stop says why, and nothing is finished while a milestone is open."""
    if refusal := WORKS.why_not(project.state, verb):
        return refusal
    if verb == "stop" and not reason.strip():
        return _("please give a reason")
    if verb == "finish" and project.milestones.filter(done_on__isnull=True).exists():
        return _("a milestone is open still; say when it was reached, or remove it")
    return None


def why_not_add_milestone(project: Project, title: str, due: date) -> str | None:
    """While the project is under way, within the term of its plan and a year around it."""
    if project.state not in UNDER_WAY:
        return _("only a project that is under way has milestones to reach")
    if not project.plan.first_year - 1 <= due.year <= project.plan.last_year + 1:
        return _("a milestone is due within the term of the plan, or a year around it")
    if project.milestones.filter(title=title.strip()).exists():
        return _("the project has a milestone of this name already")
    if project.milestones.count() >= MOST_MILESTONES:
        return _("a project has %(most)s milestones at most") % {"most": MOST_MILESTONES}
    return None


def why_not_reach(milestone: Milestone, day: date, now: datetime) -> str | None:
    """Once, on a day that has come, of a project that is under way."""
    if milestone.project.state not in UNDER_WAY:
        return _("only a project that is under way has milestones to reach")
    if milestone.done_on is not None:
        return _("this milestone was reached already")
    if day > clock.day(now):
        return _("this day has not begun yet")
    return None


def why_not_report(project: Project) -> str | None:
    """While it is planned or built."""
    if project.state in UNDER_WAY:
        return None
    return _("only a project that is under way is reported on")


def why_not_register_as(project: Project, venue: Venue) -> str | None:
    """A finished project becomes a venue of the register, of its own place and of no other project."""
    if project.state != WorkState.FINISHED:
        return _("only a finished project becomes a registered venue")
    if project.venue_id is not None:
        return _("this project is a registered venue already")
    if venue.state not in STANDING or not within(venue.path, project.plan.path):
        return _("only a registered venue of the place of the plan can be named")
    if Project.objects.filter(venue=venue).exists():
        return _("another project became this venue")
    return None


# --- reads ----------------------------------------------------------------------------------------


def published(scope: str = "") -> QuerySet[FacilityPlan]:
    """Plans that everybody reads, place by place, with the number of their projects. One query."""
    return _counted(
        FacilityPlan.objects.filter(state=FacilityPlanState.PUBLISHED, path__within=scope)
    )


def in_reach(person: User | None, now: datetime) -> QuerySet[FacilityPlan]:
    """Plans of the officer's places, drafts too. Two queries."""
    reach = roles.reach(person, Verb.VENUE_JUDGE, now)
    return _counted(FacilityPlan.objects.filter(reach.limit()))


def _counted(found: QuerySet[FacilityPlan]) -> QuerySet[FacilityPlan]:
    size = Count("projects", distinct=True)
    return found.select_related("division_now").annotate(size=size)


def seen(plan_id: int, person: User | None, now: datetime) -> FacilityPlan:
    """A plan that the person may read; a draft only officers of its place do. Raises Outside."""
    found = FacilityPlan.objects.select_related("division_now").filter(pk=plan_id).first()
    hidden = found is None or (
        found.state != FacilityPlanState.PUBLISHED
        and why_not_plan_at(person, found.path, now) is not None
    )
    if found is None or hidden:
        raise Outside(_("there is no such plan"))
    return found


def project_seen(project_id: int, person: User | None, now: datetime) -> Project:
    """A project of a plan that the person may read, or that they report on. Raises Outside."""
    rows = Project.objects.select_related("plan__division_now", "organisation", "venue")
    found = rows.filter(pk=project_id).first()
    hidden = found is None or (
        found.plan.state != FacilityPlanState.PUBLISHED
        and why_not_plan_at(person, found.plan.path, now) is not None
        and why_not_report_as(person, found, now) is not None
    )
    if found is None or hidden:
        raise Outside(_("there is no such project"))
    return found


def became(venue: Venue, person: User | None, now: datetime) -> Project | None:
    """The project by which the venue was built, for who may read its plan. One query."""
    found = Project.objects.select_related("plan", "organisation").filter(venue=venue).first()
    if found is None or found.plan.state == FacilityPlanState.PUBLISHED:
        return found
    return found if why_not_plan_at(person, found.plan.path, now) is None else None


def projects_of(plan: FacilityPlan) -> QuerySet[Project]:
    """The flagships first, each with its unit, its last share of the works and the next due day."""
    return _with_standing(plan.projects.all())


def projects_for(person: User, now: datetime) -> QuerySet[Project]:
    """Projects on which the person's units report. Two queries."""
    units = roles.reach(person, Verb.VENUE_KEEP, now).organisations
    return _with_standing(Project.objects.filter(organisation__in=units))


def _with_standing(found: QuerySet[Project]) -> QuerySet[Project]:
    still_open = Q(milestones__done_on__isnull=True)
    return found.select_related("organisation", "division_now", "venue").annotate(
        done=Max("progress__share"),
        steps=Count("milestones", distinct=True),
        reached=Count("milestones", filter=~still_open, distinct=True),
        next_due=Min("milestones__due", filter=still_open),
    )


def units_at(path: str) -> QuerySet[Organisation]:
    """Units at work of a place and those around it, which may be responsible. One query."""
    near = Q(path__within=path) | Q(path__in=ancestors(path))
    return Organisation.objects.filter(near, active=True).order_by("name", "pk")


def to_become(project: Project) -> QuerySet[Venue]:
    """Registered venues of the plan's place that no project became yet. One query."""
    found = Venue.objects.filter(state__in=STANDING, path__within=project.plan.path)
    return found.filter(project__isnull=True).order_by("sort_key", "pk")


def reports_of(project: Project) -> QuerySet[Progress]:
    """The newest first. One query."""
    return project.progress.select_related("photo")


def overdue(on: date) -> QuerySet[Milestone]:
    """Milestones under way whose day has passed, the oldest first."""
    return _open_ones().filter(due__lt=on).order_by("due", "pk")


def near(on: date, days: int) -> QuerySet[Milestone]:
    """Milestones under way that are due within so many days from `on`."""
    return _open_ones().filter(due__range=(on, on + timedelta(days=days))).order_by("due", "pk")


def _open_ones() -> QuerySet[Milestone]:
    found = Milestone.objects.filter(done_on__isnull=True, project__state__in=UNDER_WAY)
    found = found.filter(project__plan__state=FacilityPlanState.PUBLISHED)
    return found.select_related("project__plan", "project__organisation")


def untold(found: QuerySet[Milestone], stage: str) -> QuerySet[Milestone]:
    """Those of which this was not told yet for the day on which they are due."""
    return found.exclude(told__stage=stage, told__due=F("due"))


def to_tell(now: datetime) -> list[tuple[str, Milestone]]:
    """What is to be told today: soon, late, and one level up. Three queries."""
    today, rules = clock.day(now), policy.facilities(now).milestones
    long_over = today - timedelta(days=rules.escalate_days - 1)
    found = (
        ("soon", near(today, rules.remind_days)),
        ("late", overdue(today)),
        ("up", overdue(long_over)),
    )
    return [(stage, one) for stage, rows in found for one in untold(rows, stage)]
