"""Reads of samples."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Sample, SampledCommunity
from kepu.literacy.states import GONE_ON_FROM


def samples_of(person: User, now: datetime) -> QuerySet[Sample]:
    """Samples of the places whose survey a person runs, the newest first."""
    found: QuerySet[Sample] = Sample.objects.filter(
        roles.reach(person, Verb.SURVEY_PUBLISH, now).limit()
    )
    return found.select_related("division_now").order_by("-pk")


def places_of(person: User, now: datetime) -> QuerySet[Division]:
    """Places whose survey a person runs, the widest first."""
    paths = roles.reach(person, Verb.SURVEY_PUBLISH, now).paths
    found: QuerySet[Division] = Division.objects.filter(path__in=paths).order_by("level", "path")
    return found


def sample(sample_id: int) -> Sample:
    """One sample; raises Outside."""
    found: Sample | None = (
        Sample.objects.select_related("division_now", "earlier").filter(pk=sample_id).first()
    )
    if found is None:
        raise Outside(_("there is no such sample"))
    return found


def to_go_on_from(place: Division) -> QuerySet[Sample]:
    """Samples of a place whose communities a new one can keep or avoid, the newest first."""
    found: QuerySet[Sample] = Sample.objects.filter(
        path=place.path, state__in=GONE_ON_FROM, start__isnull=False
    )
    return found.order_by("-pk")


def districts_there(path: str, on: date) -> int:
    """How many districts stand at a place on a day."""
    return divisions.standing(on).filter(path__within=path, level=Level.DISTRICT).count()


def district_names(path: str, on: date, *, but: Collection[str]) -> list[str]:
    """Names of the districts that stand at a place on a day, without those whose paths are named."""
    there = divisions.standing(on).filter(path__within=path, level=Level.DISTRICT)
    found = there.exclude(path__in=list(but)).order_by("path")
    return list(found.values_list("name", flat=True))


def people_of(paths: list[str], on: date) -> dict[str, int | None]:
    """Residents of each place by the census, followed back through changes; None where unknown."""
    told = crosswalk.population(paths, on=on)
    if len(paths) == 1:
        return {paths[0]: told.figure}
    return {path: figure for path, figure, _reason in told.parts}


def frame_day(place: Division, today: date) -> date:
    """A day on which the people of all districts of a place are likely known by the census.

    A change of divisions cuts districts of the census; then it is the day before the last change.
    """
    standing = divisions.standing(today).filter(path__within=place.path, level=Level.DISTRICT)
    if not standing.filter(population__isnull=True).exists():
        return today
    days = [change.effective for change in crosswalk.changes() if change.effective <= today]
    return max(days) - timedelta(days=1) if days else today


def communities(of: Sample) -> QuerySet[SampledCommunity]:
    """What was drawn, in the order of the frame. One query."""
    found: QuerySet[SampledCommunity] = of.communities.select_related("division")
    return found.order_by("division__path")
