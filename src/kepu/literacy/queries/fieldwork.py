"""Reads of fieldwork: what a person may see of it, doors, interviews and back-checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.fields import ancestors, within
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb, roles_with
from kepu.literacy.models import (
    BackCheck,
    BookletSet,
    Case,
    FieldEvent,
    Fieldwork,
    Interview,
    Sample,
    SampledCommunity,
)
from kepu.literacy.states import (
    FINISHED,
    INTERVIEWED,
    Checked,
    FieldworkState,
    SampleState,
    SetState,
    Taking,
)

PLACE = "community__division__path"


def reach_of(person: User | None, now: datetime) -> Reach:
    """Where a person supervises."""
    return roles.reach(person, Verb.SURVEY_SUPERVISE, now)


def fieldworks_of(person: User, now: datetime) -> QuerySet[Fieldwork]:
    """Fieldwork of which the person supervises a part, the newest first."""
    reach = reach_of(person, now)
    above = {path for scope in reach.paths for path in ancestors(scope)}
    found: QuerySet[Fieldwork] = Fieldwork.objects.filter(reach.limit() | Q(path__in=above))
    return found.select_related("division_now", "sample").order_by("-pk")


def fieldwork(fieldwork_id: int, person: User, now: datetime) -> Fieldwork:
    """One that the person supervises a part of; raises Outside."""
    found = fieldworks_of(person, now).select_related("booklets").filter(pk=fieldwork_id).first()
    if found is None:
        raise Outside(_("there is no such fieldwork"))
    return found


def to_plan(person: User, now: datetime) -> tuple[QuerySet[Sample], QuerySet[BookletSet]]:
    """Samples that are not in the field yet, and booklets that could go with them."""
    reach = roles.reach(person, Verb.SURVEY_PUBLISH, now)
    out = Fieldwork.objects.exclude(state=FieldworkState.DROPPED)
    samples = Sample.objects.filter(reach.limit(), state=SampleState.ADOPTED)
    samples = samples.exclude(pk__in=out.values("sample"))
    above = {path for scope in reach.paths for path in ancestors(scope)}
    booklets = BookletSet.objects.filter(path__in=above, state=SetState.ADOPTED)
    return samples.order_by("-pk"), booklets.order_by("-pk")


# --- doors ----------------------------------------------------------------------------------------


def cases_of(of: Fieldwork, reach: Reach) -> QuerySet[Case]:
    """Doors that a supervisor sees."""
    found: QuerySet[Case] = of.cases.filter(reach.limit(PLACE))
    return found


def lock_doors(of: Fieldwork) -> list[int]:
    """Every door, in their order, so that nothing is written of any meanwhile. One query."""
    found = of.cases.select_for_update(of=("self",)).order_by("pk")
    return list(found.values_list("pk", flat=True))


@dataclass(frozen=True)
class Pile:
    """So many doors of one community and one interviewer with one outcome."""

    community: int
    interviewer: int | None
    outcome: str
    doors: int


def piles(of: Fieldwork, reach: Reach) -> list[Pile]:
    """Every door of a supervisor, counted. One query: a row for what differs, not for each door."""
    rows = cases_of(of, reach).order_by().values_list("community", "interviewer", "outcome")
    return [Pile(*row) for row in rows.annotate(doors=Count("pk"))]


def communities(of: Fieldwork, reach: Reach) -> list[SampledCommunity]:
    """Communities that a supervisor sees, in the order of the frame. One query."""
    found = of.sample.communities.filter(reach.limit("division__path")).select_related("division")
    return list(found.order_by("division__path"))


def community(of: Fieldwork, community_id: int, reach: Reach) -> SampledCommunity:
    """One of them; raises Outside."""
    found = of.sample.communities.filter(reach.limit("division__path"), pk=community_id)
    one: SampledCommunity | None = found.select_related("division").first()
    if one is None:
        raise Outside(_("there is no such community here"))
    return one


def doors_in(of: Fieldwork, one: SampledCommunity) -> QuerySet[Case]:
    """The doors of a community, by number."""
    found: QuerySet[Case] = of.cases.filter(community=one).select_related("interviewer")
    return found.order_by("number")


def district_of(of: Fieldwork, path: str) -> str:
    """The district of the sample in which a path lies."""
    told = (row["path"] for row in of.sample.summary.get("districts", ()))
    return next((one for one in told if within(path, one)), path)


def quiet(of: Fieldwork, reach: Reach, since: datetime) -> QuerySet[Case]:
    """Doors of somebody, not finished, at which nobody knocked since."""
    silent = Q(last_attempt_at__lt=since) | Q(last_attempt_at__isnull=True)
    open_ones = cases_of(of, reach).filter(silent, interviewer__isnull=False)
    return open_ones.exclude(outcome__in=FINISHED)


def quiet_since(of: Fieldwork, days: int, now: datetime) -> datetime | None:
    """From when on silence counts; None while the fieldwork is younger than that."""
    since = now - timedelta(days=days)
    return since if of.opens_on <= since.date() else None


def waiting(of: Fieldwork, reach: Reach) -> int:
    """Records from devices that need a person."""
    events = FieldEvent.objects.filter(case__fieldwork=of, taking=Taking.REFUSED)
    return events.filter(reach.limit(f"case__{PLACE}")).count()


@dataclass(frozen=True)
class Outstanding:
    """What closing a fieldwork now would leave undone."""

    untried: int  # doors that nobody knocked at
    appointments: int  # doors to which somebody promised to come again
    records: int  # records from devices that need a person
    back_checks: int  # drawn, and nothing told of them


def outstanding(of: Fieldwork, now: datetime) -> Outstanding:
    """What is not done yet. Four queries."""
    promised = of.cases.filter(attempts__again_at__gt=now).exclude(outcome__in=FINISHED)
    return Outstanding(
        untried=of.cases.filter(outcome="").count(),
        appointments=promised.distinct().count(),
        records=FieldEvent.objects.filter(case__fieldwork=of, taking=Taking.REFUSED).count(),
        back_checks=BackCheck.objects.filter(case__fieldwork=of, found="").count(),
    )


def codes_of(of: Fieldwork) -> list[str]:
    """Codes of the items of all booklets. One query."""
    return list(of.booklets.lines.order_by().values_list("item__code", flat=True).distinct())


# --- people ---------------------------------------------------------------------------------------


def interviewers_at(path: str, now: datetime) -> list[User]:
    """Who may knock at doors of a community. Two queries."""
    grants = roles.all_acting(now).filter(
        role__in=roles_with(Verb.SURVEY_ASK), path__in=ancestors(path)
    )
    people = User.objects.filter(pk__in=grants.values("person"), is_active=True)
    return list(people.order_by("pk")[:500])


def names_of(people: Iterable[int]) -> dict[int, str]:
    """Names of interviewers by their id. One query."""
    return {one.pk: one.name for one in User.objects.filter(pk__in=set(people))}


# --- interviews -----------------------------------------------------------------------------------


def every_standing(of: Fieldwork) -> QuerySet[Interview]:
    """The latest version of each interview."""
    later = Interview.objects.filter(case=OuterRef("case"), version__gt=OuterRef("version"))
    return Interview.objects.filter(
        ~Exists(later), case__fieldwork=of, case__outcome__in=INTERVIEWED
    )


def counted(of: Fieldwork) -> QuerySet[Interview]:
    """Complete interviews that stand, but for those of which a back-check found that none was held."""
    found: QuerySet[Interview] = every_standing(of).filter(complete=True)
    return found.exclude(case__back_check__found=Checked.NEVER_HELD)


def standing(of: Fieldwork, reach: Reach) -> QuerySet[Interview]:
    """The same, of what a supervisor sees, with its door."""
    found: QuerySet[Interview] = every_standing(of).filter(reach.limit(f"case__{PLACE}"))
    return found.select_related("case__community__division").order_by("pk")


def answered(of: Fieldwork, reach: Reach, key: str) -> dict[str, int]:
    """Complete interviews that stand, by the answer to a question about the person."""
    told: QuerySet[Interview] = every_standing(of).filter(
        reach.limit(f"case__{PLACE}"), complete=True
    )
    told = told.exclude(case__back_check__found=Checked.NEVER_HELD)
    rows = told.order_by().values_list(f"background__{key}").annotate(Count("pk"))
    return {answer: number for answer, number in rows if answer}


def back_checks(of: Fieldwork, reach: Reach) -> QuerySet[BackCheck]:
    """Interviews to ask about again, those to do first."""
    found: QuerySet[BackCheck] = BackCheck.objects.filter(
        reach.limit(f"case__{PLACE}"), case__fieldwork=of
    )
    found = found.select_related("case__community__division", "case__interviewer", "by")
    return found.order_by("found", "pk")


def back_check(of: Fieldwork, check_id: int, reach: Reach) -> BackCheck:
    """One of them; raises Outside."""
    found = back_checks(of, reach).filter(pk=check_id).first()
    if found is None:
        raise Outside(_("there is no such back-check here"))
    return found


def asked_by(case: Case) -> set[int]:
    """Who was ever at this door, and whose door it is."""
    found = set(case.interviews.values_list("by", flat=True))
    found |= set(case.attempts.values_list("by", flat=True))
    return found | ({case.interviewer_id} if case.interviewer_id else set())
